#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clickhouse.sh - recordings in ClickHouse say the same as the decoder, as TAP
#
# In the environment: DECODER.  The server is one of its own, below a directory that goes away.
set -u

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
golden=$here/../golden
scripts=$here/../../collector/decode/clickhouse
bpf=$here/../../bpf
decoder=$(realpath "${DECODER:?name the decoder}")
work=$TAP_TMP/clickhouse

PATH=$PATH:/usr/sbin
command -v clickhouse-server >/dev/null || skip_all 'clickhouse-server is not installed'
command -v clickhouse-client >/dev/null || skip_all 'clickhouse-client is not installed'
command -v jq >/dev/null || skip_all 'jq is not installed'
mkdir -p "$work/server" && cd "$work" || exit 2

#
# A server, which gives root's rights away: it refuses the directory of another user
#

port=$((20000 + $$ % 20000))
cat >config.xml <<END
<yandex>
	<logger><level>warning</level><console>1</console></logger>
	<listen_host>127.0.0.1</listen_host>
	<tcp_port>$port</tcp_port>
	<path>$work/server/</path>
	<tmp_path>$work/server/tmp/</tmp_path>
	<users_config>users.xml</users_config>
	<default_profile>default</default_profile>
	<default_database>default</default_database>
	<mark_cache_size>1000000</mark_cache_size>
</yandex>
END
cat >users.xml <<'END'
<yandex>
	<profiles><default></default></profiles>
	<users><default>
		<password></password>
		<networks><ip>127.0.0.1</ip></networks>
		<profile>default</profile>
		<quota>default</quota>
	</default></users>
	<quotas><default></default></quotas>
</yandex>
END
as=()
if [ "$(id -u)" = 0 ]; then
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	chmod 711 "$TAP_TMP" && chown 65534:65534 server
fi

# client OPTION...: what the server says
client()
{
	clickhouse-client --host=127.0.0.1 --port="$port" "$@"
}

# ask DATABASE QUERY: rows as JSON, in an order that does not depend on chance
ask()
{
	client --database="$1" --output_format_json_quote_64bit_integers=0 --query="$2 FORMAT JSONEachRow" >rows </dev/null || return 1
	jq -c -S . rows | sort
}

# load DATABASE FILE...
load()
{
	local database=$1

	shift
	"$scripts/load" --host=127.0.0.1 --port="$port" --database="$database" "$@"
}

# tables DATABASE [SCHEMA]: made anew
tables()
{
	client --query="CREATE DATABASE $1" && client --database="$1" --multiquery <"${2:-$scripts/schema.sql}"
}

spawn "${as[@]}" clickhouse-server --config-file="$work/config.xml" >server.log 2>&1
if ! ok 'a server of its own' wait_for 30 client --query 'SELECT 1'; then
	diag "$(cat server.log)"
	done_testing
fi

#
# What both say of a recording, as rows
#

# of_decoder RECORDING FILTER: of each session of the report; that something is lost is no failure here
of_decoder()
{
	"$decoder" report --format json "$1" >report.json 2>stderr
	case $? in
	0 | 3) ;;
	*) cat stderr && return 1 ;;
	esac
	jq -c -S ".sessions[] | .id as \$session | $2" report.json | sort
}

# same: decoded and queried are equal, and there is something to compare
same()
{
	[ -s decoded ] && diff decoded queried
}

key='(.cpu // .pid // .tid // (if has("device") then .pasid else 0 end))'

# Floating-point figures are told by 12 digits: sums are made in another order.
round='def round12: if . == null or . == 0 then . else (log10 | floor) as $e |
	. / pow(10; $e) * 1e11 | round | tostring + "e" + ($e - 11 | tostring) end;'

distributions()
{
	of_decoder "$2" ".distributions[]? | select(.probe != \"runqslower\") | . as \$all |
		[\$session, .probe, .scope, $key, .count, .missing, .min_ns, .max_ns, .mean_ns, .variance_ns2,
		([\"50\", \"90\", \"95\", \"99\", \"99.9\"] | map(\$all.percentiles_ns[.]?))]" |
		jq -c "$round .[8] |= round12 | .[9] |= round12" >decoded
	ask "$1" 'SELECT lower(hex(session_id)) AS session, * FROM distributions' |
		jq -c "$round [.session, .probe, .scope, (if .scope == \"device\" then .key % 1048576 else .key end),
			.count, .missing, .min_ns, .max_ns, (.mean_ns | round12), (.variance_ns2 | round12),
			(if .count == 0 then [null, null, null, null, null] else .percentiles_ns end)]" | sort >queried
	sort -o decoded decoded && same
}

buckets()
{
	of_decoder "$2" ".distributions[]? | select(.probe != \"runqslower\") | . as \$all | .buckets_ns[] |
		[\$session, \$all.probe, \$all.scope, (\$all | $key)] + ." >decoded
	ask "$1" 'SELECT lower(hex(session_id)) AS session, * FROM buckets' |
		jq -c '[.session, .probe, .scope, (if .scope == "device" then .key % 1048576 else .key end),
			.lower_ns, .upper_ns, .count]' | sort >queried
	same
}

sessions()
{
	of_decoder "$2" '[$session, .board_id, .started[:19], .closed, (.records[] |
		.received, .missing, .blocks_received, .blocks_missing)]' >decoded
	ask "$1" 'SELECT * FROM sessions ANY LEFT JOIN received USING board_id, session_id' |
		jq -c '[.session_hex, .board_hex, (.first_time | sub(" "; "T")), .closed == 1,
			.records, .missing, .blocks, .blocks_missing]' | sort >queried
	same
}

