#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# auth.sh - keys, tags, sealed datagrams: the collector as it is shipped, a receiver that computes
# with this machine's libsodium, and what the receiver remembers when it is killed

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$TOP/tests/listen.bash"

DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")
SEND=$(realpath -m "${SEND:-$TOP/build/check/send}")
USAGE=2

need_kernel
need_programs "$TARSIER" "$DECODER" "$SEND" "$WORKLOAD/vectors"
cd "$TAP_TMP" || bail_out "no directory"

# fails DESCRIPTION STATUS REGEX COMMAND...: in one line
fails()
{
	local what=$1 wanted=$2 regex=$3 status good=0

	shift 3
	"$@" >out 2>err
	status=$?
	[ "$status" -eq "$wanted" ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE -e "$regex" err && [ ! -s out ] ||
		good=1
	report "$good" "$what"
	[ "$good" -eq 0 ] || diag "status $status, wanted $wanted and one line like '$regex': $(cat out err)"
}

# record BOARD ARGUMENT...
record()
{
	local board=$1

	shift
	"$TARSIER" run -p cputime -i 100ms -d 0.5 -b "$board" "$@" 2>record.log
}

says()
{
	grep -qE -e "$1" "$2"
}

test_keys()
{
	ok 'a fleet key is made' "$DECODER" key new --out fleet.keys
	is 'for its owner alone' "$(stat -c %a fleet.keys)" 600
	fails 'and never written over' 1 'the file exists' "$DECODER" key new --out fleet.keys
	ok 'a board gets its key' "$DECODER" key board lab --keys fleet.keys --out lab.key
	is 'for its owner alone, too' "$(stat -c %a lab.key)" 600
	is 'the same by name and by id' "$("$DECODER" key board lab --keys fleet.keys)" \
		"$("$DECODER" key board "$("$DECODER" key id lab)" --keys fleet.keys)"
	is 'the id is FNV-1a' "$("$DECODER" key id foobar)" 0x85944171f73967e8
	cp fleet.keys both.keys
	"$DECODER" key new --slot 2 >>both.keys
	fails 'with two keys it must be said which' $USAGE 'say which key' \
		"$DECODER" key board lab --keys both.keys
	ok 'slot 2' "$DECODER" key board lab --keys both.keys --slot 2 --out lab2.key
	fails 'no board' $USAGE 'key --help' "$DECODER" key board --keys fleet.keys
	fails 'no keys' $USAGE '--keys FILE' "$DECODER" key board lab
	fails 'a slot that is none' $USAGE 'key --help' "$DECODER" key new --slot 3
}

# bad_file TEXT REGEX: neither side takes a file of that
bad_file()
{
	printf '%b' "$1" >bad.key
	fails "the board: $2" $USAGE "$2" "$TARSIER" run --key bad.key -o file:none
	fails "the host: $2" 1 "$2" "$DECODER" --keys bad.key none
}

test_bad_keys()
{
	local hex

	hex=$(tail -c 65 fleet.keys | head -c 64)
	touch bad.key
	chmod 640 bad.key
	bad_file "1 $hex\n" 'chmod 600'
	chmod 602 bad.key
	bad_file "1 $hex\n" 'chmod 600'
	chmod 600 bad.key
	bad_file '' 'no key in it'
	bad_file '# nothing\n\n' 'no key in it'
	bad_file "\n3 $hex\n" 'line 2: want'
	bad_file "1 ${hex%?}\n" 'line 1: want'
	bad_file "1 ${hex}0\n" 'line 1: want'
	bad_file "1 ${hex%?}g\n" 'line 1: want'
	bad_file "1 $hex\0\n" 'cannot be read as text'
	fails 'no such file' $USAGE 'No such file' "$TARSIER" run --key none -o file:x
	fails 'a directory' $USAGE 'no file' "$TARSIER" run --key . -o file:x
	fails 'a file that is too long' $USAGE 'too long' "$TARSIER" run --key long.key -o file:x
	fails 'sealing without a key' $USAGE 'Name its file with --key' "$TARSIER" run --seal -o file:x
	printf 'fleet 1 %s\nfleet 1 %s\n' "$hex" "$hex" >bad.key
	fails 'two keys in one slot' 1 'line 2: want' "$DECODER" --keys bad.key none
	fails 'a state file that is something else' 1 'no state file' \
		"$DECODER" listen 0 --keys fleet.keys --state lab.key
	is 'which is left as it is' "$(stat -c %s lab.key)" 67
}

# The collector's own BLAKE2b against that of this machine, on what it records.
test_files()
{
	record lab --key lab.key -o - >tagged.tsr # as it is sent: nothing fills pages
	is 'a recording with a key' "$?" 0
	ok 'every block of it proves to be its own' "$DECODER" --keys fleet.keys tagged.tsr
	"$DECODER" --keys fleet.keys tagged.tsr >out
	ok 'and the report says so' says 'authentic +yes, by the board.s key in slot 1' out
	"$DECODER" tagged.tsr >out
	ok 'without --keys it says that this was not checked' says 'authentic +not checked' out
	ok 'slot 2' record lab --key lab2.key -o file:slot2.tsr
	ok 'while keys are rolled both are taken' "$DECODER" --keys both.keys tagged.tsr slot2.tsr
	"$DECODER" --keys fleet.keys slot2.tsr >out
	is 'the new key is none of the old file' "$?" 3
	ok 'nothing of it is used' says 'by a key that is not in the file' out
	record other --key lab.key -o file:other.tsr
	"$DECODER" --keys fleet.keys other.tsr >out
	is 'a board cannot be another with its key' "$? $(grep -c '^session' out)" '3 0'
}

test_wire()
{
	listen sealed --keys fleet.keys --save sealed.tsr --until-closed --timeout 20
	ok 'sealed datagrams are sent' record lab --key lab.key --seal -o "udp://127.0.0.1:$PORT" \
		-o file:board.tsr
	finish "$LISTENER"
	is 'and opened' "$?" 0
	ok 'what is saved is what the board has in its file' cmp <(blocks_of sealed.tsr) <(blocks_of board.tsr)
	listen nokeys --timeout 2 --save nokeys.tsr
	record lab --key lab.key --seal -o "udp://127.0.0.1:$PORT"
	finish "$LISTENER"
	is 'without keys nothing is opened' "$?" 4
	ok 'which is said' says 'they are sealed, name the keys' nokeys.err
	"$DECODER" nokeys.tsr >out
	is 'nor of what was saved' "$? $(grep -c '^session' out)" '3 0'
	ok 'which is said as well' says '^[0-9]+ sealed blocks, not opened: name the keys' out
	ok 'with keys all of it is opened later' "$DECODER" --keys fleet.keys nokeys.tsr
	"$DECODER" --keys fleet.keys nokeys.tsr >out
	ok 'and proved' says 'authentic +yes, by the board.s key in slot 1' out
	ok 'to the last block' says 'blocks: [0-9]+ headers received, 0 missing' out
	ok 'with nothing left over' says '0 damaged ranges of 0 bytes' out
	"$DECODER" --keys both.keys slot2.tsr nokeys.tsr >out
	is 'beside plain recordings, too' "$? $(grep -c '^session .* of 2' out)" '0 2'
	"$DECODER" key new --out wrong.keys
	listen wrong --keys wrong.keys --timeout 2
	record lab --key lab.key --seal -o "udp://127.0.0.1:$PORT"
	finish "$LISTENER"
	is 'nor with a wrong key' "$?" 4
	ok 'which is said, too' says ' with a wrong tag' wrong.err
	listen plain --keys fleet.keys --timeout 2
	record lab -o "udp://127.0.0.1:$PORT"
	finish "$LISTENER"
	is 'a board without its key is not taken' "$?" 4
	ok 'for want of a tag' says ' without a tag' plain.err
	printf 'board lab %s' "$(cat lab.key)" >board.keys
	chmod 600 board.keys
	listen mixed --keys board.keys --timeout 3
	record lab --key lab.key -o "udp://127.0.0.1:$PORT"
	record guest -o "udp://127.0.0.1:$PORT"
	finish "$LISTENER"
	is 'with one key of one board another one is taken' "$? $(grep -c '^session .* of 2' mixed.out)" '0 2'
	is 'and told apart' "$(grep -c 'authentic .*NOT PROVED' mixed.out)" 1
}

# Half of the recording, kill -9, all of it: the second receiver takes the other half alone.
test_replay()
{
	local half=$(($(stat -c %s tagged.tsr) / 2))

	head -c "$half" tagged.tsr >half.tsr
	listen first --keys fleet.keys --state replay.state --save first.tsr
	"$SEND" "$PORT" half.tsr
	wait_for 10 test -s first.tsr
	sleep 0.2
	fails 'two receivers never share what they remember' 1 'another receiver uses it' \
		"$DECODER" listen 0 --keys fleet.keys --state replay.state
	end "$LISTENER"
	listen second --keys fleet.keys --state replay.state --save second.tsr --timeout 2
	"$SEND" "$PORT" tagged.tsr
	finish "$LISTENER"
	ok 'after kill -9 what was received before is refused' says '^ +[0-9]+ received before' second.out
	ok 'and the rest is taken, nothing twice and nothing lost' cmp tagged.tsr <(blocks_of first.tsr second.tsr)
	listen third --keys fleet.keys --state replay.state --timeout 2
	"$SEND" "$PORT" tagged.tsr
	finish "$LISTENER"
	is 'when all was received, all is refused' "$? $(grep -c 'all were refused' third.err)" '4 1'
	printf 'x' | dd of=replay.state bs=1 seek=8260 conv=notrunc status=none
	printf 'x' | dd of=replay.state bs=1 seek=12356 conv=notrunc status=none
	fails 'a damaged state file is refused' 1 'damaged' \
		"$DECODER" listen 0 --keys fleet.keys --state replay.state
}

ok 'the collector'\''s libsodium computes the published vectors' "$WORKLOAD/vectors"
head -c 5000 /dev/zero >"$TAP_TMP/long.key"
chmod 600 "$TAP_TMP/long.key"
test_keys
test_bad_keys
test_files
test_wire
test_replay
done_testing
