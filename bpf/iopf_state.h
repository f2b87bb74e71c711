/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* iopf_state.h - what iopf.bpf.c and the collector share: settings going in, counts coming out */
#ifndef TARSIER_IOPF_STATE_H
#define TARSIER_IOPF_STATE_H

#include <linux/types.h>

#include "hist.h"

#define IOPF_KEYS_MAX 256 /* devices and PASIDs */
#define IOPF_NAME_SIZE 64 /* longer names of devices are told apart by their first 63 bytes */
#define IOPF_QUEUE_LENGTH                                                                          \
	128 /* faults of one device and PASID in flight, where they have no group id */
#define IOPF_PASID_MAX 0xfffffu
#define IOPF_NO_PASID 0xffffffffu /* of a slot: it is about the device as a whole */

/* Where a tracepoint's record has a field, and how. */
enum iopf_place {
	IOPF_ABSENT,
	IOPF_INLINE,   /* the value itself, or a string in an array */
	IOPF_DATA_LOC, /* 16 bits: where the string is in the record, 16 bits: its length */
	IOPF_REL_LOC,  /* the same, counted from behind the field */
};

struct iopf_field {
	__u16 offset;
	__u16 place; /* enum iopf_place */
};

/* Fixed when the programs are loaded. */
struct iopf_config {
	__u64 timeout_ns; /* a fault that is older is given up */
	__u32 keys;	  /* slots */
	__u32 cpus;	  /* possible ones */
	__u32 pasid;	  /* the only one that counts; IOPF_NO_PASID: all do */
	__u32 name_length;
	char name[IOPF_NAME_SIZE]; /* a prefix of name_length bytes of the devices that count */
	struct iopf_field entry_dev;
	struct iopf_field entry_pasid;
	struct iopf_field exit_dev;
	struct iopf_field exit_pasid;
	struct iopf_field unrecoverable_dev;
	__u32 nested; /* driver_response only ends what response did not */
};

struct iopf_key {
	char name[IOPF_NAME_SIZE]; /* NUL-padded */
	__u32 pasid;
	__u32 reserved;
};

/* A request that is to be answered. */
struct iopf_request {
	__u32 slot;
	__u32 group;
};

/* Where the programs remember one: memory that the collector can see. */
struct iopf_pending {
	__u64 since; /* ns, CLOCK_MONOTONIC; 0: free */
	struct iopf_request request;
};

#define IOPF_PLACES 1024 /* requests in flight, of all devices and PASIDs */

/*
 * All that is counted of one key.  Any CPU may write it, at any time, by atomic additions only, which
 * is what BPF programs of Linux 5.10 have; a square is added in four parts of 32 bits.
 * changing - changed is the number of CPUs that are about to add a latency.
 */
struct iopf_slot {
	struct iopf_key key;
	__u32 used; /* key is set */
	__u32 reserved;
	__u64 begun;
	__u64 without_entry;
	__u64 without_exit;
	__u64 failed;
	__u64 partial;
	__u64 unrecoverable;
	__u64 full; /* no place for its stamp */
	__u64 changing;
	__u64 changed;
	__u64 sum;
	__u64 square[4];
	__u64 since
		[IOPF_QUEUE_LENGTH]; /* when the latest faults began, in the way by tracepoints */
	__u64 bucket[H2_BUCKET_MASK + 1];
};

/* Of one slot on one CPU, which alone writes it; both start at 0. */
struct iopf_extremes {
	__u64 max;
	__u64 below; /* the greatest ~latency: that of the least */
};

#endif
