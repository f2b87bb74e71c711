#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lifecycle.sh - it starts, is quiet, ends when told to, and leaves nothing behind however it ends

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

need_kernel
need_programs "$TARSIER" "$WORKLOAD/pingpong" "$WORKLOAD/storm" "$LEDGER_CHECK"
need_commands strace

# shellcheck disable=SC2317 # these are called by wait_for
has_grown_to()
{
	[ "$(stat -c %s "$1")" -ge "$2" ]
}

# shellcheck disable=SC2317
has_snapshot()
{
	study "$1"
	[ "$(field "$1" record summary)" -gt 0 ]
}

test_signal()
{
	local signal=$1 file=$TAP_TMP/$1 begin=$SECONDS

	start_collector "$signal" -i 100ms -o "file:$file"
	ok "SIG$signal: a first block is there at once" [ -s "$file" ]
	ok "SIG$signal: snapshots are written meanwhile" wait_for 10 has_snapshot "$file"
	stop_collector "$COLLECTOR" "$signal"
	is "SIG$signal: status" "$?" 0
	study "$file"
	is_whole "SIG$signal: whole, with its closing block" "$file"
	between "SIG$signal: ended soon" 0 $((SECONDS - begin)) 15
}

test_duration()
{
	local file=$TAP_TMP/duration

	start_collector duration -d 500ms -i 0 -o "file:$file"
	finish "$COLLECTOR" 15
	is 'duration: status' "$?" 0
	study "$file"
	is_whole 'duration: whole' "$file"
	between 'duration: at least that long' 500000000 "$(field "$file" duration_ns)" 10000000000
	is 'interval 0: one snapshot, the last' "$(field "$file" record summary)" 1
}

# "prog 12", "map 34", "link 56": what a process has open
bpf_objects_of()
{
	sed -nE 's/^(prog|map|link)_id:[[:space:]]*/\1 /p' "/proc/$1/fdinfo/"* 2>/dev/null | sort -u
}

# shellcheck disable=SC2317
is_gone()
{
	! bpftool "$1" show id "$2"
}

# all_gone DESCRIPTION OBJECTS: the kernel frees them a moment after the process
all_gone()
{
	local kind id left=()

	while read -r kind id; do
		wait_for 10 is_gone "$kind" "$id" || left+=("$kind $id")
	done <<<"$2"
	is "$1" "${left[*]}" ''
}

test_nothing_stays()
{
	local signal=$1 file=$TAP_TMP/stays.$1 objects

	start_collector stays -p runqlat -p runqslower:min=0 -i 100ms -o "file:$file"
	objects=$(bpf_objects_of "$COLLECTOR")
	is "SIG$signal: there were programs, maps and links" \
		"$(cut -d' ' -f1 <<<"$objects" | sort -u | xargs)" 'link map prog'
	ok "SIG$signal: it records" wait_for 10 has_snapshot "$file"
	stop_collector "$COLLECTOR" "$signal"
	all_gone "SIG$signal: none of them stays" "$objects"
}

# What kill -9 leaves is the beginning of a recording, up to some byte.
test_killed()
{
	local file=$TAP_TMP/stays.KILL

	test_nothing_stays KILL
	study "$file"
	is 'SIGKILL: what was written is intact and in order' \
		"$(order "$file" | sed -E 's/(cut|open) [0-9]+ //g')" \
		'missing 0 misplaced 0 bad 0 first 1 closing 0'
}

test_two_at_once()
{
	local directory=$TAP_TMP/two first second file files

	mkdir "$directory"
	start_collector one -w sched_info -o "file:$directory"
	first=$COLLECTOR
	start_collector two -w wakeup -o "file:$directory"
	second=$COLLECTOR
	"$WORKLOAD/pingpong" 5000 >/dev/null
	stop_collector "$second"
	is 'two at once: the second ends well' "$?" 0
	stop_collector "$first"
	is 'two at once: the first ends well' "$?" 0
	files=("$directory"/*)
	is 'two at once: numbered files' "${files[*]##*/}" \
		'tarsier-00000001.tsr tarsier-00000002.tsr'
	for file in "${files[@]}"; do
		study "$file"
		is_whole "two at once: ${file##*/} is whole" "$file"
		between "two at once: ${file##*/} has every wait of the workload" 10000 \
			"$(field "$file" runqlat delivered)" 100000000
	done
}

# shellcheck disable=SC2317
is_asleep()
{
	[ "$(awk '/^State:/ { print $2 }' "/proc/$1/status")" = S ]
}

sleeps_of()
{
	awk '/^voluntary_ctxt_switches:/ { print $2 }' "/proc/$1/status"
}

