// SPDX-License-Identifier: GPL-2.0-or-later
/* sink - where blocks go: the outputs that are open, and what each has lost */
#include "sink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"

#define TARGET_SIZE 512

const struct sink_kind *const sink_kinds[] = { &sink_udp, &sink_file, &sink_stdout, NULL };

static struct sink sinks[SINKS_MAX];
static unsigned int sink_count;
static __u64 sync_ms = 30000;
static bool announcement_wanted;

const struct sink_kind *sink_kind_of(const char *name)
{
	for (unsigned int i = 0; sink_kinds[i]; i++)
		if (!strncmp(name, sink_kinds[i]->prefix, strlen(sink_kinds[i]->prefix)))
			return sink_kinds[i];
	return NULL;
}

/* The option that "NAME=..." sets; NULL: these are other words. */
static const struct sink_option *option_of(const struct sink_kind *kind, const char *text)
{
	for (const struct sink_option *option = kind->options; option && option->name; option++) {
		size_t length = strlen(option->name);

		if (!strncmp(text, option->name, length) && text[length] == '=')
			return option;
	}
	return NULL;
}

/* From the end: a comma that no option follows belongs to the target. */
static int take_options(struct sink *sink, char *target, char detail[SINK_DETAIL_SIZE])
{
	const struct sink_option *option;
	char *comma;

	while ((comma = strrchr(target, ',')) && (option = option_of(sink->kind, comma + 1))) {
		const char *value = strchr(comma, '=') + 1;

		if (option->set(sink, value)) {
			snprintf(detail, SINK_DETAIL_SIZE, "%s=%s: want %s: %s", option->name,
				 value, option->argument, option->help);
			return -EINVAL;
		}
		*comma = '\0';
	}
	return 0;
}

int sink_parse(struct sink *sink, const char *name, char *target, size_t size,
	       char detail[SINK_DETAIL_SIZE])
{
	*sink = (struct sink) { .kind = sink_kind_of(name), .name = name, .fd = -1 };
	if (!sink->kind) {
		snprintf(detail, SINK_DETAIL_SIZE,
			 "unknown kind of output: use udp://HOST:PORT, file:PATH or -");
		return -EINVAL;
	}
	if ((size_t)snprintf(target, size, "%s", name + strlen(sink->kind->prefix)) >= size) {
		snprintf(detail, SINK_DETAIL_SIZE, "more than %zu characters", size - 1);
		return -EINVAL;
	}
	return take_options(sink, target, detail);
}

bool sinks_know(const char *name)
{
	char target[TARGET_SIZE], detail[SINK_DETAIL_SIZE] = "";
	struct sink sink;
	int err = sink_parse(&sink, name, target, sizeof(target), detail);

	if (!err && sink.kind->check)
		err = sink.kind->check(target, detail);
	if (err)
		say("-o %s: %s", name, detail);
	free(sink.own);
	return !err;
}

void sinks_set_sync(__u64 ms)
{
	sync_ms = ms;
}

__u64 sinks_sync_ms(void)
{
	return sync_ms;
}

int sinks_open(const char *name)
{
	struct sink *sink = &sinks[sink_count];
	char target[TARGET_SIZE], detail[SINK_DETAIL_SIZE] = "";
	int err;

	if (sink_count == SINKS_MAX) {
		say("-o %s: more than %d outputs", name, SINKS_MAX);
		return -E2BIG;
	}
	err = sink_parse(sink, name, target, sizeof(target), detail);
	err = err ? err : sink->kind->open(sink, target, detail);
	if (err) {
		say("-o %s: %s%s%s", name, detail, *detail ? ": " : "", strerror(-err));
		free(sink->own);
		return err;
	}
	sink_count++;
	return 0;
}

int sinks_watch(void)
{
	int err = 0;

	for (unsigned int i = 0; i < sink_count && !err; i++)
		if (sinks[i].kind->watch)
			err = sinks[i].kind->watch(&sinks[i]);
	return err;
}

unsigned int sinks_block_records(void)
{
	unsigned int least = BLOCK_RECORDS_MAX;

	for (unsigned int i = 0; i < sink_count; i++)
		if (sinks[i].block_records_max && sinks[i].block_records_max < least)
			least = sinks[i].block_records_max;
	return least;
}

