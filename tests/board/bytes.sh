#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bytes.sh - what a recording writes to flash at its defaults, as the block device counts it
#
# An hour of the board's time, which passes as fast as it sleeps (rootfs/board -i).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

KERNEL=6.12

need_board
for command in mkfs.ext4 mkfs.f2fs; do
	command -v "$command" >/dev/null || skip_all "no command $command on this machine"
done

# bytes_a_day OPTIONS FILE-SYSTEM MKFS-OPTION...: in $BYTES, in 100 kB
bytes_a_day()
{
	local options=$1 fs=$2 disk=$TAP_TMP/disk before after

	shift 2
	rm -f "$disk"
	truncate -s 128M "$disk"
	"mkfs.$fs" -q "$@" "$disk" >/dev/null || bail_out "mkfs.$fs does not work"
	on_board -i -M "$fs" -M crc32c_generic -M crc32_generic -D "$disk" \
		-r "FS=$fs OPTIONS='$options' MOUNT='$MOUNT'; $(cat "$HERE/bytes_job")" >"$TAP_TMP/printed" 2>&1 ||
		bail_out "the job fails: $(tail -n 5 "$TAP_TMP/printed")"
	read -r before after <<<"$(sed -n 's/^sectors //p' "$TAP_TMP/printed" | xargs)"
	BYTES=$(((after - before) * 512 * 24 / 100000))
}

# at_most DESCRIPTION 100-kB OPTIONS FILE-SYSTEM MKFS-OPTION...
at_most()
{
	local what=$1 most=$2

	shift 2
	bytes_a_day "$@"
	between "$what: at most $((most / 10)) MB a day" 1 "$BYTES" "$most"
	diag "$what: $((BYTES / 10)).$((BYTES % 10)) MB a day"
}

MOUNT=defaults
at_most 'ext4, 1 KiB blocks' 300 '' ext4 -b 1024
at_most 'ext4, 4 KiB blocks' 650 '' ext4 -b 4096
at_most 'f2fs' 420 '' f2fs
at_most 'ext4, 4 KiB blocks, -i 30s -S 90s' 300 '-i 30s -S 90s' ext4 -b 4096
at_most 'f2fs, -i 30s -S 90s' 300 '-i 30s -S 90s' f2fs
MOUNT=commit=300
at_most 'ext4, 4 KiB blocks, fast commits' 380 '' ext4 -b 4096 -O fast_commit
done_testing
