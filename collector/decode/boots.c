// SPDX-License-Identifier: GPL-2.0-or-later
/* boots - what sessions of one boot of a board share: its clock */
#include "boots.h"

#include <stddef.h>
#include <string.h>

/* A kernel without /proc tells no id. */
static const __u8 no_id[16];

struct clock *boots_clock(struct boots *boots, __u64 board_id, const __u8 id[16])
{
	struct boot *boot = boots->first;

	if (!memcmp(id, no_id, sizeof(no_id)))
		return NULL;
	while (boot && (boot->board_id != board_id || memcmp(boot->id, id, sizeof(boot->id))))
		boot = boot->next;
	if (boot)
		return &boot->clock;
	boot = budget_take(boots->budget, sizeof(*boot));
	if (!boot)
		return NULL;
	boot->board_id = board_id;
	memcpy(boot->id, id, sizeof(boot->id));
	boot->next = boots->first;
	boots->first = boot;
	return &boot->clock;
}

const __u8 *boots_id(const struct clock *clock)
{
	return ((const struct boot *)((const char *)clock - offsetof(struct boot, clock)))->id;
}

void boots_merge(struct boots *boots, const struct boots *other)
{
	for (const struct boot *boot = other->first; boot; boot = boot->next) {
		struct clock *clock = boots_clock(boots, boot->board_id, boot->id);

		if (clock)
			clock_merge(clock, &boot->clock);
	}
}

void boots_release(struct boots *boots)
{
	while (boots->first) {
		struct boot *boot = boots->first;

		boots->first = boot->next;
		budget_give(boots->budget, boot, sizeof(*boot));
	}
}
