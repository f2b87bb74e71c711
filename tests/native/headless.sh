#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# headless.sh - what a supervisor needs: options from a file, a dry run that touches nothing, a word when it
# records, a pid file that can be trusted

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

need_kernel
need_programs "$TARSIER" "$LEDGER_CHECK"
need_commands strace perl

CONF=$TAP_TMP/tarsier.conf
PID_FILE=$TAP_TMP/pid

# dry DESCRIPTION STATUS ARGUMENT...
dry()
{
	local what=$1 wanted=$2

	shift 2
	"$TARSIER" run --dry-run "$@" >"$TAP_TMP/out" 2>"$TAP_TMP/err"
	is "dry run: $what: status" "$?" "$wanted"
}

test_dry_run()
{
	printf '# a board\nprobe runqlat\nprobe runqslower:min=5000\noutput file:%s/none\ninterval 1m\noutput udp://no.such.invalid:9\n' \
		"$TAP_TMP" >"$CONF"
	dry 'a good file' 0 -f "$CONF"
	is 'dry run: it says what would be' "$(head -n 5 "$TAP_TMP/out" | xargs)" \
		"probe runqlat probe runqslower output file:$TAP_TMP/none output udp://no.such.invalid:9 interval 60000 ms"
	is 'dry run: nothing is made' "$(ls "$TAP_TMP"/none* 2>/dev/null)" ''
	strace -f -qq -e trace=bpf,perf_event_open,socket,connect,open,openat,mount,fsopen -o "$TAP_TMP/trace" \
		"$TARSIER" run --dry-run -f "$CONF" >/dev/null
	is 'dry run: nothing is asked for but the file' \
		"$(sed -n 's/^[0-9]* *open.*"\(.*\)".*/\1/p; /bpf(\|socket(\|perf_/p' "$TAP_TMP/trace")" "$CONF"
	printf 'probe runqlat\nprobes runqlat\noutput what:x\n' >"$CONF"
	dry 'a bad file' 2 -f "$CONF"
	is 'dry run: every wrong line is told' "$(sed 's/.*conf:\([0-9]*\): .*/\1/' "$TAP_TMP/err" | xargs)" '2 3'
	printf 'probe runqlat\noutput udp://nonsense\noutput udp://1.2.3.4:70000\noutput udp://1.2.3.400:9\n' >"$CONF"
	dry 'outputs that lead nowhere' 2 -f "$CONF"
	is 'dry run: each is told in one line' "$(sed 's/.*conf:\([0-9]*\): .*/\1/' "$TAP_TMP/err" | xargs)" '2 3 4' ||
		diag "$(cat "$TAP_TMP/err")"
	dry 'a bad option' 2 -o "file:$TAP_TMP/none" --ring 5
}

# The file that is delivered.
test_delivered()
{
	ok 'the delivered configuration is a good one' \
		"$TARSIER" run --dry-run -f "$TOP/rootfs/overlay/etc/tarsier.conf"
	ok 'so is each of its examples' \
		"$TARSIER" run --dry-run -f <(sed 's/^#\([a-z]\)/\1/' "$TOP/rootfs/overlay/etc/tarsier.conf")
}

# A socket that writes down what it hears, datagram by datagram.
hear()
{
	# shellcheck disable=SC2016 # perl's
	spawn perl -MIO::Socket -e '$| = 1; my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => shift);
		print "$_\n" while defined $socket->recv($_, 4096)' "$TAP_TMP/notify" >"$TAP_TMP/heard"
	wait_for 5 test -S "$TAP_TMP/notify" || bail_out "nobody listens"
}

test_notify()
{
	local listener

	hear
	listener=$SPAWNED
	NOTIFY_SOCKET=$TAP_TMP/notify WATCHDOG_USEC=200000 start_collector notify -i 100ms \
		--pid-file "$PID_FILE" -o "file:$TAP_TMP/notified"
	ok 'notify: it is ready when it records' wait_for 5 grep -q '^READY=1' "$TAP_TMP/heard"
	is 'notify: then its pid file holds its id' "$(cat "$PID_FILE")" "$COLLECTOR"
	ok 'notify: it gives signs of life' wait_for 5 grep -q '^WATCHDOG=1' "$TAP_TMP/heard"
	"$TARSIER" run --pid-file "$PID_FILE" -o "file:$TAP_TMP/second" 2>"$TAP_TMP/err"
	is 'a second one with its pid file: status' "$?" 1
	like 'and says why' "$(cat "$TAP_TMP/err")" 'a collector that uses it is running'
	is 'and has recorded nothing' "$(ls "$TAP_TMP"/second* 2>/dev/null)" ''
	stop_collector "$COLLECTOR"
	is 'notify: status' "$?" 0
	like 'notify: it told that it ends' "$(cat "$TAP_TMP/heard")" 'STOPPING=1'
	is 'the pid file is empty again' "$(cat "$PID_FILE")" ''
	end "$listener"
}

# A killed collector leaves its number; the next one takes the file at once, with a session of its own.
test_restart()
{
	mkdir "$TAP_TMP/log"
	start_collector killed --pid-file "$PID_FILE" -o "file:$TAP_TMP/log"
	end "$COLLECTOR"
	ok 'killed: the number is left' [ -s "$PID_FILE" ]
	start_collector again --pid-file "$PID_FILE" -o "file:$TAP_TMP/log"
	is 'killed: the next one has the file' "$(cat "$PID_FILE")" "$COLLECTOR"
	stop_collector "$COLLECTOR"
	is 'killed: each has a file of its own' "$(ls "$TAP_TMP/log")" \
		$'tarsier-00000001.tsr\ntarsier-00000002.tsr'
	study "$TAP_TMP/log/tarsier-00000002.tsr"
	is_whole 'killed: the second is whole' "$TAP_TMP/log/tarsier-00000002.tsr"
}

# A supervisor that is not there does not keep it from recording.
test_no_supervisor()
{
	NOTIFY_SOCKET=$TAP_TMP/nobody start_collector nobody -d 300ms -o "file:$TAP_TMP/alone"
	finish "$COLLECTOR" 15
	is 'no supervisor: status' "$?" 0
	like 'no supervisor: it is told' "$(cat "$TAP_TMP/nobody.log")" 'NOTIFY_SOCKET: No such file'
}

test_dry_run
test_delivered
test_notify
test_restart
test_no_supervisor
done_testing
