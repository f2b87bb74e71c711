#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# listen.sh - the decoder on a real socket, and on what is no recording, as TAP
#
# In the environment: DECODER; SEND, the program made of send.c; and FLEET, that of tests/native/fleet.c.
set -u

decoder=$(realpath "$DECODER")
send=$(realpath "$SEND")
fleet=$(realpath "$FLEET")
golden=$(realpath "$(dirname "$0")/../golden")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # root's listener becomes nobody
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

# kept FILE: the only recording below kept/ holds, but for arrivals, the bytes of FILE
kept() {
	heard "$(echo kept/*/*-0001.tsr)" | cmp - "$1"
}

# bytes_of DIRECTORY: of all recordings in it
bytes_of() {
	cat "$1"/*/*.tsr | wc -c
}

start --until-closed --dir kept
"$send" "$port" "$golden/both.tsr"
is "with --dir it ends as well" ends 0
is "the board's recording holds what was sent" kept "$golden/both.tsr"
is "and it decodes clean" sh -c "'$decoder' kept/* | grep -q '^result: clean'"
is "the report says how much is there" says "^stored: .* 1 files of $(bytes_of kept) bytes" out
# What is no recording of a board is not in its way, and stays.
directory=$(echo kept/*)/directory-0001.tsr
mkdir kept/notaboard kept/0123456789abcdef "$directory"
touch kept/file kept/notaboard/file kept/0123456789abcdef/short "kept/0123456789abcdef/$(printf 'z%.0s' $(seq 32))-0001.tsr" \
	"kept/0123456789abcdef/$(printf '0%.0s' $(seq 32))-x.tsr" "kept/0123456789abcdef/$(printf '0%.0s' $(seq 32))-1.tsr"
start --until-closed --dir kept
"$send" "$port" "$golden/both.tsr"
ends 0
is "what else is there stays" test -f kept/notaboard/file -a -f kept/0123456789abcdef/short
rm -r kept/file kept/notaboard kept/0123456789abcdef "$directory"
is "a second receiver begins a file of its own" test -s "$(echo kept/*/*-0002.tsr)"
is "both are the same recording to the decoder" sh -c "'$decoder' kept/* | grep -q 'session 1 of 1'"
start --dir kept --dir-size 1m
for _ in $(seq 50); do
	cat "$golden/both.tsr"
done >fifty.tsr
for _ in 1 2 3 4 5 6; do
	"$send" "$port" fifty.tsr
done
kill -INT "$listener"
ends 0
is "many blocks are kept" says "^stored: [0-9]* blocks; [0-9]* files of [0-9]* bytes are there, [1-9]" out
is "what is kept is never more than --dir-size" test "$(bytes_of kept)" -le 1048576
is "a directory that cannot be" fails 1 "cannot store in" listen 0 --dir saved.tsr/x
is "a size that is too small" fails 2 "expected SIZE" listen 0 --dir kept --dir-size 1k
is "a size without a directory" fails 2 "goes with --dir" listen 0 --dir-size 1g

# ---- keys

