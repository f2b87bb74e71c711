/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boots.h - what sessions of one boot of a board share: its clock */
#ifndef TARSIER_DECODE_BOOTS_H
#define TARSIER_DECODE_BOOTS_H

#include "budget.h"
#include "clock.h"

struct boot {
	struct boot *next;
	__u64 board_id;
	__u8 id[16];
	struct clock clock;
};

struct boots {
	struct boot *first;
	struct budget *budget;
};

/* The clock of this boot, a new one where none is known; NULL: no memory, or no boot's id. */
struct clock *boots_clock(struct boots *boots, __u64 board_id, const __u8 id[16]);

/* The id of the boot whose clock @clock is, as boots_clock() returned it. */
const __u8 *boots_id(const struct clock *clock);

/* All that @other knows. */
void boots_merge(struct boots *boots, const struct boots *other);

void boots_release(struct boots *boots);

#endif
