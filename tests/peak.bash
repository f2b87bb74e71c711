# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# peak.bash - how much memory a command takes

# peak_kib COMMAND...: the most that it had at a time; - when it ended too soon to be looked at
peak_kib()
{
	local peak='' now

	"$@" >/dev/null 2>&1 &
	while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$!/status" 2>/dev/null) && [ "$now" ]; do
		peak=$now
		sleep 0.005
	done
	wait $!
	echo "${peak:--}"
}
