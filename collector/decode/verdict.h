/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict.h - is everything here, whole and explained? */
#ifndef TARSIER_DECODE_VERDICT_H
#define TARSIER_DECODE_VERDICT_H

#include "decoder.h"

/* Once settled: nothing is damaged, missing or unexplained in what was read. */
bool verdict(const struct decoder *decoder);

/* What is not, in a line for each session that anything is missing of, and one for the input; @out. */
void verdict_print(const struct decoder *decoder, FILE *out);

/* Events that the session's board itself says it lost. */
__u64 verdict_lost(const struct session *session);

#endif
