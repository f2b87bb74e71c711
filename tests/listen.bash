# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # for the caller
# listen.bash - a receiver for tests that send to it: to be sourced after tap.sh, with the decoder in $DECODER

# listen NAME OPTION...: sets LISTENER and PORT; what it prints is in NAME.out and NAME.err
listen()
{
	local name=$1

	shift
	spawn "$DECODER" listen 127.0.0.1:0 "$@" >"$name.out" 2>"$name.err"
	await_listener "$name"
}

# await_listener NAME: the same for one that was just spawned
await_listener()
{
	LISTENER=$SPAWNED
	wait_for 10 grep -q '^listening on port' "$1.err" || bail_out "it does not listen: $(cat "$1.err")"
	PORT=$(sed -n 's/^listening on port //p' "$1.err")
}

# figure NAME FILE: of a line "NAME NUMBER"
figure()
{
	awk -v name="$1" '$1 == name { print $2 }' "$2"
}
