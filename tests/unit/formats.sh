#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# formats.sh - every format is read by the program that it is for, as TAP
#
# In the environment: DECODER.  A program that is not installed is named and its tests are skipped.
set -u

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
golden=$here/../golden
decoder=$(realpath "${DECODER:?name the decoder}")
work=$TAP_TMP/formats
mkdir "$work" && cd "$work" || exit 2

# Clean, damaged, in steps, and with names and numbers that are meant to break out.
recordings='calls damaged steps losses two_boards hostile_text hostile_names hostile_iopf hostile_calls'

# to FORMAT RECORDING [OPTION...]: decoded to standard output; that something is lost is no failure here
to()
{
	local format=$1 name=$2

	shift 2
	"$decoder" report --format "$format" "$@" "$golden/$name.tsr" 2>stderr
	case $? in
	0 | 3) ;;
	*) cat stderr >&2 && return 1 ;;
	esac
	! grep -E 'runtime error|AddressSanitizer' stderr
}

# has PROGRAM TEST: or the test is skipped
has()
{
	command -v "$1" >/dev/null || { skip "$1 is not installed" "$2" && return 1; }
}

# each COMMAND...: it succeeds with the name of each of $recordings
each()
{
	for name in $recordings; do
		"$@" "$name" || { echo "with $name" && return 1; }
	done
}

#
# JSON, JSON Lines
#

