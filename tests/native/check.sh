#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check.sh - 'tarsier check' on this machine: what works here, what cannot and why, the exit statuses,
# and nothing left behind

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

FAILED=1 USAGE=2 PRIVILEGE=3 KERNEL=4 SINK=5 # collector/exit.h

need_kernel
need_own_mounts "$@"
need_programs "$TARSIER"
need_commands setpriv strace jq
place_collector

# ends_with DESCRIPTION STATUS ARGUMENT...: 'tarsier check ARGUMENT...', output in out and err
ends_with()
{
	local what=$1 wanted=$2 status

	shift 2
	run_placed check "$@"
	status=$?
	is "$what: status" "$status" "$wanted" || diag "$(cat "$TAP_TMP/out" "$TAP_TMP/err")"
	is "$what: no file" "$(ls -A "$PLACE")" ''
}

says()
{
	like "$1" "$(cat "$TAP_TMP/out")" "$2"
}

# loaded: programs and links of all the machine
loaded()
{
	bpftool prog list | grep -c '^[0-9]'
	bpftool link list | grep -c '^[0-9]'
}

# Programs and links are freed some time after their last user, who may be a test before this one, is gone.
settled()
{
	local count next

	count=$(loaded)
	for _ in {1..20}; do
		sleep 0.3
		next=$(loaded)
		[ "$next" != "$count" ] || break
		count=$next
	done
	echo "$count"
}

test_all()
{
	local before after

	before=$(settled)
	ends_with 'all probes' 0
	after=$(settled)
	is 'nothing is left in the kernel' "$after" "$before"
	is 'no message' "$(cat "$TAP_TMP/err")" ''
	between 'in less than a second' 0 "$(quickest 999 ms_of "$TARSIER" check)" 999
	is 'a line for each probe' "$(grep -c '^probe ' "$TAP_TMP/out")" "$("$TARSIER" list | grep -c '^[a-z]')"
	for probe in runqlat runqslower cpudist offcpu cputime; do
		says "$probe works" "probe +$probe +works +by [a-z_]+"
	done
	says 'facts of the kernel' "kernel +release +ok +$(uname -r)"
	says 'facts of memory' 'memory +maps +ok +[1-9][0-9]* KiB'
	says 'facts of directories' 'files +/tmp '
}

# A probe that this kernel cannot serve: iopf, or else a function that is nowhere.
test_required()
{
	local missing=funclat:function=no_such_function

	ends_with 'a probe that works' 0 -p runqlat
	ends_with 'one that cannot' $KERNEL -p $missing
	says 'and why' 'probe +funclat +cannot +[^ ].*no_such_function'
	ends_with 'what is named is required' $KERNEL -p runqlat -p $missing
	ends_with 'what else is required' 0 -p runqlat -p $missing --require runqlat
	ends_with 'all are' $KERNEL -p runqlat -p $missing --require all
	ends_with 'required, but not named' $USAGE -p runqlat --require iopf
	is 'one line' "$(wc -l <"$TAP_TMP/err")" 1
	run_placed run -d 1 -p runqlat -p $missing --require all -o file:x
	is 'a recording without it does not begin' "$?" $KERNEL
	is 'one line says so' "$(grep -c 'funclat: required, but cannot attach' "$TAP_TMP/err")$(wc -l <"$TAP_TMP/err")" 11
	is 'and there is no file' "$(ls -A "$PLACE")" ''
}

test_words()
{
	printf 'probe runqlat\noutput file:%s/x\ninterval 1\n' "$PLACE" >"$TAP_TMP/conf"
	ends_with 'the words of a recording, from a file' 0 -f "$TAP_TMP/conf" -d 5 -H 1
	is 'are what is checked' "$(grep -c '^probe' "$TAP_TMP/out")" 1
	says 'with the output' "files +file:$PLACE/x +(ok|warn)"
	ends_with 'unknown option' $USAGE --bogus
	ends_with 'a stray word' $USAGE stray
	ends_with 'function that is not named' $USAGE -p funclat
	ends_with 'help' 0 --help
	says 'tells the exit statuses' 'Exit status: 0 '
	"$TARSIER" run --json -o - 2>"$TAP_TMP/err"
	is 'JSON is for a check: status' "$?" $USAGE
	like 'and one line says so' "$(cat "$TAP_TMP/err")" "^[^"$'\n'"]*unknown option '--json'[^"$'\n'"]*$"
	"$TARSIER" check -p runqlat >/dev/full 2>"$TAP_TMP/err"
	is 'the report cannot be written: status' "$?" $FAILED
}

