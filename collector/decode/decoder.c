// SPDX-License-Identifier: GPL-2.0-or-later
/* decoder - the whole way of the data: reader, sessions, views, and what was damaged */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>

/* The session that @record is for; NULL: there is no place for it. */
static struct session *receive(struct decoder *decoder, const struct record *record)
{
	struct session *session = sessions_find(&decoder->sessions, record);

	decoder->input_records++;
	decoder->bytes += RECORD_SIZE;
	if (!session)
		decoder->shared.homeless++;
	return session;
}

static void take_record(void *context, const struct record *record, __u64 offset)
{
	struct session *session = receive(context, record);

	(void)offset;
	if (session)
		session_take(session, record);
}

/* With --interval.  Apart, because a test for it in each record would be felt. */
static void take_record_in_steps(void *context, const struct record *record, __u64 offset)
{
	struct session *session = receive(context, record);

	(void)offset;
	if (!session)
		return;
	steps_before(session, record);
	session_take(session, record);
	steps_after(session, record);
}

static void take_damage(void *context, const struct damage *damage)
{
	struct decoder *decoder = context;
	struct damage_entry *entry;

	if (damage->to_end && !decoder->input_records)
		return;
	decoder->bytes += damage->length;
	decoder->damaged_bytes += damage->length;
	if (decoder->damages++ >= DAMAGE_LISTED)
		return;
	entry = &decoder->damage[decoder->damages - 1];
	entry->damage = *damage;
	entry->input = strdup(decoder->input);
}

static const struct reader_ops reader_ops = {
	.record = take_record,
	.damage = take_damage,
};

static const struct reader_ops reader_ops_in_steps = {
	.record = take_record_in_steps,
	.damage = take_damage,
};

struct decoder *decoder_open(const struct options *options, FILE *out)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	shared_init(&decoder->shared, options, out);
	sessions_init(&decoder->sessions, &decoder->shared);
	reader_init(&decoder->reader, options->interval_ns ? &reader_ops_in_steps : &reader_ops,
		    decoder);
	return decoder;
}

void decoder_close(struct decoder *decoder)
{
	if (!decoder)
		return;
	sessions_release(&decoder->sessions);
	for (unsigned int i = 0; i < DAMAGE_LISTED; i++)
		free(decoder->damage[i].input);
	free(decoder);
}

void decoder_begin(struct decoder *decoder, const char *name, __u64 offset)
{
	decoder->input = name;
	decoder->input_records = 0;
	reader_begin(&decoder->reader, offset);
}

__u64 decoder_end(struct decoder *decoder)
{
	reader_end(&decoder->reader);
	decoder->inputs += decoder->input_records > 0;
	decoder->records += decoder->input_records;
	return decoder->input_records;
}
