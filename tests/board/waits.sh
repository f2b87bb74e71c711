#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# waits.sh - the waits measured on a board are those that follow from ftrace's record of the same
# switches, one by one, both ways of measuring
#
# Made twice: on one CPU, and on two, between which waiting tasks are moved.  The board takes 1 ns per
# instruction, whatever else this machine does: what differs is the programs' doing.  With two CPUs
# the emulator runs now one, now the other: at times one stands still between two points of a switch.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board replay compare_waits sleepers hogs movers pingpong forks

# value NAME: what compare_waits printed
value()
{
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print -1 }' \
		"$TAP_TMP/printed"
}

# differences CLASS: of the durations, in ns: least, 1 %, median, 99 %, greatest
differences()
{
	sed -n "s/^$1_differences //p" "$TAP_TMP/printed"
}

# record WAY SECONDS PID_MAX BOARD_OPTION...: on failure there is nothing to look at
record()
{
	local job="WAY=$1 NEAR_NS=20000 LOAD_SECONDS=$2 PID_MAX=$3"

	shift 3
	on_board -i "$@" -r "$job; $(cat "$HERE/trace_lib" "$HERE/waits_job")" >"$TAP_TMP/printed" 2>&1 ||
		bail_out "the board fails: $(tail -n 20 "$TAP_TMP/printed")"
}

# check DESCRIPTION LONG_NEAR_PER_10000
check()
{
	local what=$1 count part

	count=$(value reference)
	is "$what: the trace is whole" "$(value overrun)" 0
	between "$what: enough waits to judge by" 1000 "$count" 10000000
	between "$what: the histogram's count is the trace's" $((count * 99 / 100)) \
		"$(value histogram)" $((count * 101 / 100))
	between "$what: every quantile within one power of two" 0 "$(value octaves_apart)" 1
	between "$what: every long wait is found" 0 "$(value missed_long)" $((count / 1000))
	between "$what: no long wait is invented" 0 "$(value invented_long)" $((count / 1000))
	between "$what: the CPUs where they began and ended" 0 "$(value wrong_cpu)" $((count / 1000))
	between "$what: long waits are as long" "$2" "$(value long_near)" 10000
	between "$what: all waits are as long" 9900 "$(value all_near)" 10000
	between "$what: the sum of all waits is the trace's" 9900 "$(value all_sum)" 10100
	for part in all long short migrated preempted; do
		diag "$part: $(value ${part}_count), $(value ${part}_near) of 10,000 near;" \
			"differences $(differences "$part")"
	done
	grep -E '^# (apart|not|quantile)' "$TAP_TMP/printed" || :
}

for way in ${WAYS:-sched_info wakeup event}; do
	record "$way" 0.5 400 # ids are soon given again: nothing of a dead thread may stay
	check "one CPU, $way" 9900
	record "$way" 0.5 '' -s 2
	check "two CPUs, $way" 9000
	between "two CPUs, $way: waiting tasks were moved" 50 "$(value migrated_count)" 10000000
	between "two CPUs, $way: what they waited before counts" 9800 "$(value migrated_sum)" 10200
done
if [ "${WAYS-sched_info}" = sched_info ]; then
	for KERNEL in 6.12 6.12-rt; do # tasks are moved asleep; many are preempted in a sleeping state
		record sched_info 0.5 '' -s 2
		check "two CPUs, sched_info, $KERNEL" 9000
	done
fi
done_testing
