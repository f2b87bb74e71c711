// SPDX-License-Identifier: GPL-2.0-or-later
/* mend - CRCs that fit */
#include "mend.h"

#include <string.h>

#include "crc32c.h"
#include "wire.h"

void mend(unsigned char *bytes, size_t size)
{
	for (size_t at = 0; at + RECORD_SIZE <= size; at += RECORD_SIZE) {
		__u32 crc = crc32c(bytes + at, RECORD_CRC_SPAN, crc32c_has_instruction());

		if (bytes[at] != 0x00 && bytes[at] != 0xff)
			memcpy(bytes + at + RECORD_CRC_SPAN, &crc, sizeof(crc));
	}
}
