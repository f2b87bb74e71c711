#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long.sh - long work: Ctrl-C shows what is known by then, a terminal sees how far it is, and memory
# does not grow with the input
#
# In the environment: DECODER, GENERATE.
set -u

cd "$(dirname "$0")/../.." || exit 2
generate=$(realpath "${GENERATE:?name the generator}")
. tests/peak.bash
. tests/unit/decoder.bash

# stopped ARGUMENT...: the decoder reads what the pipe `in` brings, the first $PREFIX bytes of
# both.tsr, and is stopped by Ctrl-C when there is nothing more to come by
stopped()
{
	local feeder pid

	rm -f in
	mkfifo in
	{ head -c "$PREFIX" "$golden/both.tsr"; exec sleep 60; } >in &
	feeder=$!
	# a shell's background children ignore SIGINT, and so would the decoder
	env --default-signal=INT "$decoder" "$@" <in >out 2>err &
	pid=$!
	for _ in $(seq 200); do
		[ "$(awk '/^rchar/ { print $2 }' /proc/$pid/io)" -ge "$PREFIX" ] &&
			grep -q '^State:.S' /proc/$pid/status && break
		sleep 0.05
	done
	sleep 0.1
	kill -INT $pid
	wait $pid
	STATUS=$?
	kill $feeder
	wait $feeder 2>/dev/null
}

# ---- Ctrl-C

PREFIX=3200
head -c $PREFIX "$golden/both.tsr" >prefix.tsr
"$decoder" report prefix.tsr >prefix.out
stopped report -
is 'Ctrl-C: the status says that something is missing' "$STATUS" 3
is 'Ctrl-C: it is said' "$(grep -c '^reading was stopped' out)" 1
is 'Ctrl-C: what is known by then is all there' \
	"$(diff <(grep -v '^reading was stopped' out) prefix.out)" ''
is 'Ctrl-C: nothing else is complained of' "$(cat err)" ''
PREFIX=$((3200 + 20))
stopped report -
is 'Ctrl-C within a record: it is not called damaged' "$(grep -c '0 damaged ranges' out)" 1
PREFIX=3200
stopped events -
is 'Ctrl-C, events: status' "$STATUS" 3
like 'Ctrl-C, events: it is said' "$(cat err)" 'reading was stopped'
stopped report --format json -
is 'Ctrl-C, JSON: it says so' "$(jq -c '.input | [.stopped, .clean]' out)" '[true,false]'
is 'without it: not' "$("$decoder" report --format json "$golden/both.tsr" | jq -c .input.stopped)" false
PREFIX=0
stopped report -
is 'Ctrl-C before the first byte: status' "$STATUS" 3
is 'Ctrl-C before the first byte: not called no recording' "$(cat err)" ''

# What was never written is read slowly enough to be stopped.
"$generate" --bench 100000000 >big.tsr
truncate -s 250000000 big.tsr

# Files that are decoded by threads: whatever had been merged by then is whole.
threads()
{
	local pid

	env --default-signal=INT "$decoder" report --jobs 2 big.tsr >out 2>err &
	pid=$!
	sleep 0.7
	kill -INT $pid
	wait $pid
	STATUS=$?
}
threads
is 'Ctrl-C, threads: status' "$STATUS" 3
is 'Ctrl-C, threads: it is said' "$(grep -c '^reading was stopped' out)" 1
is 'Ctrl-C, threads: nothing is called missing' "$(grep -c ' 0 missing, 0 twice' out)" 2
env --default-signal=INT "$decoder" merge -o merged.tsr big.tsr 2>err &
pid=$!
sleep 0.7
kill -INT $pid
wait $pid
is 'Ctrl-C, merge: status' "$?" 1
is 'Ctrl-C, merge: what becomes of it' "$(cat err)" 'tarsier-decode: merged.tsr: stopped: nothing was written'
is 'Ctrl-C, merge: and nothing is left' "$(echo merged.tsr*)" 'merged.tsr*'

# ---- a terminal

# on_terminal COMMAND: standard error, and what else is not sent elsewhere, is a terminal
on_terminal()
{
	script -qec "$1" typescript >/dev/null </dev/null
	tr '\r' '\n' <typescript
}

# What is told takes a second to come: on a machine that is too fast for that, the program stands still for it.
slowly='& sleep 0.1; kill -STOP $!; sleep 1.2; kill -CONT $!; wait'
on_terminal "'$decoder' report --jobs 1 big.tsr >out $slowly" >seen
like 'a terminal is told how far it is' "$(cat seen)" \
	'[0-9.]+ of 250\.0 MB, [0-9]+ %, [0-9.]+ MB/s, [0-9]+ s left'
is 'and the line goes' "$(grep -v '^Script done' seen | grep . | tail -1)" $'\e[K'
on_terminal "cat big.tsr | '$decoder' report - >out $slowly" >seen
like 'of a pipe nobody knows how much there is' "$(grep -m 1 MB seen)" '[0-9.]+ MB, [0-9.]+ MB/s$'
on_terminal "'$decoder' report '$golden/both.tsr' >out" >seen
is 'who is done soon is told nothing' "$(grep -c 'MB' seen)" 0
"$decoder" report --jobs 1 big.tsr >out 2>err
is 'nor is a file' "$(cat err)" ''
rm big.tsr

# ---- memory

# In the place of a shell, as it is looked at.
report_many()
{
	ASAN_OPTIONS=quarantine_size_mb=1 exec "$decoder" report --jobs 1 "$1" >out 2>err
}
"$generate" --sessions 200000 >many.tsr
some=$(peak_kib report_many many.tsr)
"$generate" --sessions 1000000 >million.tsr
million=$(peak_kib report_many million.tsr)
diag "a report of 200,000 sessions takes $some KiB, of 1,000,000 $million KiB"
ok 'a million sessions take no more memory than a fifth of it' [ "$million" -lt $((some * 5 / 4)) ]
is 'and those that are not shown are counted' \
	"$(grep -c '^more sessions, .*: 1991808 records passed over' out)" 1
done_testing
