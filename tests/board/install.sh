#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install.sh - a root file system with BusyBox init, into which rootfs/install laid the collector, is booted: it
# records from boot on, comes back when it is killed, and ends with the board

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board
busybox=$("$TOP/rootfs/fetch-busybox") || bail_out "no BusyBox"

# As Buildroot lays it out: rcS starts what is in /etc/init.d, rcK stops it.
make_rootfs()
{
	mkdir -p "$1"/{bin,sbin,dev,proc,sys,run,tmp,usr/bin,var/log,etc/init.d}
	cp "$busybox/bin/busybox" "$1/bin/"
	ln -s busybox "$1/bin/sh"
	ln -s ../bin/busybox "$1/sbin/init"
	cp "$HERE"/install/{rcS,rcK,job} "$1/etc/init.d/"
	cat >"$1/etc/inittab" <<-'EOF'
	::sysinit:/etc/init.d/rcS
	::once:/etc/init.d/job
	::shutdown:/etc/init.d/rcK
	EOF
	(cd "$1" && find . | cpio --quiet -o -H newc --owner=0:0 | gzip -1)
}

make_rootfs "$TAP_TMP/root" >"$TAP_TMP/root.cpio.gz"
printf 'probe runqlat\ninterval 500ms\noutput file:/var/log/tarsier\n' >"$TAP_TMP/conf"
ok 'install' "$TOP/rootfs/install" -b "$BOARD_DIR/usr/bin/tarsier" -c "$TAP_TMP/conf" "$TAP_TMP/root.cpio.gz"
"$TOP/rootfs/board" -k "$KERNEL" -I "$TAP_TMP/root.cpio.gz" -o "$TAP_TMP/out" >"$TAP_TMP/printed" 2>&1
is 'the board ends by itself' "$?" 0 || diag "$(tail -n 30 "$TAP_TMP/printed")"

log=$TAP_TMP/out/tarsier
is 'two sessions: until it was killed, and after that' "$(ls "$log")" $'tarsier-00000001.tsr\ntarsier-00000002.tsr'
"$DECODER" "$log/tarsier-00000001.tsr" >"$TAP_TMP/first" 2>&1
is 'the first one: decodes clean' "$?" 0
like 'and was not closed' "$(cat "$TAP_TMP/first")" 'closed +no'
"$DECODER" "$log/tarsier-00000002.tsr" >"$TAP_TMP/second" 2>&1
is 'the second one: decodes clean' "$?" 0
like 'and was closed when the board ended' "$(cat "$TAP_TMP/second")" 'ended '
like 'they are two sessions' "$(sed -n 's/^  session *//p' "$TAP_TMP/first" "$TAP_TMP/second" | sort -u | wc -l)" '^2$'
like 'messages are in the kernel log' "$(grep tarsier "$TAP_TMP/out/dmesg")" 'tarsier: recording runqlat by'
like 'the last one, too' "$(grep tarsier "$TAP_TMP/out/dmesg")" 'events, [0-9]* delivered'
like 'the init script says that it records' "$(cat "$TAP_TMP/out/status")" 'tarsier: recording, pid [0-9]+'
is 'then that it is stopped, with nothing left' "$(cat "$TAP_TMP/out/stopped")" 'tarsier: stopped'
between 'ms until it records again' 5000 "$(cat "$TAP_TMP/out/restart_ms")" 7500
diag "killed, it records again after $(cat "$TAP_TMP/out/restart_ms") ms, 5000 of them on purpose"
done_testing
