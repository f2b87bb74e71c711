# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # for the test
# decoder.bash - for tests of the decoder's commands, to be sourced in the project's directory: the program
# in $decoder, recordings in $golden, an empty directory to be in, and what is refused

. tests/tap.sh
decoder=$(realpath "${DECODER:?name the decoder}")
golden=$PWD/tests/golden
cd "$TAP_TMP" || exit 2

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
