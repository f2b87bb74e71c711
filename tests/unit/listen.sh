#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# listen.sh - the decoder on a real socket, and on what is no recording, as TAP
#
# In the environment: DECODER, and SEND, the program made of send.c.
set -u

decoder=$(realpath "$DECODER")
send=$(realpath "$SEND")
golden=$(realpath "$(dirname "$0")/../golden")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
number=0
failed=0

# is WHAT COMMAND...: one line of TAP; what went wrong is shown
is() {
	what=$1
	shift
	number=$((number + 1))
	if "$@" >is.log 2>&1; then
		echo "ok $number - $what"
	else
		echo "not ok $number - $what"
		for log in is.log out err; do
			[ -f $log ] && sed "s/^/# $log: /" $log
		done
		failed=1
	fi
}

# start OPTION...: sets $listener and $port
start() {
	rm -f out err
	"$decoder" listen 127.0.0.1:0 "$@" >out 2>err &
	listener=$!
	tries=0
	until grep -q '^listening on port' err 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -gt 100 ] && break
		sleep 0.05
	done
	port=$(sed -n 's/^listening on port //p' err)
}

# ends STATUS: the listener has ended with it
ends() {
	wait "$listener"
	got=$?
	[ $got -eq "$1" ] || { echo "exit status $got, expected $1"; return 1; }
}

# says TEXT FILE
says() {
	grep -q -- "$1" "$2"
}

# fails STATUS TEXT ARGUMENT...: the decoder says it in a single line
fails() {
	expected=$1
	text=$2
	shift 2
	"$decoder" "$@" >out 2>err
	got=$?
	[ $got -eq "$expected" ] || { echo "exit status $got, expected $expected"; return 1; }
	[ "$(wc -l <err)" -eq 1 ] || { echo "more than a line"; return 1; }
	says "$text" err
}

# says_soon TEXT FILE: while the listener goes on
says_soon() {
	tries=0
	until says "$1" "$2"; do
		tries=$((tries + 1))
		[ $tries -gt 200 ] && return 1
		sleep 0.05
	done
}

# same_report FILE: what was heard live is what the file says
same_report() {
	"$decoder" --rows all "$1" >file.out
	grep -v '^datagrams: ' out | cat -s >heard.out
	cat -s file.out | diff - heard.out
}

# heard FILE: a saved file without the receiver's own records
heard() {
	perl -e 'local $/ = \64; while (<>) { print unless ord == 0x84 }' "$1"
}

# dated FILE: the session started when it was sent, about: its seconds are sent in no time
dated() {
	date=$(sed -n 's/^  started *\(.*\)\..* UTC$/\1/p' "$1")
	seconds=$(date -u -d "$date" +%s) || return 1
	echo "started $date, sent from $before on"
	[ "$seconds" -ge $((before - 10)) ] && [ "$seconds" -le "$(date +%s)" ]
}

start --until-closed --save saved.tsr
"$send" "$port" "$golden/both.tsr"
is "ends when the session has closed" ends 0
heard saved.tsr >heard.tsr
is "the saved file holds what was sent" cmp heard.tsr "$golden/both.tsr"
is "and when it came" test "$(wc -c <saved.tsr)" -gt "$(wc -c <heard.tsr)"
is "blocks of every size up to the greatest arrive whole" says "0 of them without records" out
is "hearing and reading give the same report" same_report "$golden/both.tsr"

before=$(date +%s)
start --until-closed --save clockless.tsr
"$send" "$port" "$golden/no_clock.tsr"
is "a board without a clock ends as well" ends 0
is "and is dated by when it was heard" dated out
is "which is said" says "clock        by arrival" out
"$decoder" clockless.tsr >clockless.out
sed -n '/^  started/,/^  clock/p' out >when.live
sed -n '/^  started/,/^  clock/p' clockless.out >when.saved
is "the saved file dates it the same" cmp when.live when.saved

# What a sender claims to have received dates nothing.
start --until-closed
"$send" "$port" "$golden/clock_arrival.tsr"
ends 0
is "arrivals that are sent are ignored" dated out

