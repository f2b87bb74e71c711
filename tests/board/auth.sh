#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# auth.sh - a board that tags its blocks and seals its datagrams, and what that costs it

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$TOP/tests/listen.bash"

KERNEL=6.12
need_board vectors authcost
BOARD_DIR=$(realpath "$BOARD_DIR") DECODER=$(realpath "$DECODER") # the directory is another one below

cd "$TAP_TMP" || bail_out "no directory"
mkdir -p overlay/etc
"$DECODER" key new --out fleet.keys && "$DECODER" key board board --keys fleet.keys --out overlay/etc/key ||
	bail_out "no keys"
listen heard --keys fleet.keys --save heard.tsr --until-closed --timeout 60
on_board -i -n -d overlay -o . -r "
	vectors || exit
	authcost >/out/cost
	chmod 600 /etc/key
	tarsier run -p runqlat -i 200ms -d 2 -b board --key /etc/key --seal -o udp://10.0.2.2:$PORT -o file:/out/kept.tsr" \
	>log 2>&1
is 'the vectors hold on the board, and it records' "$?" 0 || diag "$(tail -n 20 log)"
finish "$LISTENER" 20
is 'every sealed block is opened, and the session is whole' "$?" 0
ok 'the report says whose it is' grep -q 'authentic .*yes, by the board.s key in slot 1' heard.out
ok 'what was heard is what the board has kept' cmp <(blocks_of heard.tsr) <(blocks_of kept.tsr)
ok 'which proves to be its own' "$DECODER" --keys fleet.keys kept.tsr
# 17,804 and 25,513 on 2026-11-27: what is much more is another way to build the library.
between 'instructions for the tag of a full block' 5000 "$(figure tag cost)" 19600
between 'instructions to seal it' 10000 "$(figure seal cost)" 28100
diag "$(xargs <cost)"
done_testing