# Three seconds of other work, and of nothing that it is to look at.
test_idle()
{
	local before after

	start_collector idle -p runqlat:comm=nobody -p runqslower:min=0,comm=nobody -i 0 -H 60s \
		-o "file:$TAP_TMP/idle"
	wait_for 10 is_asleep "$COLLECTOR"
	before=$(sleeps_of "$COLLECTOR")
	"$WORKLOAD/storm" 3 >/dev/null
	after=$(sleeps_of "$COLLECTOR")
	between 'idle: it does not wake up' 0 $((after - before)) 1
	stop_collector "$COLLECTOR"
	study "$TAP_TMP/idle"
	between 'idle: nor does its loop' 0 "$(field "$TAP_TMP/idle" wakeups)" 2
	is 'idle: the filter let nothing through' "$(field "$TAP_TMP/idle" total entered)" 0
}

# One process that naps 950 times a second.  Woken for each of its waits, the collector preempted it, which
# made the next wait: 90,000 events and as many wake-ups in three seconds.
test_napper()
{
	local file=$TAP_TMP/napper

	start_collector napper -p runqslower:min=0,comm=sleepers -i 0 -o "file:$file"
	"$WORKLOAD/sleepers" 3 1
	stop_collector "$COLLECTOR"
	study "$file"
	is_whole 'napper: whole' "$file"
	between 'napper: its waits, and none of our making' 1000 "$(field "$file" total entered)" 6000
	between 'napper: events wake nobody one by one' 2 "$(field "$file" wakeups)" 60
}

test_heartbeat()
{
	local file=$TAP_TMP/heartbeat

	start_collector heartbeat -p runqlat:comm=nobody -i 0 -H 100ms -o "file:$file"
	ok 'heartbeat: blocks come although there is nothing to say' \
		wait_for 20 has_grown_to "$file" $(($(stat -c %s "$file") + 5 * 128))
	stop_collector "$COLLECTOR"
	study "$file"
	is_whole 'heartbeat: whole' "$file"
}

# The hooks go, the ring is drained, the books are closed while everything else wants the CPUs.
test_storm()
{
	local file=$TAP_TMP/storm storm status

	start_collector storm -p runqlat -p runqslower:min=0,prev -o "file:$file"
	spawn "$WORKLOAD/storm" 120 >/dev/null
	storm=$SPAWNED
	wait_for 10 has_grown_to "$file" 1000000
	kill -TERM "$COLLECTOR"
	finish "$COLLECTOR" 60
	status=$?
	end "$storm"
	is 'storm: it ends although events keep coming' "$status" 0
	study "$file"
	is_whole 'storm: whole' "$file"
}

# What it may ask of the kernel from the first block on.
CALLS_AFTER_START='epoll_wait epoll_pwait read pread64 pwrite64 write writev fdatasync fstat sendto recvfrom recvmsg
	getsockopt timerfd_settime getrusage adjtimex clock_adjtime clock_gettime uname membarrier close munmap
	exit_group rt_sigaction rt_sigprocmask restart_syscall'

calls_after_start()
{
	sed -n '/"tarsier: recording/,$p' "$1" | sed -n 's/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p'
}

test_calls()
{
	local trace=$TAP_TMP/trace log=$TAP_TMP/calls.log calls more

	spawn strace -f -qq -o "$trace" "$TARSIER" run -p runqlat -p runqslower:min=0,prev \
		-i 100ms -S 200ms -d 1500ms -o "file:$TAP_TMP/calls" -o udp://127.0.0.1:9 2>"$log"
	wait_for 20 grep -q recording "$log"
	"$WORKLOAD/pingpong" 2000 >/dev/null
	finish "$SPAWNED"
	study "$TAP_TMP/calls"
	is_whole 'system calls: the recording is whole' "$TAP_TMP/calls"
	between 'system calls: the session was announced again' 2 \
		"$(field "$TAP_TMP/calls" record session)" 1000
	calls=$(calls_after_start "$trace" | sort -u)
	between 'system calls: blocks are written after the start' 2 \
		"$(sed -n '/"tarsier: recording/,$p' "$trace" | grep -c 'pwrite64(')" 100000
	more=$(grep -vxF "$(xargs -n1 <<<"$CALLS_AFTER_START")" <<<"$calls")
	is 'system calls: no memory, file or process is asked for after the start' "$more" ''
}

test_signal TERM
test_signal INT
test_signal HUP
test_duration
test_nothing_stays TERM
test_killed
test_two_at_once
test_idle
test_napper
test_heartbeat
test_storm
test_calls
done_testing
