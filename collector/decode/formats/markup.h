/* SPDX-License-Identifier: GPL-2.0-or-later */
/* markup.h - text for HTML and SVG: what opens a tag or ends an attribute is escaped */
#ifndef TARSIER_DECODE_MARKUP_H
#define TARSIER_DECODE_MARKUP_H

#include <stdio.h>

/* Text that text_escape() made, or our own. */
void markup(FILE *out, const char *text);

#endif
