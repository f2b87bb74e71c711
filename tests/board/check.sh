#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check.sh - 'tarsier check' on boards: what works by which way, how long that takes, and that a board
# without network, clock or kernel types is told so

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board bpf_progs
command -v jq >/dev/null || skip_all "no jq on this machine"

# job DESCRIPTION SCRIPT OPTION...: its output is in $TAP_TMP/printed
job()
{
	local what=$1 script=$2

	shift 2
	on_board "$@" -r "$script" >"$TAP_TMP/printed" 2>&1
	is "$KERNEL: $what: status" "$?" 0 || diag "$(cat "$TAP_TMP/printed")"
}

# object FILTER: of the JSON that was printed
object()
{
	sed -n '/^{ "tarsier"/,/^elapsed/p' "$TAP_TMP/printed" | sed '/^elapsed/d' | jq -rc "$1"
}

# The board's clock counts instructions, 1 ns each: times are the same in every run.
checks()
{
	local probe

	KERNEL=$1
	# shellcheck disable=SC2016 # for the board's shell
	job 'all probes' '
		sleep 3
		echo "programs $(bpf_progs)"
		tarsier check >/dev/null || exit
		uptime() { cut -d" " -f1 /proc/uptime | tr -d .; }
		before=$(uptime)
		tarsier check --json || exit
		echo "elapsed $((($(uptime) - before) * 10))"
		sleep 1 # the kernel frees some a little later
		echo "programs $(bpf_progs)"' -i
	is "$KERNEL: no program is left" "$(grep '^programs' "$TAP_TMP/printed" | sort -u | wc -l)" 1
	between "$KERNEL: milliseconds for all probes" 1 \
		"$(sed -n 's/^elapsed //p' "$TAP_TMP/printed")" "$2"
	diag "$KERNEL: $(object '"\(.elapsed_ms) ms; \(.result)"')"
	is "$KERNEL: status" "$(object .status)" 0
	for probe in runqlat runqslower cpudist offcpu cputime; do
		is "$KERNEL: $probe works and fires" \
			"$(object ".probes[] | select(.name == \"$probe\") | [.works, .fires]")" '[true,true]'
	done
	is "$KERNEL: picknext" "$(object '.probes[] | select(.name == "picknext") | .way')" \
		"$3 of pick_next_task_fair"
	like "$KERNEL: release" "$(object '.facts[] | select(.name == "release") | .value')" "^$KERNEL"
	is "$KERNEL: what is in memory is lost" \
		"$(object '.facts[] | select(.name == "/var/log") | .verdict')" warn
	is "$KERNEL: no address" "$(object '.facts[] | select(.name == "interface") | .verdict')" note
}

networked()
{
	job 'network' 'tarsier check -p runqlat -o udp://10.0.2.2:9090 -o file:/tmp/x && ! ls /tmp/x 2>/dev/null' -n
	like 'the interface, the address, the MTU' "$(cat "$TAP_TMP/printed")" \
		'network +udp://10.0.2.2:9090 +ok +eth0, 10.0.2.15, MTU 1500'
}

# What a kernel without types of its own leaves.
without_types()
{
	job 'without BTF' '
		mount -t tmpfs none /sys/kernel/btf
		tarsier check -p runqlat -p cputime; echo "status $?"'
	like 'BTF is missed' "$(cat "$TAP_TMP/printed")" 'kernel +btf +note +no /sys/kernel/btf/vmlinux'
	like 'the better ways have their reasons' "$(cat "$TAP_TMP/printed")" 'probe +runqlat +[a-z]+ +[^ ].*BTF'
}

checks 5.10 999 kprobe
checks 6.1 999 kprobe
checks 6.12 999 fexit
KERNEL=6.1
networked
without_types
done_testing
