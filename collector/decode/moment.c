// SPDX-License-Identifier: GPL-2.0-or-later
/* moment - --since and --until: a moment as the user says it */
#include "moment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "duration.h"

/* The fraction behind the seconds at *@text, which moves behind it. */
static __u64 parse_fraction(const char **text)
{
	__u64 ns = 0, digit_ns = NS_PER_SEC / 10;

	if (text[0][0] != '.' || text[0][1] < '0' || text[0][1] > '9')
		return 0;
	for (++*text; **text >= '0' && **text <= '9'; ++*text, digit_ns /= 10)
		ns += (__u64)(**text - '0') * digit_ns;
	return ns;
}

/* False: there is no such day or second, or it is beyond what 64 bits of nanoseconds hold, in 2554. */
static bool to_seconds(const struct tm *utc, __u64 *seconds)
{
	struct tm same = *utc;
	time_t since = timegm(&same); /* which makes 3 March of 31 February */

	*seconds = (__u64)since;
	return since >= 0 && *seconds < ~0ULL / NS_PER_SEC && same.tm_mday == utc->tm_mday &&
	       same.tm_sec == utc->tm_sec;
}

static bool parse_date(const char *text, __u64 *realtime_ns)
{
	static const struct {
		const char *format;
		bool seconds; /* they may have a fraction */
	} forms[] = { { "%Y-%m-%d %H:%M:%S", true },
		      { "%Y-%m-%dT%H:%M:%S", true },
		      { "%Y-%m-%d %H:%M", false },
		      { "%Y-%m-%dT%H:%M", false },
		      { "%Y-%m-%d", false } };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm utc = { 0 };
		const char *rest = strptime(text, forms[i].format, &utc);
		__u64 fraction_ns, seconds;

		if (!rest)
			continue;
		fraction_ns = forms[i].seconds ? parse_fraction(&rest) : 0;
		rest += *rest == 'Z';
		if (*rest || !to_seconds(&utc, &seconds))
			continue;
		*realtime_ns = seconds * NS_PER_SEC + fraction_ns;
		return true;
	}
	return false;
}

bool moment_parse(const char *text, struct moment *moment)
{
	struct timespec now;
	__u64 ns;

	if (*text == '+') {
		moment->kind = MOMENT_FROM_START;
		return duration_parse(text + 1, &moment->ns);
	}
	moment->kind = MOMENT_DATE;
	if (*text != '-')
		return parse_date(text, &moment->ns);
	clock_gettime(CLOCK_REALTIME, &now);
	if (!duration_parse(text + 1, &ns))
		return false;
	moment->ns = (__u64)now.tv_sec * NS_PER_SEC + (__u64)now.tv_nsec - ns;
	return true;
}

bool moment_boot_ns(const struct moment *moment, const struct clock *clock, __u64 started_ns,
		    __u64 *boot_ns)
{
	__u64 boot_realtime_ns;

	if (moment->kind == MOMENT_FROM_START) {
		*boot_ns = started_ns + moment->ns;
		return true;
	}
	if (!clock_realtime(clock, 0, &boot_realtime_ns) || moment->ns < boot_realtime_ns)
		return false;
	*boot_ns = moment->ns - boot_realtime_ns;
	return true;
}