cp "$golden/golden.keys" fleet.keys
chmod 600 fleet.keys
start --until-closed --timeout 5 --keys fleet.keys --save tagged.saved
"$send" "$port" "$golden/tagged.tsr"
is "with keys: blocks that have their tag are taken" ends 0
is "none is refused" says " 0 of them refused" out
heard tagged.saved >heard.tsr
is "and saved as they came" cmp heard.tsr "$golden/tagged.tsr"
start --timeout 1 --keys fleet.keys
"$send" "$port" "$golden/tagged.tsr"
is "once more by another receiver: status 4" ends 4
is "because all came before, as the state says" says "all were refused" err
start --until-closed --timeout 5 --keys fleet.keys --state new.state
"$send" "$port" "$golden/tagged_wrong.tsr"
is "blocks with a wrong tag are not among those used" ends 0
is "but counted by what is wrong" says "^ *2 with a wrong tag" out
start --until-closed --timeout 5 --keys fleet.keys --state sealed.state --dir unsealed
"$send" "$port" "$golden/sealed.tsr"
is "sealed blocks are opened" ends 0
is "and stored as they were before" sh -c "'$decoder' --keys fleet.keys unsealed/* | grep -q '^result: clean'"
start --timeout 1
"$send" "$port" "$golden/sealed.tsr"
is "without keys they are not: status 4" ends 4
is "which is said" says "they are sealed, name the keys with --keys" err
start --timeout 1 --save sealed.saved
"$send" "$port" "$golden/both.tsr"
"$send" "$port" "$golden/sealed.tsr"
is "beside others they are counted" ends 0
is "apart" says " SEALED, not opened" out
is "and saved for whoever has the keys" sh -c "'$decoder' --keys fleet.keys sealed.saved | grep -q 'authentic    yes'"
is "a state without keys" fails 2 "goes with --keys" listen 0 --state new.state
echo "no state" >bad.state
is "a state that is none" fails 1 "--state bad.state: " listen 0 --keys fleet.keys --state bad.state

# ---- what is no recording

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

# fetch PATH [OPTION...]: from the listener's metrics
fetch() {
	page=$1
	shift
	curl -sf --max-time 20 "$@" "http://127.0.0.1:$(sed -n 's/^metrics on port //p' err)$page"
}

# fetches TEXT PATH [OPTION...]
fetches() {
	wanted=$1
	shift
	fetch "$@" | grep -q -- "$wanted"
}

# owned_by NAME PATH
owned_by() {
	[ "$(stat -c %U "$2")" = "$1" ]
}

if command -v curl >/dev/null; then
	start --http 0 --dir served --save metrics.tsr
	"$send" "$port" "$golden/both.tsr"
	says_soon . served/*/*.tsr 2>/dev/null
	fetch /metrics >page.prom
	is "metrics of a board's events" says '^tarsier_events_total{board="arm-board-1".*probe="runqlat",column="delivered".*} 500$' page.prom
	is "a histogram in seconds" says '^tarsier_runqlat_seconds_count{board="arm-board-1".*} 500$' page.prom
	is "what this machine's socket lost, apart" says '^tarsier_receiver_socket_drops 0$' page.prom
	is "OpenMetrics where it is asked for" fetches '^# EOF' /metrics -H 'Accept: application/openmetrics-text' 
	is "an index" fetches /metrics /
	is "one soon after is the same" fetches '^tarsier_receiver_socket_drops 0$' /metrics
	is "HEAD is a question, too" fetches '200 OK' /metrics --head
	is "nothing else is" sh -c "! curl -sf -X POST http://127.0.0.1:$(sed -n 's/^metrics on port //p' err)/metrics"
	fetch /etc/passwd >nothing
	is "and nothing else" test ! -s nothing
	if command -v promtool >/dev/null; then
		is "promtool takes it" promtool check metrics <page.prom
	fi
	if [ "$(id -u)" -eq 0 ]; then
		is "root became nobody" grep -q '^Uid:.65534.65534.65534.65534' "/proc/$listener/status"
		is "without rights" grep -q '^CapEff:.0*$' "/proc/$listener/status"
		is "nor a way to get some" grep -q '^NoNewPrivs:.1' "/proc/$listener/status"
		is "and what it stores is nobody's" owned_by nobody "$(echo served/*/*.tsr)"
	fi
	kill -INT "$listener"
	is "it ends as without metrics" ends 0
fi
is "a user that is not there" fails 1 "cannot become" listen 0 --user no.such.user
is "an address that is not ours, for metrics" fails 1 "cannot serve on" listen 0 --http 192.0.2.1:0