texts()
{
	of_decoder "$2" '{board, kernel, machine, collector, command} | to_entries[] | [$session, .key, .value]' | sort >decoded
	ask "$1" 'SELECT lower(hex(session_id)) AS session, * FROM texts WHERE probe_id = 0' |
		jq -c '[.session, (.kind | if . == "release" then "kernel" else . end), .text]' | sort >queried
	same
}

ledger()
{
	of_decoder "$2" '.ledger[]? | [$session, .probe, .column, .events, .lost]' >decoded
	ask "$1" 'SELECT lower(hex(session_id)) AS session, * FROM ledger' |
		jq -c '[.session, .probe, .column, .events, .lost == 1]' | sort >queried
	same
}

waits()
{
	"$decoder" events --format jsonl --probe runqslower "$2" 2>/dev/null | jq -c 'select(.type == "event") |
		[.time_boot_ns, .cpu, .pid, .tid, .comm, .wait_ns, .prev_tid, .wake_cpu, .prio]' | sort >decoded
	ask "$1" 'SELECT time_ns, nullIf(cpu, 65535) AS cpu, nullIf(pid, 0) AS pid, tid, comm, wait_ns, prev_tid,
		nullIf(wake_cpu, 65535) AS wake_cpu, prio FROM waits' |
		jq -c '[.time_ns, .cpu, .pid, .tid, .comm, .wait_ns, .prev_tid, .wake_cpu, .prio]' | sort >queried
	same
}

calls()
{
	of_decoder "$2" '.calls[] | [$session, .probe, .cpu, .tid, .pid, .comm, .calls, .total_ns, .min_ns, .max_ns]' >decoded
	ask "$1" "SELECT * FROM (SELECT lower(hex(session_id)) AS session, board_id, session_id, probe, cpu, calls, total_ns,
			min_ns, max_ns, tid, pid FROM calls) ANY LEFT JOIN (SELECT board_id, session_id, tid,
			argMax(comm, start_ns) AS comm FROM tasks GROUP BY board_id, session_id, tid) USING board_id, session_id, tid" |
		jq -c '[.session, .probe, .cpu, (.tid, .pid | if . == 4294967295 then null else . end),
			(.comm | if . == "" then null else . end), .calls, .total_ns, .min_ns, .max_ns]' | sort >queried
	same
}

# What tasks used from the first reading to the last.
cputime()
{
	of_decoder "$2" '.tasks[] | [$session, .pid, .tid != null, .runtime_ns, .stime_ns]' >decoded
	ask "$1" 'SELECT lower(hex(session_id)) AS session, pid, process, max(runtime_ns) - maxIf(runtime_ns, baseline) AS run,
		max(stime_ns) - maxIf(stime_ns, baseline) AS system FROM cputime GROUP BY session, pid, tid, start_ns, process' |
		jq -c '[.session, .pid, .process == 0, .run, .system]' | sort >queried
	same
}

gaps()
{
	of_decoder "$2" '.gaps[] | [$session, .cause, .lost, .from_boot_ns, .to_boot_ns]' >decoded
	ask "$1" 'SELECT lower(hex(session_id)) AS session, cause, sum(lost) AS records, min(from_ns) AS least, max(to_ns) AS greatest
		FROM gaps GROUP BY session, cause' | jq -c '[.session, .cause, .records, .least, .greatest]' | sort >queried
	same
}

faults()
{
	of_decoder "$2" '.faults[] | [$session, .device, .pasid, .failed, .without_exit, .without_entry, .unrecoverable, .partial, .open]' >decoded
	ask "$1" 'SELECT * FROM (SELECT lower(hex(session_id)) AS session, * FROM faults)
		ANY LEFT JOIN devices USING board_id, session_id, device' |
		jq -c '[.session, (.name | if . == "" then null else . end), .pasid] + (if .pasid == null then
			[null, null, null, .unrecoverable, null, null]
			else [.failed, .without_exit, .without_entry, null, .partial, .open] end)' | sort >queried
	same
}

