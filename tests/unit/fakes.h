/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakes.h - what the collector's unit tests put in place of the kernel's part and of the outputs
 *
 * Every collector_NAME.c is one program: it is linked with fakes.c and with all objects of the
 * collector except those that talk to the kernel's BPF (KERNEL_SRC in the Makefile).
 */
#ifndef TARSIER_FAKES_H
#define TARSIER_FAKES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "iopf_hook.h"
#include "sink.h"
#include "stream.h"
#include "switch_hook.h"
#include "tasktime_hook.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* switch_hook.c and keyed_hists.c: what their functions return, and what they were given. */
struct fake_hook {
	struct switch_counts counts;
	int attach_result;
	unsigned int attached;	    /* calls */
	unsigned int keyed_written; /* 1 << probe */
	void (*event)(const struct record *records, unsigned int count);
};

extern struct fake_hook fake_hook;

/* tasktime_hook.c: the tasks that a walk finds, and what it returns. */
struct fake_tasks {
	const struct task_reading *reading;
	unsigned int count;
	int walk_result;
};

extern struct fake_tasks fake_tasks;

/* iopf_hook.c: what its functions return, and what they were given. */
#define FAKE_SLOTS 4

struct fake_iopf {
	struct iopf_counts counts[FAKE_SLOTS];
	bool used[FAKE_SLOTS];
	__u64 without_slot;
	__u64 missed;
	bool final;
	const char *kind;
};

extern struct fake_iopf fake_iopf;

/*
 * kernel.c and tracefs.c: the files that kernel_read_line() finds, the tracepoints that tracefs_read() finds
 * and the functions that kernel_try_kprobe() does; ends with a NULL path; NULL: none.
 */
struct fake_file {
	const char *path;
	const char *line;
};

extern const struct fake_file *fake_files;

/* What kernel_lacks_kprobes() says. */
extern const char *fake_kprobes_lacking;

/* The end of a stream: what was delivered there. */
#define FAKE_BLOCKS 1024

struct fake_block {
	struct record record[BLOCK_RECORDS_MAX];
	unsigned int records; /* header and trailer included */
	unsigned int data_records;
};

struct fake_output {
	struct fake_block block[FAKE_BLOCKS];
	unsigned int blocks;
	__u64 totals[LEDGER_COLUMNS]; /* for the trailers */
};

extern struct fake_output fake_output;

/* Open @stream, whose blocks of @block_records at most go to fake_output, emptied before. */
void fake_output_open(struct stream *stream, unsigned int block_records);

/* Data record @index of all that were delivered; NULL when there are fewer. */
const void *fake_record(unsigned int index);
unsigned int fake_records(void);

/* A stream's blocks for sinks: fake_session() begins it, each call then makes the next block. */
void fake_session(void);
struct block fake_block(unsigned int data_records);
/* That block once more. */
struct block fake_block_again(unsigned int number);

/* What is written to standard error in between.  The text is valid until the next begin. */
void stderr_begin(void);
const char *stderr_end(void);

/* A new directory, and its removal with all that is in it. */
const char *directory_make(void);
void directory_remove(const char *path);

/* One for each test, as cmocka's set-up and tear-down; and a path in it, valid until the next call. */
extern const char *directory;
int directory_set_up(void **state);
int directory_tear_down(void **state);
const char *path_of(const char *name);

/* As an entry of a list of tests: test_NAME(), with such a directory. */
#define IN_DIRECTORY(name)                                                                         \
	cmocka_unit_test_setup_teardown(test_##name, directory_set_up, directory_tear_down)

/* The path of a file of these bytes, until the next one. */
const char *file_of(const void *bytes, size_t size);

/*
 * For a test that cannot be made here: say why, and return.  (cmocka 1.1.5 prints what calls its
 * skip() as "not ok", which prove takes for a failure.)
 */
void tell_skipped(const char *why);

/*
 * Run @test in a process of its own, for what cannot be undone: namespaces, and the state of a
 * file's static variables.  In there, and in what is called from there, EXPECT() takes the place of
 * cmocka's assertions, and child_skips() ends it with the reason why the test cannot be made here.
 */
void in_child(void (*test)(void));
__attribute__((noreturn, format(printf, 1, 2))) void child_skips(const char *format, ...);
__attribute__((noreturn)) void child_fails(const char *file, int line, const char *condition);

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			child_fails(__FILE__, __LINE__, #condition);                               \
	} while (0)

/* In a child: the id of the only process that it began; the child skips where that cannot be known. */
pid_t child_of_mine(void);

/* The cmocka test test_NAME(), which is child_NAME() in a process of its own. */
#define IN_CHILD(name)                                                                             \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		in_child(child_##name);                                                            \
	}

/*
 * In a child: namespaces of its own (CLONE_NEWNS, CLONE_NEWNET), with the rights of a root in them
 * as far as the kernel grants these; otherwise the child skips.
 */
void child_unshares(int namespaces);

#endif