bool sinks_are_live(void)
{
	for (unsigned int i = 0; i < sink_count; i++)
		if (!sinks[i].kind->find)
			return true;
	return false;
}

bool sinks_keep(void)
{
	for (unsigned int i = 0; i < sink_count; i++)
		if (sinks[i].kind->find)
			return true;
	return false;
}

bool sinks_want_announcement(void)
{
	bool wanted = announcement_wanted;

	announcement_wanted = false;
	return wanted;
}

void sinks_ask_announcement(void)
{
	announcement_wanted = true;
}

/* Only a write tells that a sink works again: a sync or a close may succeed on a full disk. */
void sink_note(struct sink *sink, int err, bool kept)
{
	if (err == sink->error)
		return;
	if (err)
		say("-o %s: %s: records %s until this works again", sink->name, strerror(-err),
		    kept ? "wait in a file" : "are lost and counted");
	else
		say("-o %s: works again; %llu records lost, %llu wait", sink->name, sink->lost,
		    sink->waiting);
	sink->error = err;
}

static bool write_to(bool to_files, const struct block *block, bool kept)
{
	bool any = false;

	for (unsigned int i = 0; i < sink_count; i++) {
		struct sink *sink = &sinks[i];
		int err;

		if (!sink->kind->find == to_files)
			continue;
		err = sink->kind->write(sink, block, kept);
		any |= !err;
		sink_note(sink, err, kept);
	}
	return any;
}

/* Files first: who cannot pass a block on then knows whether it is kept. */
void sinks_write(const struct block *block)
{
	bool kept = write_to(true, block, false);

	write_to(false, block, kept);
}

int sinks_find(__u64 number, struct block *block)
{
	int err = -ESTALE;

	for (unsigned int i = 0; i < sink_count && err; i++) {
		int found = sinks[i].kind->find ? sinks[i].kind->find(&sinks[i], number, block)
						: -ESTALE;

		err = found == -ESTALE ? err : found;
	}
	return err;
}

void sinks_sync(void)
{
	for (unsigned int i = 0; i < sink_count; i++) {
		int err = sinks[i].kind->sync ? sinks[i].kind->sync(&sinks[i]) : 0;

		if (err)
			sink_note(&sinks[i], err, false);
	}
}

void sinks_finish(void)
{
	for (unsigned int i = 0; i < sink_count; i++)
		if (sinks[i].kind->finish)
			sinks[i].kind->finish(&sinks[i]);
}

void sinks_close(void)
{
	sinks_sync();
	for (unsigned int i = 0; i < sink_count; i++) {
		int err = sinks[i].kind->close(&sinks[i]);

		if (err)
			sink_note(&sinks[i], err, false);
		free(sinks[i].own);
		sinks[i].own = NULL;
	}
}

void sinks_abandon(void)
{
	for (unsigned int i = 0; i < sink_count; i++) {
		struct sink *sink = &sinks[i];

		(sink->kind->abandon ? sink->kind->abandon : sink->kind->close)(sink);
		free(sink->own);
	}
	sink_count = 0;
}

__u64 sinks_count(enum ledger_id id)
{
	__u64 count = 0;

	for (unsigned int i = 0; i < sink_count; i++) {
		count += sinks[i].kind->loss == id ? sinks[i].lost : 0;
		count += id == LEDGER_send_waiting ? sinks[i].waiting : 0;
	}
	return count;
}

bool sinks_all_gone(void)
{
	for (unsigned int i = 0; i < sink_count; i++)
		if (sinks[i].error != -EPIPE)
			return false;
	return true;
}

int parse_size(const char *text, __u64 least, __u64 most, __u64 *size)
{
	static const char units[] = "kmg";
	char *end;
	unsigned long long number = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end | 0x20) : NULL;
	unsigned int shift = unit ? 10 * (unsigned int)(unit - units + 1) : 0;

	if (*text < '0' || *text > '9' || (*end && (!unit || end[1])) || number > ~0ull >> shift)
		return -EINVAL;
	number <<= shift;
	if (number < least || number > most)
		return -EINVAL;
	*size = number;
	return 0;
}
