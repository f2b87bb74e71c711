// SPDX-License-Identifier: GPL-2.0-or-later
/* facts - what a check finds out about a board besides its probes */
#include "facts.h"

#include <stdarg.h>
#include <stdio.h>

#define FACTS_MAX 64

static struct fact facts[FACTS_MAX];
static unsigned int fact_count;

void facts_add(const char *area, const char *name, enum verdict verdict, const char *format, ...)
{
	struct fact *fact = &facts[fact_count];
	va_list args;

	if (fact_count == FACTS_MAX)
		return;
	*fact = (struct fact) { .area = area, .name = name, .verdict = verdict };
	va_start(args, format);
	vsnprintf(fact->value, sizeof(fact->value), format, args);
	va_end(args);
	fact_count++;
}

const struct fact *facts_all(unsigned int *count)
{
	*count = fact_count;
	return facts;
}

void facts_clear(void)
{
	fact_count = 0;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = { "ok", "note", "warn", "fail" };

	return names[verdict];
}
