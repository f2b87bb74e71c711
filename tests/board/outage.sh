#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# outage.sh - the link is down for an hour of the board: all that was recorded meanwhile comes later by itself,
# and counts once
#
# The board's time is that of its instructions, and where it has none to do, time flies.
# In the environment: OUTAGE, the seconds (3600).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
KERNEL=6.12
OUTAGE=${OUTAGE:-3600}

need_board pingpong hear

# blocks FILE...: "received missing twice", as the report has them
blocks()
{
	"$DECODER" "$@" | sed -n 's/^blocks: \([0-9]*\) headers* received, \([0-9]*\) missing, \([0-9]*\) twice.*/\1 \2 \3/p'
}

# figures FILE...: histograms and ledgers, as printed, and each row of an event
figures()
{
	"$DECODER" "$@" | sed -n '/^runqlat: /,/^$/p; /^ledger: runq/,/^$/p'
	"$DECODER" --rows all "$@" | sed -n '/^TIME/,/^$/p' | sort -u
}

iproute=$("$TOP/rootfs/fetch-deb" bookworm iproute2) || skip_all "iproute2 for the board is not to be had"
began=$SECONDS
on_board -i -M veth -d "$iproute" -o "$TAP_TMP" -t 600 \
	-r "OUTAGE=$OUTAGE; $(cat "$HERE/link_lib" "$HERE/outage_job")" >"$TAP_TMP/printed" 2>&1
is 'the job ends well' "$?" 0 || diag "$(cat "$TAP_TMP/printed")"
diag "it took $((SECONDS - began)) s" "$(cat "$TAP_TMP/printed")"
before=$TAP_TMP/first/1.tsr after=$TAP_TMP/first/2.tsr closing=$TAP_TMP/first/3.tsr
read -r down <<<"$(sed -n 's/^down for \([0-9]*\) s$/\1/p' "$TAP_TMP/printed")"
between 'the link was down for that long' "$OUTAGE" "${down:-0}" $((OUTAGE + 120))
is 'it is told once, and when it is over' "$(sed -n 's/.*: \(Network is down: records wait\|works again; 0 records lost\).*/\1/p' \
	"$TAP_TMP/messages")" "Network is down: records wait"$'\n'"works again; 0 records lost"

read -r sent _ <<<"$(blocks "$before")"
read -r received missing twice <<<"$(blocks "$before" "$after")"
between 'what an hour recorded came after it' $((OUTAGE / 10)) $((${received:-0} - ${sent:-0})) $OUTAGE
is 'before the recording ends nothing is missing' "$missing" 0
between 'sent twice is what was sent right before the link failed' 0 "$twice" 4
is 'in the end nothing waits and the collector lost nothing' "$(sed -n 's/^collector //p' "$TAP_TMP/printed")" 0
"$DECODER" "$before" "$after" "$closing" >"$TAP_TMP/report"
is 'the decoder finds it clean' "$?" 0
is 'each remainder is 0' "$(awk '$1 == "remainder" { print $2 }' "$TAP_TMP/report" | xargs)" '0 0'
is 'no event counts twice: the same figures as from the files on the board' \
	"$(figures "$before" "$after" "$closing")" "$(figures "$TAP_TMP/rec")"
diag "blocks received, missing, twice: before $(blocks "$before"); after $(blocks "$before" "$after"); all" \
	"$(blocks "$before" "$after" "$closing"); in the files $(blocks "$TAP_TMP/rec")"
diag "$(cat "$TAP_TMP/messages")"
done_testing
