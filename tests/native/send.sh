#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# send.sh - 'tarsier send': recordings in files go to a receiver, whole or in part, sealed or not

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$TOP/tests/listen.bash"

DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")
USAGE=2 SINK=5 LOST=6

need_kernel
need_programs "$TARSIER" "$DECODER"
cd "$TAP_TMP" || exit

# refuses WHAT STATUS REGEX ARGUMENT...: one line, and that status
refuses()
{
	local what=$1 wanted=$2 regex=$3

	shift 3
	"$TARSIER" send "$@" >out 2>err
	is "$what: status" "$? $(wc -l <err)" "$wanted 1"
	like "$what: and why" "$(cat err)" "$regex"
}

# receive NAME OPTION...: all that comes, in NAME.tsr
receive()
{
	listen "$1" --timeout 2 --save "$1.tsr" "${@:2}"
}

numbers()
{
	"$DECODER" "$@" | sed -n 's/^blocks: \([0-9]*\) headers received, \([0-9]*\) missing.*/\1 \2/p'
}

session_of()
{
	"$DECODER" "$1" | sed -n 's/^  session  *\([0-9a-f]*\),.*/\1/p'
}

record()
{
	"$TARSIER" run -p cputime -i 50ms -d 1 "$@" 2>record.log
}

mkdir rec
record -o file:rec
record -o file:rec
blocks=$(numbers rec/tarsier-00000001.tsr | cut -d' ' -f1)

refuses 'no target' $USAGE 'files and a target' rec
refuses 'no file' $USAGE 'files and a target' udp://127.0.0.1:9
refuses 'target of another kind' $USAGE 'want udp' rec file:x
refuses 'a rate that is none' $USAGE 'RATE' rec udp://127.0.0.1:9,rate=fast
refuses 'a port that is none' $USAGE 'no port' rec udp://127.0.0.1:70000
refuses 'an address that is none' $USAGE 'neither an address nor a name' rec udp://127.0.0.256:9,rate=wan
refuses 'a session that is none' $USAGE '32 hexadecimal digits' --session 12 rec udp://127.0.0.1:9
refuses 'blocks that are none' $USAGE 'numbers as in' --blocks 5-3 rec udp://127.0.0.1:9
refuses 'an unknown option' $USAGE 'unknown option' --all rec udp://127.0.0.1:9
refuses 'sealing without a key' $USAGE '.--key' --seal rec udp://127.0.0.1:9
refuses 'a key that is not there' $USAGE 'none' --seal --key none rec udp://127.0.0.1:9
refuses 'no address' $SINK 'resolve' rec udp://no.such.invalid:9
refuses 'no such directory' 1 'No such file' missing udp://127.0.0.1:9
"$TARSIER" send rec udp://127.0.0.1:9 2>err
is 'nobody listens: status' "$?" $LOST
like 'nobody listens: and why' "$(cat err)" 'nobody listens'

receive all
"$TARSIER" send rec "udp://127.0.0.1:$PORT,rate=10m" 2>err
is 'a directory: status' "$?" 0
finish "$LISTENER"
is 'a directory: clean' "$?" 0
is 'a directory: all blocks, the newest first' "$(cmp <(blocks_of all.tsr | wc -c) <(blocks_of rec/* | wc -c); numbers all.tsr)" \
	"$(numbers rec | tac)"

receive some
"$TARSIER" send --session "$(session_of rec/tarsier-00000001.tsr)" --blocks 2-4,6 rec "udp://127.0.0.1:$PORT" 2>err
is 'some blocks of a session: status' "$?" 0
finish "$LISTENER"
is 'some blocks of a session: these' "$(sed -n 's/^blocks: \([0-9]*\) .*/\1/p' some.out)" 4
receive rest
"$TARSIER" send --session "$(session_of rec/tarsier-00000001.tsr)" rec "udp://127.0.0.1:$PORT" 2>err
finish "$LISTENER"
is 'with all of the session nothing is missing, and nothing counts twice' "$(numbers some.tsr rest.tsr)" "$blocks 0"

cp rec/tarsier-00000001.tsr damaged.tsr
printf x | dd of=damaged.tsr bs=1 seek=300 conv=notrunc status=none
receive mended
"$TARSIER" send damaged.tsr "udp://127.0.0.1:$PORT" 2>err
is 'a damaged file: status' "$?" 0
like 'a damaged file: what is left out is said' "$(cat err)" '1 damaged blocks were left out'
finish "$LISTENER"
is 'a damaged file: the rest is there' "$(sed -n 's/^blocks: \([0-9]*\) .*/\1/p' mended.out)" "$((blocks - 1))"

"$DECODER" key new --out fleet.keys
"$DECODER" key board lab --keys fleet.keys >lab.key
chmod 600 lab.key
record -b lab --key lab.key -o file:tagged.tsr
receive sealed --keys fleet.keys
"$TARSIER" send --key lab.key --seal tagged.tsr "udp://127.0.0.1:$PORT" 2>err
is 'sealed: status' "$?" 0
finish "$LISTENER"
is 'sealed: it is opened' "$?" 0
is 'sealed: nothing is missing' "$(numbers sealed.tsr)" "$(numbers tagged.tsr)"
receive closed
"$TARSIER" send --key lab.key --seal tagged.tsr "udp://127.0.0.1:$PORT" 2>err
finish "$LISTENER"
is 'sealed: and it is not for whoever has no key' "$? $(numbers closed.tsr)" '4 '
is 'sealed: what was saved opens with the keys that come later' "$(numbers --keys fleet.keys closed.tsr)" "$(numbers tagged.tsr)"
done_testing
