#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sandbox.sh - once it records, the collector owns nothing, and needs nothing that it gave up

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")
MOST='-p runqlat -p runqslower:min=0,prev -p cpudist:process,idle -p offcpu:blocked'

need_kernel
need_schedstat
need_commands strace setpriv capsh
need_programs "$TARSIER" "$DECODER" "$WORKLOAD/pingpong" "$LEDGER_CHECK"

# status_of PID FIELD
status_of()
{
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | xargs
}

# owns_nothing NAME PID IDS: what /proc says of it
owns_nothing()
{
	local set

	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		is "$1: $set" "$(status_of "$2" $set)" 0000000000000000
	done
	is "$1: NoNewPrivs" "$(status_of "$2" NoNewPrivs)" 1
	is "$1: Seccomp" "$(status_of "$2" Seccomp)" 2
	is "$1: user" "$(status_of "$2" Uid)" "$3 $3 $3 $3"
	is "$1: group" "$(status_of "$2" Gid)" "$3 $3 $3 $3"
	is "$1: supplementary groups" "$(status_of "$2" Groups)" ''
	like "$1: no core dump" "$(cat "/proc/$2/limits")" 'Max core file size +0 +0 '
}

# recorded RECORDING: what it says the collector gave up
recorded()
{
	"$DECODER" "$1" | sed -n 's/^  sandbox  *//p'
}

test_default()
{
	local ids

	ids=$(awk -F: '$1 == "tarsier" { print $3 }' /etc/passwd)
	start_collector default -i 100ms -o "file:$TAP_TMP/default"
	owns_nothing 'by default' "$COLLECTOR" "${ids:-60773}"
	stop_collector "$COLLECTOR"
	is 'by default: status' "$?" 0
	study "$TAP_TMP/default"
	is_whole 'by default: the recording is whole' "$TAP_TMP/default"
	like 'by default: recorded' "$(recorded "$TAP_TMP/default")" \
		"^uid ${ids:-60773}, gid [0-9]+, no capabilities, (no )?Landlock.*, seccomp$"
}

test_user()
{
	start_collector user -U 60999 -o "file:$TAP_TMP/user"
	owns_nothing 'by number' "$COLLECTOR" 60999
	stop_collector "$COLLECTOR"
	printf 'user 60998\noutput file:%s\n' "$TAP_TMP/file" >"$TAP_TMP/config"
	start_collector config -f "$TAP_TMP/config"
	is 'by the configuration: user' "$(status_of "$COLLECTOR" Uid)" '60998 60998 60998 60998'
	stop_collector "$COLLECTOR"
}

test_declined()
{
	start_collector declined --no-sandbox -o "file:$TAP_TMP/declined"
	is 'declined: user' "$(status_of "$COLLECTOR" Uid)" "0 0 0 0"
	is 'declined: capabilities' "$(status_of "$COLLECTOR" CapEff)" "$(status_of $$ CapEff)"
	is 'declined: seccomp' "$(status_of "$COLLECTOR" Seccomp)" "$(status_of $$ Seccomp)"
	stop_collector "$COLLECTOR"
	is 'declined: recorded' "$(recorded "$TAP_TMP/declined")" 'none (--no-sandbox), uid 0, gid 0'
}

# refused NAME STATUS LINE ARGUMENT...: it ends with this status and one such line, and leaves no file
refused()
{
	local name=$1 status=$2 line=$3

	shift 3
	timeout 20 "$@" -d 1 -o "file:$TAP_TMP/refused" 2>"$TAP_TMP/err"
	is "$name: status" "$?" "$status"
	like "$name: one line" "$(cat "$TAP_TMP/err")" "^tarsier: $line"
	is "$name: no other" "$(wc -l <"$TAP_TMP/err")" 1
	ok "$name: no file" test ! -e "$TAP_TMP/refused"
}

test_refused()
{
	refused 'no such user' 2 "--user nosuch: /etc/passwd has no such user" "$TARSIER" run -U nosuch
	refused 'no number' 2 "--user 12x: want NAME or UID\[:GID\]" "$TARSIER" run -U 12x
	refused 'root' 2 "--user 0: root owns too much" "$TARSIER" run -U 0
	refused 'not allowed to' 7 'sandbox: cannot change the user: .*nothing is recorded' \
		capsh --drop=cap_setuid --shell="$TARSIER" -- run
}

