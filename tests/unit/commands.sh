#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# commands.sh - the decoder's commands from a shell: files they make, what they refuse, help and completion
#
# In the environment: DECODER.
set -u

cd "$(dirname "$0")/../.." || exit 2
. tests/unit/decoder.bash

# ---- merge

cp "$golden/both.tsr" "$golden/events.tsr" .
mkfifo pipe
ok 'merge makes a recording' "$decoder" merge -o merged.tsr both.tsr both.tsr
is 'of which each block is there once' "$(cmp merged.tsr both.tsr 2>&1)" ''
ok 'merge names no output' fails 2 'with --output' merge both.tsr
ok 'nor standard output' fails 2 'with --output' merge -o - both.tsr
ok 'merge has no input' fails 2 'name files' merge -o new.tsr
ok 'an existing file stays' fails 1 'merged.tsr: it exists' merge -o merged.tsr events.tsr
ok 'a pipe is refused' fails 1 'pipe: it is read twice' merge -o new.tsr pipe
ok 'and standard input' fails 1 'it is read twice' merge -o new.tsr -
ok 'an input that is not there' fails 1 'No such file' merge -o new.tsr nowhere.tsr
ok 'a directory that is not there' fails 1 'No such file' merge -o no/new.tsr both.tsr
ok 'what is no recording' fails 4 'no Tarsier records' merge -o new.tsr "$golden/golden.keys"
is 'nothing is left of these' "$(echo new.tsr*)" 'new.tsr*'

# The limit stands for a full disk: the index fits, the recording does not.
full()
{
	mkdir full
	( trap '' XFSZ; ulimit -f 4; fails 1 'too large' merge -o full/new.tsr events.tsr )
}
ok 'a full disk is told' full
is 'and leaves no half file' "$(ls -A full)" ''

# ---- diff

ok 'diff wants two recordings' fails 2 'before and after' diff both.tsr
ok 'and no standard input' fails 2 'read twice' diff both.tsr -
ok 'nor another format' fails 2 'text or json' diff --format jsonl both.tsr events.tsr
is 'what is in one of them only is told' "$("$decoder" diff both.tsr events.tsr 2>err | grep -c 'only in the recording before')" 1

# pairs FILTER FILE...: what jq makes of their diff
pairs()
{
	local filter=$1
	shift
	"$decoder" diff --format json "$@" 2>err | jq -c "$filter"
}

# swapped OPTION...: what is before and after changes places, and slower is faster
swapped()
{
	local there back
	there=$("$decoder" diff "$@" "$golden/before.tsr" "$golden/slower.tsr" 2>err | grep -c ' slower')
	back=$("$decoder" diff "$@" "$golden/slower.tsr" "$golden/before.tsr" 2>err | grep -c ' faster')
	[ "$there" -gt 0 ] && [ "$there" = "$back" ] || { echo "slower $there, faster $back"; return 1; }
}

ok 'slower one way is faster the other way' swapped
ok 'in steps that are named' swapped --interval 1
ok 'in other units' swapped --unit ms
ok 'no standard input before either' fails 2 'read twice' diff - both.tsr
is 'a recording before that is not there' "$("$decoder" diff nowhere.tsr both.tsr 2>err; echo $?)" 1
is 'the status of the worse one counts' "$("$decoder" diff both.tsr "$golden/damaged.tsr" >out 2>err; echo $?)" 3
is 'on either side' "$("$decoder" diff "$golden/damaged.tsr" both.tsr >out 2>err; echo $?)" 3
if type jq >/dev/null 2>&1; then
	is 'what is in both is compared' "$(pairs '[.[].probe] | unique' both.tsr both.tsr)" "$(pairs '[.[].probe] | unique' both.tsr both.tsr --verbose)"
else
	skip 'jq is not installed' 'diff as JSON'
fi

# ---- convert

for suffix in json jsonl om prom lp gp html; do
	ok "convert knows .$suffix" "$decoder" convert --output "day.$suffix" both.tsr