start --timeout 1
head -c 777 /dev/zero >garbage
"$send" "$port" garbage 100
"$send" "$port" "$golden/histogram.tsr"
is "garbage among the datagrams is counted, not damage" ends 0
is "and named" says "8 of them without records" out

start --timeout 1
"$send" "$port" garbage
is "nothing but garbage: status 4" ends 4
is "and says so" says "no Tarsier records in 1 datagram" err

start --timeout 1
is "nothing at all: status 4" ends 4

start --until-closed --timeout 5
"$send" "$port" "$golden/duplicated.tsr"
is "datagrams twice and out of order lose nothing" ends 0

start --until-closed
"$send" "$port" "$golden/lost_block.tsr"
is "a lost datagram: status 3" ends 3
is "and is counted" says "14 missing" out

start --until-closed
"$send" "$port" "$golden/two_boards.tsr"
is "two boards: ends when both have closed" ends 0
is "and tells them apart" says "session 2 of 2: board arm-board-2" out

start
"$send" "$port" "$golden/not_closed.tsr"
tries=0
kill -TERM "$listener"
is "SIGTERM ends it with a report" ends 0
is "which says that the board may go on" says "what happened on the board after this is unknown" out

start
"$send" "$port" "$golden/events.tsr"
is "rows are there while it listens" says_soon "worker/0 .* 100 " out
kill -INT "$listener"
is "SIGINT ends it as well" ends 0

start --interval 3
"$send" "$port" "$golden/steps.tsr"
is "so are steps, of each board" says_soon "runqlat, session 2, board arm-board-2, 00:00:08.250009 to" out
kill -INT "$listener"
is "and the report follows" ends 3

start
is "a port in use: status 1" fails 1 "the port is in use" listen "127.0.0.1:$port"
kill -INT "$listener"
wait "$listener"

is "an existing file is not overwritten" fails 1 "the file exists" listen 0 --save saved.tsr
is "no such directory to save to" fails 1 "No such file" listen 0 --save no/where
is "a host that does not resolve" fails 1 "cannot listen on" listen no.such.host.invalid:5000
is "a port that is none" fails 1 "expected PORT" listen 99999
is "an address that is not ours" fails 1 "cannot listen on" listen 192.0.2.1:0

mkdir empty mixed
: >void
head -c 4096 "$decoder" | tr '\000-\177' '\200-\377' >random
echo "Not a recording." >notes.txt
cp "$golden/both.tsr" notes.txt mixed
is "no such file" fails 1 "No such file" no.such.file
is "a directory without files" fails 4 "no file in this directory" empty
is "an empty file" fails 4 "the file is empty" void
is "random bytes" fails 4 "no Tarsier records in 4096 bytes" random
is "a text file" fails 4 "this is a text file" notes.txt
is "a directory with something else in it" fails 0 "notes.txt: no Tarsier records" mixed
is "a file without records beside one with" fails 3 "the file is empty" void "$golden/both.tsr"
is "an unknown option" fails 2 "unknown or misused option --nosuch" --nosuch
is "an unknown letter" fails 2 "unknown or misused option -x" -x file
is "a value is missing" fails 2 "a value is missing for --rows" --rows
is "a value that does not fit" fails 2 "expected us|ms|ns" --unit s file
is "steps that are too short" fails 2 "expected TIME" --interval 0.0001 file
is "an unknown probe" fails 2 "expected NAME" --probe nosuch file
is "nothing to read" fails 2 "name a file"
is "a port and a file" fails 2 "name a port" listen 0 file
is "an option of another command" fails 2 "not an option of report, but of listen" --save x file
is "a report that cannot be written" sh -c "'$decoder' '$golden/both.tsr' >/dev/full; [ \$? -eq 1 ]"
is "help goes to standard output" sh -c "'$decoder' listen --help | grep -q until-closed"
is "standard input" sh -c "'$decoder' - <'$golden/both.tsr' | grep -q 'result: clean'"
if [ "$(id -u)" -ne 0 ]; then
	cp saved.tsr secret.tsr
	chmod 0 secret.tsr
	is "a file without permission" fails 1 "Permission denied" secret.tsr
fi

echo "1..$number"
exit $failed
