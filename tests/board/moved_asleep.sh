#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# moved_asleep.sh - since Linux 6.12 the kernel may note a task that sleeps as queued: its sleep is not taken for
# a wait
#
# Nobody but dozers, which is alone on its CPU when it wakes up, and waits for next to nothing, sleeps for
# as long as a wait would have to be to be recorded here.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board dozers
TIMES=64

# record WAY: what is not known is in $UNKNOWN
record()
{
	on_board -i -s 2 -o "$TAP_TMP/out" -r "mkdir -p /out
		tarsier run -i 0 -w $1 -p runqlat -p runqslower:min=20000 -o file:/out/waits.tsr 2>/tmp/messages &
		until grep -qs 'recording runqslower' /tmp/messages; do
			usleep 20000
			kill -0 \$! || { cat /tmp/messages; exit 1; }
		done
		dozers $TIMES
		kill -INT \$!
		wait \$!" >"$TAP_TMP/printed" 2>&1 || bail_out "the board fails: $(tail -n 5 "$TAP_TMP/printed")"
	"$DECODER" "$TAP_TMP/out/waits.tsr" >"$TAP_TMP/report"
	UNKNOWN=$(awk '/^ledger: / { probe = $2 } $1 == "unstamped" && probe == "runqlat" { print $2; found = 1 }
		END { if (!found) print 0 }' "$TAP_TMP/report")
}

# check WHAT LEAST MOST: unknown waits
check()
{
	is "$1: no sleep is taken for a wait" "$(grep -c '^[0-9].* dozers ' "$TAP_TMP/report")" 0
	between "$1: those that the kernel's note is wrong of count as unknown" "$2" "$UNKNOWN" "$3"
	is "$1: nothing is unexplained" "$(awk '$1 == "remainder" && $2' "$TAP_TMP/report")" ""
}

for run in '6.12 sched_info 1' '6.12 raw_sched_info 1' '7.2 sched_info 1' '6.1 sched_info 0'; do
	read -r KERNEL way least <<<"$run"
	record "$way"
	check "$KERNEL, $way" "$least" $((least * TIMES))
done
done_testing
