/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listen.h - datagrams from boards, decoded as they come */
#ifndef TARSIER_DECODE_LISTEN_H
#define TARSIER_DECODE_LISTEN_H

#include "decoder.h"

/* Returns when asked to, or when nothing more is to come.  0, or -1 after having told the user. */
int listen_run(struct decoder *decoder, const struct options *options);

#endif
