// SPDX-License-Identifier: GPL-2.0-or-later
/* text - what came from outside, made fit to be printed: strings, times, numbers with a unit */
#include "text.h"

#include <string.h>

static const struct unit units[] = {
	{ "us", "usecs", 1000, 3 },
	{ "ms", "msecs", 1000000, 6 },
	{ "ns", "nsecs", 1, 0 },
};

const struct unit *unit_find(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

/* Bytes of the UTF-8 sequence that begins with @lead; 0: none does. */
static size_t utf8_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if ((lead & 0xf0) == 0xe0)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* The character of @length bytes at @from; 0: it is not well-formed UTF-8. */
static __u32 utf8_decode(const unsigned char *from, size_t length)
{
	static const __u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	__u32 character = length == 1 ? from[0] : from[0] & (0x7fu >> length);

	for (size_t i = 1; i < length; i++) {
		if ((from[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (from[i] & 0x3f);
	}
	if (character < least[length] || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	return character;
}

/* Control characters, line breaks, what turns the writing direction, and our own quoting. */
static bool is_harmful(__u32 character)
{
	return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == '"' ||
	       character == '\'' || character == '\\' || character == 0x061c ||
	       (character >= 0x200b && character <= 0x200f) ||
	       (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

/* ASCII and not harmful, which leaves out " ' and \: most of what there is. */
static const bool plain[256] = {
	[0x20 ... 0x21] = true,
	[0x23 ... 0x26] = true,
	[0x28 ... 0x5b] = true,
	[0x5d ... 0x7e] = true,
};

bool text_is_plain(const void *text, size_t len)
{
	const unsigned char *at = text;
	bool all = true;

	for (size_t i = 0; i < len; i++)
		all &= plain[at[i]];
	return all;
}

char *text_escape(char *to, const void *from, size_t len)
{
	const unsigned char *at = from, *end = at + strnlen(from, len);

	while (at < end) {
		size_t length;

		if (plain[*at]) {
			*to++ = (char)*at++;
			continue;
		}
		length = utf8_length(*at);
		if (!length || length > (size_t)(end - at) || is_harmful(utf8_decode(at, length))) {
			to += snprintf(to, sizeof("\\xff"), "\\x%02x", *at++);
			continue;
		}
		memcpy(to, at, length);
		to += length;
		at += length;
	}
	*to = '\0';
	return to;
}

unsigned int text_columns(const char *escaped)
{
	unsigned int columns = 0;

	for (; *escaped; escaped++)
		columns += (*escaped & 0xc0) != 0x80;
	return columns;
}

const char *text_utf8(char *to, const void *from, size_t len)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const unsigned char *at = from, *end = at + strnlen(from, len);
	char *begin = to;

	while (at < end) {
		size_t length = utf8_length(*at);
		bool good = length == 1 ||
			    (length && length <= (size_t)(end - at) && utf8_decode(at, length));
		size_t put = good ? length : sizeof(replacement) - 1;

		memcpy(to, good ? (const char *)at : replacement, put);
		to += put;
		at += good ? length : 1;
	}
	*to = '\0';
	return begin;
}

void text_print(FILE *out, const void *bytes, size_t len, unsigned int width)
{
	char piece[TEXT_ESCAPED(64)];
	const char *from = bytes;
	unsigned int columns = 0;

	len = strnlen(bytes, len);
	while (len) {
		size_t part = len < 64 ? len : 64;

		/* do not cut a character in two */
		while (part < len && part > 60 && ((unsigned char)from[part] & 0xc0) == 0x80)
			part--;
		text_escape(piece, from, part);
		columns += text_columns(piece);
		fputs(piece, out);
		from += part;
		len -= part;
	}
	if (columns < width)
		fprintf(out, "%*s", (int)(width - columns), "");
}

void text_print_string(FILE *out, const char *string)
{
	text_print(out, string, strlen(string), 0);
}

const char *text_ns(char to[TEXT_NUMBER], __u64 ns, const struct unit *unit)
{
	if (unit->decimals)
		snprintf(to, TEXT_NUMBER, "%llu.%0*llu", ns / unit->ns, unit->decimals,
			 ns % unit->ns);
	else
		snprintf(to, TEXT_NUMBER, "%llu", ns);
	return to;
}

static const char twos[] = "00010203040506070809"
			   "10111213141516171819"
			   "20212223242526272829"
			   "30313233343536373839"
			   "40414243444546474849"
			   "50515253545556575859"
			   "60616263646566676869"
			   "70717273747576777879"
			   "80818283848586878889"
			   "90919293949596979899";

static char *put_two(char *to, unsigned int number)
{
	memcpy(to, twos + (size_t)2 * number, 2);
	return to + 2;
}

/* By twos: the next division waits for the one before. */
char *text_digits(char *to, __u64 number, unsigned int count)
{
	char *end = to + count, *at = end;

	for (; at - to > 1; number /= 100) {
		at -= 2;
		put_two(at, number % 100);
	}
	if (at > to)
		*to = (char)('0' + number % 10);
	return end;
}

/* Dates are printed by the million: neither strftime() nor printf(). */

/* "2025-01-31".  After civil_from_days() of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static char *put_date(char *to, __u64 realtime_ns)
{
	__u64 days = realtime_ns / NS_PER_DAY + 719468; /* since 0000-03-01 */
	__u64 era = days / 146097, of_era = days % 146097;
	__u64 year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	__u64 of_year = of_era - (365 * year + year / 4 - year / 100);
	__u64 month = (5 * of_year + 2) / 153; /* since March */
	bool is_next_year = month >= 10;

	to = text_digits(to, 400 * era + year + is_next_year, 4);
	*to++ = '-';
	to = text_digits(to, is_next_year ? month - 9 : month + 3, 2);
	*to++ = '-';
	return text_digits(to, of_year - (153 * month + 2) / 5 + 1, 2);
}

/* "12:34:56." and so many digits of the second's fraction */
static char *put_time(char *to, __u64 realtime_ns, unsigned int digits)
{
	unsigned int second = (unsigned int)(realtime_ns % NS_PER_DAY / NS_PER_SEC);
	__u64 fraction = realtime_ns % NS_PER_SEC;

	to = put_two(to, second / 3600);
	*to++ = ':';
	to = put_two(to, second / 60 % 60);
	*to++ = ':';
	to = put_two(to, second % 60);
	*to++ = '.';
	return text_digits(to, digits == 9 ? fraction : fraction / NS_PER_US, digits);
}

const char *text_date(char to[TEXT_TIME], __u64 realtime_ns)
{
	char *at = put_date(to, realtime_ns);

	*at++ = ' ';
	memcpy(put_time(at, realtime_ns, 6), " UTC", sizeof(" UTC"));
	return to;
}

const char *text_time_of_day(char to[TEXT_TIME], __u64 realtime_ns)
{
	*put_time(to, realtime_ns, 6) = '\0';
	return to;
}

const char *text_rfc3339(char to[TEXT_TIME], __u64 realtime_ns)
{
	char *at = put_date(to, realtime_ns);

	*at++ = 'T';
	memcpy(put_time(at, realtime_ns, 9), "Z", sizeof("Z"));
	return to;
}

const char *text_seconds(char to[TEXT_TIME], __u64 ns)
{
	snprintf(to, TEXT_TIME, "%llu.%06llu s", ns / NS_PER_SEC, ns % NS_PER_SEC / NS_PER_US);
	return to;
}

const char *text_plural(__u64 number)
{
	return number == 1 ? "" : "s";
}
