/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.h - texts of any bytes as JSON strings */
#ifndef TARSIER_JSON_H
#define TARSIER_JSON_H

#include <stdio.h>

/* Write @text in quotation marks; what is not UTF-8 becomes U+FFFD, byte by byte. */
void json_string(FILE *file, const char *text);

#endif
