#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# matrix.sh - the cells of the matrix (tests/matrix/run) that tell most

# One at a time, because tests of boards run side by side anyway.
export JOBS=1 RESULTS="${TMPDIR:-/tmp}/matrix.$$" TABLE="${TMPDIR:-/tmp}/matrix.$$.md"

trap 'rm -rf "$RESULTS" "$TABLE"' EXIT
"$(dirname "$0")/../matrix/run" 5.10:no-btf 6.1:lockdown 6.12:no-btf-no-tracefs 6.12:no-kprobes 7.2:normal 7.2:least-memory
