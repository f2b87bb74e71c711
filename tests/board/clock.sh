#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clock.sh - a board that begins in 1970, whose clock is set forth and back under load: every record of
# every session of the boot is dated right, within 50 ms of the host's time

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$TOP/tests/listen.bash"

WORKLOAD=${WORKLOAD:-$TOP/build/x86_64/tests}
need_board wallclock hogs
for program in wallclock compare_clock; do
	[ -x "$WORKLOAD/$program" ] || bail_out "$WORKLOAD/$program is missing: build it first"
done

# dated DESCRIPTION MOST_US DISTANCE FILE...: all rows of the files, by what the decoder says of them
dated()
{
	local what=$1 most=$2 distance=$3

	shift 3
	"$DECODER" --rows all "$@" >"$TAP_TMP/report" 2>&1
	is "$what: decodes clean, no record is missing" "$?" 0 || diag "$(tail -n 40 "$TAP_TMP/report")"
	sed '/^session 1 of/,$d' "$TAP_TMP/report" |
		"$WORKLOAD/compare_clock" "$distance" "$@" >"$TAP_TMP/compared" 2>&1 ||
		diag "$(cat "$TAP_TMP/compared")"
	between "$what: there are rows" 20 "$(value rows)" 1000000
	is "$what: and no more than records" "$(value more)" 0
	between "$what: the greatest error in us" 0 "$(value greatest_us)" "$most" &&
		diag "$what: $(value rows) rows, error up to $(value greatest_us) us"
}

value()
{
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print -1 }' \
		"$TAP_TMP/compared"
}

spawn "$WORKLOAD/wallclock" serve 200 >"$TAP_TMP/port"
wait_for 5 test -s "$TAP_TMP/port" || bail_out "wallclock does not serve"
# Who hears the first session alone has nothing but the times of arrival.
listen "$TAP_TMP/heard" --until-closed --timeout 60 --save "$TAP_TMP/heard.tsr"
on_board -n -C 1970-01-01T00:00:10 -o "$TAP_TMP" \
	-r "SERVER=$(cat "$TAP_TMP/port") LISTENER=$PORT; $(cat "$HERE/clock_job")" \
	>"$TAP_TMP/printed" 2>&1
is 'exit status of the job' "$?" 0 || diag "$(cat "$TAP_TMP/printed")"
between 'the board begins in 1970' 0 "$(head -n 1 "$TAP_TMP/printed")" 1000
read -r distance error <"$TAP_TMP/truth"
between 'the truth is known well enough, in ns' 0 "$error" 20000000
diag "the truth is known to $((error / 1000)) us"

dated 'two sessions of one boot' 50000 "$distance" "$TAP_TMP/first.tsr" "$TAP_TMP/second.tsr"
like 'the first session is dated by the second' "$(sed -n '/^session 1 of/,/^session 2/p' "$TAP_TMP/report")" \
	'clock +synchronised, within'
is 'every step is told, and the synchronisation' "$(sed -n 's/^  clock set    \([0-9]*\) times more/\1/p' \
	"$TAP_TMP/report")" 3
like 'with the time that it began from' "$(grep -m1 'clock set' "$TAP_TMP/report")" \
	'from 1970-01-01 .* to 2023-11-14 22:13:21\.[0-9]* UTC, by \+'
like 'and back' "$(grep -m2 'clock set' "$TAP_TMP/report" | tail -n 1)" \
	'from 2023-11-14 .* to 1970-01-01 00:01:41\.[0-9]* UTC, by -'

finish "$LISTENER"
is 'the listener ends clean' "$?" 0
dated 'the first session alone, as heard' 200000 "$distance" "$TAP_TMP/heard.tsr"
like 'it is dated by arrival' "$(cat "$TAP_TMP/report")" 'clock +by arrival'
done_testing
