#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# link.sh - a bad link: what was lost is known to the block and by its cause, what waited in the board's files
# arrives by itself, what is missing can be fetched, and nothing is counted twice

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
KERNEL=6.12

need_board pingpong

# listen NAME [OPTION...]: a receiver that saves what it hears; its port is in $PORT
listen()
{
	local name=$1

	shift
	spawn "$DECODER" --save "$TAP_TMP/$name.tsr" --timeout 150 "$@" >"$TAP_TMP/$name.report" 2>"$TAP_TMP/$name.log"
	wait_for 5 grep -q '^listening on port' "$TAP_TMP/$name.log" || bail_out "no receiver: $(cat "$TAP_TMP/$name.log")"
	PORT=$(sed -n 's/^listening on port //p' "$TAP_TMP/$name.log")
}

# histogram FILE...: what they say together, from the title to the blank line
histogram()
{
	"$DECODER" "$@" | sed -n '/^runqlat: /,/^$/p'
}

missing_blocks()
{
	"$DECODER" "$@" | sed -n 's/^blocks:.* received, \([0-9]*\) missing.*/\1/p'
}

said()
{
	grep -q "$1" "$TAP_TMP/printed"
}

# The first receiver goes when the board says so, and another takes its place on the same port.
receivers_change()
{
	wait_for 100 said 'receiver may go' || return
	kill -TERM "$FIRST"
	finish "$FIRST" 10
	wait_for 60 said 'receiver may come' || return
	listen second --listen "127.0.0.1:$FIRST_PORT"
	SECOND=$SPAWNED
}

record()
{
	local iproute board

	iproute=$("$TOP/rootfs/fetch-deb" bookworm iproute2) || skip_all "iproute2 for the board is not to be had"
	listen first --listen 127.0.0.1:0
	FIRST=$SPAWNED FIRST_PORT=$PORT
	listen again --listen 127.0.0.1:0
	AGAIN=$SPAWNED AGAIN_PORT=$PORT
	spawn on_board -n -M sch_netem -d "$iproute" -o "$TAP_TMP" -t 180 -r \
		"PORT=$FIRST_PORT AGAIN=$AGAIN_PORT; $(cat "$HERE/link_job")" >"$TAP_TMP/printed" 2>&1
	board=$SPAWNED
	receivers_change || diag "the board did not get that far"
	finish "$board" 180
	is 'the job ends well' "$?" 0 || diag "$(cat "$TAP_TMP/printed" "$TAP_TMP/messages")"
	kill -TERM "$SECOND" "$AGAIN" || diag "a receiver has ended by itself"
	finish "$SECOND" 10
	finish "$AGAIN" 10
}

record
dropped=$(sed -n 's/^netem dropped //p' "$TAP_TMP/printed")
heard=("$TAP_TMP/first.tsr" "$TAP_TMP/second.tsr")
between 'some datagrams were dropped' 2 "${dropped:-0}" 1000
is 'the collector lost nothing: it kept what it could not send' \
	"$(sed -n 's/^collector //p' "$TAP_TMP/printed")" 0 || diag "$(cat "$TAP_TMP/messages")"
like 'it noticed the link that was down' "$(cat "$TAP_TMP/messages")" 'Network is down: records wait in a file'
like 'and the receiver that was away' "$(cat "$TAP_TMP/messages")" 'Connection refused: records wait in a file'
"$DECODER" "$TAP_TMP/rec" >/dev/null
is 'the files on the board are whole' "$?" 0
# of what netem drops, some is not ours: ARP, neighbour discovery
between 'what the first receiver misses is what was dropped without a word' 1 "$(missing_blocks "$TAP_TMP/first.tsr")" "$dropped"
# the emulator's network takes some datagrams without a word when the receiver has gone
between 'and both together little more' 1 "$(missing_blocks "${heard[@]}")" $((dropped + 15))
is 'snapshots heal the histogram all the same' "$(histogram "${heard[@]}")" "$(histogram "$TAP_TMP/rec")"
like 'what to fetch is told' "$("$DECODER" "${heard[@]}")" '--session [0-9a-f]{32} --blocks [0-9,-]+'
"$DECODER" "${heard[@]}" "$TAP_TMP/again.tsr" >"$TAP_TMP/all"
is 'with what was fetched: clean' "$?" 0
"$DECODER" "$TAP_TMP/rec" >"$TAP_TMP/rec.report"
is 'and the same figures as from the files' "$(grep -E '^ +(entered|delivered|remainder|received|count|min) ' "$TAP_TMP/all")" \
	"$(grep -E '^ +(entered|delivered|remainder|received|count|min) ' "$TAP_TMP/rec.report")"
diag "$("$DECODER" "${heard[@]}" | grep -- --blocks)" "$(cat "$TAP_TMP/messages")"
diag "$(grep -h '^records:\|^blocks:' "$TAP_TMP/first.report" "$TAP_TMP/second.report" "$TAP_TMP/all" | xargs -d '\n' -n1)"
done_testing
