/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input.h - files, the files of a directory, and standard input, read into the decoder */
#ifndef TARSIER_DECODE_INPUT_H
#define TARSIER_DECODE_INPUT_H

#include "decoder.h"

struct input_result {
	bool quiet;	 /* set by the caller: read only what can be read again, and say nothing */
	bool failed;	 /* something could not be read: the user was told */
	bool recordless; /* a file that was named holds no record: the user was told */
	bool stopped;	 /* by Ctrl-C (interrupt.h), before the end of all there is to read */
};

/* All that the options name, by @jobs threads where that can be done. */
void inputs_read(struct decoder *decoder, unsigned int jobs, struct input_result *result);

#endif
