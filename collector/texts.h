/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.h - strings of any length as text records */
#ifndef TARSIER_TEXTS_H
#define TARSIER_TEXTS_H

#include "probes.h"
#include "stream.h"

/* Write @text in as many records as it needs, 255 at most; @probe 0: about the session. */
void text_write(struct stream *stream, enum text_kind kind, enum probe_id probe, const char *text);

#endif
