#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# supervisors.sh - the files for systemd, OpenRC and procd: with systemd as the first process of a container, with
# OpenRC's own programs, and, as Debian has no procd, with stubs that write down what procd would be asked for
#
# BusyBox's is tests/board/install.sh.  The container's root is this machine's, with a layer above it that goes away.

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

need_kernel
need_programs "$TARSIER" "$LEDGER_CHECK"

# layer: this machine's root with what is written to it apart, in $ROOT
layer()
{
	grep -q overlay /proc/filesystems || return
	LAYER=$TAP_TMP/layer
	mkdir -p "$LAYER"
	mount -t tmpfs layer "$LAYER" || return
	mkdir "$LAYER/upper" "$LAYER/work" "$LAYER/root"
	ROOT=$LAYER/root
	mount -t overlay overlay -o "lowerdir=/,upperdir=$LAYER/upper,workdir=$LAYER/work" "$ROOT" || return
	cp "$TARSIER" "$ROOT/usr/bin/tarsier"
	printf 'probe runqlat\nprobe cputime\noutput file:/var/log/tarsier\ninterval 500ms\n' >"$ROOT/etc/tarsier.conf"
	mkdir -p "$ROOT/result"
}

# Unmounted before what tap.sh removes is removed.
unlayer()
{
	umount "$ROOT" && umount "$LAYER"
}

# two_sessions NAME: the first one was killed, the second ended
two_sessions()
{
	is "$1: two sessions" "$(ls "$ROOT/result/tarsier")" $'tarsier-00000001.tsr\ntarsier-00000002.tsr'
	study "$ROOT/result/tarsier/tarsier-00000002.tsr"
	is_whole "$1: the second is whole" "$ROOT/result/tarsier/tarsier-00000002.tsr"
}

test_systemd()
{
	local units=$ROOT/etc/systemd/system result=$ROOT/result

	if ! command -v systemd-nspawn >/dev/null || [ ! -x /usr/lib/systemd/systemd ]; then
		skip 'no systemd-nspawn, or no systemd, on this machine' 'systemd'
		return
	fi
	mkdir -p "$units/multi-user.target.wants"
	cp "$TOP/rootfs/init/tarsier.service" "$units/"
	cat >"$units/job.service" <<-'EOF'
	[Unit]
	After=tarsier.service
	[Service]
	Type=oneshot
	ExecStart=/bin/sh /result/job
	ExecStopPost=/bin/systemctl --no-block poweroff
	EOF
	cat >"$result/job" <<-'EOF'
	exec 2>/result/errors
	systemctl show tarsier -p ActiveState -p StatusText -p NRestarts >/result/first
	systemctl kill -s KILL tarsier
	sleep 6.5
	systemctl show tarsier -p ActiveState -p StatusText -p NRestarts >/result/second
	systemctl stop tarsier
	systemctl show tarsier -p ActiveState -p Result >/result/stopped
	cp -r /var/log/tarsier /result/
	EOF
	ln -s ../tarsier.service ../job.service "$units/multi-user.target.wants/"
	ok 'systemd: the container ends by itself' env SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes timeout 90 systemd-nspawn \
		-D "$ROOT" -b --register=no --keep-unit --machine=tarsier-test --capability=all \
		--system-call-filter='bpf perf_event_open' </dev/null
	is 'systemd: it is active once it records' "$(sort "$result/first" | xargs)" \
		'ActiveState=active NRestarts=0 StatusText=recording'
	is 'systemd: killed, it comes back' "$(sort "$result/second" | xargs)" \
		'ActiveState=active NRestarts=1 StatusText=recording'
	is 'systemd: it stops in good order' "$(sort "$result/stopped" | xargs)" 'ActiveState=inactive Result=success'
	two_sessions systemd
}

