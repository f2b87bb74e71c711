#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# counters.sh - counters that grow for years: past 2^32 and 2^64, and memory that does not grow with them
#
# EVENTS: context switches of the long run (1000000); 100000000 of them take a few minutes.

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

EVENTS=${EVENTS:-1000000}
DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")

need_kernel
need_schedstat
need_programs "$TARSIER" "$DECODER" "$WORKLOAD/storm" "$WORKLOAD/rsspeak" "$WORKLOAD/pingpong" "$WORKLOAD/advance" \
	"$LEDGER_CHECK"

# column PROBE NAME: as the decoder shows it
column()
{
	awk -v probe="$1" -v name="$2" '/^ledger: / { here = $2 == probe }
		here && $1 == name { print $2; exit }' "$TAP_TMP/report"
}

# advanced NAME NUMBER MORE: the decoder's view of counters that begin there
advanced()
{
	local name=$1 file=$TAP_TMP/$1.tsr

	start_collector "$name" -p runqlat -p runqslower:min=0 -i 100ms -r 8192 -o "file:$file"
	"$WORKLOAD/pingpong" 200 >/dev/null
	"$WORKLOAD/advance" "$2" || bail_out "cannot advance the counters"
	"$WORKLOAD/pingpong" 5000 >/dev/null
	sleep 0.3
	stop_collector "$COLLECTOR"
	is "$name: status" "$?" 0
	study "$file"
	is_whole "$name: whole" "$file"
	"$DECODER" -v --rows 0 "$file" >"$TAP_TMP/report"
	is "$name: decodes clean" "$?" 0 || diag "$(cat "$TAP_TMP/report")"
	is "$name: nothing is unexplained" "$(grep -c UNEXPLAINED "$TAP_TMP/report")" 0
	is "$name: the trailer's totals say the same" "$(grep -c 'the last trailer says' "$TAP_TMP/report")" 0
	diag "$name: runqlat entered $(column runqlat entered), runqslower ring_full" \
		"$(column runqslower ring_full)"
}

# Below 2^32 by less than what follows: the low half of each counter wraps on the way.
test_32_bits()
{
	local from=$((2 ** 32 - 1000))

	advanced 32-bits "$from"
	between '32-bits: entered' $((from + 10000)) "$(column runqlat entered)" $((from + 10000000))
	between '32-bits: delivered' $((from + 10000)) "$(column runqlat delivered)" $((from + 10000000))
	between '32-bits: ring full' "$from" "$(column runqslower ring_full)" $((from + 10000000))
	is '32-bits: the histogram has them' "$(field "$TAP_TMP/32-bits.tsr" runqlat histogram count)" \
		"$(column runqlat delivered)"
}

# No board counts that far; should it, the books still balance.
test_64_bits()
{
	advanced 64-bits 18446744073709550616/wrap
	between '64-bits: entered began again' 5000 "$(column runqlat entered)" 10000000
	is '64-bits: the lost are as they were' "$(column runqslower ring_full)" 18446744073709550616
}

# shellcheck disable=SC2317 # called by wait_for
has_switched()
{
	[ "$(awk '/^ctxt/ { print $2 }' /proc/stat)" -ge "$1" ]
}

resident_kib()
{
	sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$COLLECTOR/status"
}

test_memory()
{
	local file=$TAP_TMP/long storm before early late

	start_collector long -p runqlat -p runqslower:min=100000 -p cpudist -p offcpu -i 1 -o "file:$file"
	before=$(awk '/^ctxt/ { print $2 }' /proc/stat)
	spawn "$WORKLOAD/storm" 3600 >/dev/null
	storm=$SPAWNED
	wait_for 600 has_switched $((before + EVENTS / 4))
	early=$(resident_kib)
	wait_for 600 has_switched $((before + EVENTS))
	late=$(resident_kib)
	end "$storm"
	stop_collector "$COLLECTOR"
	study "$file"
	is_whole "long: whole" "$file"
	between 'long: events' $((EVENTS * 9 / 10)) "$(field "$file" runqlat entered)" 1000000000
	is 'long: entered = delivered + unstamped' "$(field "$file" runqlat entered)" \
		"$(($(field "$file" runqlat delivered) + $(field "$file" runqlat unstamped)))"
	diag "long: $(field "$file" runqlat entered) waits, $early KiB, then $late KiB resident"
	between 'long: resident memory is flat' $((early - 8)) "$late" $((early + 8))
}

# What VmHWM tells is not exact, see rsspeak.
test_peak()
{
	local peak

	peak=$("$WORKLOAD/rsspeak" "$TARSIER" run -d 1 -i 200ms -p runqlat -o "file:$TAP_TMP/peak" 2>&1 | tail -n 1)
	between 'with runqlat never more than 1 MiB is resident' 200 "$peak" 1024
	diag "at most $peak KiB"
}

test_32_bits
test_64_bits
test_peak
test_memory
done_testing