done
is 'as the format of that ending' "$(head -c 11 day.json) $(head -c 15 day.html)" '{"tarsier": <!DOCTYPE html>'
ok 'an ending that it does not know' fails 2 'name a --format' convert --output day.xyz both.tsr
ok 'nor one without a name' fails 2 'name a --format' convert --output .json both.tsr
ok 'and none at all' fails 2 'name a --format' convert both.tsr
ok 'a format that makes a directory wants one' fails 1 'name one with --output' convert --format ctf both.tsr
ok 'what is there is not overwritten' fails 1 'it exists' convert --output day.json both.tsr
mkdir made
ok 'nor a directory' fails 1 'it exists' convert --format csv --output made both.tsr
ok 'a table that is not there' sh -c "'$decoder' report --format csv --table nosuch both.tsr 2>err; [ \$? -eq 1 ] && grep -q 'none of that name here, but: .*distributions' err"

# ---- values that do not fit

while read -r option value expected; do
	ok "--$option $value is refused" fails 2 "--$option: expected $expected" report "--$option" "$value" both.tsr
done <<'END'
since 2025-02-31 TIME
since tomorrow TIME
until 9999-12-31 TIME
until +1y TIME
interval 0x10 TIME
cpu 65535 N
cpu -1 N
pid 4294967296 N
pid one N
probe run PROBE
format yaml FORMAT
rows -5 N|all
rows x N|all
buckets log3 log2
unit s us
rows 18446744073709551616 N|all
jobs 0 N
END
while read -r option value expected; do
	ok "--$option $value is refused" fails 2 "--$option: expected $expected" listen 0 --$option "$value"
done <<'END'
timeout 0 SECONDS
timeout x SECONDS
timeout 1000001 SECONDS
memory 1k SIZE
memory x SIZE
memory 1x SIZE
memory 1mm SIZE
memory -1 SIZE
memory 99999999999999999999 SIZE
memory 99999999999g SIZE
END
ok 'jobs are a number' fails 2 '--jobs: expected N' report --jobs x both.tsr
for port in :1 []:1 [::1]: [::1]:x 1.2.3.4: 65536 x 1x "$(printf 'a%.0s' $(seq 1100)):1"; do
	ok "port ${port:0:20} is none" fails 1 'expected PORT\|cannot listen' listen "$port"
done
is 'log2 buckets are what there is without a word' "$("$decoder" report --buckets log2 both.tsr)" "$("$decoder" report both.tsr)"
is 'so is text' "$("$decoder" report --format text both.tsr)" "$("$decoder" report both.tsr)"
ok 'an empty board is refused' fails 2 '--board: expected' report --board '' both.tsr

# ---- help and manual

commands=$("$decoder" help | sed -n '/^commands/,/^$/s/^  \([a-z]*\) .*/\1/p')

same_help()
{
	local command
	for command in $commands; do
		[ "$("$decoder" help "$command")" = "$("$decoder" "$command" --help)" ] || { echo "$command"; return 1; }
	done
	[ "$("$decoder" help)" = "$("$decoder" --help)" ]
}

# complaints FORMATTER...: what it says of the pages
complaints()
{
	local command
	for command in '' $commands; do
		# shellcheck disable=SC2086 # none is no word
		"$decoder" manual $command >page.1 || echo "$command: status $?"
		"$@" page.1 2>&1
	done
}

ok 'help COMMAND says what COMMAND --help does' same_help
ok 'an unknown command' fails 2 'there is no such command' help nosuch
ok 'has no manual either' fails 2 'there is no such command' manual nosuch
if type groff >/dev/null 2>&1; then
	is 'manual pages are sound to groff' "$(complaints groff -man -ww -z -Tutf8)" ''
else
	skip 'groff-base is not installed' 'manual pages are sound to groff'
fi
if type mandoc >/dev/null 2>&1; then
	# There is no date: what is generated would change each day.
	is 'and to mandoc' "$(complaints mandoc -T lint -W warning | grep -v 'missing date')" ''
