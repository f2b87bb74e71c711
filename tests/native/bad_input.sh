#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bad_input.sh - what cannot work is refused: one line that names it, the right status, nothing left
# behind; an output that fails later costs its own records, which are counted, and nothing else

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

USAGE=2 PRIVILEGE=3 KERNEL=4 SINK=5 LOST=6 # collector/exit.h

need_kernel
need_own_mounts "$@"
need_programs "$TARSIER" "$WORKLOAD/pingpong" "$LEDGER_CHECK"
need_commands setpriv strace script
place_collector

# refuses DESCRIPTION STATUS REGEX ARGUMENT...
refuses()
{
	local what=$1 wanted=$2 regex=$3 before status good=0

	shift 3
	before=$(ls -A "$PLACE")
	run_placed "$@"
	status=$?
	[ "$status" -eq "$wanted" ] || good=1
	[ "$(wc -l <"$TAP_TMP/err")" -eq 1 ] || good=2
	grep -qE -e "$regex" "$TAP_TMP/err" || good=3
	[ ! -s "$TAP_TMP/out" ] || good=4
	[ "$(ls -A "$PLACE")" = "$before" ] || good=5
	report "$((good != 0))" "$what"
	[ "$good" -eq 0 ] && return
	diag "tarsier $*"
	diag "wanted status $wanted, got $status; one line like '$regex', got:"
	diag "$(cat "$TAP_TMP/err")"
	diag "standard output: $(stat -c %s "$TAP_TMP/out") bytes; files left: $(ls -A "$PLACE")"
	rm -rf "${PLACE:?}"/*
}

test_commands()
{
	refuses 'no command' $USAGE 'no command'
	refuses 'unknown command' $USAGE "'bogus'" bogus
	refuses 'list with an argument' $USAGE 'takes no option' list it
}

test_options()
{
	local out=file:x

	refuses 'unknown long option' $USAGE "'--bogus=1'" run --bogus=1 -o $out
	refuses 'unknown letter' $USAGE 'unknown option.*-x' run -x -o $out
	refuses 'unknown letter before a known one' $USAGE 'unknown option.*-x' run -xv -o $out
	refuses 'letter without its value' $USAGE '-i.*needs a value' run -o $out -i
	refuses 'long option without its value' $USAGE '--ring.*needs a value' run -o $out --ring
	refuses 'a stray word' $USAGE "'stray'" run -o $out stray
	refuses 'interval with an unknown unit' $USAGE '5x' run -o $out -i 5x
	refuses 'interval that is not a number' $USAGE 'nan' run -o $out -i nan
	refuses 'interval below 10 ms' $USAGE '9ms' run -o $out -i 9ms
	refuses 'interval above a day' $USAGE '25h' run -o $out -i 25h
	refuses 'negative interval' $USAGE '-1' run -o $out -i -1
	refuses 'endless interval' $USAGE 'inf' run -o $out -i inf
	refuses 'no duration at all' $USAGE '--duration 0' run -o $out -d 0
	refuses 'heartbeat above a minute' $USAGE '61' run -o $out -H 61
	refuses 'sync below 100 ms' $USAGE '99ms' run -o $out -S 99ms
	refuses 'ring that is no power of two' $USAGE 'power of two' run -o $out -r 100
	refuses 'ring too small' $USAGE 'power of two' run -o $out -r 2
	refuses 'ring with a unit' $USAGE 'power of two' run -o $out -r 4k
	refuses 'unknown way' $USAGE 'magic.*sched_info, wakeup' run -o $out -w magic
	refuses 'empty name of the board' $USAGE 'board' run -o $out -b ''
}

test_probes()
{
	local out=file:x

	refuses 'unknown probe' $USAGE "nope: unknown probe" run -o $out -p nope
	refuses 'no name of a probe' $USAGE 'unknown probe' run -o $out -p ''
	refuses 'beginning of a name' $USAGE 'unknown probe' run -o $out -p runq
	refuses 'unknown option of a probe' $USAGE "runqlat.*'min'" run -o $out -p runqlat:min=1
	refuses 'threshold that is not a number' $USAGE 'min=abc' run -o $out -p runqslower:min=abc
	refuses 'negative threshold' $USAGE 'min=-1' run -o $out -p runqslower:min=-1
	refuses 'threshold above 32 bits' $USAGE 'min=4294967296' \
		run -o $out -p runqslower:min=4294967296
	refuses 'threshold without a value' $USAGE 'min.*needs a value' \
		run -o $out -p runqslower:min
	refuses 'value where none is wanted' $USAGE 'prev.*no value' \
		run -o $out -p runqslower:prev=1
	refuses 'second option is wrong' $USAGE "'nope'" run -o $out -p runqslower:prev,nope
	refuses 'process 0' $USAGE 'pid=0' run -o $out -p runqlat:pid=0
	refuses 'name of 16 bytes' $USAGE 'comm=0123456789abcdef' \
		run -o $out -p runqlat:comm=0123456789abcdef
	refuses 'option of 80 bytes' $USAGE 'too long' \
		run -o $out -p "runqlat:comm=$(printf 'x%.0s' {1..80})"
}

test_names_of_outputs()
{
	local nine=()

	refuses 'no output' $USAGE 'no output' run -p runqlat
	refuses 'unknown kind of output' $USAGE 'tcp://h:1: unknown kind' run -o tcp://h:1
	refuses 'udp without a port' $USAGE 'udp://HOST:PORT' run -o udp://127.0.0.1
	refuses 'udp without a host' $USAGE 'udp://HOST:PORT' run -o udp://:9090
	refuses 'bracket not closed' $USAGE 'udp://HOST:PORT' run -o 'udp://[::1:9090'
	refuses 'a word that is no address' $USAGE 'udp://nonsense: want udp://HOST:PORT' run --dry-run -o udp://nonsense
	refuses 'udp to port 0' $USAGE "'0' is no port" run -o udp://127.0.0.1:0
	refuses 'udp to a port that is too great' $USAGE "'70000' is no port" run --dry-run -o udp://127.0.0.1:70000
	refuses 'udp to a number that is no address' $USAGE 'neither an address nor a name' run -o udp://1.2.3.400:9090
	refuses 'udp to an IPv6 address without brackets' $USAGE 'brackets' run -o udp://::1:9090
	refuses 'something behind -' $USAGE 'standard output' run -o -x
	for n in 1 2 3 4 5 6 7 8 9; do
		nine+=(-o "file:$n")
	done
	refuses 'nine outputs' $USAGE 'more than 8' run "${nine[@]}"
}

test_files()
{
	touch "$PLACE/there"
	refuses 'file exists' $SINK 'file:there:.*exists' run -o file:there
	is 'and is not touched' "$(stat -c %s "$PLACE/there")" 0
	rm "$PLACE/there"
	refuses 'directory missing' $SINK 'file:no/x:.*directory' run -o file:no/x
	refuses 'name too long' $SINK 'File ?name too long' \
		run -o "file:$(printf 'x%.0s' {1..300})"
	refuses 'empty name of a file' $SINK 'file:' run -o file:
	refuses 'second output fails: the first leaves no file' $SINK 'file:no/x' \
		run -o file:first -o file:no/x
	mkdir "$TAP_TMP/ro"
	mount -t tmpfs -o ro tarsier "$TAP_TMP/ro" || bail_out "cannot mount a tmpfs"
	refuses 'mounted read-only' $SINK 'read-only' run -o "file:$TAP_TMP/ro/x"
	refuses 'directory mounted read-only' $SINK 'read-only' run -o "file:$TAP_TMP/ro"
	umount "$TAP_TMP/ro"
}

# Whatever the machine's resolver does, it shall not make the test wait.
test_network()
{
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$TAP_TMP/resolv.conf"
	if [ -e /etc/resolv.conf ]; then
		mount --bind "$TAP_TMP/resolv.conf" /etc/resolv.conf || bail_out "cannot bind"
	fi
	BEFORE=(unshare --net)
	refuses 'host that does not resolve' $SINK "resolve 'no.such.invalid'" \
		run -o udp://no.such.invalid:9090
	refuses 'no route' $SINK 'no route to 192.0.2.1' run -o udp://192.0.2.1:9090
	run_placed run -d 1 -i 100ms -o file:x -o udp://192.0.2.1:9090
	is 'no route, but a file: status' "$?" 0
	like 'records wait, and the user is told how to send them' "$(cat "$TAP_TMP/err")" \
		'Network is down: records wait in a file.*tarsier send'
	run_placed run -d 1 -i 100ms -o file:y -o udp://no.such.invalid:9090
	is 'no address, but a file: status' "$?" 0
	like 'records wait' "$(cat "$TAP_TMP/err")" 'No route to host|Host is unreachable'
	rm -f "$PLACE/x" "$PLACE/y"
	refuses 'port that is no number' $USAGE "'x' is no port" run -o udp://127.0.0.1:x
	BEFORE=()
}

# The terminal shows both standard output and standard error.
test_terminal()
{
	local status text

	text=$(script -qec "$TAP_TMP/tarsier run -o -" /dev/null </dev/null)
	status=$?
	is 'standard output is a terminal: status' "$status" $USAGE
	like 'and the line says what to do' "$text" 'records are binary: redirect'
	is 'one line' "$(wc -l <<<"$text")" 1
}

test_privilege()
{
	local line='not allowed to load BPF programs: run as root, or with CAP_BPF and CAP_PERFMON'

	BEFORE=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all)
	refuses 'ordinary user' $PRIVILEGE "$line" run -o "file:x"
	BEFORE=(setpriv --inh-caps=-all --bounding-set=-all)
	refuses 'root without capabilities' $PRIVILEGE "$line" run -o "file:x"
	BEFORE=()
}

without_btf()
{
	# shellcheck disable=SC2016 # for the inner shell
	BEFORE=(unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$0" "$@"')
	refuses 'a way by types, kernel without BTF' $KERNEL 'CONFIG_DEBUG_INFO_BTF' \
		run -w sched_info -o file:x
	BEFORE=()
}

# bpf() answers as it does in kernels built without it, or without tracing by it.
test_kernel()
{
	local trace="$TAP_TMP/strace"

	BEFORE=(strace -f -qq -o "$trace" -e trace=bpf -e inject=bpf:error=ENOSYS)
	refuses 'kernel without bpf()' $KERNEL 'CONFIG_BPF_SYSCALL' run -o file:x
	BEFORE=(strace -f -qq -o "$trace" -e trace=bpf -e inject=bpf:error=EINVAL)
	refuses 'kernel without BPF for tracepoints' $KERNEL 'CONFIG_BPF_EVENTS' run -o file:x
	BEFORE=(strace -f -qq -o "$trace" -e trace=memfd_create -e inject=memfd_create:error=ENOSYS)
	refuses 'kernel without tmpfs' $KERNEL 'CONFIG_TMPFS' run -o file:x
	BEFORE=()
	without_btf
}

# A kernel without IO page faults: the probe is refused, and others run without it.
test_missing_probe()
{
	if [ -e /sys/bus/event_source/devices/kprobe ] && grep -q ' iommu_report_device_fault$' /proc/kallsyms; then
		skip 'this kernel has what iopf needs' 'a probe that the kernel has not'
		return
	fi
	refuses 'a probe that the kernel has not' $KERNEL \
		'iopf: cannot attach: tracepoint: .*(smmu:io_fault_entry|tracefs)' run -p iopf -o file:x
	refuses 'a way that does not exist' $USAGE 'way=magic' run -p iopf:way=magic -o file:x
	run_placed run -d 1 -p iopf -p runqlat -o file:x
	is 'another probe runs without it: status' "$?" 0
	like 'and the line says so' "$(cat "$TAP_TMP/err")" \
		'iopf: cannot attach.*recording runqlat'
	rm -f "$PLACE/x"
}

lost_as_told()
{
	sed -n 's/.*outputs lost records: \([0-9]*\) not written.*/\1/p' "$1"
}

