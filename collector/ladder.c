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

static int attempt(struct ladder *ladder, unsigned int i)
{
	if (!ladder->only || !strcmp(ladder->only, ladder->rungs[i].name))
		return ladder->attempt(i, ladder->why[i]);
	snprintf(ladder->why[i], LADDER_WHY, "not asked for");
	return -ENOENT;
}

int ladder_climb(struct ladder *ladder)
{
	int err = -ENOENT;

	for (unsigned int i = 0; has_rung(ladder, i) && err; i++) {
		err = attempt(ladder, i);
		ladder->taken = i;
		if (err)
			say_detail("%s: %s", ladder->rungs[i].name, ladder->why[i]);
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

const char *ladder_result(const struct ladder *ladder)
{
	static char line[LADDER_RUNGS_MAX * (LADDER_WHY + 32)];
	size_t used = 0;

	if (ladder->standing)
		return ladder->rungs[ladder->taken].name;
	for (unsigned int i = 0; has_rung(ladder, i); i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s: %s",
					 i ? "; " : "", ladder->rungs[i].name, ladder->why[i]);
	return line;
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
		if (!*ladder->why[i] || (ladder->standing && i == ladder->taken))
			continue;
		snprintf(text, sizeof(text), "%s: %s", ladder->rungs[i].name, ladder->why[i]);
		text_write(stream, TEXT_unavailable, probe, text);
	}
}
