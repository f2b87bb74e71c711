#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# http.sh - listen --http among clients that mean no good: boards lose nothing, and who asks for metrics gets them
#
# In the environment: DECODER, and FLEET, the program made of tests/native/fleet.c.

# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$(dirname "$0")/../listen.bash"

DECODER=$(realpath "${DECODER:?name the program}")
FLEET=$(realpath "${FLEET:?name the program}")
CROWD=$(realpath "$(dirname "$0")/crowd.pl")
type curl >/dev/null 2>&1 || skip_all "curl is not installed"
chmod 755 "$TAP_TMP"
cd "$TAP_TMP" || bail_out "no directory"

# serve NAME: sets LISTENER, PORT and METRICS
serve()
{
	ASAN_OPTIONS=quarantine_size_mb=8 listen "$1" --rows 0 --http 0
	METRICS=$(sed -n 's/^metrics on port //p' "$1.err")
}

# crowd NAME ARGUMENT...: of crowd.pl, but for the port
crowd()
{
	local name=$1

	shift
	spawn "$CROWD" "$METRICS" "$@" >"$name.crowd"
	CROWDS+=("$SPAWNED")
}

# Of an honest client's request for metrics, which waits for as long as Prometheus does
status()
{
	curl -s -o page -w '%{http_code}' --max-time 10 "http://127.0.0.1:$METRICS/metrics" ||
		echo ' and not whole'
}

# says BYTES...: printf's; what is answered to them, until the connection ends
says()
{
	# shellcheck disable=SC2059 # it is a format
	printf "$@" >request # and then in one piece: what comes after the answer would reset the connection
	(exec 3<>"/dev/tcp/127.0.0.1/$METRICS" && cat request >&3 && timeout 10 tr -d '\r' <&3) 2>/dev/null
}

# What twenty honest requests come to
statuses()
{
	for _ in {1..20}; do
		status
		echo
		sleep 0.2
	done | sort | uniq -c | xargs
}

# Connections of process $1, beside its own two sockets
count_clients()
{
	echo $(($(find "/proc/$1/fd" -lname 'socket:*' 2>/dev/null | wc -l) - 2))
}

# Those of process $1 as time goes by, for so many seconds: lines of a second and a number
watch_clients()
{
	local begun=$SECONDS

	while [ $((SECONDS - begun)) -le "$2" ]; do
		echo "$((SECONDS - begun)) $(count_clients "$1")"
		sleep 0.5
	done
}

# clients FIRST LAST: how many the few were from one second to another: each number once
clients()
{
	awk -v first="$1" -v last="$2" '$1 >= first && $1 <= last { print $2 }' few.clients | sort -un | xargs
}

rss_kb()
{
	awk '/^VmRSS/ { print $2 }' "/proc/$LISTENER/status"
}

# ---- few, for as long as they are let: a page is greater than what the kernel holds for a connection

CROWDS=()
serve few
few=$LISTENER
"$FLEET" "$PORT" "$LISTENER" 400 2000 1 >few.sent || bail_out "cannot send"
is 'metrics are there' "$(status)" 200
for manner in idle drip deaf sip; do
	crowd "few.$manner" 3 30 "$manner"
done
sleep 1
is 'a few clients of each kind are served' "$(count_clients "$LISTENER")" 12
spawn watch_clients "$LISTENER" 28 >few.clients
watch=$SPAWNED
like 'garbage is no request' "$(says '\0\1\2\3\r\n\r\n' | head -n 1)" '^(HTTP/1.. 400 .*|)$'
like 'headers without an end are refused' "$(says 'GET /metrics HTTP/1.1\r\nHost: x\r\nA: %040000d\r\n\r\n' 0 | head -n 1)" '^(HTTP/1.1 431 .*|)$'
like 'so is an address without one' "$(says 'GET /%040000d HTTP/1.1\r\nHost: x\r\n\r\n' 0 | head -n 1)" '^(HTTP/1.1 414 .*|)$'
like 'POST is not allowed' "$(says 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc')" '^HTTP/1.1 405 .*Allow: GET, HEAD'
like 'there is no other path' "$(says 'GET /metrics/.. HTTP/1.1\r\nHost: x\r\n\r\n')" '^HTTP/1.1 404 '
is 'HEAD gets the head' "$(says 'HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n' | sed -n '1p; s/^tarsier.*//p')" 'HTTP/1.1 200 OK'
is 'of several requests at once the first is answered' \
	"$(says 'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n' | grep -c '^HTTP/1.1 200')" 1
is 'and an honest one after them' "$(status)" 200

# ---- many, and boards that send meanwhile

few_crowds=("${CROWDS[@]}")
few_port=$METRICS
serve many
spawn "$FLEET" "$PORT" "$LISTENER" 100 1000 10 >many.sent 2>&1
fleet=$SPAWNED
is 'metrics are there, before a crowd is' "$(status)" 200
fds=$(find "/proc/$LISTENER/fd" | wc -l)
rss=$(rss_kb)
crowd many.idle 150 9 idle again
crowd many.drip 150 9 drip again 127.0.0.2
crowd many.deaf 60 9 deaf again 127.0.0.3
crowd many.hurry 5 9 hurry again 127.0.0.4
sleep 1
# from the host of those that are idle
is 'an honest client is served in a crowd' "$(statuses)" '20 200'
# 64 connections, a few more that are not closed yet, and a page for each of the last few
between 'descriptors do not add up' 0 $(($(find "/proc/$LISTENER/fd" | wc -l) - fds)) 90
between 'nor does memory, in KiB' -65536 $(($(rss_kb) - rss)) 65536
kill -INT "$LISTENER"
begun=$SECONDS
finish "$LISTENER"
between 'seconds to end, in a crowd' 0 $((SECONDS - begun)) 3
is 'the report is there' "$(grep -c '^result: ' many.out)" 1
diag "$(tail -n 3 many.*.crowd | xargs)"
finish "$fleet"
blocks=$(sed -n 's/^blocks: .* \([0-9]*\) missing, 0 twice$/\1/p' many.out | sort -rn | head -n 1)
is 'and no board lost a block' "$(grep -c '^blocks: ' many.out), ${blocks:-none} missing" '100, 0 missing'

# ---- the few again

LISTENER=$few
METRICS=$few_port
for id in "$watch" "${few_crowds[@]}"; do
	finish "$id"
done
is 'those that say or take nothing are hung up on, the others are not' "$(clients 9 16)" 6
is 'until they have taken too long' "$(clients 25 28)" 0
is 'and metrics are there' "$(status)" 200
kill -INT "$LISTENER"
finish "$LISTENER"
is 'it ends well' "$?" 0
done_testing
