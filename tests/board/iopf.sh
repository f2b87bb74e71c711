#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iopf.sh - IO page faults that modules fire on the board: what is recorded against what they measured
# themselves, by tracepoints and by functions, on each kernel for which modules can be built

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_board

LONG='a-device-with-a~re-than-32-bytes' # how the third device's name is cut

# fires DIRECTORY RELEASE STAGES OPTION...: what the job leaves is in $TAP_TMP/DIRECTORY
fires()
{
	local directory=$1 release=$2 stages=$3 status

	shift 3
	need_modules "$release" smmu_faults iopf_functions
	KERNEL=$release on_board -d "$MODULE_DIR/$release" -o "$TAP_TMP/$directory" \
		-r "STAGES='$stages'; $(cat "$HERE/iopf_job")" "$@" >"$TAP_TMP/$directory.printed" 2>&1
	status=$?
	is "$directory: exit status of the job" "$status" 0 || diag "$(cat "$TAP_TMP/$directory.printed")"
}

# decodes DIRECTORY NAME: its report is the one that cell() and the others look at from now on
decodes()
{
	local status

	WHERE="$1, $2"
	REPORT=$TAP_TMP/$1/$2.report
	TRUTH=$TAP_TMP/$1/$2.truth
	"$DECODER" "$TAP_TMP/$1/$2.tsr" >"$REPORT" 2>&1
	status=$?
	is "$WHERE: decodes clean" "$status" 0 || diag "$(cat "$REPORT")"
	is "$WHERE: the books balance" "$(sed -n 's/^ *remainder *//p' "$REPORT")" 0
}

rows()
{
	sed -n '/^DEVICE/,/^$/p' "$REPORT" | awk 'NF == 14 && NR > 1'
}

# cell DEVICE PASID COLUMN
cell()
{
	rows | awk -v device="$1" -v pasid="$2" -v column="$3" \
		'$1 == device && $2 == pasid { print $column }'
}

# counts DEVICE PASID WANTED: faults answered; failed, without exit, without entry, open at the end
counts()
{
	is "$WHERE: counts of $1, PASID $2" \
		"$(rows | awk -v device="$1" -v pasid="$2" \
			'$1 == device && $2 == pasid { print $3 ";", $11, $12, $13, $14 }')" "$3"
}

column_of_ledger()
{
	awk -v name="$1" '/^ledger: iopf/ { here = 1 } here && $1 == name { print $2; exit }' "$REPORT"
}

# A line for each device and PASID: NAME PASID COUNT INNER OUTER SQUARES MIN MAX
truth()
{
	sed 's/a-device-with-a-name-of-more-than-32-bytes/'"$LONG"'/' "$TRUTH"
}

# The sum of all latencies lies between the two that the module has, whatever the machine did.
sums_are_true()
{
	local device pasid count inner outer rest sum

	while read -r device pasid count inner outer rest; do
		is "$WHERE: count of $device, PASID $pasid" "$(cell "$device" "$pasid" 3)" "$count"
		sum=$(cell "$device" "$pasid" 4 | awk -v count="$count" '{ printf "%.0f", $1 * 1000 * count }')
		between "$WHERE: sum of $device, PASID $pasid" "$((inner - count))" "${sum:-0}" \
			"$((outer + count))"
	done < <(truth)
}

# per_mille GOT WANTED: how far apart, in thousandths of WANTED
per_mille()
{
	awk -v got="$1" -v wanted="$2" 'BEGIN {
		apart = got > wanted ? got - wanted : wanted - got
		printf "%.0f", wanted ? 1000 * apart / wanted : 1000000 }'
}

