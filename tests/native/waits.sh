#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# waits.sh - the waits are the right ones: as many and as long as the kernel itself counted for the
# same processes, both ways of measuring at once
#
# The kernel's figures are run_delay and pcount of /proc/PID/schedstat, summed over all processes of
# a workload by the workload itself.

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

WAYS='sched_info wakeup'

# The kernel takes the end of a wait from its run queue's clock, which after a wake-up may be as old
# as that: its figure is the least, and far too small where the waits are brief.  How old depends on the
# machine: 3 us, and 19 us on a virtual one where each interrupt costs.  Boards compare exactly.
KERNEL_SHORT_NS=30000 # per wait
# Both ways read clocks of their own, at other points of a wake-up and of a switch.
WAYS_APART_NS=600

# The waits of up to 2^n ns that both ways may take for one another.  The kernel notes a preempted
# task as queued since the wake-up that preempts it, which may be some interrupts before the switch.
WOKEN=11
PREEMPTED=15

# A few waits only one side counts: the workload's parent reads its own figures while it still runs,
# and there are machines where the tracepoint does not show some switches of system processes.
UNSEEN=20

need_kernel
need_schedstat
need_programs "$TARSIER" "$WORKLOAD/hogs" "$WORKLOAD/pingpong" "$WORKLOAD/forks" "$LEDGER_CHECK"

recording()
{
	echo "$TAP_TMP/$1.tsr"
}

# figure NAME: what the workload printed
figure()
{
	awk -v name="$1" '$1 == name { print $2 }' "$TAP_TMP/printed"
}

# measure OPTIONS PROGRAM ARGUMENT...: run a workload with a collector for either way beside it,
# each with these options of runqlat.  NAME there is the workload's, which no other process has.
measure()
{
	local options=$1 name=t$$-$2 program=$WORKLOAD/$2 way collectors=()

	shift 2
	ln -sf "$program" "$TAP_TMP/$name"
	for way in $WAYS; do
		rm -f "$(recording "$way")"
		start_collector "$way" -w "$way" -i 0 -p "runqlat:${options/NAME/$name}" \
			-o "file:$(recording "$way")"
		collectors+=("$COLLECTOR")
	done
	"$TAP_TMP/$name" "$@" >"$TAP_TMP/printed" || bail_out "$name $* failed"
	for COLLECTOR in "${collectors[@]}"; do
		stop_collector "$COLLECTOR" ||
			bail_out "the collector failed: $(cat "$TAP_TMP"/*.log)"
	done
	for way in $WAYS; do
		study "$(recording "$way")"
	done
}

hist()
{
	field "$(recording "$1")" runqlat histogram "$2"
}

