# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# demo-lib.sh - what both demos do: listen, show what came, and compare it with the file

say() {
	printf 'demo: %s\n' "$*" >&2
}

# A listener on a port of its own choice; sets $port.
start_listening() {
	work=$(mktemp -d)
	listener=
	trap '[ -z "$listener" ] || kill "$listener"; rm -rf "$work"' EXIT
	"$DECODER" listen 127.0.0.1:0 --until-closed --timeout 100 --rows 0 --save "$work/udp.tsr" \
		>"$work/udp.txt" 2>"$work/listen.log" &
	listener=$!
	port=
	for _ in $(seq 100); do
		port=$(sed -n 's/.*listening on port \([0-9]*\).*/\1/p' "$work/listen.log")
		[ -z "$port" ] || return 0
		sleep 0.05
	done
	cat "$work/listen.log" >&2
	exit 1
}

# It ends by itself when the closing block arrives.
finish_listening() {
	local status=0
	wait "$listener" || status=$?
	listener=
	[ "$status" = 0 ] || say "the listener ended with status $status"
}

# What must not differ between the two: all but what tells how the bytes came here.
essence() {
	grep -v -e '^datagrams:' -e '^input:' "$1" | grep . || :
}

show_and_compare() {
	"$DECODER" --rows 10 "$1" >"$work/file.txt"
	"$DECODER" --rows 0 "$1" >"$work/file-0.txt"
	printf '\n===== from the file =====\n'
	cat "$work/file.txt"
	printf '\n===== from the datagrams =====\n'
	cat "$work/udp.txt"
	echo
	if diff <(essence "$work/udp.txt") <(essence "$work/file-0.txt") >"$work/diff"; then
		echo "The $(stat -c %s "$work/udp.tsr") bytes that came by UDP and the file agree: same histogram, same events, same ledger."
	else
		cat "$work/diff"
		echo "The datagrams and the file DIFFER, see above."
		exit 1
	fi
}
