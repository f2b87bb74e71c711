#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# faults.sh - every call that a recording makes on its medium fails, once and for ever: it goes on, and
# counts exactly what is not there
#
# usage: tests/native/faults.sh [CALLS]	at so many calls of each kind (1), drawn by lot; all: at every one

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$TOP/tests/listen.bash"

CALLS=${1:-1}
SYSCALLS='pwrite64 fdatasync fsync openat unlinkat getdents64 fallocate fstatfs newfstatat'
ERRORS=(ENOSPC EIO EROFS)
AT_ONCE=2
LASTS=1	# seconds
SYNC_RECORDS=400	# more than a sync interval has here: what a failed sync leaves unknown
DECODER=$(realpath -m "${DECODER:-$TOP/build/tarsier-decode}")

need_kernel
need_programs "$TARSIER" "$LEDGER_CHECK" "$DECODER"
need_commands strace
cd "$TAP_TMP" || exit
ulimit -c 0

# Recordings of before that fill the budget, so that each new file needs an old one's removal.
prepare()
{
	local number

	mkdir old
	"$TARSIER" run -d 500ms -i 100ms -S 100ms -o file:old,size=256k 2>/dev/null ||
		bail_out "the collector does not work"
	for number in $(seq 2 20); do
		cp -n old/tarsier-00000001.tsr "old/tarsier-$(printf %08d "$number").tsr"
	done
}

# record NAME OUTPUT STRACE-OPTION...: a short recording; its status is in NAME/status
record()
{
	local name=$1 output=$2 status

	shift 2
	timeout -k 1 30 strace -f -qq -o "$name/trace" "$@" \
		"$TARSIER" run -d "$LASTS" -i 100ms -S 100ms -o "$output" 2>"$name/log"
	status=$?
	echo "$status" >"$name/status"
}

# Of the trace of a whole run: how often SYSCALL is called before recording begins, and in all.
count_calls()
{
	awk -v call="$1(" '/tarsier: recording/ && !begun { begun = count + 0 }
		index($2, call) == 1 { count++ }
		END { print begun + 0, count + 0 }' base/trace
}

number_in()
{
	sed -n "s/.*[^0-9]\([0-9]*\) $2.*/\1/p" "$1/log" | tail -n 1
}

# What the recording's own files have: they come after those of before.
stored_in()
{
	local file files=()

	for file in "$1"/log.d/* "$1/file"; do
		[ ! -f "$file" ] || [ -f "old/${file##*/}" ] || files+=("$file")
	done
	cat /dev/null "${files[@]}" | "$LEDGER_CHECK" - >"$1/study"
	awk '$1 == "records" { print $2 }' "$1/study"
}

# wrong NAME: why this run's end is not as it should be
wrong()
{
	local status produced lost stored

	status=$(cat "$1/status")
	produced=$(number_in "$1" 'records in')
	lost=$(number_in "$1" 'not written')
	lost=${lost:-0}
	stored=$(stored_in "$1")
	echo "$produced $lost $stored" >>totals
	[ "$status" = $((lost ? 6 : 0)) ] || echo "$1: status $status, lost $lost: $(tail -n 1 "$1/log")"
	[ "$((stored + lost))" -ge "${produced:-0}" ] ||
		echo "$1: $produced records, $stored stored, but only $lost lost: some are taken for stored"
	case $1 in
	fdatasync.*+.*) ;;
	fdatasync.*) [ "$((stored + lost - produced))" -le "$SYNC_RECORDS" ] ;;
	*) [ "$((stored + lost))" = "$produced" ] ;;
	esac || echo "$1: $produced records, $stored stored, and $lost told as lost"
	grep -qx -e 'bad 0' "$1/study" || echo "$1: damaged records"
	"$DECODER" "$1/log.d" >"$1/report" 2>&1
	case $? in
	0 | 3) ;;
	*) echo "$1: the decoder ends with $?: $(tail -n 1 "$1/report")" ;;
	esac
}

# try OUTPUT SYSCALL ERROR WHEN [STRACE-OPTION...]
try()
{
	local name=$2.$3.$4.$1 output=file:$2.$3.$4.$1/file

	[ "$1" = file ] || output=file:$name/log.d,size=256k,free=0
	for LASTS in 1 2 4 8; do # who is held up makes fewer calls than the run that they were counted in
		rm -rf "$name"
		mkdir "$name"
		cp -r old "$name/log.d"
		record "$name" "$output" --seccomp-bpf -e "trace=$2,pwrite64" -e "inject=$2:error=$3:when=$4" "${@:5}"
		! grep -q INJECTED "$name/trace" || break
	done
	wrong "$name" >>"failures.$2"
	! grep -q INJECTED "$name/trace" || echo "$name" >>"reached.$2"
	rm -r "$name"
}