test_outputs()
{
	mkdir "$TAP_TMP/ro"
	mount -t tmpfs -o ro tarsier "$TAP_TMP/ro" || bail_out "cannot mount a tmpfs"
	ends_with 'mounted read-only' $SINK -p runqlat -o "file:$TAP_TMP/ro"
	says 'and why' 'fail +Read-only file system'
	umount "$TAP_TMP/ro"
	ends_with 'directory missing' $SINK -p runqlat -o "file:$PLACE/no/x"
	ends_with 'file exists' $SINK -p runqlat -o "file:$TAP_TMP/tarsier"
	ends_with 'a good one and a bad one' $SINK -p runqlat -o "file:$PLACE/x" -o file:no/x
	ends_with 'a probe that cannot comes first' $KERNEL -p funclat:function=no_such_function -o file:no/x
	ends_with 'standard output' 0 -p runqlat -o -
	ends_with 'udp without a port' $USAGE -p runqlat -o udp://127.0.0.1
	ends_with 'udp to a port that is none' $USAGE -p runqlat -o udp://127.0.0.1:70000
	is 'in one line' "$(grep -c "'70000' is no port" "$TAP_TMP/err") $(wc -l <"$TAP_TMP/err")" '1 1'
	ends_with 'loopback' 0 -p runqlat -o udp://127.0.0.1:9
	says 'and the interface' 'network +udp://127.0.0.1:9 +ok +lo, 127.0.0.1'
	BEFORE=(unshare --net)
	ends_with 'no route' $SINK -p runqlat -o udp://192.0.2.1:9
	BEFORE=()
}

# It is told what there is, and that nothing could be tried.
test_privilege()
{
	BEFORE=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all)
	ends_with 'ordinary user' $PRIVILEGE
	says 'the reason' 'probe +runqlat +cannot +not allowed to load BPF programs'
	says 'the facts' 'kernel +release +ok'
	ends_with 'ordinary user, a probe that needs no BPF' 0 -p cputime:way=proc
	BEFORE=()
}

# Without the time that it took and other figures that go on.
compared()
{
	sed -E 's/[0-9]+/N/g'
}

test_json()
{
	local status

	ends_with 'text' 0
	compared <"$TAP_TMP/out" | sed -E '/^result/d' >"$TAP_TMP/text"
	ends_with 'JSON' 0 --json
	jq -r '. as $all | ([.probes[] | "probe \(.name) \(if .works then "works by \(.way)" else "cannot" end)"] +
		[.facts[] | "\(.area) \(.name) \(.verdict) \(.value)"])[]' "$TAP_TMP/out" >"$TAP_TMP/json" ||
		bail_out "no JSON"
	is 'the same probes' "$(grep -c . < <(jq -r '.probes[].name' "$TAP_TMP/out"))" \
		"$(grep -c '^probe' "$TAP_TMP/text")"
	is 'the same as the text' "$(compared <"$TAP_TMP/json" | sed -E 's/ +/ /g; s/ cannot.*/ cannot/')" \
		"$(grep -E '^[a-z]' "$TAP_TMP/text" | sed -E 's/; not called.*//; s/ +/ /g; s/ cannot.*/ cannot/')"
	is 'probes that run are seen to' "$(jq -c '[.probes[] | select(.name == "runqlat" or .name == "cputime") |
		.fires]' "$TAP_TMP/out")" '[true,true]'
	ends_with 'JSON of a failure' $KERNEL --json -p funclat:function=no_such_function -o "file:$PLACE/"$'\xff"\x01'
	status=$(jq -r '"\(.status) \(.probes[0].works) \(.probes[0].required) \(.probes[0].reasons | length > 0)"' \
		"$TAP_TMP/out")
	is 'it says so' "$status" "$KERNEL false true true"
}

# What libbpf says is shown to those who ask.
test_verbose()
{
	ends_with 'without -v' $KERNEL -p funclat:function=no_such_function
	is 'no message' "$(wc -c <"$TAP_TMP/err")" 0
	ends_with 'with -v' $KERNEL -v -p funclat:function=no_such_function
	between 'there are some' 1 "$(wc -l <"$TAP_TMP/err")" 1000
}

# bpf() as in kernels built without it.
test_no_bpf()
{
	BEFORE=(strace -f -qq -o "$TAP_TMP/strace" -e trace=bpf -e inject=bpf:error=ENOSYS)
	ends_with 'kernel without bpf()' $KERNEL -p runqlat
	says 'the option is named' 'probe +runqlat +cannot .*CONFIG_BPF_SYSCALL'
	BEFORE=()
}

mount --make-rprivate / || bail_out "cannot make mounts private"
test_all
test_required
test_words
test_outputs
test_privilege
test_json
test_verbose
test_no_bpf
done_testing
