/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interrupt.h - Ctrl-C while inputs are read: it ends the reading, not the report */
#ifndef TARSIER_DECODE_INTERRUPT_H
#define TARSIER_DECODE_INTERRUPT_H

#include <stdbool.h>

/*
 * From here to interrupt_release() the first SIGINT or SIGTERM is only noted, and ends a call that
 * waits (EINTR).  A second one ends the process, as ever.
 */
void interrupt_catch(void);
void interrupt_release(void);
bool interrupt_came(void);

/* For threads other than the first one, which may be waiting for input: signals are not for them. */
void interrupt_elsewhere(void);

#endif
