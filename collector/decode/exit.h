/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exit.h - the decoder's exit statuses: scripts rely on them */
#ifndef TARSIER_DECODE_EXIT_H
#define TARSIER_DECODE_EXIT_H

enum exit_status {
	EXIT_CLEAN = 0,
	EXIT_IO = 1,	  /* something could not be opened, read, received or written */
	EXIT_USAGE = 2,	  /* an option or argument that does not exist */
	EXIT_DAMAGED = 3, /* damaged or incomplete, or the books do not balance */
	EXIT_NOTHING = 4, /* no record found */
};

#endif
