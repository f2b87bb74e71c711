/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* probes.h - the one list of what can be measured; ids are on the wire: append only */
#ifndef TARSIER_PROBES_H
#define TARSIER_PROBES_H

/* X(id, name, one-line summary); ids run from 1 to 31 because sessions carry them as a bit mask */
#define PROBES(X)                                                                                  \
	X(1, runqlat, "run-queue latency: histogram of the time from runnable to running")         \
	X(2, runqslower, "waits for a CPU over a threshold: one event each, with its time")        \
	X(3, cpudist, "on-CPU time: histogram of how long tasks run before they are switched out") \
	X(4, offcpu, "off-CPU time: histogram of how long until tasks run again")                  \
	X(5, picknext, "scheduler's pick of the next task: duration, by CPU and outgoing task")    \
	X(6, funclat, "duration of a kernel function, by CPU and calling thread")                  \
	X(7, cputime, "CPU time of processes and threads, as /proc has it, in ns")                 \
	X(8, iopf, "IO page faults: time from fault to response, by device and PASID")

enum probe_id {
#define X(id, name, summary) PROBE_##name = id,
	PROBES(X)
#undef X
};

#define PROBE_ID_MAX 31

#endif
