#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# btf.sh - the kernel's types from a file: those that will do are used, all others are refused with the
# reason, and without any types and without a mounted tracefs waits are measured all the same

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

USAGE=2
KERNEL_BTF=/sys/kernel/btf/vmlinux
OBJECTS=$TOP/build/x86_64/bpf

need_kernel
need_own_mounts "$@" # the kernel's types and tracefs are hidden below
need_programs "$TARSIER" "$LEDGER_CHECK"
need_commands objcopy

# takes DESCRIPTION FILE WAY ARGUMENT...: it records in this way, and loses nothing
takes()
{
	local what=$1 file=$2 way=$3

	shift 3
	rm -f "$TAP_TMP/taken.tsr"
	start_collector taken ${file:+--btf "$file"} "$@" -p runqlat -p cpudist:process -p offcpu \
		-p runqslower:min=0,prev -o "file:$TAP_TMP/taken.tsr"
	sleep 0.3
	stop_collector "$COLLECTOR"
	is "$what: status" "$?" 0
	is "$what: way" "$(sed -n 's/.*recording runqlat by //p' "$TAP_TMP/taken.log")" "$way"
	study "$TAP_TMP/taken.tsr"
	between "$what: waits" 1 "$(field "$TAP_TMP/taken.tsr" runqlat delivered)" 100000000
	is_whole "$what: the recording" "$TAP_TMP/taken.tsr"
}

# refuses DESCRIPTION FILE REGEX: one line, nothing recorded
refuses()
{
	local status

	timeout 20 "$TARSIER" run --btf "$2" -d 0.1 -o "file:$TAP_TMP/refused.tsr" 2>"$TAP_TMP/err"
	status=$?
	is "$1: status" "$status" $USAGE
	like "$1: reason" "$(cat "$TAP_TMP/err")" "^tarsier: --btf.*$3"
	is "$1: one line" "$(wc -l <"$TAP_TMP/err")" 1
	ok "$1: nothing is recorded" test ! -e "$TAP_TMP/refused.tsr"
}

make_files()
{
	cp $KERNEL_BTF "$TAP_TMP/raw"
	printf 'int main(void) { return 0; }' | gcc -c -x c -o "$TAP_TMP/empty.o" - ||
		bail_out "cannot compile"
	objcopy --add-section .BTF="$TAP_TMP/raw" "$TAP_TMP/empty.o" "$TAP_TMP/elf"
	bpftool gen min_core_btf $KERNEL_BTF "$TAP_TMP/cut" "$OBJECTS"/{myself,sched_raw}.linked.o ||
		bail_out "bpftool makes no cut"
	head -c 2000000 "$TAP_TMP/raw" >"$TAP_TMP/short"
	echo "no types at all" >"$TAP_TMP/text"
	: >"$TAP_TMP/nothing"
	# Types of a program: there is no task_struct.  Of ours: there is one, of another shape.
	cp "$OBJECTS/sched_event.linked.o" "$TAP_TMP/program"
	cp "$OBJECTS/sched_raw.linked.o" "$TAP_TMP/foreign"
}

make_files
takes 'the whole, raw' "$TAP_TMP/raw" raw_sched_info
takes 'the whole, in ELF' "$TAP_TMP/elf" raw_sched_info
takes 'a cut by bpftool' "$TAP_TMP/cut" raw_sched_info
takes 'a cut, by wake-up' "$TAP_TMP/cut" raw_wakeup -w raw_wakeup
takes 'the way by types is left out' '' sched_info
takes 'by events, though there are types' '' event -w event
refuses 'no such file' "$TAP_TMP/missing" 'No such file'
refuses 'a directory' "$TAP_TMP" ''
refuses 'an empty file' "$TAP_TMP/nothing" 'nothing'
refuses 'text' "$TAP_TMP/text" 'text is no BTF'
refuses 'a truncated file' "$TAP_TMP/short" 'short'
refuses 'no ELF section' "$TAP_TMP/empty.o" 'BTF'
refuses "a program's types" "$TAP_TMP/program" 'task_struct'
refuses "another kernel's types" "$TAP_TMP/foreign" "another kernel's"

mount -t tmpfs none /sys/kernel/btf || bail_out "cannot hide the kernel's types"
umount /sys/kernel/tracing /sys/kernel/debug 2>/dev/null
ok 'tracefs is not mounted' test ! -e /sys/kernel/tracing/events
takes 'no types, no tracefs' '' event
like 'no types: told why' "$("$TARSIER" run -v -d 0.1 -o "file:$TAP_TMP/why.tsr" 2>&1)" \
	'CONFIG_DEBUG_INFO_BTF.*--btf FILE'
takes 'no types but from a file' "$TAP_TMP/cut" raw_sched_info
done_testing
