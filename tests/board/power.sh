#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# power.sh - power cuts while it records to ext4 and f2fs: what was made durable is there, and all of
# it but the last moments
#
# usage: tests/board/power.sh [KILLS]	power cuts for each file system (3)
#
# QEMU is killed at a random instant; the next start of the same board hands over what is on the disk.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

KILLS=${1:-3}
KERNEL=6.12
MODULES=(-M crc32c_generic -M crc32_generic)
SYNC_MS=300	# as in power_job; loss is at most that, a snapshot's interval, and
SLACK_MS=500	# what an emulated board takes to sync
LEDGER_CHECK=${LEDGER_CHECK:-$TOP/build/check/ledger_check}

need_board
[ -x "$LEDGER_CHECK" ] || bail_out "$LEDGER_CHECK is missing: build it first"
for command in mkfs.ext4 mkfs.f2fs; do
	command -v "$command" >/dev/null || skip_all "no command $command on this machine"
done

# start FS [last]: the board with its disk, and one more to hand over what is on it
start()
{
	truncate -s 0 "$TAP_TMP/$1.over"
	truncate -s 16M "$TAP_TMP/$1.over"
	spawn on_board -M "$1" "${MODULES[@]}" -D "$TAP_TMP/$1.disk" -D "$TAP_TMP/$1.over" \
		-r "FS=$1 LAST=${2:-}; $(cat "$HERE/power_job")" >"$TAP_TMP/$1.console" 2>&1
	BOARD=$SPAWNED
}

children_of()
{
	cat "/proc/$1/task/$1/children" 2>/dev/null
}

# Below the script is timeout(1), below that is QEMU.
qemu_of()
{
	local child

	for child in $(children_of "$1"); do
		[ "$(cat "/proc/$child/comm")" != qemu-system-aar ] || echo "$child"
		qemu_of "$child"
	done
}

# shellcheck disable=SC2317 # called by wait_for
is_said()
{
	grep -q "$2" "$TAP_TMP/$1.console" || tap_has_ended "$BOARD"
}

cut_power()
{
	local qemu ms=$((RANDOM % 3000))

	wait_for 60 is_said "$1" '^newest'
	sleep "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))"
	qemu=$(qemu_of "$BOARD")
	[ "$qemu" ] || bail_out "$1: no board to cut the power of: $(tail -n 5 "$TAP_TMP/$1.console")"
	kill -KILL "$qemu"
	finish "$BOARD"
	mv "$TAP_TMP/$1.console" "$TAP_TMP/$1.cut"
}

# What the board told of the time between "recording" and the cut, in ms
recorded_ms()
{
	awk '$1 == "up" { now = $2 } /recording/ && !begun { begun = now }
		END { printf "%d\n", begun ? (now - begun) * 1000 : 0 }' "$1"
}

# Of the files that are newer than $2, those of the session that was cut: what ledger_check says.
study_cut()
{
	local file files=()

	for file in "$TAP_TMP/$1.log/log"/*; do
		[ ! -f "$file" ] || [[ ${file##*/} < $2 || ${file##*/} == "$2" ]] || files+=("$file")
	done
	cat /dev/null "${files[@]}" >"$TAP_TMP/$1.session"
	"$LEDGER_CHECK" "$TAP_TMP/$1.session" >"$TAP_TMP/$1.study"
}

field()
{
	awk -v name="$2" '$1 == name && NF == 2 { print $2 }' "$TAP_TMP/$1.study"
}

# check_cut FS WHICH: what the next start handed over against what the board had told until the cut
check_cut()
{
	local console=$TAP_TMP/$1.cut durable newest loss

	durable=$(sed -n 's/.*: \([0-9]*\) records are durable.*/\1/p' "$console" | tail -n 1)
	newest=$(sed -n 's/^newest //p' "$console")
	rm -rf "$TAP_TMP/$1.log"
	mkdir "$TAP_TMP/$1.log"
	gzip -dcq "$TAP_TMP/$1.over" 2>/dev/null | tar -x -C "$TAP_TMP/$1.log"
	study_cut "$1" "$newest"
	between "$1: cut $2: every durable record is there" "${durable:-0}" "$(field "$1" records)" 10000000
	is "$1: cut $2: intact, in order, nothing missing" \
		"$(field "$1" bad) $(field "$1" misplaced) $(field "$1" missing)" '0 0 0'
	find "$TAP_TMP/$1.log/log" -type f -size +0 | grep -q . || return # cut before the first page
	like "$1: cut $2: nothing of earlier sessions is damaged" "$("$DECODER" "$TAP_TMP/$1.log/log")" \
		', 0 damaged ranges'
	[ "${durable:-0}" -gt 0 ] || return
	loss=$(($(recorded_ms "$console") - $(field "$1" duration_ns) / 1000000))
	between "$1: cut $2: no more is lost than $SYNC_MS ms" -1000 "$loss" $((SYNC_MS + SLACK_MS))
	LOSSES+=("$loss")
	DURABLE=$((DURABLE + durable))
	like "$1: cut $2: the decoder names it" "$("$DECODER" "$TAP_TMP/$1.session")" \
		'loss +of up to 0[.]300000 s'
}

# A disk lives through some cuts, so that recordings go on beside what earlier ones left.
test_power()
{
	local cut

	for ((cut = 1; cut <= KILLS; cut++)); do
		if [ $((cut % 10)) = 1 ]; then
			rm -f "$TAP_TMP/$1.disk"
			truncate -s 64M "$TAP_TMP/$1.disk"
			"mkfs.$1" -q "$TAP_TMP/$1.disk" >/dev/null || bail_out "mkfs.$1 does not work"
		fi
		start "$1"
		[ $((cut % 10)) = 1 ] || wait_for 60 is_said "$1" '^newest'
		[ $((cut % 10)) = 1 ] || check_cut "$1" $((cut - 1))
		cut_power "$1"
		[ $((cut % 10)) = 0 ] || [ "$cut" = "$KILLS" ] || continue
		start "$1" last
		finish "$BOARD" 60
		check_cut "$1" "$cut"
	done
}

LOSSES=() DURABLE=0
for fs in ${FILE_SYSTEMS:-ext4 f2fs}; do
	test_power "$fs"
done
diag "loss in ms: $(printf '%s\n' "${LOSSES[@]}" | sort -n | xargs)"
diag "durable records in all sessions that were cut: $DURABLE"
done_testing
