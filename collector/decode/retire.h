/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * retire.h - a receiver that runs for months gives the places of sessions that are over to new ones
 *
 * Only when places or memory run short, those that were silent longest first; a session that may
 * still go on keeps its place, so that no number of forged ones takes it away.
 */
#ifndef TARSIER_DECODE_RETIRE_H
#define TARSIER_DECODE_RETIRE_H

#include "decoder.h"

/*
 * Retire what must be, at @realtime_ns: the report of each goes to @out, NULL: nowhere.  Returns how
 * many these are.
 */
unsigned int retire(struct decoder *decoder, __u64 realtime_ns, FILE *out);

#endif
