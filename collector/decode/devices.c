// SPDX-License-Identifier: GPL-2.0-or-later
/* devices - the dictionary of devices: which name a device number has in a session */
#include "devices.h"

#include <stddef.h>
#include <string.h>

void devices_learn(struct devices *devices, const struct rec_device *record)
{
	unsigned int at = devices->count;

	while (at && devices->device[at - 1].device >= record->device)
		at--;
	if (at < devices->count && devices->device[at].device == record->device) {
		devices->device[at] = *record;
		return;
	}
	if (devices->count == DEVICES_MAX) {
		devices->refused++;
		return;
	}
	memmove(&devices->device[at + 1], &devices->device[at],
		(devices->count - at) * sizeof(devices->device[0]));
	devices->device[at] = *record;
	devices->count++;
}

const __u8 *devices_find(const struct devices *devices, __u32 number)
{
	for (unsigned int i = 0; i < devices->count; i++)
		if (devices->device[i].device == number)
			return devices->device[i].name;
	return NULL;
}

void devices_merge(struct devices *devices, const struct devices *other)
{
	for (unsigned int i = 0; i < other->count; i++)
		devices_learn(devices, &other->device[i]);
	devices->refused += other->refused;
}
