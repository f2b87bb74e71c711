// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cputime_adjust - how /proc would show user and system time, as a share of the run time
 *
 * Ticks tell user from system time roughly, the scheduler measures their sum exactly: the kernel
 * scales the former to the latter, and keeps both from going back (cputime_adjust() in
 * kernel/sched/cputime.c).  What it showed last is read with the raw figures and not changed by
 * that, so that the result is what /proc would show at that moment.
 */
#include "cputime_adjust.h"

__extension__ typedef unsigned __int128 u128;

/*
 * @part / @whole times 2^64, rounded down; @part is less.  By hand, because a division of 128 bits
 * would bring its own library.
 */
static __u64 fraction_q64(__u64 part, __u64 whole)
{
	__u64 fraction = 0;

	for (int bit = 0; bit < 64; bit++) {
		__u64 carry = part >> 63;

		part <<= 1;
		fraction <<= 1;
		if (carry || part >= whole) {
			part -= whole;
			fraction++;
		}
	}
	return fraction;
}

__u32 share_q32(__u64 part, __u64 whole)
{
	__u64 fraction;

	if (part >= whole)
		return part ? ~0u : 0;
	fraction = fraction_q64(part, whole);
	if (fraction > (__u64)~0u << 32)
		return ~0u;
	return (__u32)((fraction + ~0u) >> 32);
}

/* @runtime_ns * @stime_ns / (@stime_ns + @utime_ns), to the nanosecond or one below. */
static __u64 scale(__u64 stime_ns, __u64 utime_ns, __u64 runtime_ns)
{
	return (__u64)((u128)fraction_q64(stime_ns, stime_ns + utime_ns) * runtime_ns >> 64);
}

static __u64 system_ns(const struct cpu_figures *raw, const struct shown_figures *shown)
{
	__u64 stime_ns;

	if (shown->stime_ns + shown->utime_ns >= raw->runtime_ns)
		return shown->stime_ns;
	if (!raw->stime_ns)
		stime_ns = 0;
	else if (!raw->utime_ns)
		stime_ns = raw->runtime_ns;
	else
		stime_ns = scale(raw->stime_ns, raw->utime_ns, raw->runtime_ns);
	if (stime_ns < shown->stime_ns)
		return shown->stime_ns;
	if (raw->runtime_ns - stime_ns < shown->utime_ns)
		return raw->runtime_ns - shown->utime_ns;
	return stime_ns;
}

__u32 cputime_system_share(const struct cpu_figures *raw, const struct shown_figures *shown)
{
	return share_q32(system_ns(raw, shown), raw->runtime_ns);
}
