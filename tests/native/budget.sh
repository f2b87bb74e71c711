#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# budget.sh - a collector with a budget keeps to it under any load: it drops single events, counts each, and
# loses nothing of the histograms

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")
BUDGET=30 # per cent; all events would take 40 to 70
RECORDING=$TAP_TMP/recording

need_kernel
need_schedstat
need_programs "$TARSIER" "$DECODER" "$WORKLOAD/storm" "$LEDGER_CHECK"

# Per cent of one CPU, times 100: the most in ten snapshots, which are seconds, one after the other.
most_in_ten_seconds()
{
	awk '/^UNTIL/ { on = 1; next } /^$/ { on = 0 } on {
		used[n++] = $2 + $3
		for (i = n > 10 ? n - 10 : 0; i < n; i++) sum += used[i]
		most = sum > most ? sum : most; sum = 0
	} END { printf "%d\n", most / 10 * 100 }' "$TAP_TMP/report"
}

balances()
{
	local entered delivered dropped ring_full

	entered=$(field "$RECORDING" "$1" entered)
	delivered=$(field "$RECORDING" "$1" delivered)
	dropped=$(awk -v p="$1" '$1 == p && $2 == "user_dropped" { print $3 }' "$(study_of "$RECORDING")")
	ring_full=$(awk -v p="$1" '$1 == p && $2 == "ring_full" { print $3 }' "$(study_of "$RECORDING")")
	is "$1: entered = delivered + dropped + ring full" "$entered" \
		"$((delivered + ${dropped:-0} + ${ring_full:-0}))"
	diag "$1: $entered = $delivered + ${dropped:-0} + ${ring_full:-0}"
	DROPPED=${dropped:-0}
}

# record_storm: what is left of it is the recording, its log, and the report
record_storm()
{
	rm -rf "$RECORDING"
	start_collector budget -B "cpu=$BUDGET%" -p runqlat -p runqslower:min=0 -i 1 -S 1d -o "file:$RECORDING"
	"$WORKLOAD/storm" 12 >"$TAP_TMP/storm"
	sleep 3
	stop_collector "$COLLECTOR"
	STATUS=$?
	"$DECODER" -v --rows 0 "$RECORDING" >"$TAP_TMP/report"
	DECODED=$?
	diag "$(awk '$1 == "per_second" { print $2 }' "$TAP_TMP/storm") switches/s"
	diag "$(sed -n '/^UNTIL/,/^$/p' "$TAP_TMP/report")"
}

exceeded()
{
	grep -q 'EXCEEDED' "$TAP_TMP/report"
}

# Histograms are never dropped: where a host takes the CPUs away, the time of which is nobody's but seems to be used,
# these alone may exceed the budget.  That has to be told.
check_budget()
{
	if exceeded; then
		diag "this machine stood still in each of three storms"
		between 'more than the budget was used' $((BUDGET * 95)) "$(most_in_ten_seconds)" 1000000
		is 'and that is told' "$(grep -c 'is exceeded, and no single event is left to drop' "$TAP_TMP/budget.log")" 1
		return
	fi
	# windows that begin within a second of the collector's
	between 'no ten seconds cost more than the budget' 100 "$(most_in_ten_seconds)" $((BUDGET * 102))
	like 'the report says so' "$(cat "$TAP_TMP/report")" \
		"budget +$BUDGET.00 % of one CPU; in 10 s at most [0-9.]+ % was used"$'\n'
}

start_collector small -B cpu=0.01% -p cputime -i 10ms -d 14 -o "file:$TAP_TMP/small"
small=$COLLECTOR
for _ in 1 2 3; do
	record_storm
	exceeded || break
done
is 'status' "$STATUS" 0
is 'decodes clean' "$DECODED" 0
study "$RECORDING"
is_whole 'whole' "$RECORDING"
check_budget
balances runqslower
if [ "$DROPPED" -eq 0 ]; then # where others take the CPUs, there is no storm
	between 'runqslower: there was room for all events' 0 "$(most_in_ten_seconds)" $((BUDGET * 80))
else
	between 'runqslower: events were dropped' 1000 "$DROPPED" 1000000000
fi
between 'runqslower: and not all' 1000 "$(field "$RECORDING" runqslower delivered)" 1000000000
is 'runqslower: each that was not is in the file' "$(field "$RECORDING" record runqslower)" \
	"$(field "$RECORDING" runqslower delivered)"
balances runqlat
is 'runqlat: nothing was dropped' "$DROPPED" 0
is 'runqlat: as many waits as were to be events' "$(field "$RECORDING" runqlat entered)" \
	"$(field "$RECORDING" runqslower entered)"
is 'runqlat: all of them in buckets' "$(field "$RECORDING" runqlat histogram buckets)" \
	"$(field "$RECORDING" runqlat entered)"
between 'runqlat: every switch of the storm' "$(awk '$1 == "switches" { print $2 }' "$TAP_TMP/storm")" \
	"$(field "$RECORDING" runqlat entered)" 1000000000

finish "$small" 40
is 'too small a budget: it goes on' "$?" 0
is 'too small a budget: told once' "$(grep -c 'the budget of 0.01 % of a CPU is exceeded' "$TAP_TMP/small.log")" 1
like 'too small a budget: recorded' "$("$DECODER" --rows 0 "$TAP_TMP/small")" \
	'budget +0.01 % .*: EXCEEDED, with no single event left to drop'
done_testing
