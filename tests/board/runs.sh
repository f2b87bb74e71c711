#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# runs.sh - the collector's life on a board: started and stopped by init, through the network and into
# a file, killed, with little memory, on one CPU and on four

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$TOP/tests/listen.bash"

need_board pingpong hogs forks bpf_progs

# job DESCRIPTION STATUS SCRIPT OPTION...: run it, output in $TAP_TMP/printed; good when it ends with
# STATUS
job()
{
	local what=$1 wanted=$2 script=$3 status

	shift 3
	on_board "$@" -r "$script" >"$TAP_TMP/printed" 2>&1
	status=$?
	is "$what: exit status of the job" "$status" "$wanted" || diag "$(cat "$TAP_TMP/printed")"
}

# decodes DESCRIPTION NAME: nothing damaged, nothing lost; the report is in $TAP_TMP/NAME.report
decodes()
{
	local status

	"$DECODER" "$TAP_TMP/$2.tsr" >"$TAP_TMP/$2.report" 2>&1
	status=$?
	is "$1: decodes clean" "$status" 0 || diag "$(cat "$TAP_TMP/$2.report")"
}

# histogram REPORT: from its title to the blank line
histogram()
{
	sed -n '/^runqlat: /,/^$/p' "$1"
}

waits_in()
{
	histogram "$1" | sed -n 's/^ *count \([0-9]*\).*/\1/p'
}

balanced()
{
	local status

	"$DECODER" -v "$TAP_TMP/$2.tsr" >"$TAP_TMP/$2.ledger" 2>&1
	status=$?
	is "$1: decodes clean" "$status" 0 || diag "$(cat "$TAP_TMP/$2.ledger")"
	is "$1: the books balance" "$(awk '$1 == "remainder" { print $2 }' "$TAP_TMP/$2.ledger" | xargs)" \
		"0 0"
	between "$1: waits were measured" 100 \
		"$(awk '$1 == "entered" { print $2; exit }' "$TAP_TMP/$2.ledger")" 100000000
}

# The init script as it is delivered, with a configuration that writes to both.
configuration()
{
	mkdir -p "$TAP_TMP/overlay/etc/init.d"
	cp "$TOP/rootfs/overlay/etc/init.d/S50tarsier" "$TAP_TMP/overlay/etc/init.d/"
	cat >"$TAP_TMP/overlay/etc/tarsier.conf" <<-EOF
	probe runqlat
	interval 200ms
	output udp://10.0.2.2:$1
	output file:/out/init.tsr
	EOF
}

started_by_init()
{
	listen "$TAP_TMP/udp" --until-closed --timeout 40
	configuration "$PORT"
	# shellcheck disable=SC2016 # for the board's shell
	job init 0 '
		service=/etc/init.d/S50tarsier
		$service status && exit 1
		$service start || exit
		$service status | grep -q "not recording" || exit
		until [ -s /run/tarsier.pid ]; do usleep 50000; done
		$service status | grep -q "recording, pid $(cat /run/tarsier.pid)" || exit
		dmesg | grep -q "tarsier: recording runqlat" || exit
		pingpong 2000
		$service stop || exit
		! $service status || exit 1' -n -d "$TAP_TMP/overlay" -o "$TAP_TMP"
	finish "$LISTENER" 20
	is 'init: the listener ends clean with the session' "$?" 0
	decodes init init
	is 'init: the same histogram by the network as in the file' \
		"$(histogram "$TAP_TMP/udp.out")" "$(histogram "$TAP_TMP/init.report")"
	# A byte that comes before its reader sleeps makes no wait.
	between 'init: it holds the workload' 1000 "$(waits_in "$TAP_TMP/init.report")" 10000000
}

killed()
{
	local before during after

	job killed 0 "$(cat "$HERE/killed_job")" -o "$TAP_TMP"
	read -r _ before during after < <(grep '^programs ' "$TAP_TMP/printed")
	between 'killed: its programs were there' $((before + 1)) "$during" 1000
	is 'killed: none is left' "$after" "$before"
	is 'killed: nothing is pinned' "$(grep '^pinned' "$TAP_TMP/printed")" ''
	decodes killed killed
	like 'killed: the report says that the end is missing' "$(cat "$TAP_TMP/killed.report")" \
		'closed +no'
	between 'killed: what was written is whole' 1 "$(waits_in "$TAP_TMP/killed.report")" 10000000
}

# on_cpus NUMBER: both probes, so that an event is written for each wait
on_cpus()
{
	job "$1 CPUs" 0 "
		tarsier run -r 4096 -p runqlat -p runqslower:min=0,prev -o file:/out/cpus$1.tsr 2>/tmp/messages &
		until grep -qs 'recording runqslower' /tmp/messages; do usleep 20000; done
		hogs 0.5 $(($1 + 1))
		forks 50
		kill -TERM %1
		wait %1" -s "$1" -o "$TAP_TMP"
	balanced "$1 CPUs" "cpus$1"
}

small_board()
{
	# shellcheck disable=SC2016 # for the board's shell
	job '64 MB' 0 'tarsier run -d 1 -o file:/out/small.tsr; status=$?; free; exit $status' \
		-m 64 -o "$TAP_TMP"
	decodes '64 MB' small
}

started_by_init
killed
small_board
job 'a job that ends with 7' 7 'exit 7'
on_cpus 1
on_cpus 4
done_testing
