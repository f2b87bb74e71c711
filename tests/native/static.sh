#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# static.sh - the collector is one file that needs nothing: static, small, without an interpreter

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

SIZE_MAX=524288 # 448 KiB

check_file()
{
	local arch=$1 machine=$2 program=$TOP/build/$1/tarsier headers dynamic

	need_programs "$program"
	headers=$(readelf -hlW "$program")
	dynamic=$(readelf -dW "$program")
	like "$arch: an executable for $machine" "$headers" "Machine: +.*$machine"
	like "$arch: statically linked" "$(file -b "$program")" \
		', (statically linked|static-pie linked),'
	like "$arch: stripped" "$(file -b "$program")" ', stripped$'
	is "$arch: no interpreter" "$(grep -c INTERP <<<"$headers")" 0
	is "$arch: no needed library" "$(grep -c NEEDED <<<"$dynamic")" 0
	is "$arch: no segment both writable and executable" \
		"$(grep -cE ' RWE ' <<<"$headers")" 0
}

need_commands file readelf
check_file aarch64 AArch64
check_file x86_64 X86-64
between "aarch64: at most $SIZE_MAX bytes" 1 "$(stat -c %s "$TOP/build/aarch64/tarsier")" $SIZE_MAX
diag "aarch64: $(stat -c %s "$TOP/build/aarch64/tarsier") bytes"
done_testing
