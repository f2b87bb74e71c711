#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sandbox.sh - on the board the collector owns nothing either: on kernels without Landlock and with it, and
# where bpf() is for who has the right to it

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board pingpong

# status_of FIELD
status_of()
{
	sed -n "s/^$1:[[:space:]]*//p" "$OUT/status" | xargs
}

# records KERNEL WAY LANDLOCK OPTION...: every probe, with cputime by WAY
records()
{
	local set status name="$1, $2"

	OUT=$TAP_TMP/$1-$2
	KERNEL=$1 on_board -o "$OUT" -r "WAY=$2 OPTIONS='${*:4}'; $(cat "$HERE/sandbox_job")" \
		>"$OUT.printed" 2>&1
	is "$name: exit status of the job" "$?" 0 || diag "$(cat "$OUT.printed")"
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		is "$name: $set" "$(status_of $set)" 0000000000000000
	done
	is "$name: NoNewPrivs, Seccomp" "$(status_of NoNewPrivs) $(status_of Seccomp)" '1 2'
	is "$name: user and group" "$(status_of Uid) $(status_of Gid)" "$(yes 60773 | head -8 | xargs)"
	is "$name: supplementary groups" "$(status_of Groups)" ''
	"$DECODER" -v "$OUT/recording.tsr" >"$OUT.report" 2>&1
	status=$?
	is "$name: decodes clean" "$status" 0 || diag "$(cat "$OUT.report")"
	is "$name: the books balance" "$(awk '$1 == "remainder" { print $2 }' "$OUT.report" | xargs)" \
		'0 0 0 0 0'
	like "$name: recorded" "$(cat "$OUT.report")" \
		"sandbox +uid 60773, gid 60773, no capabilities, $3, seccomp"
	like "$name: by the way that was asked for" "$(cat "$OUT.report")" "cputime +$2: "
	like "$name: the kernel's account of the programs is there" "$(cat "$OUT.report")" \
		'in [1-9][0-9]* BPF runs'
	like "$name: check tells" "$(cat "$OUT/check")" 'kernel +landlock +'
}

records 5.10 iter 'no Landlock: .*'
records 5.10 proc 'no Landlock: .*' -w event
records 6.1 iter 'Landlock [0-9]+'
records 6.12 iter 'Landlock [0-9]+'
records 6.12 proc 'Landlock [0-9]+' -w event
records 7.2 iter 'Landlock [0-9]+'
done_testing
