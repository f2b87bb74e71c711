/* SPDX-License-Identifier: GPL-2.0-or-later */
/* svg_draw.h - a distribution as pictures, for a file of their own or within a page */
#ifndef TARSIER_DECODE_SVG_DRAW_H
#define TARSIER_DECODE_SVG_DRAW_H

#include "collect.h"
#include "losses.h"

/* The rules for light, dark and paper, once in a page or picture; without the tags around them. */
void svg_style(FILE *out);

/* Bars over a logarithmic axis. */
void svg_histogram(FILE *out, const struct plotted *subject);
/* The value below which a share of all lies, over an axis that is the finer the nearer to all. */
void svg_percentiles(FILE *out, const struct plotted *subject);
/* What happened when: darker is more.  Nothing without steps. */
bool svg_has_course(const struct plotted *subject);
void svg_course(FILE *out, const struct plotted *subject);

#endif
