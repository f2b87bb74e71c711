/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pump.h - the bytes of an open file to a decoder's reader */
#ifndef TARSIER_DECODE_PUMP_H
#define TARSIER_DECODE_PUMP_H

#include "decoder.h"
#include "glance.h"

#define PUMP_ON (-1) /* from where @fd stands, a pipe too */

/*
 * From @offset on, or PUMP_ON, until the reader stops or there is no more.  0 or -errno; -EINTR: Ctrl-C
 * (interrupt.h), and all that was decoded is good.  @glance: NULL, or it sees what the reader sees.
 */
int pump(struct decoder *decoder, int fd, __s64 offset, struct glance *glance);

#endif
