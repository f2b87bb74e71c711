#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# flakey.sh - records to a medium that stops to work and comes back (dm-flakey): it goes on by itself,
# and what it calls stored is there
#
# usage: tests/board/flakey.sh [CYCLES]	outages of each kind (3)

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

CYCLES=${1:-3}
KERNEL=6.12
MODULES=(-M crc32c_generic -M crc32_generic -M dm_flakey)
LEDGER_CHECK=${LEDGER_CHECK:-$TOP/build/check/ledger_check}
SYNC_RECORDS=4000	# more than a sync interval has here: what a failed sync leaves unknown
RECOVERS_S=60

need_board flakey
[ -x "$LEDGER_CHECK" ] || bail_out "$LEDGER_CHECK is missing: build it first"
command -v mkfs.ext4 >/dev/null || skip_all "no command mkfs.ext4 on this machine"

number()
{
	sed -n "s/.*[^0-9]\([0-9]*\) $1.*/\1/p" "$TAP_TMP/printed" | tail -n 1
}

field()
{
	awk -v name="$1" '$1 == name && NF == 2 { print $2 }' "$TAP_TMP/study"
}

# The longest time from the medium working again to records that are durable again, in s
recovery_s()
{
	awk '$1 == "up" && $3 == "works" { since = $2 }
		$1 == "up" && $3 == "recorded" && $2 - since > most { most = $2 - since }
		END { printf "%d\n", most + 0.999 }' "$TAP_TMP/printed"
}

# try NAME FEATURE...: runs the job; what is on the medium is then in $TAP_TMP/log
try()
{
	local name=$1 status

	shift
	rm -rf "$TAP_TMP/disk" "$TAP_TMP/over" "$TAP_TMP/log"
	truncate -s 64M "$TAP_TMP/disk"
	truncate -s 16M "$TAP_TMP/over"
	mkfs.ext4 -q "$TAP_TMP/disk" || bail_out "mkfs.ext4 does not work"
	on_board -t $((60 + CYCLES * 30)) -M ext4 "${MODULES[@]}" -D "$TAP_TMP/disk" -D "$TAP_TMP/over" \
		-r "FS=ext4 HOW='$*' CYCLES=$CYCLES; $(cat "$HERE/flakey_job")" >"$TAP_TMP/printed" 2>&1
	status=$?
	is "$name: the board comes through" "$status" 0 || diag "$(tail -n 20 "$TAP_TMP/printed")"
	gzip -dcq "$TAP_TMP/over" 2>/dev/null | tar -x -C "$TAP_TMP"
	cat /dev/null "$TAP_TMP"/log/*.tsr >"$TAP_TMP/session"
	"$LEDGER_CHECK" "$TAP_TMP/session" >"$TAP_TMP/study"
	between "$name: it records again by itself" 0 "$(recovery_s)" "$RECOVERS_S"
	diag "$name: recorded again within $(recovery_s) s"
	is "$name: that many times" "$(grep -c 'recorded again' "$TAP_TMP/printed")" "$CYCLES"
}

# Each failure is known to the collector: its books have to agree with the medium.
test_errors()
{
	local produced lost stored

	try "$@"
	produced=$(number 'records in')
	lost=$(number 'not written')
	stored=$(field records)
	is "$1: the end tells that records were lost" "$(sed -n 's/^status //p' "$TAP_TMP/printed")" 6
	between "$1: what is stored and what is told as lost is all" "${produced:-1}" $((stored + ${lost:-0})) \
		$((produced + CYCLES * SYNC_RECORDS))
	is "$1: nothing is damaged, nothing out of order" "$(field bad) $(field misplaced)" '0 0'
	like "$1: the decoder has a place for the loss" "$("$DECODER" "$TAP_TMP/log")" 'file_lost'
	diag "$1: $produced records, $stored stored, ${lost:-0} told as lost"
}

# The device says that all is well, and it is not.  No program can know; the decoder names what is missing.
test_lies()
{
	local produced stored missing

	try "$@"
	produced=$(number 'records in')
	stored=$(field records)
	missing=$(field missing)
	is "$1: the collector goes on" "$(sed -n 's/^status //p' "$TAP_TMP/printed")" 0
	"$DECODER" "$TAP_TMP/log" >"$TAP_TMP/report" 2>&1
	is "$1: the decoder says that something is missing" "$?" 3
	is "$1: what is there and what is missing is all" $((stored + missing)) "$produced"
	diag "$1: $produced records, $stored stored, $missing missing"
}

test_errors 'writes fail' error_writes
test_errors 'all fails'
test_lies 'writes are dropped' drop_writes
done_testing
