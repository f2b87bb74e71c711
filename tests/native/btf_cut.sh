#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# btf_cut.sh - libbpf gets the same offsets from a cut of this kernel's types as from all of them

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

CUT_CHECK=${CUT_CHECK:-$TOP/build/check/cut_check}
OBJECTS=$TOP/build/x86_64/bpf

need_programs "$CUT_CHECK"
need_kernel
for object in "$OBJECTS"/*.linked.o; do
	[ -e "$object" ] || bail_out "no objects in $OBJECTS: build the collector first"
	ok "the same answers for $(basename "$object" .linked.o)" \
		"$CUT_CHECK" /sys/kernel/btf/vmlinux "$object"
	diag "$(cat "$TAP_TMP/.ok")"
done
done_testing
