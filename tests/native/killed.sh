#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# killed.sh - killed (SIGKILL) at whatever system call: no BPF object stays, what it wrote can be read,
# and it starts again at once
#
# usage: tests/native/killed.sh [STEP]	at every STEPth call (13) of start-up and of a second of recording

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

STEP=${1:-13}
AT_ONCE=2
BATCH=60	# kills, then all is looked at
RESTART_MS=1000 # at most
OPTIONS=(-p runqlat -p 'runqslower:min=0,comm=sleepers' -i 50ms -S 100ms)
KILL_AT=$(realpath -m "${KILL_AT:-$TOP/build/check/kill_at}")
DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")

need_kernel
need_programs "$TARSIER" "$DECODER" "$KILL_AT" "$WORKLOAD/sleepers"
cd "$TAP_TMP" || exit

# Ids of all that a collector may leave behind
bpf_objects()
{
	local kind

	for kind in prog map link; do
		bpftool "$kind" list | sed -n "s/^\([0-9]*\):.*/$kind \1/p"
	done | sort
}

# What was there before may have gone meanwhile.
# shellcheck disable=SC2317 # called by wait_for
nothing_new()
{
	[ -z "$(comm -13 before <(bpf_objects))" ]
}

# kill_at CALL ARGUMENT...: a collector beside a process whose waits are single events
kill_at()
{
	local call=$1 status

	shift
	spawn "$WORKLOAD/sleepers" 60 1 >/dev/null
	"$KILL_AT" "$call" "$TARSIER" run "${OPTIONS[@]}" "$@"
	status=$?
	end "$SPAWNED"
	return $status
}

count_calls()
{
	mkdir whole
	kill_at 1000000000 -d 1 -o file:whole,size=256k 2>/dev/null
}

# kill_one CALL: in a directory of its own
kill_one()
{
	local status

	mkdir "kill.$1"
	kill_at "$1" -d 2 -o "file:kill.$1,size=256k" >>calls 2>"kill.$1.log"
	status=$?
	case $status in
	0) ;;
	1) echo "$1" >>late ;; # this run made fewer calls
	*) echo "call $1: kill_at ends with $status" >>wrong ;;
	esac
}

check_one()
{
	local report

	report=$("$DECODER" "$1" 2>&1)
	case $?:$report in
	[03]:*', 0 damaged ranges'*) READ=$((READ + 1)) ;;
	4:* | 1:*'no files'*) [ "$(find "$1" -size +0)" = "$1" ] || echo "$1: no records: $report" >>wrong ;;
	*) echo "$1: $report" >>wrong ;;
	esac
}

# restart_ms DIRECTORY: the milliseconds until it records again
restart_ms()
{
	ms_of start_collector restart "${OPTIONS[@]}" -o "file:$1,size=256k"
	stop_collector "$COLLECTOR" || echo "$1: after a restart: status $?" >>wrong
}

restart()
{
	quickest "$RESTART_MS" restart_ms "$1" >>restarts || echo "$1: it does not start again" >>wrong
	"$DECODER" "$1" >report 2>&1
	[ $? -le 3 ] || echo "$1: after a restart: $(tail -n 1 report)" >>wrong
}

check_batch()
{
	local directory

	wait
	wait_for 10 nothing_new || { comm -13 before <(bpf_objects) | sed 's/^/stays: /' >>wrong; }
	for directory in kill.*/; do
		check_one "${directory%/}"
	done
	restart "${directory%/}"
	rm -rf kill.*
}

test_kills()
{
	local call last

	last=$(count_calls)
	for call in $(seq $((1 + RANDOM % STEP)) "$STEP" "$last"); do
		while [ "$(jobs -pr | wc -l)" -ge "$AT_ONCE" ]; do
			wait -n
		done
		kill_one "$call" &
		KILLS=$((KILLS + 1))
		[ $((KILLS % BATCH)) != 0 ] || check_batch
	done
	[ $((KILLS % BATCH)) = 0 ] || check_batch
}

KILLS=0 READ=0
: >wrong
: >late
bpf_objects >before
test_kills
is 'no BPF object stays, every file can be read, and it starts again' "$(cat wrong)" ''
between 'kills while recording' 1 "$READ" "$KILLS"
between 'few runs ended before' 0 "$(wc -l <late)" $((KILLS / 20 + 1))
between 'a restart records within a second' 1 "$(sort -n restarts | tail -n 1)" $RESTART_MS
diag "$KILLS kills at $(sort -u calls | wc -l) different system calls, $READ of them left records"
diag "restarts took $(sort -n restarts | sed -n '1p;$p' | xargs) ms (least, most)"
done_testing
