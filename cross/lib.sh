# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what the scripts of cross/ and rootfs/ share; sourced, never run
# shellcheck shell=sh

# Everything downloaded or built from downloads lives here, outside the clone.  It may be removed
# at any time, and whatever is found in it is checked against a checksum before it is used.
CACHE=${TARSIER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tarsier}

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$@"
	exit 1
}

# Wait until no other process holds the lock $1, then hold it until this process ends.
# It is released with file descriptor 9, so a child that outlives us must close it.
lock() {
	mkdir -p "$CACHE/lock"
	exec 9>"$CACHE/lock/$1"
	flock 9
}

# A fresh directory beside its final place, so that a rename makes it appear complete or not at all.
# It goes away with this process if it was not renamed.
scratch=
scratch_dir() {
	mkdir -p "$CACHE/tmp"
	# Left by processes that were killed.
	find "$CACHE/tmp" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} +
	scratch=$(mktemp -d "$CACHE/tmp/XXXXXX")
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 1' HUP INT TERM
}

# Is file $1 there with SHA-256 $2?
has_sum() {
	[ -f "$1" ] && echo "$2  $1" | sha256sum --check --status
}

# Is directory $1 exactly what seal_dir left?
is_sealed() {
	[ -f "$1/SHA256SUMS" ] && (cd "$1" && sha256sum --check --status --strict SHA256SUMS)
}

# Write the checksums of the files matching the find expression $3... below $1, move $1 to $2.
seal_dir() {
	from=$1 to=$2
	shift 2
	sums=$(cd "$from" && find . -type f ! -name SHA256SUMS "$@" -exec sha256sum {} + | sort -k 2)
	[ -n "$sums" ] || die "$to: nothing to keep"
	echo "$sums" >"$from/SHA256SUMS"
	mkdir -p "${to%/*}"
	rm -rf "$to"
	mv "$from" "$to"
}
