/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge.h - what was decoded of two neighbouring parts of an input, put together
 *
 * The result is the same as if one decoder had read both, byte for byte of the report.  Where that
 * cannot be told beforehand (records overtook each other across the border, or are there twice, or
 * memory is short), merge_can() says no, and the later part is read again behind the earlier one.
 */
#ifndef TARSIER_DECODE_MERGE_H
#define TARSIER_DECODE_MERGE_H

#include "decoder.h"

bool merge_can(const struct decoder *decoder, const struct decoder *after);
/* @after keeps its memory. */
void merge(struct decoder *decoder, struct decoder *after);

#endif
