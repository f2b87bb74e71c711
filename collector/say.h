/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say.h - messages to the user, on stderr, one line each */
#ifndef TARSIER_SAY_H
#define TARSIER_SAY_H

#include <stdbool.h>

/* Whether say_detail() prints (-v). */
extern bool say_details;

/* From now on messages are about this line of @file, which stays valid; NULL: no longer. */
void say_place(const char *file, unsigned int line);

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);
__attribute__((format(printf, 1, 2))) void say_detail(const char *format, ...);

#endif
