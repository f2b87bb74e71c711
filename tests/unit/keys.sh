#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# keys.sh - keys are made, handed to boards, read from files, and refused
#
# In the environment: DECODER.
set -u

cd "$(dirname "$0")/../.." || exit 2
. tests/unit/decoder.bash
umask 077
hex=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f

# ---- made

ok 'a key is made' "$decoder" key new --out new.keys
like 'in the first slot' "$(cat new.keys)" '^fleet 1 [0-9a-f]{64}$'
is 'for its owner alone' "$(stat -c %a new.keys)" 600
ok 'another one goes to standard output' "$decoder" key new --slot 2
like 'in the slot that was asked for' "$("$decoder" key new --slot 2)" '^fleet 2 [0-9a-f]{64}$'
is 'no two are the same' "$({ "$decoder" key new && "$decoder" key new; } | sort -u | wc -l)" 2
ok 'a file that is there stays' fails 1 'the file exists' key new --out new.keys
ok 'a folder that is not there' fails 1 'No such file' key new --out no/new.keys
ok 'a disk that is full' sh -c "! '$decoder' key new --out /dev/null/x && ! '$decoder' key new >/dev/full"

# ---- a board's

echo "fleet 1 $hex" >one.keys
{ cat one.keys; echo "fleet 2 ${hex//1/2}"; } >two.keys
{ cat one.keys; echo "board board-7 1 ${hex//1/3}"; } >own.keys
# The expected one was made with another implementation of BLAKE2b, see golden/board.keys.
is 'a board gets its own' "$("$decoder" key board 0xb0a4d00000000001 --keys one.keys)" \
	"$(awk '$1 == "board" { print $3, $4 }' "$golden/board.keys")"
is 'the id of a number is that number' "$("$decoder" key id 0xB0A4000000000001)" 0xb0a4000000000001
is 'and of a name always the same' "$("$decoder" key id 0xB0A4)" 0xd4d72c6a4ba9f48a
is 'no board has the key of another' \
	"$(for name in a b 0x1 0x2; do "$decoder" key board $name --keys one.keys; done | sort -u | wc -l)" 4
is 'what is named in the file comes first' "$("$decoder" key board board-7 --keys own.keys)" "1 ${hex//1/3}"
is 'the second slot' "$("$decoder" key board b --keys two.keys --slot 2 | cut -c1-2)" '2 '
ok 'of two it has to be said which' fails 2 'say which key' key board b --keys two.keys
ok 'an empty slot' fails 2 'no key for this board in that slot' key board b --keys one.keys --slot 2
ok 'the fleet is not named' fails 2 'name the fleet' key board b
ok 'it goes to a file' "$decoder" key board b --keys one.keys --out b.key
is 'with the same key' "$(cat b.key)" "$("$decoder" key board b --keys one.keys)"

# ---- wrong usage

while read -r words; do
	# shellcheck disable=SC2086 # words
	ok "key $words" fails 2 'see tarsier-decode key --help' key $words
done <<'END'
nosuch
new more
new --slot 3
new --slot
new --nosuch
board
board a b --keys one.keys
id
id a b
END
ok 'key id of no name' fails 2 'see tarsier-decode key --help' key id ''
is 'key alone says what there is' "$("$decoder" key)" "$("$decoder" key --help)"

# ---- files that are no keys

# refused TEXT [LINE...]: for these lines
refused()
{
	local text=$1
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" >bad.keys
	fails 1 "--keys bad.keys: $text" report --keys bad.keys "$golden/tagged.tsr"
}

ok 'a line that is none' refused 'line 2: want' "fleet 1 $hex" 'flat 1 2'
ok 'a slot that is none' refused 'line 1: want' "fleet 3 $hex"
ok 'a slot of two digits' refused 'line 1: want' "fleet 11 $hex"
ok 'a key that is too short' refused 'line 1: want' "fleet 1 ${hex%f}"
ok 'a key that is no number' refused 'line 1: want' "fleet 1 ${hex%f}g"
ok 'a slot that is taken' refused 'line 3: want' "fleet 1 $hex" '' "fleet 1 $hex"
ok 'a board twice' refused 'line 2: want' "board a 1 $hex" "board a 1 $hex"
ok 'too many words' refused 'line 1: want' "board a 1 $hex more"
ok 'comments alone' refused 'no key in it' '# nothing' ''
printf 'fleet 1 %s\n\0' "$hex" >bad.keys
ok 'bytes that are no text' refused 'cannot be read as text'
chmod 640 bad.keys
ok 'others may read it' refused 'others than its owner'
rm bad.keys && mkdir bad.keys
ok 'a folder' refused 'no file'
rmdir bad.keys
ok 'nothing of that name' refused 'No such file'
truncate -s 17M bad.keys
ok 'a file that is too long' refused 'too long'

done_testing
