/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exit.h - the collector's exit statuses: scripts and supervisors rely on them */
#ifndef TARSIER_EXIT_H
#define TARSIER_EXIT_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,    /* something inside went wrong */
	EXIT_USAGE = 2,	    /* an option, probe or output that does not exist */
	EXIT_PRIVILEGE = 3, /* not allowed to load BPF programs */
	EXIT_KERNEL = 4,    /* the kernel lacks what every wanted probe needs */
	EXIT_SINK = 5,	    /* an output could not be opened */
	EXIT_LOST = 6,	    /* ran to the end, but an output lost records */
	EXIT_SANDBOX = 7,   /* cannot give up its rights: nothing is recorded with them */
};

#endif
