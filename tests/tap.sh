# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# tap.sh - for shell tests, to be sourced by bash: results as TAP on stdout, a directory that goes
# away, and processes that are ended by id
#
#	. tests/tap.sh
#	ok 'it prints help' tarsier help
#	is 'exit status' "$?" 0
#	done_testing
#
# The plan comes last, from done_testing: a script that ends early has none, and fails for that.

TAP_COUNT=0
TAP_FAILED=0
TAP_TMP=$(mktemp -d "${TMPDIR:-/tmp}/tap.XXXXXX") || exit 1

# Bash forgets a child that has ended, so none of these ids can be somebody else's by now.
tap_clean()
{
	local running

	running=$(jobs -pr)
	# shellcheck disable=SC2086 # one word per process
	[ -z "$running" ] || { kill -KILL $running && wait $running; } 2>/dev/null
	rm -rf "$TAP_TMP"
}

trap tap_clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# diag TEXT...: comment lines, ignored by whoever reads the results
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# report STATUS DESCRIPTION: the result of one test; 0 is good
report()
{
	TAP_COUNT=$((TAP_COUNT + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $TAP_COUNT - $2"
		return
	fi
	TAP_FAILED=$((TAP_FAILED + 1))
	echo "not ok $TAP_COUNT - $2"
}

# ok DESCRIPTION COMMAND...: good when it ends with 0; what it prints is shown when it does not
ok()
{
	local what=$1 status

	shift
	"$@" >"$TAP_TMP/.ok" 2>&1
	status=$?
	report "$status" "$what"
	[ "$status" -eq 0 ] || diag "status $status of: $*"$'\n'"$(cat "$TAP_TMP/.ok")"
	return "$status"
}

# is DESCRIPTION GOT WANTED: good when the two are the same text
is()
{
	local status=0

	[ "$2" = "$3" ] || status=1
	report "$status" "$1"
	[ "$status" -eq 0 ] || diag "got:    $2"$'\n'"wanted: $3"
	return "$status"
}

# like DESCRIPTION TEXT REGEX: good when the extended regular expression is found in it
like()
{
	local status=0

	[[ $2 =~ $3 ]] || status=1
	report "$status" "$1"
	[ "$status" -eq 0 ] || diag "got:           $2"$'\n'"no match with: $3"
	return "$status"
}

# between DESCRIPTION LEAST NUMBER MOST: whole numbers
between()
{
	local status=0

	[ "$2" -le "$3" ] && [ "$3" -le "$4" ] || status=1
	report "$status" "$1"
	[ "$status" -eq 0 ] || diag "got $3, wanted $2 to $4"
	return "$status"
}

# skip REASON [DESCRIPTION]: one test that cannot be made here
skip()
{
	TAP_COUNT=$((TAP_COUNT + 1))
	echo "ok $TAP_COUNT - ${2:-not tested} # SKIP $1"
}

# skip_all REASON: nothing of this script can be tested here
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# bail_out REASON: the test itself cannot work, which is a failure
bail_out()
{
	echo "Bail out! $1"
	exit 255
}

# Last line of a script: the plan, and the exit status.
done_testing()
{
	echo "1..$TAP_COUNT"
	exit "$((TAP_FAILED != 0))"
}

# wait_for SECONDS COMMAND...: until it succeeds; status 1 when it does not in that time
wait_for()
{
	local deadline=$((SECONDS + $1 + 1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.02
	done
}

# quickest MOST COMMAND...: the number that it prints, the least of three runs unless one is within MOST.  A
# machine whose host is busy stands still for seconds; it does not do so each time, what is slow is.
quickest()
{
	local most=$1 number least

	shift
	for _ in 1 2 3; do
		number=$("$@") || return
		[ "${least:-$number}" -lt "$number" ] || least=$number
		[ "$least" -gt "$most" ] || break
	done
	echo "$least"
}

# ms_of COMMAND...: the milliseconds that it takes, of the clock on the wall
ms_of()
{
	local begun

	begun=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo $((($(date +%s%N) - begun) / 1000000))
}

# spawn COMMAND...: run it in the background; its id is in $SPAWNED.  Not to be called in $(...).
spawn()
{
	"$@" &
	# shellcheck disable=SC2034 # for the caller
	SPAWNED=$!
}

# end ID: kill what was spawned, and wait until it is gone
end()
{
	{ kill -KILL "$1" && wait "$1"; } 2>/dev/null
}

tap_has_ended()
{
	! jobs -pr | grep -qx "$1"
}

# finish ID [SECONDS]: wait for the end of what was spawned; its exit status, or 124 when it had to
# be killed because it did not end in time (30 s)
finish()
{
	if ! wait_for "${2:-30}" tap_has_ended "$1"; then
		end "$1"
		return 124
	fi
	wait "$1" 2>/dev/null
}

# blocks_of FILE...: their bytes without what is between blocks: pads (0x82) and arrivals (0x84)
blocks_of()
{
	cat "$@" | perl -e 'binmode STDIN; $/ = \64; while (<STDIN>) { print unless /^[\x82\x84]/ }'
}
