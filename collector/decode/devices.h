/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices.h - the dictionary of devices: which name a device number has in a session */
#ifndef TARSIER_DECODE_DEVICES_H
#define TARSIER_DECODE_DEVICES_H

#include "wire.h"

#define DEVICES_MAX 512

struct devices {
	struct rec_device device[DEVICES_MAX]; /* by number */
	unsigned int count;
	unsigned int refused; /* records without a place */
};

void devices_learn(struct devices *devices, const struct rec_device *record);

/* DEVICE_NAME_SIZE bytes; NULL: unknown. */
const __u8 *devices_find(const struct devices *devices, __u32 number);

/* All that @other knows. */
void devices_merge(struct devices *devices, const struct devices *other);

#endif
