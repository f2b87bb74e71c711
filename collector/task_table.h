/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * task_table.h - the tasks there are: their CPU time as read and as last written
 *
 * A fixed number of places, of which only those that were ever used take memory.  A walk over all
 * tasks is begun, takes one reading after the other, and is ended.
 */
#ifndef TARSIER_TASK_TABLE_H
#define TARSIER_TASK_TABLE_H

#include <stdbool.h>

#include "task_reading.h"

#define TASKS_ROOM_MAX 32768

/* flags of a place, besides those of its cputime record (bpf/cputime.h), which are in the low byte */
#define TASK_RECORD_FLAGS 0xff
#define TASK_USED 0x100
#define TASK_NEW 0x200	   /* no walk before this one met it */
#define TASK_RENAMED 0x400 /* since its name was written */

struct task {
	__u64 start_ns;
	__u32 tid;
	__u32 tgid;
	struct cpu_figures now;
	struct cpu_figures written; /* before the first record: as of the first walk */
	struct shown_figures shown; /* what /proc showed last */
	struct shown_figures children;
	struct shown_figures children_written;
	__u8 comm[COMM_SIZE];
	__u16 walk; /* the last one that met it */
	__u16 next; /* in the chain of its bucket, or of free places; 0: the last one */
	__u16 records;
	__u16 flags;
};

struct task_table {
	struct task *tasks; /* from 1 to used; 0 is none */
	__u16 *buckets;
	__u32 room;
	__u32 used; /* places that were ever used */
	__u32 free; /* the first of those given back */
	__u16 walk;
	bool threads;	  /* also single threads */
	__u32 refused;	  /* of this walk: no place */
	__u32 processes;  /* of this walk */
	__u64 since_ns;	  /* tasks that began before count from their first reading on only */
	__u64 written_ns; /* growth of the run time that was written, processes alone */
};

/* 0 or -errno. */
int task_table_open(struct task_table *table, __u32 room, bool threads);
void task_table_close(struct task_table *table);

void task_table_begin(struct task_table *table);
void task_table_take(struct task_table *table, const struct task_reading *reading);
/* Figures never go back; tasks that were not met are marked. */
void task_table_end(struct task_table *table);
/* The process that @reading is of has a place. */
bool task_table_has(const struct task_table *table, const struct task_reading *reading);

/* The next place in use after @task (NULL: the first one); NULL: there is none. */
struct task *task_table_next(const struct task_table *table, const struct task *task);

/* What the task used since it was last written; 0: its figures have not changed. */
__u64 task_change(const struct task *task);
bool task_children_changed(const struct task *task);

/* Its figures are in a record now. */
void task_table_written(struct task_table *table, struct task *task);
/* Give back the places of tasks that are gone and written. */
void task_table_sweep(struct task_table *table);

/*
 * The least change with which a task is among the @most with the greatest; *@ties tells how many of
 * exactly this change belong to them.
 */
__u64 task_table_threshold(const struct task_table *table, __u32 most, __u32 *ties);

#endif