# watch FILE LOCALE OPTION...: FILE is sent to a listener on a terminal of $rows lines, or so many boards are
# there for two seconds; makes screen
rows=20
watch() {
	rm -f err screen
	file=$1
	locale=$2
	shift 2
	LC_ALL=$locale timeout 60 script -qec "stty rows $rows cols 100
		'$decoder' listen 127.0.0.1:0 --timeout 2 $* 2>err" screen \
		>script.log 2>&1 </dev/null &
	listener=$!
	says_soon '^listening on port' err 2>script.log
	port=$(sed -n 's/^listening on port //p' err)
	if [ -f "$file" ]; then
		"$send" "$port" "$file"
	else
		"$fleet" "$port" $$ "$file" 500 2 >/dev/null
	fi
	wait "$listener"
}

# in_order TEXT...: in the bytes that the terminal got
in_order() {
	perl -e 'local $/; open F, "<", "screen" or die; my $all = <F>; my $at = 0;
		for my $text (@ARGV) {
			$text =~ s/\\e/\e/g;
			my $found = index $all, $text, $at;
			die "no \"$text\" behind byte $at\n" if $found < 0;
			$at = $found;
		}' -- "$@"
}

# The longest of the frames that were drawn, in lines.
tallest() {
	perl -e 'local $/; open F, "<", "screen" or die; my $most = 0;
		my (undef, @frames) = split /\e\[H/, <F>;
		for (@frames) {
			s/\e\[(J|\?7h).*//s; # what does not fit is cut off, and with it the J
			my $lines = 1 + tr/\n//;
			$most = $lines if $lines > $most;
		}
		print "$most\n"'
}

if command -v script >/dev/null; then
	watch "$golden/both.tsr" C.UTF-8
	is "a terminal gets a live view, and then the report" \
		in_order '\e[?1049h' 'PROBE' 'runqlat' "$(printf '\342\226\210')" 'BOARD' 'arm-board-1' '\e[?25h' '\e[?1049l' \
		'session 1 of 1' 'result: clean'
	is "which fits the terminal" test "$(tallest)" -le 20
	watch "$golden/both.tsr" C
	is "without UTF-8 it is ASCII" sh -c "! LC_ALL=C grep -qP '[^\x00-\x7f]' screen"
	watch "$golden/hostile_names.tsr" C.UTF-8
	is "names cannot command the terminal" \
		sh -c "! sed '1d; s/\x1b\[[?0-9]*[A-Za-z]//g; s/\r//g' screen | grep -q '[[:cntrl:]]'"
	watch "$golden/two_boards.tsr" C.UTF-8 --dir watched
	is "two boards have a line each" in_order 'BOARD' 'arm-board-1' 'arm-board-2'
	watch "$golden/not_closed.tsr" C --until-closed
	is "of one that goes on, since when it was heard" in_order 'BOARD' 'arm-board-1' 'result: clean'
	watch "$golden/hostile_text.tsr" C.UTF-8
	is "long and foreign names are cut to fit" test "$(tallest)" -le 20
	watch "$golden/hostile_text.tsr" C
	is "and are ASCII without UTF-8" sh -c "! LC_ALL=C sed '/session 1 of/,\$d' screen | grep -qP '[^\x00-\x7f]'"
	watch 60 C.UTF-8
	is "of more boards than fit it says how many there are" says '[.][.][.] and [45][0-9] more' screen
	is "and the last line stays free" test "$(tallest)" -le 20
	rows=60
	watch 3 C.UTF-8
	is "where there is room, each board has its probes" in_order 'BOARD' 'board-1 ' 'runqlat' 'board-2 ' 'runqlat' 'board-3 ' 'runqlat'
	rows=3
	watch 3 C.UTF-8
	is "of a terminal of three lines no fourth one is written" test "$(tallest)" -eq 3
	rows=20
	watch "$golden/both.tsr" C.UTF-8 --plain
	is "--plain turns it off" sh -c "! grep -qF '[?1049h' screen && grep -q 'worker/0 .* 100 ' screen"
fi

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
is "an unknown probe" fails 2 "expected PROBE" --probe nosuch file
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
