# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # decoder is the test's
# fails.bash - what the decoder refuses: to be sourced by tests of commands, with the program in $decoder

# fails STATUS TEXT ARGUMENT...: the decoder says it in a single line
fails()
{
	local expected=$1 text=$2 got
	shift 2
	"$decoder" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$expected" ] || { echo "exit status $got, expected $expected"; cat err; return 1; }
	[ "$(wc -l <err)" -eq 1 ] || { echo "not a line"; cat err; return 1; }
	grep -q -- "$text" err || { cat err; return 1; }
}