# Whom a supervisor gave no more than is needed (AmbientCapabilities=) stays who it is.
test_ambient()
{
	local log=$TAP_TMP/ambient.log caps=+bpf,+perfmon,+dac_read_search

	install -d -o 60997 "$TAP_TMP/own"
	chmod a+x "$TAP_TMP"
	install "$TARSIER" "$TAP_TMP/own/tarsier"
	spawn setpriv --reuid 60997 --regid 60997 --clear-groups --inh-caps "$caps" \
		--ambient-caps "$caps" "$TAP_TMP/own/tarsier" run -p runqlat -p cputime -i 100ms \
		-o "file:$TAP_TMP/own/recording" 2>"$log"
	wait_for 20 collector_records_or_ended "$SPAWNED" "$log"
	is 'ambient: user' "$(status_of "$SPAWNED" Uid)" '60997 60997 60997 60997'
	is 'ambient: permitted' "$(status_of "$SPAWNED" CapPrm)" 0000000000000000
	is 'ambient: ambient' "$(status_of "$SPAWNED" CapAmb)" 0000000000000000
	like 'ambient: what it could not mount is told' "$(cat "$log")" \
		'cputime: not in a better way: iter: no file for its iterator'
	stop_collector "$SPAWNED"
	is 'ambient: status' "$?" 0
	like 'ambient: recorded' "$(recorded "$TAP_TMP/own/recording")" \
		'^uid 60997, gid 60997, no capabilities, but in the bounding set'
}

# after_start TRACE: its calls from the first block on
after_start()
{
	sed -n '/"tarsier: recording/,$p' "$1"
}

# A life under strace: what is refused would show as EPERM, and what is undone at the end, too.
test_calls()
{
	local name=$1 trace=$TAP_TMP/$1.trace log=$TAP_TMP/$1.log file=$TAP_TMP/$1.tsr

	shift
	spawn strace -f -qq -o "$trace" "$TARSIER" run "$@" -i 100ms -S 200ms -H 100ms -d 2 \
		-o "file:$file" -o udp://127.0.0.1:9 2>"$log"
	wait_for 20 grep -q recording "$log"
	"$WORKLOAD/pingpong" 1000 >/dev/null
	finish "$SPAWNED"
	study "$file"
	is_whole "calls, $name: the recording is whole" "$file"
	like "calls, $name: datagrams are sent" "$(after_start "$trace")" 'sendto\('
	is "calls, $name: none is refused" "$(after_start "$trace" | grep -E '= -1 E(PERM|ACCES)')" ''
	is "calls, $name: no bpf()" "$(after_start "$trace" | grep -c 'bpf(')" 0
	"$DECODER" "$file" >"$TAP_TMP/$name.report" 2>&1
	is "calls, $name: it decodes clean" "$?" 0
}

iterators()
{
	bpftool link list 2>/dev/null | grep -c ': iter '
}

# shellcheck disable=SC2317 # called by wait_for
iterators_are()
{
	[ "$(iterators)" = "$1" ]
}

test_killed()
{
	local before

	before=$(iterators)
	start_collector killed -p cputime -o "file:$TAP_TMP/killed"
	is 'killed: the iterator was there' "$(iterators)" $((before + 1))
	end "$COLLECTOR"
	wait_for 5 iterators_are "$before"
	is 'killed: its file is gone, and the iterator with it' "$(iterators)" "$before"
}

test_check()
{
	local facts

	facts=$("$TARSIER" check -p runqlat -U 60999)
	like 'check: whom it becomes' "$facts" 'records-as +ok +uid 60999, gid 60999'
	like 'check: seccomp' "$facts" 'kernel +seccomp +ok +filters'
	like 'check: Landlock' "$facts" 'kernel +landlock +(ok +version [0-9]|note +absent)'
}

test_default
test_user
test_declined
test_refused
test_ambient
# shellcheck disable=SC2086 # an argument for each word
for way in sched_info event; do
	test_calls "$way-iter" -w $way $MOST -p cputime:way=iter,threads -c
	test_calls "$way-proc" -w $way $MOST -p cputime:way=proc,threads
done
test_killed
test_check
done_testing
