# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# lib.sh - for the tests on the QEMU board
#
# All built by the Makefile; the environment may name others:
#	BOARD_DIR	what is laid on the board: usr/bin/tarsier and the test programs beside it
#	DECODER		tarsier-decode for this machine
#	MODULE_DIR	kernel modules for tests: RELEASE/lib/modules/NAME.ko
#	KERNEL		the board's kernel, see rootfs/kernels

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # for the caller
HERE=$TOP/tests/board
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$TOP/tests/tap.sh"

BOARD_DIR=${BOARD_DIR:-$TOP/build/aarch64/board}
DECODER=${DECODER:-$TOP/build/tarsier-decode}
MODULE_DIR=${MODULE_DIR:-$TOP/build/modules}
KERNEL=${KERNEL:-6.1}

# need_board PROGRAM...: what was not built is a failure, not a reason to skip
need_board()
{
	local program

	command -v qemu-system-aarch64 >/dev/null || skip_all "no qemu-system-aarch64 here"
	for program in "$DECODER" "${@/#/$BOARD_DIR/usr/bin/}" "$BOARD_DIR/usr/bin/tarsier"; do
		[ -x "$program" ] || bail_out "$program is missing: build it first"
	done
}

# need_modules RELEASE MODULE...: the same for kernel modules; on_board -d "$MODULE_DIR/RELEASE" lays them
# on the board, where "insmod /lib/modules/MODULE.ko" loads one
need_modules()
{
	local release=$1 module

	shift
	for module in "$@"; do
		[ -f "$MODULE_DIR/$release/lib/modules/$module.ko" ] ||
			bail_out "no module $module for $release: 'make modules' builds it"
	done
}

# on_board OPTION...: options of rootfs/board
on_board()
{
	"$TOP/rootfs/board" -k "$KERNEL" -d "$BOARD_DIR" "$@"
}
