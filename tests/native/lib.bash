# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# lib.bash - for the tests that run the collector on this machine's kernel
#
# Programs, all built by the Makefile; the environment may name others:
#	TARSIER		the collector for x86-64
#	WORKLOAD	directory of tests/workload's programs
#	LEDGER_CHECK	tests/native/ledger_check.c

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$TOP/tests/tap.sh"

# Tests change the directory, so that paths must not depend on it.
TARSIER=$(realpath -m "${TARSIER:-$TOP/build/x86_64/tarsier}")
WORKLOAD=$(realpath -m "${WORKLOAD:-$TOP/build/x86_64/tests}")
LEDGER_CHECK=$(realpath -m "${LEDGER_CHECK:-$TOP/build/check/ledger_check}")

# What was not built is a failure, not a reason to skip.
need_programs()
{
	local program

	for program; do
		[ -x "$program" ] || bail_out "$program is missing: build it first"
	done
}

need_commands()
{
	local command

	for command; do
		command -v "$command" >/dev/null || skip_all "no command $command on this machine"
	done
}

# What the collector asks of a kernel, found out without it.
need_kernel()
{
	[ "$(uname -m)" = x86_64 ] || skip_all "this machine is not x86-64"
	[ "$(id -u)" = 0 ] || skip_all "not root: BPF programs cannot be loaded"
	[ -r /sys/kernel/btf/vmlinux ] ||
		skip_all "no /sys/kernel/btf/vmlinux: kernel without CONFIG_DEBUG_INFO_BTF"
	need_commands bpftool
	bpftool prog list >/dev/null 2>&1 || skip_all "bpf() is not allowed here"
}

# need_own_mounts ARGUMENT...: the script's; it begins once more, where all that it mounts vanishes with it
need_own_mounts()
{
	[ "$1" = --unshared ] && return
	unshare --mount true 2>/dev/null || skip_all "no mount namespace to be had"
	tap_clean
	exec unshare --mount -- "$0" --unshared
}

need_schedstat()
{
	local pcount

	read -r _ _ pcount </proc/self/schedstat ||
		skip_all "no /proc/self/schedstat: kernel without CONFIG_SCHED_INFO"
	[ "$pcount" -gt 0 ] || skip_all "the kernel keeps no sched_info (boot with delayacct)"
}

# A copy of the collector that other users can run, and $PLACE, where it is started and may leave nothing.
place_collector()
{
	PLACE=$TAP_TMP/place
	BEFORE=() # a command that runs the collector, as in BEFORE=(unshare --net)
	chmod 711 "$TAP_TMP"
	cp "$TARSIER" "$TAP_TMP/tarsier" || bail_out "cannot copy $TARSIER"
	mkdir "$PLACE" || bail_out "cannot make a directory"
}

# run_placed ARGUMENT...: what it says is in $TAP_TMP/out and $TAP_TMP/err
run_placed()
{
	(cd "$PLACE" && timeout 30 "${BEFORE[@]}" "$TAP_TMP/tarsier" "$@") >"$TAP_TMP/out" \
		2>"$TAP_TMP/err" </dev/null
}

# start_collector NAME ARGUMENT...: 'tarsier run ARGUMENT...' in the background, until it records;
# its id is in $COLLECTOR, what it says in $TAP_TMP/NAME.log
start_collector()
{
	local log=$TAP_TMP/$1.log

	shift
	spawn "$TARSIER" run "$@" 2>"$log"
	COLLECTOR=$SPAWNED
	wait_for 20 collector_records_or_ended "$COLLECTOR" "$log"
	grep -q 'recording' "$log" && return
	bail_out "the collector does not start: $(cat "$log")"
}

collector_records_or_ended()
{
	grep -q 'recording' "$2" || tap_has_ended "$1"
}

# stop_collector ID [SIGNAL]: its exit status
stop_collector()
{
	kill -"${2:-TERM}" "$1"
	finish "$1"
}

# Beside the recording there may be no space.
study_of()
{
	echo "$TAP_TMP/${1//\//_}.study"
}

# study RECORDING: let ledger_check say what is in it; field() then asks for it
study()
{
	"$LEDGER_CHECK" "$1" >"$(study_of "$1")" || bail_out "cannot study $1"
}

# field RECORDING NAME...: one number; -1, which fits nowhere, when there is none
field()
{
	local recording=$1

	shift
	awk -v name="$* " -v value=-1 \
		'index($0, name) == 1 && NF == split(name, words) + 1 { value = $NF }
		END { print value }' "$(study_of "$recording")"
}

# order RECORDING: what ledger_check counted where records and blocks were not as they should be
order()
{
	grep -E '^(missing|misplaced|bad|cut|open|first|closing) ' "$(study_of "$1")" | xargs
}

# is_whole DESCRIPTION RECORDING: from the first block to the closing one with nothing missing
is_whole()
{
	is "$1" "$(order "$2")" "missing 0 misplaced 0 bad 0 cut 0 open 0 first 1 closing 1"
}