# A disk of 64 KiB, of which a ballast takes 32: what one file lacks at the end is what was told.
test_disk_full()
{
	local small=$TAP_TMP/small log=$TAP_TMP/full.log status lost written

	mkdir "$small"
	mount -t tmpfs -o size=64k tarsier "$small" || bail_out "cannot mount a tmpfs"
	head -c 32768 /dev/zero >"$small/ballast"
	start_collector full -p runqslower:min=0 -o "file:$small/x" -o "file:$TAP_TMP/y"
	"$WORKLOAD/pingpong" 2000 >"$TAP_TMP/pingpong"
	ok 'disk full: told once' wait_for 10 grep -q 'file:.*small/x: No space' "$log"
	rm "$small/ballast"
	"$WORKLOAD/pingpong" 100 >"$TAP_TMP/pingpong"
	ok 'space again: told once' wait_for 10 grep -q 'small/x: works again' "$log"
	stop_collector "$COLLECTOR"
	status=$?
	is 'status after losses' "$status" $LOST
	study "$TAP_TMP/y"
	study "$small/x"
	umount "$small"
	is_whole 'the other output is whole' "$TAP_TMP/y"
	lost=$(lost_as_told "$log")
	# the block in which the disk became full counts as lost, though a part of it is there
	written=$(($(field "$small/x" records) - $(field "$small/x" unfinished)))
	is 'lost + written = all records' "$((lost + written))" "$(field "$TAP_TMP/y" records)"
	between 'some were lost' 1 "${lost:-0}" 1000000
	# as far as a page, four blocks, held on to what could still be written
	between 'the ledger has those known before the last page' "$((lost - 5 * 14))" \
		"$(field "$TAP_TMP/y" total file_lost)" "$lost"
}

