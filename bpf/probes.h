/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* probes.h - the one list of what can be measured; ids are on the wire: append only */
#ifndef TARSIER_PROBES_H
#define TARSIER_PROBES_H

/* X(id, name, one-line summary); ids run from 1 to 31 because sessions carry them as a bit mask */
#define PROBES(X)                                                                                  \
	X(1, runqlat, "run-queue latency: histogram of the time from runnable to running")         \
	X(2, runqslower, "waits for a CPU over a threshold: one event each, with its time")        \
	X(5, picknext, "scheduler's pick of the next task: duration, by CPU and outgoing task")    \
	X(6, funclat, "duration of a kernel function, by CPU and calling thread")

enum probe_id {
#define X(id, name, summary) PROBE_##name = id,
	PROBES(X)
#undef X
};

#define PROBE_ID_MAX 31

#endif
