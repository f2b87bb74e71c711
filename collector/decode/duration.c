// SPDX-License-Identifier: GPL-2.0-or-later
/* duration - a length of time as the user says it */
#include "duration.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1e6
#define DURATION_MAX_MS (366 * 86400e3)

bool duration_parse(const char *text, __u64 *duration_ns)
{
	static const struct {
		const char *name;
		__u64 ms;
	} units[] = { { "", 1000 },   { "s", 1000 },	{ "ms", 1 },
		      { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
	double number;
	char *end;

	/* strtod() reads signs, "nan" and hexadecimal digits as well */
	if (((*text < '0' || *text > '9') && *text != '.') || text[strcspn(text, "xX")])
		return false;
	number = strtod(text, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double ms = number * (double)units[i].ms;

		if (strcmp(end, units[i].name))
			continue;
		if (!(ms >= 1 && ms <= DURATION_MAX_MS))
			return false;
		*duration_ns = (__u64)(ms * NS_PER_MS);
		return true;
	}
	return false;
}
