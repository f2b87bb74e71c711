#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# moved_asleep.sh - since Linux 6.12 the kernel takes sleeps of tasks that were moved asleep for waits: here
# they are none, and their waits are known
#
# dozers wait for a tick or so and sleep for longer than a wait has to be for an event.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board dozers

# record WAY
record()
{
	on_board -i -s 2 -o "$TAP_TMP/out" -r "mkdir -p /out
		tarsier run -i 0 -w $1 -p runqlat -p runqslower:min=20000 -o file:/out/waits.tsr 2>/tmp/messages &
		until grep -qs 'recording runqslower' /tmp/messages; do
			usleep 20000
			kill -0 \$! || { cat /tmp/messages; exit 1; }
		done
		dozers 64
		kill -INT \$!
		wait \$!" >"$TAP_TMP/printed" 2>&1 || bail_out "the board fails: $(tail -n 5 "$TAP_TMP/printed")"
	"$DECODER" "$TAP_TMP/out/waits.tsr" >"$TAP_TMP/report"
}

for run in '6.12 sched_info 1' '6.12 raw_sched_info 1' '7.2 sched_info 1' '6.1 sched_info 0'; do
	read -r KERNEL way least <<<"$run"
	record "$way"
	between "$KERNEL, $way: sleeps that the kernel counts as waits" "$least" \
		"$(sed -n 's/^mistaken //p' "$TAP_TMP/printed")" $((least * 64))
	is "$KERNEL, $way: no sleep is taken for a wait" "$(grep -c '^[0-9].* dozers ' "$TAP_TMP/report")" 0
	is "$KERNEL, $way: each wait is known, and counted" \
		"$(awk '$1 == "unstamped" || ($1 == "remainder" && $2)' "$TAP_TMP/report")" ""
done
done_testing