else
	skip 'mandoc is not installed' 'and to mandoc'
fi

# ---- completion

# complete_bash WORD...: what bash offers for the last one, in order
complete_bash()
{
	(
		# shellcheck disable=SC1090 # made just now
		source <("$decoder" completion bash)
		COMP_WORDS=(tarsier-decode "$@")
		COMP_CWORD=$#
		_tarsier_decode
		printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' '
	)
}

registered()
{
	bash -c 'source <("$1" completion bash) && complete -p tarsier-decode' - "$decoder"
}

ok 'bash knows the function' registered
is 'commands' "$(complete_bash ver)" verify
is 'and files, as report takes them' "$(complete_bash bot)" both.tsr
is 'options of a command' "$(complete_bash listen --st)" --state
is 'those of another are not offered' "$(complete_bash verify --sa)" ''
is 'words that an option takes' "$(complete_bash report --unit '')" 'ms ns us'
is 'by its letter' "$(complete_bash report -u n)" ns
is 'behind an equals sign' "$(complete_bash report --unit = m)" ms
is 'names of probes' "$(complete_bash report --probe runq)" 'runqlat runqslower'
is 'names of formats' "$(complete_bash convert --format js)" 'json jsonl'
is 'a number has none' "$(complete_bash report --interval '')" ''
is 'files' "$(complete_bash merge both.tsr ev)" events.tsr
is 'commands again' "$(complete_bash manual to)" top
is 'of key' "$(complete_bash key b)" board
is 'shells' "$(complete_bash completion '')" 'bash fish zsh'
ok 'an unknown shell' fails 2 'expected bash|zsh|fish' completion ksh

# complete_fish LINE: what fish offers for its end
complete_fish()
{
	fish -c 'source $argv[1]; complete -C $argv[2]' "$1" "$2" | cut -f 1 | sort | paste -sd ' '
}

# complete_zsh FILE LINE: what the line becomes by a tab, on a terminal of its own
complete_zsh()
{
	# shellcheck disable=SC2016 # zsh expands it
	timeout 60 zsh -f -c '
		zmodload zsh/zpty
		zpty shell env -i TERM=dumb PATH=$PATH HOME=/nonexistent zsh -f -i
		zpty -w shell "PS1=; autoload -U compinit; compinit -u -D; _tarsier_decode() { source $1 }; compdef _tarsier_decode tarsier-decode; echo READ""Y"
		zpty -r -m shell seen "*READY*"
		sleep 0.5
		zpty -n -w shell "$2"$'\''\t'\''
		sleep 1
		zpty -n -w shell $'\''\x01echo \x05 DO""NE\n'\''
		zpty -r -m shell seen "*DONE*"
		print -r -- $seen' - "$1" "$2" 2>/dev/null | tr -d '\r' | grep -a '^tarsier-decode .* DONE' | sed 's/ *DONE.*//'
}

while IFS='|' read -r what line bash_words zsh_line; do
	"$decoder" completion fish >script.fish
	"$decoder" completion zsh >script.zsh
	if type fish >/dev/null 2>&1; then
		is "fish: $what" "$(complete_fish script.fish "$line")" "$bash_words"
	else
		skip 'fish is not installed' "fish: $what"
	fi
	if type zsh >/dev/null 2>&1; then
		is "zsh: $what" "$(complete_zsh script.zsh "$line")" "$zsh_line"
	else
		skip 'zsh is not installed' "zsh: $what"
	fi
done <<'END'
commands|tarsier-decode ver|verify|tarsier-decode verify
options of a command|tarsier-decode listen --sta|--state|tarsier-decode listen --state
words that an option takes|tarsier-decode report --unit m|ms|tarsier-decode report --unit ms
names of probes|tarsier-decode events --probe fun|funclat|tarsier-decode events --probe funclat
of key|tarsier-decode key b|board|tarsier-decode key board
END

done_testing
