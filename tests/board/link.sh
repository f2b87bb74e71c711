#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# link.sh - a bad link: what was lost is known to the block and by its cause, what waited in the board's files
# arrives by itself, what is missing can be fetched, and nothing is counted twice
#
# The board's time is that of its instructions: nothing depends on how busy this machine is.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
KERNEL=6.12

need_board pingpong hear

# histogram FILE...: what they say together, from the title to the blank line
histogram()
{
	"$DECODER" "$@" | sed -n '/^runqlat: /,/^$/p'
}

# figures FILE: of the ledgers and histograms
figures()
{
	grep -E '^ +(entered|delivered|remainder|received|count|min) ' "$1"
}

# blocks WHAT FILE...: how many the report says are missing, or there twice
blocks()
{
	local what=$1

	shift
	"$DECODER" "$@" | sed -n "s/^blocks:.* \([0-9]*\) $what.*/\1/p"
}

# counted PHASE WHAT: what the kernel's counters say, see link_job; nothing there is -1
counted()
{
	sed -n "s/^$1 .*$2 \([0-9]*\).*/\1/p" "$TAP_TMP/printed" | grep . || echo -1
}

iproute=$("$TOP/rootfs/fetch-deb" bookworm iproute2) || skip_all "iproute2 for the board is not to be had"
on_board -i -M sch_netem -M sch_prio -M cls_u32 -M veth -d "$iproute" -o "$TAP_TMP" -t 300 \
	-r "$(cat "$HERE/link_lib" "$HERE/link_job")" >"$TAP_TMP/printed" 2>&1
is 'the job ends well' "$?" 0 || diag "$(cat "$TAP_TMP/messages")"
diag "$(cat "$TAP_TMP/printed")"
first=$TAP_TMP/first/1.tsr
heard=("$first" "$TAP_TMP/first/2.tsr" "$TAP_TMP/second/1.tsr")

# Cause by cause, by the kernel's own counters.
dropped=$(counted lossy dropped)
damaged=$(($(counted damaging sent) - $(counted damaging arrived)))
doubled=$(($(counted doubling passed) - $(counted doubling sent)))
between 'some datagrams were dropped on the way' 2 "$dropped" 1000
is 'those and no others' $(($(counted lossy sent) - $(counted lossy arrived))) "$dropped"
between 'some were damaged' 1 "$damaged" 1000
between 'some were doubled' 1 "$doubled" 1000
between 'some found the queue full' 1 "$(counted full dropped)" 1000
is 'missing are the dropped and the damaged, to the block' "$(blocks missing "$first")" $((dropped + damaged))
is 'there twice are the doubled, to the block' "$(blocks twice "$first")" "$doubled"

# The link that was down and the receiver that was away have cost nothing more.
is 'the collector lost nothing: it kept what it could not send' \
	"$(sed -n 's/^collector //p' "$TAP_TMP/printed")" 0 || diag "$(cat "$TAP_TMP/messages")"
like 'it noticed the full queue' "$(cat "$TAP_TMP/messages")" 'No buffer space available: records wait in a file'
like 'and the link that was down' "$(cat "$TAP_TMP/messages")" 'Network is down: records wait in a file'
like 'and the receiver that was away' "$(cat "$TAP_TMP/messages")" 'Connection refused: records wait in a file'
"$DECODER" "$TAP_TMP/rec" >/dev/null
is 'the files on the board are whole' "$?" 0
is 'in the end nothing else is missing' "$(blocks missing "${heard[@]}")" $((dropped + damaged))
is 'snapshots heal the histogram, byte for byte' "$(histogram "${heard[@]}")" "$(histogram "$TAP_TMP/rec")"

like 'what to fetch is told' "$("$DECODER" "${heard[@]}")" '--session [0-9a-f]{32} --blocks [0-9,-]+'
"$DECODER" "${heard[@]}" "$TAP_TMP/again/1.tsr" >"$TAP_TMP/all"
is 'with what was fetched: clean' "$?" 0
"$DECODER" "$TAP_TMP/rec" >"$TAP_TMP/rec.report"
is 'and the same figures as from the files' "$(figures "$TAP_TMP/all")" "$(figures "$TAP_TMP/rec.report")"
diag "$("$DECODER" "${heard[@]}" | grep -- --blocks)" "$(cat "$TAP_TMP/messages")"
diag "$("$DECODER" "${heard[@]}" | grep '^records:\|^blocks:')"
done_testing
