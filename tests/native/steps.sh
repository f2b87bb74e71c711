#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# steps.sh - the decoder's steps of a recording of this machine add up to its totals

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")
need_kernel
need_programs "$TARSIER" "$DECODER" "$WORKLOAD/pingpong" "$LEDGER_CHECK"

# shellcheck disable=SC2317 # called by wait_for
has_snapshots()
{
	study "$1"
	[ "$(field "$1" record summary)" -ge 8 ]
}

# sum_of_steps PROBE: of what all its steps counted, from the decoder's output
sum_of_steps()
{
	awk -v heading="^$1, session 1, .* to .*:\$" '
		/^$/ { inside = 0 }
		$0 ~ heading { inside = 1 }
		inside && $1 == "count" { sum += $2 }
		END { print sum + 0 }'
}

# total_of PROBE: from its part of the report
total_of()
{
	awk -v heading="^$1: " '
		/^$/ { inside = 0 }
		$0 ~ heading { inside = 1 }
		inside && $1 == "count" { print $2 }'
}

recording=$TAP_TMP/real.tsr
start_collector real -p runqlat -p runqslower:min=1000 -i 100ms -o "file:$recording"
"$WORKLOAD/pingpong" 5000 >/dev/null
ok 'snapshots are written' wait_for 30 has_snapshots "$recording"
stop_collector "$COLLECTOR"
is 'the recording ends well' "$?" 0

"$DECODER" --interval 200ms "$recording" >"$TAP_TMP/out"
is 'the decoder finds it clean' "$?" 0
ok 'there are several steps' [ "$(grep -c '^runqlat, session 1, .* to ' "$TAP_TMP/out")" -ge 3 ]
is 'nothing is in doubt' "$(grep -c 'records are missing' "$TAP_TMP/out")" 0
for probe in runqlat runqslower; do
	is "$probe: the steps add up" "$(sum_of_steps $probe <"$TAP_TMP/out")" \
		"$(total_of $probe <"$TAP_TMP/out")"
done

# A kilobyte amid the snapshots, which the closing one heals.
dd if=/dev/zero of="$recording" bs=1 seek=$(($(stat -c %s "$recording") / 2)) count=1024 \
	conv=notrunc status=none
"$DECODER" --interval 200ms "$recording" >"$TAP_TMP/out"
is 'the decoder finds it damaged' "$?" 3
is 'the steps add up all the same' "$(sum_of_steps runqlat <"$TAP_TMP/out")" \
	"$(total_of runqlat <"$TAP_TMP/out")"

done_testing
