#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cputime.sh - CPU times are those that /proc shows, on each kernel, by either way to read them; and
# with the idle time they make up all there is
#
# KERNELS: those to compare on.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

KERNELS=${KERNELS:-5.10 6.1 6.12}

need_board cpuload compare_cputime cputime_check sleepers forks

# value NAME: what compare_cputime printed
value()
{
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print -1 }' \
		"$TAP_TMP/printed"
}

# board JOB OPTION...: on failure there is nothing to look at
board()
{
	local job=$1

	shift
	on_board "$@" -r "$(cat "$HERE/$job")" >"$TAP_TMP/printed" 2>&1 ||
		bail_out "the board fails: $(tail -n 20 "$TAP_TMP/printed")"
}

# decodes DESCRIPTION WAY: clean, and the books balance
decodes()
{
	local status

	"$DECODER" "$TAP_TMP/$2.tsr" >"$TAP_TMP/$2.report" 2>&1
	status=$?
	is "$1: decodes clean" "$status" 0 || diag "$(cat "$TAP_TMP/$2.report")"
	is "$1: the books balance" "$(awk '$1 == "remainder" { print $2 }' "$TAP_TMP/$2.report")" 0
}

# same_as_proc WHAT OPTION...: processes that are CPU-bound, system-call-bound, fork and wait, have
# many threads, lost their main thread, or are zombies
same_as_proc()
{
	local what=$1 way

	shift
	board cputime_job -o "$TAP_TMP" "$@"
	between "$what: fields of stat files were compared" 80 "$(value compared)" 1000
	is "$what: all within one clock tick" "$(value apart)" 0 ||
		diag "$(grep '^#' "$TAP_TMP/printed")"
	is "$what: of all tasks there is a record" "$(value unknown)" 0
	is "$what: raw times of all processes were compared" "$(value raw_compared)" 6
	is "$what: both ways read the same ones" "$(value raw_apart)" 0
	for way in iter proc; do
		decodes "$what, $way" $way
	done
}

# sums WAY: in percent of the CPUs' time, of the first step and of all
sums()
{
	"$DECODER" -i 4 "$TAP_TMP/$1.tsr" | sed -n 's/^all CPUs:.* = \([0-9]*\)\.[0-9]* % of .*/\1/p' | sed -n '1p; $p'
}

check_balance()
{
	local way sum

	board balance_job -k 6.1 -i -o "$TAP_TMP"
	for way in iter proc; do
		decodes "balance, $way" $way
		is "balance, $way: a step, and all" "$(sums $way | wc -l)" 2
		for sum in $(sums $way); do
			between "balance, $way: tasks and idle time are 100 %" 99 "$sum" 100
		done
		diag "$(grep -A 6 '^from' "$TAP_TMP/$way.report")"
	done
}

# A storm of processes whose ids come again soon, some of which use much and some hardly anything.
reused_ids()
{
	board reuse_job -k 6.1 -o "$TAP_TMP"
	between 'ids that come again: they did' 1 "$(value reused)" 100000
	is 'ids that come again: no figure goes back' "$(value backwards)" 0
	is 'ids that come again: no CPU time is invented' "$(value impossible)" 0 ||
		diag "$(grep '^#' "$TAP_TMP/printed")"
	decodes 'ids that come again' iter
}

for kernel in $KERNELS; do
	same_as_proc "$kernel" -k "$kernel"
done
check_balance
reused_ids
done_testing
