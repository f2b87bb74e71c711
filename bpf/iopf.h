/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* iopf.h - the record of what became of the IO page faults of one device and PASID */
#ifndef TARSIER_IOPF_H
#define TARSIER_IOPF_H

#include "wire.h"

/* flags of an iopf record */
#define IOPF_WHOLE_DEVICE 0x01 /* about the device: the key's PASID says nothing */

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* Cumulative.  The latencies are in the histogram of the same key. */
struct rec_iopf {
	RECORD_FRAME;
	__u32 key;	     /* DEVICE_KEY() */
	__u32 in_flight;     /* not answered when recording ended; only in the last snapshot */
	__u64 failed;	     /* answered otherwise than with success; they have a latency */
	__u64 without_exit;  /* given up: no response came, or not in time */
	__u64 without_entry; /* responses to no fault that is known */
	__u64 unrecoverable; /* faults that nobody could answer, of the whole device */
	__u32 partial;	     /* requests of a group before its last one, which alone is answered */
	__u32 crc;
};
ASSERT_RECORD(rec_iopf);

#pragma GCC diagnostic pop

#endif