# A medium that fails to take what was written before: it was not lost in silence.
test_sync_fails()
{
	BEFORE=(strace -f -qq -o "$TAP_TMP/strace" -e trace=fdatasync -e inject=fdatasync:error=EIO)
	run_placed run -d 1 -S 200ms -i 100ms -o file:x
	is 'sync fails: status' "$?" $LOST
	like 'and the line says so' "$(cat "$TAP_TMP/err")" 'file:x: I/O error'
	rm -f "$PLACE/x"
	BEFORE=()
}

test_standard_output_fails()
{
	"$TARSIER" run -d 1 -i 100ms -o - >/dev/full 2>"$TAP_TMP/err"
	is 'standard output is full: status' "$?" $LOST
	like 'and the line says so' "$(cat "$TAP_TMP/err")" 'No space left'
	"$TARSIER" run -d 60 -i 100ms -o - 2>"$TAP_TMP/err" | head -c 1024 >/dev/null
	is 'the reader of standard output ends: status' "${PIPESTATUS[0]}" $LOST
	like 'and the line says so' "$(cat "$TAP_TMP/err")" 'Broken pipe'
}

# Port 9 is "discard", which nothing serves any more.
test_refused_port()
{
	run_placed run -d 1 -i 100ms -o udp://127.0.0.1:9
	is 'nobody listens: status' "$?" $LOST
	like 'and the line says so' "$(cat "$TAP_TMP/err")" 'udp://127.0.0.1:9: Connection refused'
	run_placed run -d 1 -i 100ms -o file:x -o udp://127.0.0.1:9
	is 'nobody listens, but a file keeps the records: status' "$?" 0
	like 'and the line says so' "$(cat "$TAP_TMP/err")" \
		'udp://127.0.0.1:9: Connection refused: records wait in a file'
	is 'closing it is no sign that it works again' "$(grep -c 'works again;' "$TAP_TMP/err")" 0
	study "$PLACE/x"
	is_whole 'the file beside it is whole' "$PLACE/x"
	rm -f "$PLACE/x"
}

mount --make-rprivate / || bail_out "cannot make mounts private"
test_commands
test_options
test_probes
test_names_of_outputs
test_files
test_network
test_terminal
test_privilege
test_kernel
test_missing_probe
test_disk_full
test_sync_fails
test_standard_output_fails
test_refused_port
done_testing
