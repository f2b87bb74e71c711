#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# flood.sh - forged, replayed and bit-flipped datagrams beside a valid stream: report and saved file
# are the same as without them, each is refused for its reason, and the valid stream keeps its rate
#
# In the environment: DECODER, FLOOD (flood.c); FLOOD_BLOCKS valid blocks (4000), FLOOD_RATE a second
# (1000), FLOOD_BAD others beside each (9).  FLOOD_COSTS=yes also measures what a datagram of each
# kind costs the receiver, which says nothing of a decoder that is built for tests.

# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$(dirname "$0")/../listen.bash"

TOP=$(cd "$(dirname "$0")/../.." && pwd)
DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")
FLOOD=$(realpath -m "${FLOOD:-$TOP/build/check/flood}")
BLOCKS=${FLOOD_BLOCKS:-4000}
RATE=${FLOOD_RATE:-1000}
BAD=${FLOOD_BAD:-9}

[ -x "$DECODER" ] || bail_out "$DECODER is missing: build it first"
[ -x "$FLOOD" ] || bail_out "$FLOOD is missing: build it first"
[ -r /proc/self/schedstat ] || skip_all "no /proc/self/schedstat: kernel without CONFIG_SCHED_INFO"
(umask 077 && cp "$TOP/tests/golden/golden.keys" "$TAP_TMP/keys") || bail_out "cannot copy the keys"
cd "$TAP_TMP" || bail_out "no directory"

# flooded NAME BAD: the whole stream, received under its own state
flooded()
{
	rm -f "$1".*
	listen "$1" --rows 0 --keys keys --state "$1.state" --save "$1.tsr"
	"$FLOOD" "$PORT" "$LISTENER" "$BLOCKS" "$RATE" "$2" >"$1.sent" || bail_out "cannot send"
	kill -TERM "$LISTENER"
	finish "$LISTENER"
	STATUS=$?
}

# Per cent of its rate that the stream kept in the flood
kept_rate()
{
	echo $((BLOCKS * 100000 / (RATE * $(figure ms bad.sent))))
}

# refused TEXT: how many, as the report has it
refused()
{
	sed -n "s/^     \([0-9]*\) $1\$/\1/p" bad.out
}

# The report without the lines that count datagrams and refusals.
report_of()
{
	sed '/^datagrams: /,/^$/d; s/'"$1"'\.tsr/FILE/' "$1.out"
}

sent()
{
	local sum=0 kind

	for kind; do
		sum=$((sum + $(figure "$kind" bad.sent)))
	done
	echo "$sum"
}

flooded alone 0
is 'the stream alone is received whole' "$STATUS $(grep -c '^result: clean' alone.out)" '0 1'
for _ in 1 2 3; do # a machine that stands still holds the stream up as well
	flooded bad "$BAD"
	[ "$(kept_rate)" -lt 90 ] || break
done
is 'so it is in the flood' "$STATUS $(grep -c '^result: clean' bad.out)" '0 1'
diag "$(xargs <bad.sent)"
ok 'the report is the same, byte for byte' diff <(report_of alone) <(report_of bad)
ok 'the saved file is the same, block for block' cmp <(blocks_of alone.tsr) <(blocks_of bad.tsr)
is 'every bad datagram is refused' "$(sed -n 's/^datagrams: .* received, \([0-9]*\) of .*/\1/p' bad.out)" \
	"$(sent stranger forged replayed flipped mended untagged other_key sealed noise)"
is 'those with a wrong tag for that' "$(refused 'with a wrong tag')" "$(sent stranger forged mended sealed)"
is 'those sent again for that' "$(refused 'received before')" "$(sent replayed)"
is 'those without a tag for that' "$(refused 'without a tag, of boards that have a key')" "$(sent untagged)"
is 'those by another key for that' "$(refused 'by a key that is not in the file')" "$(sent other_key)"
is 'those that are damaged or no blocks for that' \
	$(($(refused 'damaged: a CRC is wrong') + $(refused "not whole blocks of Tarsier's"))) \
	"$(sent flipped noise)"
is 'nothing was dropped' "$(cat alone.out bad.out | grep -c DROPPED)" 0
between 'percent of its rate that the stream keeps' 90 "$(kept_rate)" 200

# Nanoseconds of the receiver's CPU time for a datagram: of the stream alone, and more for each other.
if [ -n "${FLOOD_COSTS-}" ]; then
	for kind in valid stranger forged replayed flipped mended untagged other_key sealed noise; do
		listen cost --rows 0 --keys keys --state cost.state
		if [ "$kind" = valid ]; then
			"$FLOOD" "$PORT" "$LISTENER" 200000 0 0 >cost.sent
			diag "cost: valid $(($(figure cpu_us cost.sent) * 1000 / 200000)) ns"
		else
			"$FLOOD" "$PORT" "$LISTENER" 400 0 500 "$kind" >cost.sent
			diag "cost: $kind $(($(figure cpu_us cost.sent) * 1000 / $(figure "$kind" cost.sent))) ns"
		fi
		kill -TERM "$LISTENER"
		finish "$LISTENER"
		rm -f cost.state
	done
fi
done_testing
