/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exit.h - the decoder's exit statuses: scripts rely on them */
#ifndef TARSIER_DECODE_EXIT_H
#define TARSIER_DECODE_EXIT_H

/* X(name, number, what it means) */
#define EXIT_STATUSES(X)                                                                           \
	X(CLEAN, 0, "clean")                                                                       \
	X(IO, 1, "something could not be opened, read, received or written")                       \
	X(USAGE, 2, "wrong usage")                                                                 \
	X(DAMAGED, 3,                                                                              \
	  "damaged or incomplete: bytes, records or events are missing or unexplained")            \
	X(NOTHING, 4, "no record found")

enum exit_status {
#define X(name, number, text) EXIT_##name = number,
	EXIT_STATUSES(X)
#undef X
};

#endif