json()
{
	to json "$1" --interval 1 >out && jq -e '.tarsier.schema == 1 and (.sessions | length > 0) and
		(.clean | type == "boolean") and ([.sessions[].distributions[]? | .count ==
		([.buckets_ns[][2]] | add // 0)] | all)' out >/dev/null
}

jsonl()
{
	to jsonl "$1" --interval 1 >out && jq -es 'map(.type | type == "string") | all' out >/dev/null &&
		[ "$(jq -s 'length' out)" = "$(wc -l <out)" ]
}

if has jq 'JSON'; then
	ok 'json: jq reads it, and counts are those of the buckets' each json
	ok 'jsonl: jq reads each line' each jsonl
fi

#
# CSV, by SQLite
#

csv()
{
	rm -rf tables
	to csv "$1" --interval 1 --output tables >/dev/null || return 1
	for file in tables/*.csv; do
		sqlite3 :memory: ".mode csv" ".import $file t" 'select count(*) from t' >out 2>&1 || return 1
		# a row with too few or too many cells is told
		[ "$(wc -l <out)" = 1 ] || { cat out && return 1; }
	done
}

formulas()
{
	to csv hostile_text --output formulas >/dev/null || return 1
	sqlite3 :memory: '.mode csv' '.import formulas/distributions.csv t' '.mode list' \
		"select count(*) from t where substr(comm, 1, 1) in ('=', '+', '-', '@')" >out
	sqlite3 :memory: '.mode csv' '.import formulas/distributions.csv t' '.mode list' \
		"select count(*) from t where substr(comm, 1, 1) = ''''" >>out
	[ "$(tr '\n' ' ' <out)" = '0 5 ' ] || { cat out && return 1; }
}

if has sqlite3 'csv'; then
	ok 'csv: sqlite3 imports every table, each row with all its cells' each csv
	ok 'csv: no text is a formula' formulas
fi
is 'csv: one table, by name' "$(to csv calls --table ledger | sed -n '2s/.*,picknext/picknext/p' | tr -d '\r')" \
	picknext,entered,516,false
like 'csv: what was lost is told apart' "$(to csv losses >/dev/null; cat stderr)" 'lost: ring_full'

#
# Prometheus
#

prometheus()
{
	to prometheus "$1" >out && promtool check metrics <out >told 2>&1 && [ ! -s told ] || { cat told && return 1; }
}

# Every sample of a dated recording gets into the database.
openmetrics()
{
	rm -rf blocks
	to openmetrics "$1" >out && promtool tsdb create-blocks-from openmetrics out blocks >told 2>&1 || { cat told && return 1; }
	[ "$(awk 'END { print $6 }' told)" = "$(grep -vc '^#' out)" ] || { cat told && return 1; }
}

if has promtool 'prometheus, openmetrics'; then
	ok 'prometheus: promtool has nothing to say' each prometheus
	recordings='calls damaged hostile_text' ok 'openmetrics: promtool makes blocks of all samples' each openmetrics
fi

#
# InfluxDB
#

configure()
{
	mkdir influx
	cat >influx.conf <<-END
		reporting-disabled = true
		bind-address = "127.0.0.1:$1"
		[meta]
		dir = "$work/influx/meta"
		[data]
		dir = "$work/influx/data"
		wal-dir = "$work/influx/wal"
		[http]
		bind-address = "127.0.0.1:$2"
		log-enabled = false
		[monitor]
		store-enabled = false
	END
}

influx_ask()
{
	influx -host 127.0.0.1 -port "$port" -database "db_$1" -format csv -execute "$2" | tail -n 1 | sed 's/.*,//'
}

# All points that are written are there.
influx_load()
{
	to influx "$1" --interval 1 >lines || return 1
	{ printf '# DDL\nCREATE DATABASE db_%s\n# DML\n# CONTEXT-DATABASE: db_%s\n' "$1" "$1" && cat lines; } >import
	influx -host 127.0.0.1 -port "$port" -import -path import -precision ns >told 2>&1 && grep -q 'Failed 0 inserts' told ||
		{ cat told && return 1; }
	for table in distributions distribution_buckets ledger; do
		wanted=$(grep -c "^tarsier_$table," lines)
		field=count
		[ "$table" = ledger ] && field=events
		got=$(influx_ask "$1" "select count(\"$field\") from tarsier_$table")
		[ "${got:-0}" = "$wanted" ] || { echo "$table: $got of $wanted" && return 1; }
	done
}

port=$((20000 + $$ % 20000))
if has influxd 'influx' && has influx 'influx'; then
	configure $((port + 1)) "$port"
	spawn influxd -config influx.conf >influxd.log 2>&1
	if ok 'influx: a server of its own' wait_for 20 influx -host 127.0.0.1 -port "$port" -execute 'show databases'; then
		recordings='steps damaged hostile_text' ok 'influx: it takes every point, and has as many' each influx_load
	else
		cat influxd.log
	fi
	end "$SPAWNED"
fi

#
# Trace events
#

chrome()
{
	to chrome "$1" >out && jq -e '(.traceEvents | type == "array") and ([.traceEvents[] |
		(.ph == "X" and (.ts | type == "number") and .dur > 0 and (.name | type == "string")) or
		(.ph == "C" and (.ts | type == "number") and (.args | all(type == "number"))) or
		(.ph == "i" and (.ts | type == "number")) or
		(.ph == "M" and (.args.name | type == "string")) and (.pid | type == "number")] | all) and
		(.otherData.clean | type == "boolean")' out >/dev/null
}

# Slices of one track lie beside each other, or one in the other.
tracks()
{
	to chrome events >out && jq -e '[.traceEvents[] | select(.ph == "X")] | group_by([.pid, .tid]) |
		map(sort_by(.ts) | [range(1; length) as $i | .[$i].ts >= .[$i - 1].ts + .[$i - 1].dur - 0.001] | all) | all' out >/dev/null
}

if has jq 'chrome'; then
	ok 'chrome: each event has what the format demands' each chrome
	ok 'chrome: slices of a track do not overlap' tracks
	is 'chrome: a slice for the CPU and one for the thread' \
		"$(to chrome events | jq '[.traceEvents[] | select(.ph == "X")] | length')" 100
fi

#
# HdrHistogram: as its plotFiles.html reads it
#

hgrm()
{
	to hgrm "$1" >out && awk '!/^#/ && NF == 4 && $1 + 0 == $1 && $4 + 0 == $4 {
			if ($1 < value || $4 < share) exit 1
			value = $1; share = $4; lines++
		}
		/^#\[Max/ { split($0, part, "="); total = part[3] + 0 }
		!/^#/ && $1 + 0 == $1 && NF { last = $3 }
		END { exit !(lines > 5 && total == last) }' out
}

ok 'hgrm: values and shares rise, and the total is that of the last line' hgrm histogram
ok 'hgrm: a file for each' to hgrm calls --output hgrm.d
is 'hgrm: as many as there are' "$(find hgrm.d -name '*.hgrm' | wc -l)" 2

#
# gnuplot
#

plot()
{
	rm -rf plots
	mkdir plots
	to gnuplot "$1" --interval 1 >plots/script.gp && (cd plots && gnuplot script.gp && gnuplot -e 'type="png"' script.gp) >told 2>&1 ||
		{ cat told && return 1; }
	! grep -i error told && [ "$(find plots -name '*.svg' -size +1k | wc -l)" = "$(grep -c '^plot ' plots/script.gp)" ]
}

if has gnuplot 'gnuplot'; then
	recordings='histogram steps hostile_text hostile_numbers' ok 'gnuplot: it draws every plot' each plot
fi

#
# SVG, HTML
#

svg()
{
	rm -rf pictures
	to svg "$1" --output pictures >/dev/null || return 1
	find pictures -name '*.svg' -exec xmllint --noout --nonet {} + || return 1
}

if has xmllint 'svg'; then
	ok 'svg: well-formed' each svg
fi

# No address but that of the namespace; no name breaks out of its element.
page()
{
	to html "$1" >page.html || return 1
	! grep -oE '(https?:)?//[a-z][^" ]*|src=|href=|@import|url\(' page.html | grep -v '^http://www.w3.org/2000/svg$' |
		grep -v '^src=$' || return 1
	[ "$(grep -o '<script' page.html | wc -l)" = 1 ] && [ "$(wc -c <page.html)" -lt 1000000 ]
}

browse()
{
	chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/chromium" --enable-logging=stderr \
		--virtual-time-budget=2000 --dump-dom "file://$work/page.html" >dom 2>told || { cat told && return 1; }
	! grep -E 'CONSOLE.*(Refused|Error)' told && grep -q 'id="session-1"' dom && [ "$(grep -o '<script' dom | wc -l)" = 1 ]
}

ok 'html: one script, no address, and small' each page
ok 'html: what was lost is said above all' sh -c \
	"'$decoder' report --format html '$golden/losses.tsr' | sed '/<h2>/q' | grep -q 'banner bad.*' "
if has chromium 'html'; then
	page hostile_text
	ok 'html: a browser takes its script for its own, and no other' browse
fi

#
# Common Trace Format
#

# As many events as there are records of them, and the same waits.
ctf()
{
	rm -rf trace
	to ctf "$1" --output trace >/dev/null && babeltrace2 trace >events 2>told || { cat told && return 1; }
	"$decoder" report --format jsonl --probe runqslower "$golden/$1.tsr" 2>/dev/null |
		jq -r 'select(.type == "distribution" and .probe == "runqslower") | .count' | awk '{ n += $1 } END { print n + 0 }' >wanted
	[ "$(wc -l <events)" = "$(cat wanted)" ]
}

values()
{
	to ctf events --output values >/dev/null && babeltrace2 values 2>&1 | sed -n 's/.*wait_ns = \([0-9]*\),.*/\1/p' >got
	to chrome events | jq -r '.traceEvents[] | select(.ph == "X" and .name == "waits for a CPU") | .args.wait_ns' | diff - got
}

if has babeltrace2 'ctf' && has jq 'ctf'; then
	recordings="$recordings events hostile_numbers no_clock" ok 'ctf: babeltrace2 prints every event' each ctf
	ok 'ctf: each with its wait' values
	like 'ctf: it tells how many were lost' "$(rm -rf lost; to ctf losses --output lost; babeltrace2 lost 2>&1)" 'discarded 50 events'
fi

#
# What is there is not overwritten
#

ok 'an existing file stays' sh -c "echo mine >there.csv; '$decoder' report --format csv --output there.csv '$golden/calls.tsr';
	[ \$? = 1 ] && [ \"\$(cat there.csv)\" = mine ]"
ok 'an existing directory stays' sh -c "mkdir there; '$decoder' report --format ctf --output there '$golden/calls.tsr';
	[ \$? = 1 ] && [ -z \"\$(ls there)\" ]"

done_testing