# What the waits that only one side counted may have been at most.
unseen_ns()
{
	local unseen

	unseen=$(($(figure waits) - $(hist "$1" count)))
	echo $((${unseen#-} * $(hist "$1" max)))
}

check_way()
{
	local what="$1, $2" way=$2 file waits waited unseen

	file=$(recording "$way")
	waits=$(figure waits)
	waited=$(figure waited_ns)
	unseen=$(unseen_ns "$way")
	diag "$what: $(hist "$way" count) waits, $(hist "$way" sum) ns;" \
		"kernel: $waits waits, $waited ns"
	is_whole "$what: whole" "$file"
	between "$what: as many waits as the kernel counted" $((waits * 99 / 100 - UNSEEN)) \
		"$(hist "$way" count)" $((waits * 101 / 100 + UNSEEN))
	between "$what: as long in sum" $((waited * 98 / 100 - unseen)) "$(hist "$way" sum)" \
		$((waited * 102 / 100 + waits * KERNEL_SHORT_NS + unseen))
	between "$what: hardly any without a known start" 0 "$(field "$file" runqlat unstamped)" \
		$((waits / 100))
	is "$what: sum, least and greatest fit the buckets" "$(hist "$way" possible)" 1
	between "$what: no wait longer than the run" 1 "$(hist "$way" max)" \
		"$(field "$file" duration_ns)"
}

same_sum()
{
	local one apart

	one=$(hist sched_info sum)
	apart=$((one * 2 / 100 + $(figure waits) * WAYS_APART_NS + $(unseen_ns sched_info)))
	between "$1: both ways measure the same sum" $((one - apart)) "$(hist wakeup sum)" \
		$((one + apart))
}

# distribution_within_octave WAY WAY ALIKE: the share of waits below any 2^n in one may not exceed
# that below 2^(n+1) in the other by more than a fiftieth, and by what is unseen.  Those below
# 2^ALIKE are all alike.
# shellcheck disable=SC2317 # called by ok
distribution_within_octave()
{
	paste <(grep '^runqlat below' "$(study_of "$(recording "$1")")") \
		<(grep '^runqlat below' "$(study_of "$(recording "$2")")") |
		awk -v unseen="$UNSEEN" -v alike="$3" '{ one[NR] = $4; other[NR] = $8 }
		END {
			if (NR != 64 || !one[NR] || !other[NR])
				exit 1
			for (n = 1; n < NR; n++) {
				next_n = (n - 1 < alike ? alike : n - 1) + 2
				apart = one[n] / one[NR] - other[next_n] / other[NR]
				if (apart > 0.02 + unseen / one[NR]) {
					print "below 2^" n - 1 ": " apart " apart"
					exit 1
				}
			}
		}'
}

# same_distribution DESCRIPTION ALIKE
same_distribution()
{
	ok "$1: no more short waits by sched_info" distribution_within_octave sched_info wakeup "$2"
	ok "$1: no more short waits by wakeup" distribution_within_octave wakeup sched_info "$2"
}

# compare ALIKE WORKLOAD ARGUMENT...: what was measured
compare()
{
	local way alike=$1

	shift
	for way in $WAYS; do
		check_way "$*" "$way"
	done
	same_sum "$*"
	same_distribution "$*" "$alike"
}

# check ALIKE WORKLOAD ARGUMENT...: where this machine is itself a guest, its clocks part for a moment
# whenever it stands still, and all that wait then wait differently long by each of them.  So what
# disagrees once is measured again; a program that measures wrongly does so every time.
check()
{
	local alike=$1

	shift
	for _ in 1 2 3 4; do
		measure comm=NAME "$@"
		(compare "$alike" "$@") >"$TAP_TMP/tried"
		grep -q '^not ok' "$TAP_TMP/tried" || break
		diag "again, because of:" "$(grep -A 2 '^not ok' "$TAP_TMP/tried" | sed 's/^not ok/ no/')"
	done
	compare "$alike" "$@"
}

counts_alike()
{
	local one other

	one=$(hist sched_info count)
	other=$(hist wakeup count)
	echo "sched_info $one, wakeup $other"
	[ "$other" -ge $((one * 98 / 100 - 20)) ] && [ "$other" -le $((one * 102 / 100 + 20)) ]
}

# Without a filter, where the programs may take shorter ways.  The collectors do not begin and end
# at the same time, so that either may have a few waits to itself.
check_all_tasks()
{
	local way

	for _ in 1 2 3 4; do
		measure '' "$@"
		counts_alike >/dev/null && distribution_within_octave sched_info wakeup "$WOKEN" &&
			distribution_within_octave wakeup sched_info "$WOKEN" && break
	done
	for way in $WAYS; do
		is_whole "all tasks, $way: whole" "$(recording "$way")"
		is "all tasks, $way: sum, least and greatest fit the buckets" \
			"$(hist "$way" possible)" 1
		between "all tasks, $way: every wait of the workload" \
			$(($(figure waits) * 99 / 100)) \
			"$(hist "$way" count)" 100000000
		diag "all tasks, $way: $(hist "$way" count) waits, $(hist "$way" sum) ns"
	done
	ok "all tasks: both ways see the same waits" counts_alike
	same_distribution 'all tasks' $WOKEN
}

check $PREEMPTED hogs 1.5 4
check $PREEMPTED hogs 1.5 9
check $WOKEN pingpong 20000
check $WOKEN pingpong 5000 4
check $WOKEN forks 1500
check $WOKEN forks 1500 reuse
check_all_tasks pingpong 40000

# New processes that wait long, and are pulled to another CPU before they first run.
spawn "$WORKLOAD/hogs" 30 3 >/dev/null
check $PREEMPTED forks 100
done_testing
