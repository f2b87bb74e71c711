#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# funclat.sh - kernel functions on this machine: what is said about those that cannot be measured, and
# every call of one that can be

# shellcheck source-path=SCRIPTDIR source=lib.bash
. "$(dirname "$0")/lib.bash"

need_kernel
need_programs "$TARSIER" "$WORKLOAD/syscalls" "$LEDGER_CHECK"

# refuses PROBE: what is said in $SAID, the exit status in $STATUS
refuses()
{
	SAID=$("$TARSIER" run -d 0.1 -p "$1" -o "file:$TAP_TMP/none.tsr" 2>&1)
	STATUS=$?
}

refuses funclat
is 'no function: status' "$STATUS" 2
like 'no function: one line that says how to name one' "$SAID" '^tarsier: -p funclat: .*function=[^
]*$'

refuses funclat:function=vfs_raed
is 'no such function: status' "$STATUS" 4
like 'no such function: near names' "$SAID" \
	'no function vfs_raed; names like it: vfs_read, vfs_readv'
is 'no such function: no more lines' "$(wc -l <<<"$SAID")" 1

refuses funclat:function=vfs_read.part.99
is 'a part of a function: status' "$STATUS" 4
is 'a part of a function: one line' "$(wc -l <<<"$SAID")" 1

refuses funclat:function=vfs_read
if [ "$STATUS" = 4 ]; then
	is 'a function that cannot be probed: one line' "$(wc -l <<<"$SAID")" 1
	like 'a function that cannot be probed: why, by either way' "$SAID" \
		'funclat: cannot attach: fexit: .*; kprobe: '
	skip 'neither fentry programs nor kprobes on this machine' 'calls are counted'
	done_testing
fi

# losses RECORDING PROBE: the sum of all columns of its ledger behind the first two
losses()
{
	awk -v probe="$2" '$1 == probe && NF == 3 && $2 != "entered" && $2 != "delivered" {
		sum += $3 } END { print sum + 0 }' "$(study_of "$1")"
}

file=$TAP_TMP/reads.tsr
start_collector reads -i 0 -p funclat:function=vfs_read,comm=syscalls -p picknext -o "file:$file"
"$WORKLOAD/syscalls" read 10000 || bail_out 'the workload fails'
stop_collector "$COLLECTOR"
is 'the collector ends well' $? 0
study "$file"
is 'every read is counted' "$(field "$file" funclat delivered)" 10000
for probe in funclat picknext; do
	is "$probe: entered = delivered + losses" "$(field "$file" "$probe" entered)" \
		$(($(field "$file" "$probe" delivered) + $(losses "$file" "$probe")))
done
between 'picks are counted' 1 "$(field "$file" picknext delivered)" 1000000000
done_testing
