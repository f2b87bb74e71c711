/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mend.h - CRCs that fit, else nearly every mutation of a recording would end at the reader */
#ifndef TARSIER_FUZZ_MEND_H
#define TARSIER_FUZZ_MEND_H

#include <stddef.h>

/* At every 64 bytes that carry a type. */
void mend(unsigned char *bytes, size_t size);

#endif