test_unit()
{
	if ! command -v systemd-analyze >/dev/null; then
		skip 'no systemd-analyze on this machine' 'the unit'
		return
	fi
	sed 's,/usr/bin/tarsier,/bin/true,' "$TOP/rootfs/init/tarsier.service" >"$TAP_TMP/tarsier.service"
	is 'the unit: nothing to complain about' "$(systemd-analyze verify "$TAP_TMP/tarsier.service" 2>&1)" ''
	between 'the unit: exposure, in tenths' 0 "$(systemd-analyze security --offline=true \
		"$TAP_TMP/tarsier.service" 2>/dev/null | sed -n 's/.*Overall exposure level.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')" 45
}

test_openrc()
{
	local openrc

	if ! openrc=$("$TOP/rootfs/fetch-deb" -a amd64 -s bookworm openrc librc1 libeinfo1 2>"$TAP_TMP/fetched"); then
		skip "OpenRC cannot be fetched: $(tail -n 1 "$TAP_TMP/fetched")" OpenRC
		return
	fi
	for folder in etc sbin lib; do
		cp -a "$openrc/$folder/." "$ROOT/$folder/"
	done
	install -m 755 "$TOP/rootfs/init/tarsier.openrc" "$ROOT/etc/init.d/tarsier"
	rm -rf "$ROOT/result" "$ROOT/var/log/tarsier"
	mkdir "$ROOT/result"
	cat >"$ROOT/result/job" <<-'EOF'
	mount -t proc proc /proc
	mount -t sysfs sys /sys
	mount -t tmpfs run /run
	for folder in daemons exclusive failed hotplugged inactive options scheduled started starting stopping tmp \
		wasinactive; do
		mkdir -p /run/openrc/$folder
	done
	touch /run/openrc/softlevel
	recorder() {
		grep -lz '^/usr/bin/tarsier$' /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
			[ "$(tr '\0' ' ' <$file)" != '/usr/bin/tarsier run -f /etc/tarsier.conf ' ] || echo $file | tr -dc 0-9
		done
	}
	rc-service -D tarsier start
	echo "started $?"
	sleep 2
	kill -9 $(recorder)
	sleep 6.5
	rc-service -D tarsier status >/dev/null
	echo "status $?"
	rc-service -D tarsier stop
	echo "stopped $? $(recorder)"
	cp -r /var/log/tarsier /result/
	echo 'probes runqlat' >>/etc/tarsier.conf
	rc-service -D tarsier start
	echo "wrong options $?"
	EOF
	unshare -m -p -f chroot "$ROOT" /bin/sh /result/job >"$TAP_TMP/out" 2>"$TAP_TMP/err"
	is 'OpenRC: it starts, runs and stops, and not with wrong options' \
		"$(grep -E '^(started|status|stopped|wrong)' "$TAP_TMP/out" | xargs)" \
		'started 0 status 0 stopped 0 wrong options 1' || diag "$(cat "$TAP_TMP/out" "$TAP_TMP/err")"
	like 'OpenRC: the wrong line is told' "$(cat "$TAP_TMP/err")" "tarsier.conf:5: unknown option 'probes'"
	two_sessions OpenRC
}

# What procd's shell library would be asked for.
test_procd()
{
	sed "s,/usr/bin/tarsier run --dry,$TARSIER run --dry,; s,/etc/tarsier.conf >,$TAP_TMP/conf >,; s,mkdir,: mkdir," \
		"$TOP/rootfs/init/tarsier.procd" >"$TAP_TMP/procd"
	printf 'output -\n' >"$TAP_TMP/conf"
	# shellcheck disable=SC2016 # for sh
	is 'procd: what it is asked for' "$(sh -c '
		procd_open_instance() { echo open; }
		procd_set_param() { echo "$@"; }
		procd_close_instance() { echo close; }
		. "$1"
		start_service' sh "$TAP_TMP/procd" 2>&1)" "open
command /usr/bin/tarsier run -f /etc/tarsier.conf
respawn 3600 5 0
stderr 1
term_timeout 15
close"
}

layer || skip_all "no overlay of this machine's root: kernel without CONFIG_OVERLAY_FS, or not allowed"
test_unit
test_systemd
test_openrc
test_procd
unlayer
done_testing