# One by lot out of each of CALLS equal parts
calls_of()
{
	local first=$1 last=$2 part=1

	[ "$CALLS" = all ] || [ $((last - first)) -lt "$CALLS" ] || part=$(((last - first) / CALLS + 1))
	seq $((first + RANDOM % part)) "$part" "$last"
}

RUNS=0
# Up to AT_ONCE in the background
start_try()
{
	while [ "$(jobs -pr | wc -l)" -ge "$AT_ONCE" ]; do
		wait -n
	done
	RUNS=$((RUNS + 1))
	try "$@" &
}

test_syscall()
{
	local syscall=$1 before all call error which=0

	read -r before all <<<"$(count_calls "$syscall")"
	[ "$all" -gt "$before" ] || { report 1 "$syscall is called while recording"; return; }
	: >"failures.$syscall"
	: >"reached.$syscall"
	for call in $(calls_of $((before + 1)) "$all"); do
		for error in "${ERRORS[@]}"; do
			# one error each, in turn, where not all are wanted
			which=$((which + 1))
			[ "$CALLS" = all ] || [ $((which % 3)) = $((call % 3)) ] || continue
			start_try directory "$syscall" "$error" "$call"
			start_try directory "$syscall" "$error" "$call+"
			case $syscall in
			pwrite64 | fdatasync) start_try file "$syscall" "$error" "$call+" ;;
			esac
		done
	done
	wait
	between "$syscall was made to fail" 1 "$(wc -l <"reached.$syscall")" 100000
	is "$syscall fails: no crash, no hang, exact books" "$(cat "failures.$syscall")" ''
}

# What a page that was not written whole leaves behind cannot even be cut off.
test_truncate()
{
	local error output before page _

	read -r before _ <<<"$(count_calls ftruncate)"
	read -r page _ <<<"$(count_calls pwrite64)"
	: >failures.ftruncate
	: >reached.ftruncate
	for output in directory file; do
		for error in "${ERRORS[@]}"; do
			start_try "$output" ftruncate "$error" "$((before + 1))+" \
				-e "inject=pwrite64:error=ENOSPC:when=$((page + 5))"
		done
	done
	wait
	is 'ftruncate was made to fail' "$(wc -l <reached.ftruncate)" 6
	is 'ftruncate fails: no crash, no hang, exact books' "$(cat failures.ftruncate)" ''
}

# The medium fails for a while: UDP goes on, and so does the file after at most 5 s; what waits is told.
test_goes_on()
{
	local name=goes_on status

	mkdir "$name" "$name/log.d"
	rm -r old # numbers begin anew
	listen "$name/heard" --save "$name/received" --until-closed --timeout 20
	timeout -k 1 40 strace -f -qq -o "$name/trace" --seccomp-bpf -e trace=pwrite64 \
		-e inject=pwrite64:error=EIO:when=5..6 "$TARSIER" run -d 8 -i 100ms -S 100ms \
		-o "file:$name/log.d" -o "udp://127.0.0.1:$PORT" 2>"$name/log"
	status=$?
	finish "$LISTENER"
	is 'a failure for a while: status' "$status" 6
	between 'a failure for a while: it goes on within 6 s' 1 \
		"$(stored_in "$name")" "$(number_in "$name" 'records in')"
	is 'a failure for a while: what is stored and what is told as lost is all' \
		$(($(stored_in "$name") + $(number_in "$name" 'not written'))) \
		"$(number_in "$name" 'records in')"
	is 'a failure for a while: UDP has everything' \
		"$("$LEDGER_CHECK" "$name/received" | awk '$1 == "records" { count += $2 }
			$2 == "arrival" { count -= $3 } END { print count }')" \
		"$(number_in "$name" 'records in')"
	like 'a failure for a while: the loss has its place' "$("$DECODER" "$name/received")" 'file_lost'
}

prepare
mkdir base
cp -r old base/log.d
record base file:base/log.d,size=256k,free=0
is 'without a fault: status' "$(cat base/status)" 0
is 'without a fault: books' "$(wrong base)" ''
for syscall in $SYSCALLS; do
	test_syscall "$syscall"
done
test_truncate
test_goes_on
diag "$RUNS runs, $(cat reached.* | wc -l) with a failure; $(awk '{ p += $1; l += $2; s += $3 } END {
	print p, "records,", s, "stored,", l, "told as lost" }' totals)"
done_testing
