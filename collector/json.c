// SPDX-License-Identifier: GPL-2.0-or-later
/* json - texts of any bytes as JSON strings */
#include "json.h"

#include <linux/types.h>

/* Bytes of the character that begins at @text; 0: it is none. */
static unsigned int utf8_length(const __u8 *text)
{
	static const struct {
		__u8 least, most, second_least, second_most;
		unsigned int length;
	} kinds[] = {
		/* RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF */
		{ 0x01, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		unsigned int good = 1;

		if (text[0] < kinds[i].least || text[0] > kinds[i].most)
			continue;
		if (kinds[i].length > 1 &&
		    (text[1] < kinds[i].second_least || text[1] > kinds[i].second_most))
			return 0;
		while (good < kinds[i].length && (good == 1 || (text[good] & 0xc0) == 0x80))
			good++;
		return good == kinds[i].length ? good : 0;
	}
	return 0;
}

void json_string(FILE *file, const char *text)
{
	const __u8 *at = (const __u8 *)text;

	putc('"', file);
	while (*at) {
		unsigned int length = utf8_length(at);

		if (!length)
			fputs("\\ufffd", file);
		else if (*at < 0x20)
			fprintf(file, "\\u%04x", *at);
		else
			fprintf(file, "%s%.*s", *at == '"' || *at == '\\' ? "\\" : "", (int)length,
				(const char *)at);
		at += length ? length : 1;
	}
	putc('"', file);
}