# Mean and variance, of processors that take the same time for the same instructions.
moments_are_true()
{
	local device pasid count inner outer squares rest mean variance

	while read -r device pasid count inner outer squares rest; do
		mean=$(awk -v n="$count" -v sum="$inner" 'BEGIN { print sum / n / 1000 }')
		variance=$(awk -v n="$count" -v sum="$inner" -v squares="$squares" \
			'BEGIN { print (squares / n - sum / n * sum / n) / 1e6 }')
		between "$WHERE: mean of $device, PASID $pasid, in per mille" 0 \
			"$(per_mille "$(cell "$device" "$pasid" 4)" "$mean")" 30
		between "$WHERE: variance of $device, PASID $pasid, in per mille" 0 \
			"$(per_mille "$(cell "$device" "$pasid" 6)" "$variance")" 50
	done < <(truth)
}

# known DIRECTORY NAME KEYS: the stage "known", in which there are so many devices and PASIDs
known()
{
	decodes "$1" "$2"
	sums_are_true
	moments_are_true
	counts 0000:0a:00.0 1 '40; 0 0 0 0'
	counts 0000:0a:00.0 2 '40; 0 0 0 0'
	counts 0000:0a:00.1 1 '32; 0 0 0 0'
	counts "$LONG" 1048575 '24; 0 0 0 0'
	counts 0000:0a:00.1 9 '8; 0 1 0 0'
	counts 0000:0a:00.1 10 '0; 0 0 3 0'
	counts 0000:0a:00.0 20 '0; 0 0 0 2'
	counts 0000:0a:00.1 20 '0; 0 0 0 1'
	is "$WHERE: no other device or PASID" "$(rows | wc -l)" "$3"
	is "$WHERE: unrecoverable faults" "$(sed -n 's/ unrecoverable faults*$//p' "$REPORT" | sort)" \
		"0000:0a:00.0: 2"$'\n'"$LONG: 1"
}

is_accurate()
{
	local release=$1

	fires "$release" "$release" "$2 accuracy" -i
	known "$release" tracepoint 8
	known "$release" function 10
	counts 0000:0a:00.0 30 '2; 2 0 0 0'
	counts 0000:0a:00.0 31 '1; 0 1 0 0'
	like "$WHERE: requests that are not the last of their group" "$(cat "$REPORT")" \
		'0000:0a:00.0, PASID 30: 2 requests before the last'
	like "$WHERE: the report says by what" "$(cat "$REPORT")" \
		'iopf +function: kprobes iommu_report_device_fault, '
}

# From four CPUs at once; and in the same boot, what options choose.
storms()
{
	local name

	fires storm "$1" 'storm choice' -s 4
	for name in tracepoint function; do
		decodes storm "$name"
		sums_are_true
		is "$WHERE: every fault was answered" "$(column_of_ledger entered)" \
			"$(truth | awk '{ sum += $3 } END { print sum }')"
		is "$WHERE: no other device or PASID" "$(rows | wc -l)" 5
	done
}

choices()
{
	decodes storm filter
	counts 0000:0a:00.1 7 '10; 0 0 0 0'
	is "$WHERE: only one device and PASID" "$(rows | wc -l)" 1
	is "$WHERE: unrecoverable faults of this device only" \
		"$(grep -c 'unrecoverable fault$' "$REPORT")" 1
	decodes storm full
	is "$WHERE: as many as there is room for" "$(rows | wc -l)" 2
	counts 0000:0a:00.0 1 '128; 0 0 72 0'
	counts 0000:0a:00.0 2 '10; 0 0 0 0'
	is "$WHERE: what had no place is counted" "$(column_of_ledger map_full)" $((72 + 10))
}

is_accurate 5.10
is_accurate 6.1
is_accurate 6.12 nothing
is '6.12: without tracepoints and functions, one line' \
	"$(sed -n '/^tarsier: .*cannot attach/,/^without/p' "$TAP_TMP/6.12.printed" | wc -l)" 2
like '6.12: it says what is missing' "$(cat "$TAP_TMP/6.12.printed")" \
	'iopf: cannot attach: .*smmu:io_fault_entry.*CONFIG_ARM_SMMU_V3_SVA'
like '6.12: and so does the status' "$(cat "$TAP_TMP/6.12.printed")" 'without a way: status 4'
storms 5.10
choices
done_testing