# compare DATABASE FILE TABLE...
compare()
{
	local database=$1 file=$2 table

	shift 2
	for table; do
		ok "$database: $table as the decoder has them" "$table" "$database" "$file"
	done
}

#
# Recordings as they are; each is loaded twice, and counts once
#

# with RECORDING TABLE...
with()
{
	local name=$1

	shift
	tables "$name"
	ok "$name: loads, and loads again" load "$name" "$golden/$name.tsr"
	load "$name" "$golden/$name.tsr"
	compare "$name" "$golden/$name.tsr" "$@"
}

with histogram sessions texts distributions buckets ledger
with keys distributions buckets
with two_boards sessions texts waits
with duplicated sessions waits
with lost_block sessions waits
with losses sessions ledger gaps
with calls distributions calls ledger
with iopf distributions faults
with cputime cputime
with clock_arrival sessions
with minor_0 distributions waits

# Of 10 s and 30 s: squares of 54 * 2^64 + 3875820019684212736, and deviations of more than 64 bits.
tables long
perl -e 'print pack("C Q< CCvV Q<4 V", 10, 1, 1, 3, 0, 0, 2, 40000000000, 3875820019684212736, 54, 0)' |
	client --database=long --query='INSERT INTO records (type, time_ns, body) FORMAT RowBinary'
is 'variance of what takes seconds' "$(client --database=long --query 'SELECT mean_ns, variance_ns2 FROM distributions')" \
	$'20000000000\t100000000000000000000'

#
# In the course of time: with hours of a second, what was counted in each
#

by_step()
{
	"$decoder" report --format json --interval 1 "$golden/before.tsr" | jq -c '.timeline[] |
		select(.type == "distribution" and .count > 0) | [.to[:19], .count, .percentiles_ns["50"]]' | sort >decoded
	ask seconds 'SELECT hour, sum(count) AS counted, quantileExactWeighted(0.5)(upper_ns, count) AS p50
		FROM buckets_by_hour GROUP BY hour' | jq -c '[(.hour | sub(" "; "T")), .counted, .p50]' | sort >queried
	same
}

late()
{
	ask seconds 'SELECT hour, sum(count) AS counted FROM buckets_by_hour GROUP BY hour' | tail -n 3 >decoded
	client --database=seconds --query 'SELECT hour FROM buckets_by_hour GROUP BY hour ORDER BY hour DESC LIMIT 2, 1' >third
	ask seconds "SELECT hour, sum(count) AS counted FROM buckets_by_hour WHERE hour >= '$(cat third)' GROUP BY hour" >queried
	same
}

sed 's/toStartOfHour(time)/time/' "$scripts/schema.sql" >seconds.sql
tables seconds seconds.sql
load seconds "$golden/before.tsr"
ok 'by hour: steps as the decoder has them' by_step
ok 'by hour: a condition on the hour leaves counts alone' late

#
# What is no whole recording
#

for name in damaged truncated tagged_mixed sealed; do
	tables "$name"
	load "$name" "$golden/$name.tsr" >refused 2>&1
	is "$name: refused" $? 1
	is "$name: nothing of it is there" "$(client --database="$name" --query 'SELECT count() FROM records')" 0
done
tables others
load others "$golden/damaged.tsr" "$golden/events.tsr" >refused 2>&1
is 'a refused file among others is told' "$? $(grep -c '^load: .*damaged.tsr: not loaded' refused)" '1 1'
is 'the others are there' "$(client --database=others --query 'SELECT count() FROM waits')" 50
for name in damaged truncated; do
	"$decoder" merge -o "$name.tsr" "$golden/$name.tsr" >/dev/null 2>&1
	ok "$name: its intact records load" load "$name" "$name.tsr"
done
compare damaged "$golden/damaged.tsr" distributions buckets waits ledger
compare truncated "$golden/truncated.tsr" waits

#
# Names are those of the headers
#

# has_list HEADER LIST: its ids and names stand in the schema beside each other
has_list()
{
	local row="s/^\tX(\([0-9]*\), \([a-z_]*\),.*"

	sed -n "/^#define $2(X)/,/^\$/{$row/\1/p}" "$bpf/$1" | paste -s -d , >ids
	sed -n "/^#define $2(X)/,/^\$/{$row/'\2'/p}" "$bpf/$1" | paste -s -d , >names
	[ -s ids ] && tr -d ' \n\t' <"$scripts/schema.sql" | grep -qF "[$(cat ids)],[$(cat names)]"
}

ok 'every probe has its name' has_list probes.h PROBES
ok 'every column of the ledger has its name' has_list wire.h LEDGER
ok 'every kind of text has its name' has_list wire.h TEXTS

done_testing
