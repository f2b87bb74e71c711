#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# times.sh - the times on a CPU and off it are, thread by thread, those that follow from ftrace's record
# of the same switches, both ways of measuring, with and without the wait for a CPU
#
# Looked at are all threads whose life lies in the recording.  With 400 ids each id has many lives.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

LEDGER_CHECK=${LEDGER_CHECK:-$TOP/build/check/ledger_check}
need_board replay compare_times sleepers hogs movers pingpong forks

# value NAME: what compare_times printed
value()
{
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print -1 }' \
		"$TAP_TMP/printed"
}

# record WAY OFFCPU_OPTIONS PID_MAX BOARD_OPTION...: on failure there is nothing to look at
record()
{
	local job="WAY=$1 OFFCPU=$2 PID_MAX=$3 NEAR_NS=20000 LOAD_SECONDS=0.3"

	shift 3
	rm -rf "$TAP_TMP/out"
	on_board -i "$@" -o "$TAP_TMP/out" -r "$job; $(cat "$HERE/trace_lib" "$HERE/times_job")" \
		>"$TAP_TMP/printed" 2>&1 || bail_out "the board fails: $(tail -n 20 "$TAP_TMP/printed")"
	"$DECODER" "$TAP_TMP/out/times.tsr" >"$TAP_TMP/report" || :
}

# per_mille KIND: by how much the recorded sum differs from the traced one
per_mille()
{
	awk -v a="$(value "$1_sum")" -v b="$(value "$1_traced_sum")" 'BEGIN {
		d = a < b ? b - a : a - b
		print (b > 0 ? int(d * 1000 / b) : 1000)
	}'
}

# check DESCRIPTION APART FROZEN: of so many threads the counts may differ, and so may the lengths
#
# Emulated CPUs take turns.  One that is frozen between the kernel's or our clock reading and ftrace's of
# the same switch makes this one time up to a tick longer in our books, the next one shorter: measured are
# 0.3 threads in a recording, by sched_info and by event.
check()
{
	local what=$1 kind

	is "$what: the trace is whole" "$(value overrun)" 0
	for kind in on off; do
		between "$what: enough threads to judge by" 50 "$(value ${kind}_threads)" 1000000
		between "$what: enough times $kind the CPU" 5000 "$(value ${kind}_times)" 100000000
		between "$what: each thread's times $kind the CPU are as many" 0 "$(value ${kind}_apart)" "$2"
		between "$what: and as long" 0 "$(value ${kind}_far)" "$3"
		between "$what: the sum is the trace's" 0 \
			"$(per_mille "${kind}")" 10
		between "$what: none is invented" 0 "$(value ${kind}_invented)" "$3"
	done
	is "$what: the books balance" "$(grep -c UNEXPLAINED "$TAP_TMP/report")" 0
	is "$what: and were closed" "$(grep -c 'remainder  *0$' "$TAP_TMP/report")" 2
	grep '^#' "$TAP_TMP/printed" || :
}

# check_sums WAY: on one CPU; there is no other task's time in these sums
check_sums()
{
	local name ran sum

	rm -rf "$TAP_TMP/out"
	on_board -i -o "$TAP_TMP/out" -r "WAY=$1; $(cat "$HERE/trace_lib" "$HERE/sums_job")" \
		>"$TAP_TMP/printed" 2>&1 || bail_out "the board fails: $(tail -n 20 "$TAP_TMP/printed")"
	for name in hogs pingpong forks; do
		ran=$(awk -v name="$name" '$1 == name && $2 == "ran_ns" { print $3 }' "$TAP_TMP/printed")
		sum=$("$LEDGER_CHECK" "$TAP_TMP/out/$name.tsr" |
			awk '/^cpudist histogram sum / { print $NF }')
		between "$1: $name: the sum on a CPU is that of /proc" $((ran * 99 / 100)) "${sum:--1}" \
			$((ran * 101 / 100))
	done
	"$DECODER" "$TAP_TMP/out/idle.tsr" >"$TAP_TMP/report"
	is "$1: the idle task has a histogram of its own" "$(grep -c '^idle, cpu = 0' "$TAP_TMP/report")" 1
}

for way in ${WAYS:-sched_info wakeup event}; do
	record "$way" '' 400
	check "one CPU, $way" 0 0
	record "$way" ,blocked '' -s 2
	check "two CPUs, $way, blocked" 1 4
	check_sums "$way"
done
done_testing
