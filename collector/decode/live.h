/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * live.h - what a fleet does at the moment, on a terminal, drawn anew once a second
 *
 * A line for each probe over all boards, a line for each board, and where there is room the probes of
 * each board.  It takes the terminal's other screen and gives the first one back as it was.
 */
#ifndef TARSIER_DECODE_LIVE_H
#define TARSIER_DECODE_LIVE_H

#include "decoder.h"
#include "facts.h"

#define LIVE_MS 1000

struct live;

/* NULL: no memory.  Standard output is a terminal. */
struct live *live_open(const struct decoder *decoder);
void live_close(struct live *live);

void live_draw(struct live *live, const struct facts *facts);

#endif
