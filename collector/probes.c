// SPDX-License-Identifier: GPL-2.0-or-later
/* probes - the table of probes, and -p PROBE:OPTION=VALUE,... */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "say.h"

#define OPTION_SIZE 64

const struct probe_entry probe_entries[] = {
#define X(id, name, summary) { PROBE_##name, #name, summary, &probe_##name },
	PROBES(X)
#undef X
		{ 0, NULL, NULL, NULL },
};

int parse_u32(const char *text, __u32 least, __u32 most, __u32 *value)
{
	unsigned long long number;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (*end || errno || number < least || number > most)
		return -EINVAL;
	*value = (__u32)number;
	return 0;
}

const struct probe_entry *probe_find(const char *name, size_t length)
{
	for (const struct probe_entry *entry = probe_entries; entry->name; entry++)
		if (strlen(entry->name) == length && !memcmp(entry->name, name, length))
			return entry;
	return NULL;
}

static const struct probe_option *option_find(const struct probe *probe, const char *name)
{
	for (const struct probe_option *option = probe->options; option->name; option++)
		if (!strcmp(option->name, name))
			return option;
	return NULL;
}

static int option_apply(const struct probe_entry *entry, char *text)
{
	char *value = strchr(text, '=');
	const struct probe_option *option;

	if (value)
		*value++ = '\0';
	option = option_find(entry->probe, text);
	if (!option) {
		say("-p %s: unknown option '%s': see 'tarsier list'", entry->name, text);
		return -EINVAL;
	}
	if (!option->argument != !value) {
		say("-p %s:%s: %s", entry->name, text,
		    value ? "takes no value" : "needs a value: OPTION=VALUE");
		return -EINVAL;
	}
	if (option->set(value)) {
		say("-p %s:%s=%s: want %s", entry->name, text, value, option->argument);
		return -EINVAL;
	}
	return 0;
}

static int options_apply(const struct probe_entry *entry, const char *list)
{
	while (*list) {
		size_t length = strcspn(list, ",");
		char text[OPTION_SIZE];
		int err;

		if (length >= sizeof(text)) {
			say("-p %s: option too long: %.20s...", entry->name, list);
			return -EINVAL;
		}
		memcpy(text, list, length);
		text[length] = '\0';
		err = option_apply(entry, text);
		if (err)
			return err;
		list += length + (list[length] == ',');
	}
	return 0;
}

const struct probe_entry *probe_parse(const char *text)
{
	size_t length = strcspn(text, ":");
	const struct probe_entry *entry = probe_find(text, length);

	if (!entry) {
		say("-p %s: unknown probe: 'tarsier list' shows those there are", text);
		return NULL;
	}
	if (text[length] == ':' && options_apply(entry, text + length + 1))
		return NULL;
	return entry;
}
