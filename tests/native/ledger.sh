#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ledger.sh - the books balance to the last event, at as many context switches as the CPUs can do
#
# STORM_SECONDS: length of each of the four storms.

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

STORM_SECONDS=${STORM_SECONDS:-2}
RING_TOO_SMALL=4 # KiB
RING=8192

need_kernel
need_schedstat
need_programs "$TARSIER" "$WORKLOAD/storm" "$LEDGER_CHECK"

# Context switches of this machine since it booted, those to the idle task included.
switches_of_machine()
{
	awk '/^ctxt/ { print $2 }' /proc/stat
}

# losses RECORDING PROBE: the sum of all columns of its ledger behind the first two
losses()
{
	awk -v probe="$2" '$1 == probe && NF == 3 && $2 != "entered" && $2 != "delivered" {
		sum += $3 } END { print sum + 0 }' "$(study_of "$1")"
}

check_probe()
{
	local name=$1 file=$2 probe=$3 entered delivered lost

	entered=$(field "$file" "$probe" entered)
	delivered=$(field "$file" "$probe" delivered)
	lost=$(losses "$file" "$probe")
	is "$name: $probe: entered = delivered + losses" "$entered" "$((delivered + lost))"
	diag "$probe: $entered = $delivered + $lost"
}

# Both probes see the same waits here, because nothing is filtered and the threshold is 0.
check_books()
{
	local name=$1 file=$2 delivered

	is_whole "$name: whole" "$file"
	is "$name: records in the file = records numbered" "$(field "$file" records)" \
		"$(field "$file" trailer seq)"
	check_probe "$name" "$file" runqlat
	check_probe "$name" "$file" runqslower
	is "$name: both probes saw the same waits" "$(field "$file" runqlat entered)" \
		"$(field "$file" runqslower entered)"
	delivered=$(field "$file" runqlat delivered)
	is "$name: histogram: buckets" "$(field "$file" runqlat histogram buckets)" "$delivered"
	is "$name: histogram: count" "$(field "$file" runqlat histogram count)" "$delivered"
	is "$name: histogram: slices missing" \
		"$(field "$file" runqlat histogram slices_missing)" 0
	is "$name: histogram: sum, least and greatest fit the buckets" \
		"$(field "$file" runqlat histogram possible)" 1
	delivered=$(field "$file" runqslower delivered)
	is "$name: events in the file" "$(field "$file" record runqslower)" "$delivered"
	is "$name: each with the task before it" "$(field "$file" record task)" "$delivered"
	is "$name: nothing was lost on the way to the file" "$(field "$file" sinks file_lost)" 0
}

# A wait may have begun a moment before the session.
check_waits()
{
	local name=$1 file=$2 most

	most=$(($(field "$file" duration_ns) + 1000000000))
	between "$name: no wait longer than the run" 0 \
		"$(field "$file" runqlat histogram max)" "$most"
	between "$name: no event longer than the run" 0 "$(field "$file" longest_ns)" "$most"
}

# What the collector told the user at the end is what the file says.
check_told()
{
	local name=$1 file=$2 told

	told=$(sed -n 's/^tarsier: \([0-9].* lost\);.*/\1/p' "$TAP_TMP/$name.log" |
		tr -cd '0-9 \n' | xargs)
	is "$name: the user is told the same" "$told" "$(for column in entered delivered; do
		echo $(($(field "$file" runqlat $column) + $(field "$file" runqslower $column)))
	done | xargs) $(($(losses "$file" runqlat) + $(losses "$file" runqslower)))"
}

# storm WAY RING: one recording; sets FILE and NAME
storm()
{
	local way=$1 ring=$2 before after switches processes

	NAME="$way-$ring"
	FILE=$TAP_TMP/$NAME.tsr
	before=$(switches_of_machine)
	start_collector "$NAME" -w "$way" -r "$ring" -p runqlat -p runqslower:min=0,prev \
		-i 500ms -o "file:$FILE"
	"$WORKLOAD/storm" "$STORM_SECONDS" >"$TAP_TMP/storm"
	stop_collector "$COLLECTOR"
	is "$NAME: status" "$?" 0
	after=$(switches_of_machine)
	study "$FILE"
	switches=$(awk '$1 == "switches" { print $2 }' "$TAP_TMP/storm")
	processes=$(awk '$1 == "processes" { print $2 }' "$TAP_TMP/storm")
	diag "$NAME: $(awk '$1 == "per_second" { print $2 }' "$TAP_TMP/storm") switches/s," \
		"$(field "$FILE" runqslower ring_full) of $(field "$FILE" runqslower entered)" \
		"events found the ring full"
	between "$NAME: every switch of the storm, and no more than the machine made" \
		$((switches - processes)) "$(field "$FILE" runqlat entered)" $((after - before))
}

for way in sched_info wakeup raw_sched_info raw_wakeup event; do
	for ring in $RING_TOO_SMALL $RING; do
		storm "$way" "$ring"
		check_books "$NAME" "$FILE"
		check_waits "$NAME" "$FILE"
		check_told "$NAME" "$FILE"
		[ "$ring" = $RING ] || between "$NAME: losses are named" 1 \
			"$(field "$FILE" runqslower ring_full)" 100000000000
		rm "$FILE"
	done
done
done_testing
