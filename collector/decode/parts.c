// SPDX-License-Identifier: GPL-2.0-or-later
/* parts - files read by several threads: each decodes parts, which are merged in their order */
#include "parts.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "interrupt.h"
#include "merge.h"
#include "pump.h"

#define JOBS_MAX 64

struct part {
	struct source *source;
	__u64 from;
	__u64 to; /* ~0: the end of the file */
	enum { PART_WAITS, PART_READ } state;
	struct decoder *decoder; /* NULL: no memory for it, or it was not begun */
	int err;	      /* 0 or -errno; -EINTR: what was decoded is good, and there is more */
	struct glance glance; /* of a file's first part */
};

struct parts {
	struct decoder *decoder;
	size_t part_size;
	__u64 position; /* to where the source has been merged */
	pthread_t thread[JOBS_MAX];
	unsigned int jobs;

	/* of all threads */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool closing;
	struct part *ring; /* the parts numbered merged to added - 1 */
	unsigned int room;
	__u64 merged;
	__u64 taken; /* by threads */
	__u64 added;
};

static struct part *part_of(struct parts *parts, __u64 number)
{
	return &parts->ring[number % parts->room];
}

/*
 * Reading
 */

static int read_part(struct decoder *decoder, const struct source *source, __u64 from, bool begun,
		     __u64 to, struct glance *glance)
{
	int err;

	decoder_begin_part(decoder, source->name, from, begun, to);
	err = pump(decoder, source->fd, (__s64)from, glance);
	reader_end(&decoder->reader);
	return err;
}

static void *work(void *context)
{
	struct parts *parts = context;

	interrupt_elsewhere();
	pthread_mutex_lock(&parts->mutex);
	for (;;) {
		struct part *part;

		while (parts->taken == parts->added && !parts->closing)
			pthread_cond_wait(&parts->changed, &parts->mutex);
		if (parts->taken == parts->added)
			break;
		part = part_of(parts, parts->taken++);
		pthread_mutex_unlock(&parts->mutex);
		part->decoder = decoder_open_part(parts->decoder);
		if (part->decoder)
			part->err = read_part(part->decoder, part->source, part->from, !part->from,
					      part->to, part->from ? NULL : &part->glance);
		pthread_mutex_lock(&parts->mutex);
		part->state = PART_READ;
		pthread_cond_broadcast(&parts->changed);
	}
	pthread_mutex_unlock(&parts->mutex);
	return NULL;
}

/*
 * Merging
 */

/* It is as if the decoder itself had come to here. */
static bool fits(const struct parts *parts, const struct part *part)
{
	const struct decoder *after = part->decoder;

	return after && (!part->err || part->err == -EINTR) && reader_has_begun(&after->reader) &&
	       after->reader.began_at == parts->position && merge_can(parts->decoder, after);
}

/* The part before it has reached beyond it, or to the file's end. */
static bool is_over(const struct parts *parts, const struct part *part)
{
	return parts->position >= part->to || parts->position == ~0ULL;
}

static void merge_part(struct parts *parts, struct part *part)
{
	struct decoder *decoder = parts->decoder;
	const struct reader *reader = &decoder->reader;
	struct source *source = part->source;

	if (!part->from) {
		decoder_begin(decoder, source->name, 0);
		parts->position = 0;
		source->glance = part->glance;
	}
	if (is_over(parts, part))
		return;
	if (fits(parts, part)) {
		reader = &part->decoder->reader;
		merge(decoder, part->decoder);
		source->err = part->err;
	} else {
		struct glance *glance = part->from ? NULL : &source->glance;

		source->glance = (struct glance) { .length = 0 };
		source->err = read_part(decoder, source, parts->position, true, part->to, glance);
	}
	parts->position = reader->stopped ? reader->offset : ~0ULL;
}

static void finish(struct parts *parts, struct source *source)
{
	source->records = decoder_end(parts->decoder);
	source->glance.total =
		source->size > source->glance.total ? source->size : source->glance.total;
	source->finished(source);
}

/* The oldest one, once it is read. */
static void merge_oldest(struct parts *parts)
{
	struct part *part = part_of(parts, parts->merged);

	pthread_mutex_lock(&parts->mutex);
	while (part->state != PART_READ)
		pthread_cond_wait(&parts->changed, &parts->mutex);
	pthread_mutex_unlock(&parts->mutex);
	merge_part(parts, part);
	decoder_close(part->decoder);
	if (part->to == ~0ULL)
		finish(parts, part->source);
	pthread_mutex_lock(&parts->mutex);
	parts->merged++;
	pthread_mutex_unlock(&parts->mutex);
}

static void add(struct parts *parts, struct source *source, __u64 from, __u64 to)
{
	if (parts->added - parts->merged == parts->room)
		merge_oldest(parts);
	pthread_mutex_lock(&parts->mutex);
	*part_of(parts, parts->added) = (struct part) { .source = source, .from = from, .to = to };
	parts->added++;
	pthread_cond_broadcast(&parts->changed);
	pthread_mutex_unlock(&parts->mutex);
}

void parts_read(struct parts *parts, struct source *source)
{
	__u64 from = 0;

	for (; source->size - from > parts->part_size * 2; from += parts->part_size)
		add(parts, source, from, from + parts->part_size);
	add(parts, source, from, ~0ULL);
}

void parts_drain(struct parts *parts)
{
	while (parts->merged < parts->added)
		merge_oldest(parts);
}

struct parts *parts_open(struct decoder *decoder, unsigned int jobs, size_t part_size)
{
	struct parts *parts = calloc(1, sizeof(*parts));

	if (!parts)
		return NULL;
	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	parts->decoder = decoder;
	parts->part_size = part_size;
	parts->room = jobs * 2;
	parts->ring = calloc(parts->room, sizeof(*parts->ring));
	pthread_mutex_init(&parts->mutex, NULL);
	pthread_cond_init(&parts->changed, NULL);
	while (parts->ring && parts->jobs < jobs &&
	       !pthread_create(&parts->thread[parts->jobs], NULL, work, parts))
		parts->jobs++;
	if (parts->jobs)
		return parts;
	parts_close(parts);
	return NULL;
}

void parts_close(struct parts *parts)
{
	pthread_mutex_lock(&parts->mutex);
	parts->closing = true;
	pthread_cond_broadcast(&parts->changed);
	pthread_mutex_unlock(&parts->mutex);
	for (unsigned int i = 0; i < parts->jobs; i++)
		pthread_join(parts->thread[i], NULL);
	pthread_cond_destroy(&parts->changed);
	pthread_mutex_destroy(&parts->mutex);
	free(parts->ring);
	free(parts);
}
