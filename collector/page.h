/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.h - whole blocks gathered to a page of a file
 *
 * A block never crosses the border of pages, so that a page holds whole blocks whatever happens to
 * its neighbours, and begins with a header.  What is left is filled with pads.
 */
#ifndef TARSIER_PAGE_H
#define TARSIER_PAGE_H

#include <stdbool.h>

#include "sink.h"

#define FILE_PAGE 4096

struct page {
	unsigned char bytes[FILE_PAGE] __attribute__((aligned(RECORD_SIZE)));
	unsigned int used;    /* bytes */
	unsigned int records; /* data records in it */
	__u64 first;	      /* number of its first block */
};

bool page_has_room(const struct page *page, const struct block *block);
void page_add(struct page *page, const struct block *block);
bool page_is_full(const struct page *page);
void page_empty(struct page *page);

/* Fill the rest: @synced_ns is when the last sync was done, @sync_ms how often there is one. */
void page_fill(struct page *page, __u64 synced_ns, __u64 sync_ms);

/* The block of that number in a page's @bytes; false: it is not there. */
bool page_find(const unsigned char bytes[FILE_PAGE], unsigned int used, __u64 number,
	       struct block *block);
/* The low 32 bits of the number of the block that begins a page; false: no page of ours. */
bool page_first_number(const struct record *first, __u32 *number);

#endif
