#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# times.sh - histograms of single processes and threads: the right ones, whatever room there is for
# them, and books that balance

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

DECODER=${DECODER:-$TOP/build/tarsier-decode}
need_kernel
need_programs "$TARSIER" "$WORKLOAD/hogs" "$WORKLOAD/forks" "$LEDGER_CHECK" "$DECODER"

# measure NAME OPTIONS WORKLOAD ARGUMENT...: COMM in the options is the workload's, which no other has
measure()
{
	local name=$1 options=$2 comm=t$$-$3 program=$WORKLOAD/$3

	shift 3
	ln -sf "$program" "$TAP_TMP/$comm"
	# shellcheck disable=SC2086 # several words
	start_collector "$name" -i 0 ${options//COMM/$comm} -o "file:$TAP_TMP/$name.tsr"
	"$TAP_TMP/$comm" "$@" >"$TAP_TMP/printed" || bail_out "$comm $* failed"
	stop_collector "$COLLECTOR" || bail_out "the collector failed: $(cat "$TAP_TMP/$name.log")"
	study "$TAP_TMP/$name.tsr"
	"$DECODER" --rows all "$TAP_TMP/$name.tsr" >"$TAP_TMP/$name.report" || :
}

# column NAME PROBE COLUMN of the ledger
column()
{
	field "$TAP_TMP/$1.tsr" "$2" "$3"
}

# headings NAME PATTERN: how many histograms have such a heading
headings()
{
	grep -Ec "^$2" "$TAP_TMP/$1.report"
}

# balanced DESCRIPTION NAME PROBE...
balanced()
{
	local what=$1 name=$2 probe

	shift 2
	for probe; do
		is "$what: $probe: entered = delivered + losses" "$(column "$name" "$probe" entered)" \
			$(($(column "$name" "$probe" delivered) + $(column "$name" "$probe" map_full) +
				$(column "$name" "$probe" unstamped) + $(column "$name" "$probe" missed)))
	done
	is "$what: all that was delivered is in the recording" "$(grep -c UNEXPLAINED "$TAP_TMP/$name.report")" 0
	is_whole "$what: whole" "$TAP_TMP/$name.tsr"
}

# A parent and its 5 children: on a CPU and off it at least once each.
measure thread "-p cpudist:thread,comm=COMM -p offcpu:thread,comm=COMM" hogs 0.3 5
balanced 'by thread' thread cpudist offcpu
between 'by thread: a histogram each' 11 "$(headings thread 'tid = ')" 12

measure process "-p cpudist:process,comm=COMM -p offcpu:process,comm=COMM" hogs 0.3 5
balanced 'by process' process cpudist offcpu
between 'by process: a histogram each' 11 "$(headings process 'pid = ')" 12

# A process that takes another name while it is recorded is called by the last one.
renamed=t$$-hogs
ln -sf "$WORKLOAD/hogs" "$TAP_TMP/$renamed"
start_collector renamed -i 0 -p cpudist:process,keys=1024 -o "file:$TAP_TMP/renamed.tsr"
sh -c "sleep 0.1; exec '$TAP_TMP/$renamed' 0.1 2" >/dev/null &
wait $!
stop_collector "$COLLECTOR" || bail_out "the collector failed: $(cat "$TAP_TMP/renamed.log")"
"$DECODER" --rows all "$TAP_TMP/renamed.tsr" >"$TAP_TMP/renamed.report" || :
is 'renamed: the last name' "$(headings renamed "pid = $! [(]${renamed}[)]")" 1

# More threads than places: those without one are counted, all of them.
measure full "-p cpudist:thread,comm=COMM,keys=4" forks 50
balanced 'too few places' full cpudist
is 'too few places: as many histograms as there are places' "$(headings full 'tid = ')" 4
between 'too few places: the rest is told' 47 "$(column full cpudist map_full)" 100000

measure idle '-p cpudist:idle' hogs 0.3 1
balanced 'idle' idle cpudist
between 'idle: a histogram for each CPU at most' 0 "$(headings idle 'idle, cpu = ')" "$(nproc --all)"

# Blocked is less than off the CPU, for the same process that sleeps and waits.
measure blocked "-p offcpu:comm=COMM,blocked -p runqlat:comm=COMM" forks 200
balanced 'blocked' blocked offcpu runqlat
between 'blocked: nothing longer than the run' 1 \
	"$(field "$TAP_TMP/blocked.tsr" offcpu histogram max)" \
	"$(field "$TAP_TMP/blocked.tsr" duration_ns)"

# All probes of the switch at once.
measure all '-p runqlat -p runqslower:min=1000,prev -p cpudist:process -p offcpu' hogs 0.3 5
balanced 'all at once' all runqlat cpudist offcpu
done_testing
