/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * task.bpf.h - what is asked of a task at a switch, however programs of that kind get to see it
 *
 * A tracepoint's program sees tasks in one of three ways.  The object is compiled for one of them:
 *
 * (nothing defined): by pointers whose type the kernel vouches for (tp_btf).  A field costs one load.
 * TASK_BY_READING: by pointers that nothing is known of (raw_tp).  Each field is copied out by a
 *	helper; the layout comes from the kernel's type information or from a file of it.
 * TASK_BY_EVENT: by the tracepoint's record (a classic tracepoint), which tells ids, priority and
 *	name.  No type information is needed: the record's layout is described in tracefs.
 */
#ifndef TARSIER_TASK_BPF_H
#define TARSIER_TASK_BPF_H

#ifdef TASK_BY_EVENT
#include "task_event.bpf.h"
#else
#include "task_pointer.bpf.h"
#endif

#endif
