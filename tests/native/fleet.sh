#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fleet.sh - a thousand boards at once: nothing is lost, a datagram costs so little that one CPU takes
# 300,000 a second, files and metrics hold none of them up, and forged sessions take no board's place
#
# FLEET_DECODER, which is not one built for tests; FLEET_RATE datagrams a second (50000), FLEET_SECONDS
# (4).  What is asked of the whole machine depends on who else uses it: the cost is of CPU time.

# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source-path=SCRIPTDIR source=../listen.bash
. "$(dirname "$0")/../listen.bash"

TOP=$(cd "$(dirname "$0")/../.." && pwd)
DECODER=$(realpath -m "${FLEET_DECODER:-$TOP/build/tarsier-decode}")
FLEET=$(realpath -m "${FLEET:-$TOP/build/check/fleet}")
RATE=${FLEET_RATE:-50000}
SECONDS_SENT=${FLEET_SECONDS:-4}
BOARDS=1000

[ -x "$DECODER" ] || bail_out "$DECODER is missing: build it first"
[ -x "$FLEET" ] || bail_out "$FLEET is missing: build it first"
[ -r /proc/self/schedstat ] || skip_all "no /proc/self/schedstat: kernel without CONFIG_SCHED_INFO"
chmod 755 "$TAP_TMP"
cd "$TAP_TMP" || bail_out "no directory"

# whole NAME: every session of the report is there from its first block to its last
whole()
{
	grep -c '^blocks: .* 0 missing, 0 twice$' "$1.out"
}

# ends NAME [SECONDS]: sets STATUS
ends()
{
	finish "$LISTENER" "${2:-30}"
	STATUS=$?
	diag "$1: $(xargs <"$1.sent")"
}

# Nanoseconds of CPU time for a datagram
cost()
{
	echo $(($(figure receiver_cpu_ms alone.sent) * 1000000 / $(figure datagrams alone.sent)))
}

# Once more where the CPU of the receiver alone stood still, which nothing but a rate can tell from a slow one.
for _ in 1 2 3; do
	listen alone --rows 0 --until-closed --timeout 20
	"$FLEET" "$PORT" "$LISTENER" "$BOARDS" "$RATE" "$SECONDS_SENT" >alone.sent || bail_out "cannot send"
	ends alone
	[ "$STATUS $(whole alone)" != "0 $BOARDS" ] || [ "$(cost)" -gt 3333 ] || break
done
is 'every block of every board is received' "$STATUS $(whole alone)" "0 $BOARDS"
between 'nanoseconds of CPU time for a datagram; 300,000 a second leave 3333' 1 "$(cost)" 3333

listen busy --rows 0 --dir kept --dir-size 64m --http 0
spawn "$FLEET" "$PORT" "$LISTENER" "$BOARDS" $((RATE / 5)) "$SECONDS_SENT" >busy.sent
metrics=http://127.0.0.1:$(sed -n 's/^metrics on port //p' busy.err)/metrics
curl -sf -o /dev/null --max-time 20 "$metrics"
finish "$SPAWNED"
for _ in 1 2 3 4 5; do
	curl -sf -o page --max-time 20 "$metrics" && break
done
kill -INT "$LISTENER"
ends busy
is 'so it is while files are written and metrics are made' "$(whole busy)" "$BOARDS"
ok 'the page has all boards' test "$(grep -c '^tarsier_session_info' page)" -eq "$BOARDS"
ok 'the files are never more than --dir-size' test "$(cat kept/*/*.tsr | wc -c)" -le $((64 << 20))
for dir in $(find kept -mindepth 1 -maxdepth 1 | head -n 3); do
	like "what is kept of ${dir#*/} decodes, and nothing is damaged" \
		"$("$DECODER" --rows 0 "$dir")" ' 0 damaged ranges of 0 bytes'
done

# Each write takes 50 ms: what does not fit into memory meanwhile is told and counted.
if command -v strace >/dev/null; then
	spawn strace -f -qq -o /dev/null -e trace=writev -e inject=writev:delay_enter=50000 \
		"$DECODER" listen 127.0.0.1:0 --rows 0 --dir slow --timeout 6 --until-closed >slow.out 2>slow.err
	await_listener slow
	"$FLEET" "$PORT" "$LISTENER" 20 "$RATE" 2 >slow.sent || bail_out "cannot send"
	ends slow 120
	is 'a disk that is too slow is told once, and by the exit status' \
		"$STATUS $(grep -c 'the disk is too slow; what is not there is counted' slow.err)" '1 1'
	is 'what is stored and what is not are all that came' \
		"$(awk '/^stored: / { sum += $2 } / NOT STORED: / { sum += $1 } END { print sum }' slow.out)" \
		"$(sed -n 's/^datagrams: \([0-9]*\) received.*/\1/p' slow.out)"
else
	skip 'no command strace' 'a disk that is too slow is told once, and by the exit status'
fi

# Ten boards, and then 6000 sessions, more than are kept.
listen forged --rows 0
spawn "$FLEET" "$PORT" "$LISTENER" 10 2000 "$SECONDS_SENT" >forged.sent
boards=$SPAWNED
sleep 1
"$FLEET" "$PORT" "$LISTENER" 6000 $((RATE / 5)) 1 10000 >/dev/null || bail_out "cannot send"
finish "$boards"
kill -INT "$LISTENER"
ends forged
is 'boards go on beside sessions for which there is no room' \
	"$(awk '/^session .*: board board-([1-9]|10)$/ { ours = 1 }
		/^blocks: / { whole += ours && / 0 missing, 0 twice$/; ours = 0 } END { print whole }' forged.out)" 10
like 'what has no room is said' "$(cat forged.out)" 'more sessions, threads or histograms than are kept'
done_testing
