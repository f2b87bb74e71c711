// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_clock - whether records will carry the right time of day, also after the power was off */
#include <time.h>

#include "clocks.h"
#include "facts.h"
#include "kernel.h"

#define AREA "clock"
#define LINE_SIZE 64
#define YEAR_2024 1704067200 /* older than this program: nobody has set that clock */

static void look_at_realtime(void)
{
	time_t now = (time_t)(clock_ns(CLOCK_REALTIME) / NS_PER_SEC);
	struct tm tm = { 0 };

	gmtime_r(&now, &tm);
	facts_add(AREA, "realtime", now < YEAR_2024 ? FACT_warn : FACT_ok,
		  "%d-%02d-%02dT%02d:%02d:%02dZ%s", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		  tm.tm_hour, tm.tm_min, tm.tm_sec, now < YEAR_2024 ? ": not set" : "");
}

static void look_at_synchronisation(void)
{
	__u32 max_error_us;

	if (clock_synchronised(&max_error_us))
		facts_add(AREA, "synchronised", FACT_ok, "yes, to %u us", max_error_us);
	else
		facts_add(AREA, "synchronised", FACT_note,
			  "no: recordings of several boards cannot "
			  "be laid side by side");
}

static void look_at_rtc(void)
{
	char line[LINE_SIZE];

	if (kernel_read_line("/sys/class/rtc/rtc0/name", line, sizeof(line)))
		facts_add(AREA, "rtc", FACT_note, "none: the time is lost at power off");
	else
		facts_add(AREA, "rtc", FACT_ok, "%s", line);
}

static void look_at_source(void)
{
	char line[LINE_SIZE];

	if (!kernel_read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource",
			      line, sizeof(line)))
		facts_add(AREA, "source", FACT_ok, "%s", line);
}

void facts_clock(void)
{
	look_at_realtime();
	look_at_synchronisation();
	look_at_rtc();
	look_at_source();
}
