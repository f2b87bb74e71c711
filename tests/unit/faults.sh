#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# faults.sh - each call in the decoder that can fail does, one after another: it says so, and nothing breaks
#
# In the environment: FAULT_SWEEP, the program made of fault_sweep.c, which says what is good; FAULT_DEPTH,
# how many callers make a place of their own (2): more take longer.
set -u

cd "$(dirname "$0")/../.." || exit 2
. tests/tap.sh
program=$(realpath "${FAULT_SWEEP:?name the program}")
golden=$PWD/tests/golden
chmod go= "$golden"/*.keys
export ASAN_OPTIONS=exitcode=86

cd "$TAP_TMP" || exit 2

names=()

# sweep NAME OPTION... ARGUMENT...: begun, as many at once as there are CPUs
sweep()
{
	names+=("$1")
	local log=${#names[@]}
	shift
	while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do
		wait -n
	done
	{ timeout 300 "$program" -d "${FAULT_DEPTH:-2}" "$@" >"$log" 2>&1 || echo "status $?" >>"$log.failed"; } &
}

# swept LOG: nothing was bad
swept()
{
	cat "$1"
	[ ! -e "$1.failed" ]
}

sweep 'report' report -j 2 "$golden/both.tsr"
sweep 'report, in steps' report -j 1 --interval 1 "$golden/calls.tsr"
sweep 'report, with keys' -1 report --keys "$golden/golden.keys" "$golden/tagged.tsr"
sweep 'events' events "$golden/events.tsr"
sweep 'top' -1 top --interval 1 "$golden/cputime.tsr"
sweep 'verify' -1 verify "$golden/iopf.tsr"
sweep 'stats' -1 stats -j 1 "$golden/both.tsr"
sweep 'diff' -1 diff --format json "$golden/calls.tsr" "$golden/calls.tsr"
sweep 'merge' merge -o merged.tsr "$golden/both.tsr" "$golden/events.tsr"
for format in json jsonl openmetrics influx chrome gnuplot html; do
	sweep "convert to $format" -1 convert --format "$format" "$golden/both.tsr"
done
for format in csv hgrm svg ctf; do
	sweep "convert to $format, a directory" -1 convert --format "$format" --output made "$golden/both.tsr"
done
sweep 'key' key board board-7 --keys "$golden/board.keys" --slot 1 --out board.key
sweep 'listen' -l -f "$golden/both.tsr" listen 127.0.0.1:0 --until-closed --timeout 5 \
	--save saved.tsr --dir kept --user root
sweep 'listen, with keys' -l -f "$golden/tagged.tsr" listen 127.0.0.1:0 --until-closed --timeout 5 \
	--keys "$golden/golden.keys" --state state
# Its end is not known when the page is asked for: it takes a second, each time.
sweep 'listen, with metrics' -1 -l -f "$golden/not_closed.tsr" listen 127.0.0.1:0 --timeout 1 --http 127.0.0.1:0

wait
for log in "${!names[@]}"; do
	ok "${names[$log]}" swept $((log + 1))
done
done_testing
