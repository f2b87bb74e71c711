#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# funclat.sh - durations of kernel functions on boards: the scheduler's picks against ftrace's function
# graph, and functions of a module that are nested, recursive, crowded, or never return
#
# The picks are measured on boards that take 1 ns per instruction: there two runs are alike, so that
# neither tool has to measure the other one.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board pingpong syscalls forks

# look_at NAME: decode it; what follows looks at this report
look_at()
{
	local status

	REPORT=$TAP_TMP/$1.report
	"$DECODER" --rows all "$TAP_TMP/$1.tsr" >"$REPORT" 2>&1
	status=$?
	is "$KERNEL, $1: decodes clean" "$status" 0 || diag "$(cat "$REPORT")"
	is "$KERNEL, $1: the books balance" "$(column remainder)" 0
}

# column NAME: of the ledger; 0 where it is left out
column()
{
	awk -v name="$1" '$1 == name && $2 ~ /^[0-9]+$/ { value = $2 } END { print value + 0 }' "$REPORT"
}

bias_ns()
{
	sed -n 's/.* of each duration up to \([0-9]*\) ns .*/\1/p' "$REPORT"
}

# Lines "CALLS NS" for the processes of the load that have made calls enough to compare.
load_of_tarsier()
{
	awk '$4 == "pingpong" && $5 > 100 { calls += $5; ns += $6 * 1000 }
		END { printf "%d %.0f\n", calls, ns }' "$REPORT"
}

# graph PASS: the same, from ftrace
load_of_graph()
{
	awk -v pass="$1" '$1 == "graph" && $2 == pass && $4 > 100 { calls += $4; ns += $5 }
		END { printf "%d %.0f\n", calls, ns }' "$TAP_TMP/printed"
}

# mean "CALLS NS" BIAS: in ns, without that
mean()
{
	local calls ns

	read -r calls ns <<<"$1"
	echo $((ns / (calls ? calls : 1) - $2))
}

# picks KERNEL WAY
picks()
{
	local ours graphs calls ns

	KERNEL=$1
	on_board -i -o "$TAP_TMP" -r "WAY=$2; $(cat "$HERE/calls_job")" >"$TAP_TMP/printed" 2>&1 ||
		bail_out "the board fails: $(tail -n 20 "$TAP_TMP/printed")"
	look_at both
	is "$1: as many picks as ftrace counts at the same time" "$(load_of_tarsier | cut -d' ' -f1)" \
		"$(load_of_graph both | cut -d' ' -f1)"
	between "$1: the load was seen" 4000 "$(load_of_tarsier | cut -d' ' -f1)" 4100
	look_at alone
	ours=$(mean "$(load_of_tarsier)" "$(bias_ns)")
	read -r calls ns < <(sed -n 's/^bias [0-9]* //p' "$TAP_TMP/printed")
	graphs=$(mean "$(load_of_graph traced)" $((ns / calls)))
	diag "mean of picks without what measuring adds: $ours ns, by ftrace $graphs ns"
	between "$1: mean within 15 % of ftrace's" $((graphs * 85 / 100)) "$ours" $((graphs * 115 / 100))
}

# counts NAME ENTERED DELIVERED MISSED MAP_FULL IN_FLIGHT
counts()
{
	look_at "$1"
	is "$KERNEL, $1: entered; delivered, missed, full, in flight" \
		"$(column entered); $(column delivered) $(column missed) $(column map_full) $(column in_flight)" \
		"$2; $3 $4 $5 $6"
}

total_ns()
{
	awk 'NF == 9 && $5 ~ /^[0-9]+$/ { ns += $6 * 1000 } END { printf "%.0f\n", ns }' "$REPORT"
}

# 30 come and go; one more stays.  The kernel keeps so many returns at once by kretprobe, and misses others:
# that shows when the thread is gone for good, or not before the end.
meeting()
{
	if [ "$1" = fexit ]; then
		counts "meeting-$1" 31 30 0 0 1
		return
	fi
	look_at "meeting-$1"
	is "$KERNEL, meeting-$1: entered" "$(column entered)" 31
	between "$KERNEL, meeting-$1: returned" 1 "$(column delivered)" "$RETURNS_KEPT"
	is "$KERNEL, meeting-$1: returned, missed or in flight" \
		"$(($(column delivered) + $(column missed) + $(column in_flight)))" 31
}

# 100 times 10 deep, and 20 deep, where there is place for 16: counted are KEPT of these, or fewer.
recursive()
{
	local kept=16

	[ "$1" = fexit ] || kept=$RETURNS_KEPT
	counts "recursive-$1" 3000 $((100 * (kept < 10 ? kept : 10) + 100 * kept)) \
		$((100 * (kept < 10 ? 10 - kept : 0) + 100 * (16 - kept))) 400 0
}

busy()
{
	local calls inner outer

	counts "busy-$1" 300 300 0 0 0
	read -r calls inner outer <"$TAP_TMP/busy-$1.said"
	is "$KERNEL, busy-$1: as many as were made" "$calls" 300
	between "$KERNEL, busy-$1: as long as it takes, and no longer" "$inner" "$(total_ns)" "$outer"
}

nested()
{
	counts "nested-$1" 100000 100000 0 0 0
}

# The same with place for 16 threads.
crowded()
{
	counts "crowded-$1" 31 16 0 14 1
}

filtered()
{
	counts "filtered-$1" 1000 1000 0 0 0
}

exits()
{
	look_at "exits-$1"
	between "$KERNEL: never-returning calls" 200 "$(column entered)" 400
	is "$KERNEL: none of them has a duration" "$(column delivered)" 0
	is "$KERNEL: they are missed or in flight" "$(column entered)" \
		"$(($(column missed) + $(column in_flight)))"
}

# targets KERNEL RETURNS_KEPT CASE-WAY...
targets()
{
	KERNEL=$1 RETURNS_KEPT=$2
	shift 2
	need_modules "$KERNEL" call_targets
	on_board -d "$MODULE_DIR/$KERNEL" -o "$TAP_TMP" -r "PLAN='$*'; $(cat "$HERE/targets_job")" \
		>"$TAP_TMP/printed" 2>&1 || bail_out "the board fails: $(tail -n 20 "$TAP_TMP/printed")"
	for one; do
		"${one%-*}" "${one#*-}"
	done
	like "$KERNEL: a wrong name: near ones" "$(cat "$TAP_TMP/misspelt")" \
		'^tarsier: funclat: cannot attach: .* no function target_bsuy; names like it: target_busy'
	is "$KERNEL: a wrong name: one line, and the status" "$(sed 1d "$TAP_TMP/misspelt")" 'status 4'
}

picks 6.12 fexit
picks 6.1 kprobe
targets 6.12 10 busy-fexit recursive-fexit nested-fexit meeting-fexit crowded-fexit filtered-fexit recursive-kprobe \
	meeting-kprobe exits-kprobe
# Without preemption, kernels of that time keep as many returns as there are CPUs.
targets 5.10 2 busy-kprobe recursive-kprobe filtered-kprobe
done_testing
