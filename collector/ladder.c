// SPDX-License-Identifier: GPL-2.0-or-later
/* ladder - the ways in which a hook can be attached, of which the first that works is taken */
#include "ladder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "say.h"
#include "texts.h"

#define TEXT_SIZE (LADDER_WHY + 64)

static bool has_rung(const struct ladder *ladder, unsigned int i)
{
	return i < LADDER_RUNGS_MAX && ladder->rungs[i].name;
}

static bool is_allowed(const struct ladder *ladder, unsigned int i)
{
	return !ladder->only || !strcmp(ladder->only, ladder->rungs[i].name);
}

int ladder_climb(struct ladder *ladder)
{
	int err = -ENOENT;

	for (unsigned int i = 0; has_rung(ladder, i) && err; i++) {
		if (!is_allowed(ladder, i))
			continue;
		err = ladder->attempt(ladder->owner, i, ladder->why[i]);
		ladder->taken = i;
		if (err)
			say_detail("%s (%s): %s", ladder->rungs[i].name, ladder->rungs[i].how,
				   ladder->why[i]);
	}
	ladder->standing = !err;
	return err;
}

bool ladder_has(const struct ladder *ladder, const char *name)
{
	for (unsigned int i = 0; has_rung(ladder, i); i++)
		if (!strcmp(ladder->rungs[i].name, name))
			return true;
	return false;
}

static bool is_told_before(const struct ladder *ladder, unsigned int i)
{
	for (unsigned int before = 0; before < i; before++)
		if (!strcmp(ladder->why[before], ladder->why[i]))
			return true;
	return false;
}

const char *ladder_why(const struct ladder *ladder, unsigned int i)
{
	bool taken = ladder->standing && i == ladder->taken;

	return *ladder->why[i] && !taken && !is_told_before(ladder, i) ? ladder->why[i] : NULL;
}

/* The reasons of all ways that were tried in vain. */
static const char *join_reasons(const struct ladder *ladder)
{
	static char line[LADDER_RUNGS_MAX * (LADDER_WHY + 32)];
	size_t used = 0;

	line[0] = '\0';
	for (unsigned int i = 0; has_rung(ladder, i); i++) {
		const char *why = ladder_why(ladder, i);

		if (why)
			used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s: %s",
						 used ? "; " : "", ladder->rungs[i].name, why);
	}
	return line;
}

const char *ladder_result(const struct ladder *ladder)
{
	return ladder->standing ? ladder->rungs[ladder->taken].name : join_reasons(ladder);
}

const char *ladder_better(const struct ladder *ladder)
{
	const char *reasons = ladder->standing ? join_reasons(ladder) : "";

	return *reasons ? reasons : NULL;
}

void ladder_describe(const struct ladder *ladder, enum probe_id probe, struct stream *stream)
{
	const struct rung *taken = &ladder->rungs[ladder->taken];
	char text[TEXT_SIZE];

	if (ladder->standing) {
		snprintf(text, sizeof(text), "%s: %s", taken->name, taken->how);
		text_write(stream, TEXT_attached, probe, text);
	}
	for (unsigned int i = 0; has_rung(ladder, i); i++) {
		const char *why = ladder_why(ladder, i);

		if (!why)
			continue;
		snprintf(text, sizeof(text), "%s: %s", ladder->rungs[i].name, why);
		text_write(stream, TEXT_unavailable, probe, text);
	}
}
