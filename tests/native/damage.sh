#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# damage.sh - a recording of this machine, cut and damaged everywhere (damage_check.c does the work)
set -u

cd "$(dirname "$0")/../.." || exit 2
# shellcheck source-path=SCRIPTDIR source=lib.bash
. tests/native/lib.bash

DAMAGE_CHECK=${DAMAGE_CHECK:-build/check/damage_check}
need_kernel
need_programs "$TARSIER" "$DAMAGE_CHECK" "$WORKLOAD/pingpong"

# record DIRECTORY: pages with few blocks and pads as well as full ones
record()
{
	mkdir "$TAP_TMP/$1"
	"$TARSIER" run -p runqlat -p runqslower:min=0,prev -i 100ms -S 100ms -d 2 -o "file:$TAP_TMP/$1" \
		2>"$TAP_TMP/messages" &
	until grep -q recording "$TAP_TMP/messages"; do
		kill -0 $! || exit
	done
	"$WORKLOAD/pingpong" 5000 >/dev/null
	wait $!
}

record older
record newer
"$DAMAGE_CHECK" "$TAP_TMP/newer/tarsier-00000001.tsr" "$TAP_TMP/older/tarsier-00000001.tsr"
