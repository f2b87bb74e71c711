#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cputime.sh - CPU times are those that /proc shows; with many tasks, few places and ids that come
# again the books balance, and no CPU time is invented

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

MAX=10

need_kernel
need_programs "$TARSIER" "$WORKLOAD/cpuload" "$WORKLOAD/compare_cputime" \
	"$WORKLOAD/cputime_check" "$WORKLOAD/hogs" "$WORKLOAD/forks" "$LEDGER_CHECK"

# printed NAME: by the program that printed last
printed()
{
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print -1 }' \
		"$TAP_TMP/printed"
}

# record WAY OPTIONS INTERVAL: its recording is $TAP_TMP/WAY.tsr
record()
{
	rm -f "$TAP_TMP/$1.tsr"
	start_collector "$1" -p "cputime:way=$1$2" -i "$3" -o "file:$TAP_TMP/$1.tsr"
}

# shellcheck disable=SC2317 # called by wait_for
stands_still()
{
	grep -q ready "$TAP_TMP/load"
}

# check_books DESCRIPTION WAY: whole, possible, and to the last event
check_books()
{
	local file=$TAP_TMP/$2.tsr lost=0 column

	study "$file"
	is_whole "$1: whole" "$file"
	for column in map_full user_dropped; do
		lost=$((lost + $(field "$file" cputime $column)))
	done
	is "$1: entered = delivered + losses" "$(field "$file" cputime entered)" \
		"$(($(field "$file" cputime delivered) + lost))"
	"$WORKLOAD/cputime_check" "$file" >"$TAP_TMP/printed"
	is "$1: no figure goes back" "$(printed backwards)" 0 || diag "$(grep '^#' "$TAP_TMP/printed")"
	is "$1: no CPU time is invented" "$(printed impossible)" 0 ||
		diag "$(grep '^#' "$TAP_TMP/printed")"
	diag "$1: $(printed snapshots) snapshots of $(printed tasks) tasks;" \
		"$(field "$file" cputime delivered) written, $lost left out"
}

same_as_proc()
{
	local collectors=() way load pids

	for way in iter proc; do
		record $way ,threads 50ms
		collectors+=("$COLLECTOR")
	done
	spawn "$WORKLOAD/cpuload" 100 >"$TAP_TMP/load"
	load=$SPAWNED
	wait_for 60 stands_still || bail_out "cpuload does not end"
	for COLLECTOR in "${collectors[@]}"; do
		stop_collector "$COLLECTOR" || bail_out "a collector failed: $(cat "$TAP_TMP"/*.log)"
	done
	mapfile -t pids < <(awk 'NF == 2 { print $1 }' "$TAP_TMP/load")
	"$WORKLOAD/compare_cputime" "$TAP_TMP/iter.tsr" "$TAP_TMP/proc.tsr" "${pids[@]}" \
		>"$TAP_TMP/printed"
	end "$load"
	between 'fields of stat files were compared' 80 "$(printed compared)" 1000
	is 'all within one clock tick' "$(printed apart)" 0 || diag "$(cat "$TAP_TMP/printed")"
	is 'of all tasks there is a record' "$(printed unknown)" 0
	is 'both ways read the same raw times' "$(printed raw_apart)" 0
	check_books 'iterator' iter
	check_books '/proc' proc
}

# shellcheck disable=SC2317 # called by wait_for
has_left_out()
{
	study "$TAP_TMP/$1.tsr"
	[ "$(field "$TAP_TMP/$1.tsr" cputime "$2")" -gt 200 ]
}

# crowd WAY OPTIONS COLUMN: hundreds of tasks, until that column says that some found no place
crowd()
{
	record "$1" "$2" 100ms
	wait_for 60 has_left_out "$1" "$3" || bail_out "$1$2: $3 stays 0"
	stop_collector "$COLLECTOR" || bail_out "the collector failed: $(cat "$TAP_TMP/$1.log")"
	check_books "crowd, $1$2" "$1"
	between "crowd, $1$2: $3" 1 "$(field "$TAP_TMP/$1.tsr" cputime "$3")" 1000000000
}

crowds()
{
	local way hogs

	# the least they can be in the way of whoever looks at them
	spawn nice -n 19 "$WORKLOAD/hogs" 600 150 >/dev/null
	hogs=$SPAWNED
	for way in iter proc; do
		crowd $way ",max=$MAX" user_dropped
		between "crowd, $way: a snapshot holds no more than the cap" 1 "$(printed most)" $MAX
		crowd $way ,tasks=20,threads map_full
	done
	end "$hogs"
}

# One id again and again, with a new process that uses as much as all before it.
reused_ids()
{
	local way

	for way in iter proc; do
		record $way ,threads 20ms
		"$WORKLOAD/forks" 8 reuse 150 >/dev/null || bail_out 'forks failed'
		stop_collector "$COLLECTOR" || bail_out "the collector failed: $(cat "$TAP_TMP/$way.log")"
		check_books "ids that come again, $way" $way
		between "ids that come again, $way: they did" 1 "$(printed reused)" 1000
	done
}

filtered()
{
	local load file=$TAP_TMP/iter.tsr

	ln -sf "$WORKLOAD/cpuload" "$TAP_TMP/load-$$"
	record iter ",comm=load-$$" 0
	spawn "$TAP_TMP/load-$$" 20 >"$TAP_TMP/load"
	load=$SPAWNED
	wait_for 60 stands_still || bail_out "cpuload does not end"
	stop_collector "$COLLECTOR"
	end "$load"
	study "$file"
	is 'filter: a record for each of its processes, and no other' \
		"$(field "$file" cputime delivered)" 7
}

# shellcheck disable=SC2317 # called by ok
without_type_information()
{
	unshare -m sh -c "mount -t tmpfs none /sys/kernel/btf &&
		'$TARSIER' run -p cputime -p runqlat -d 200ms -o 'file:$TAP_TMP/without.tsr'" \
		2>"$TAP_TMP/without.log"
}

rest_without_bpf()
{
	ok 'without type information: records from /proc' without_type_information
	like 'without type information: says so' "$(cat "$TAP_TMP/without.log")" \
		'cputime: not in a better way: iter: no /sys/kernel/btf/vmlinux.*recording cputime by proc'
}

same_as_proc
crowds
reused_ids
filtered
rest_without_bpf
done_testing
