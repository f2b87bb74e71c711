// SPDX-License-Identifier: GPL-2.0-or-later
/* sink - where blocks go: the outputs that are open, and what each has lost */
#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "say.h"

const struct sink_kind *const sink_kinds[] = { &sink_udp, &sink_file, &sink_stdout, NULL };

static struct sink sinks[SINKS_MAX];
static unsigned int sink_count;

static const struct sink_kind *kind_of(const char *name)
{
	for (unsigned int i = 0; sink_kinds[i]; i++)
		if (!strncmp(name, sink_kinds[i]->prefix, strlen(sink_kinds[i]->prefix)))
			return sink_kinds[i];
	return NULL;
}

bool sinks_know(const char *name)
{
	if (!kind_of(name))
		say("-o %s: unknown kind of output: use udp://HOST:PORT, file:PATH or -", name);
	return kind_of(name);
}

int sinks_open(const char *name)
{
	const struct sink_kind *kind = kind_of(name);
	struct sink *sink = &sinks[sink_count];
	char detail[SINK_DETAIL_SIZE] = "";
	int err;

	if (!sinks_know(name))
		return -EINVAL;
	if (sink_count == SINKS_MAX) {
		say("-o %s: more than %d outputs", name, SINKS_MAX);
		return -E2BIG;
	}
	*sink = (struct sink) { .kind = kind, .name = name, .fd = -1 };
	err = kind->open(sink, name + strlen(kind->prefix), detail);
	if (err) {
		say("-o %s: %s%s%s", name, detail, *detail ? ": " : "", strerror(-err));
		return err;
	}
	sink_count++;
	return 0;
}

unsigned int sinks_block_records(void)
{
	unsigned int least = BLOCK_RECORDS_MAX;

	for (unsigned int i = 0; i < sink_count; i++)
		if (sinks[i].block_records_max && sinks[i].block_records_max < least)
			least = sinks[i].block_records_max;
	return least;
}

/* Only a write tells that a sink works again: a sync or a close may succeed on a full disk. */
static void note_result(struct sink *sink, int err)
{
	if (err == sink->error)
		return;
	if (err)
		say("-o %s: %s: records are lost and counted until this works again", sink->name,
		    strerror(-err));
	else
		say("-o %s: works again after %llu lost records", sink->name, sink->lost);
	sink->error = err;
}

static void write_one(struct sink *sink, const void *block, size_t size, unsigned int data_records)
{
	int err;

	sink->refused = 0;
	err = sink->kind->write(sink, block, size);
	if (sink->refused)
		sink->lost += sink->last_records;
	if (err)
		sink->lost += data_records;
	else
		sink->unsynced += data_records;
	sink->last_records = err ? 0 : data_records;
	note_result(sink, err ? err : sink->refused);
}

void sinks_write(const void *block, size_t size, unsigned int data_records)
{
	for (unsigned int i = 0; i < sink_count; i++)
		write_one(&sinks[i], block, size, data_records);
}

/* What a failed sync leaves on the medium is unknown, and trying again would not tell: lost. */
static void sync_one(struct sink *sink)
{
	int err = sink->kind->sync(sink);

	if (err) {
		sink->lost += sink->unsynced;
		note_result(sink, err);
	}
	sink->unsynced = 0;
}

void sinks_sync(void)
{
	for (unsigned int i = 0; i < sink_count; i++) {
		struct sink *sink = &sinks[i];

		if (sink->kind->sync && sink->unsynced)
			sync_one(sink);
	}
}

void sinks_close(void)
{
	sinks_sync();
	for (unsigned int i = 0; i < sink_count; i++) {
		int err = sinks[i].kind->close(&sinks[i]);

		if (err)
			note_result(&sinks[i], err);
	}
}

void sinks_abandon(void)
{
	for (unsigned int i = 0; i < sink_count; i++) {
		struct sink *sink = &sinks[i];

		(sink->kind->abandon ? sink->kind->abandon : sink->kind->close)(sink);
	}
	sink_count = 0;
}

__u64 sinks_lost(enum ledger_id loss)
{
	__u64 lost = 0;

	for (unsigned int i = 0; i < sink_count; i++)
		if (sinks[i].kind->loss == loss)
			lost += sinks[i].lost;
	return lost;
}

bool sinks_all_gone(void)
{
	for (unsigned int i = 0; i < sink_count; i++)
		if (sinks[i].error != -EPIPE)
			return false;
	return true;
}

int sink_write_all(struct sink *sink, const void *block, size_t size)
{
	const char *from = block;

	while (size) {
		ssize_t written = write(sink->fd, from, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		from += written;
		size -= (size_t)written;
	}
	return 0;
}
