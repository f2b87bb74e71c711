// SPDX-License-Identifier: GPL-2.0-or-later
/* decoder - the whole way of the data: reader, sessions, views, and what was damaged */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>

/* The session that @record is for; NULL: there is no place for it. */
static struct session *find_session(struct decoder *decoder, const struct record *record)
{
	struct session *session = sessions_find(&decoder->sessions, record);

	if (!session)
		decoder->shared.homeless++;
	return session;
}

static void count(struct decoder *decoder)
{
	decoder->input_records++;
	decoder->bytes += RECORD_SIZE;
}

/* Of a sealed block that is not opened: only its head is a record. */
static void pass_over_rest(struct decoder *decoder, const struct rec_sealed *head, __u64 offset)
{
	decoder->sealed_rest.offset = offset + RECORD_SIZE;
	decoder->sealed_rest.length = 0;
	if (head->records >= BLOCK_RECORDS_MIN && head->records <= BLOCK_RECORDS_MAX)
		decoder->sealed_rest.length = head->records * RECORD_SIZE + SEAL_MAC_SIZE;
}

static bool is_sealed(struct decoder *decoder, const struct record *record, __u64 offset)
{
	if (record->type != REC_sealed)
		return false;
	decoder->sealed++;
	pass_over_rest(decoder, (const struct rec_sealed *)record, offset);
	return true;
}

static void use(struct decoder *decoder, const struct record *record)
{
	struct session *session = find_session(decoder, record);

	if (session)
		session_take(session, record);
}

static void use_in_steps(struct decoder *decoder, const struct record *record)
{
	struct session *session = find_session(decoder, record);

	if (!session)
		return;
	steps_before(session, record);
	session_take(session, record);
	steps_after(session, record);
}

static void date(struct decoder *decoder, const struct record *record)
{
	struct session *session = find_session(decoder, record);

	if (session)
		session_date(session, record);
}

static void take_record(void *context, const struct record *record, __u64 offset)
{
	count(context);
	if (!is_sealed(context, record, offset))
		use(context, record);
}

/* Most of what comes comes this way. */
static void take_block(void *context, const struct record *records, unsigned int count,
		       __u64 offset)
{
	struct decoder *decoder = context;
	struct session *session;

	(void)offset;
	decoder->input_records += count;
	decoder->bytes += (__u64)count * RECORD_SIZE;
	session = find_session(decoder, records);
	if (session)
		session_take_block(session, records, count);
	else
		decoder->shared.homeless += count - 1;
}

/* With --interval.  Apart, because a test for it in each record would be felt. */
static void take_record_in_steps(void *context, const struct record *record, __u64 offset)
{
	count(context);
	if (!is_sealed(context, record, offset))
		use_in_steps(context, record);
}

static void date_record(void *context, const struct record *record, __u64 offset)
{
	count(context);
	if (!is_sealed(context, record, offset))
		date(context, record);
}

static void let_in(struct decoder *decoder, unsigned int records)
{
	for (unsigned int i = 0; i < records; i++)
		decoder->let_in(decoder, &decoder->assembly.block[i]);
}

/* With --keys. */
static void take_record_by_block(void *context, const struct record *record, __u64 offset)
{
	struct decoder *decoder = context;

	count(decoder);
	if (record->type == REC_sealed && decoder->sealed_rest.offset == offset + RECORD_SIZE)
		return; /* it was refused */
	let_in(decoder, assembly_take(&decoder->assembly, record, offset));
}

static bool take_sealed(void *context, const unsigned char *bytes, size_t size, __u64 offset)
{
	struct decoder *decoder = context;
	unsigned int records = assembly_take_sealed(&decoder->assembly, bytes, size, offset);
	struct rec_sealed head;

	if (!records) {
		pass_over_rest(decoder, memcpy(&head, bytes, sizeof(head)), offset);
		return false;
	}
	decoder->input_records += records;
	decoder->bytes += size;
	let_in(decoder, records);
	return true;
}

static void date_damage(void *context, const struct damage *damage)
{
	(void)context;
	(void)damage;
}

/* If any of it is a record after all, the block was cut off, and what is left of it is damage. */
static bool is_sealed_rest(const struct decoder *decoder, const struct damage *damage)
{
	return damage->offset == decoder->sealed_rest.offset &&
	       damage->length == decoder->sealed_rest.length;
}

static void take_damage(void *context, const struct damage *damage)
{
	struct decoder *decoder = context;
	struct damage_entry *entry;

	if (damage->to_end && !decoder->input_records)
		return;
	decoder->bytes += damage->length;
	if (is_sealed_rest(decoder, damage))
		return;
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
	.block = take_block,
};

static const struct reader_ops reader_ops_in_steps = {
	.record = take_record_in_steps,
	.damage = take_damage,
};

static const struct reader_ops reader_ops_by_block = {
	.record = take_record_by_block,
	.damage = take_damage,
	.sealed = take_sealed,
};

static const struct reader_ops reader_ops_dating_by_block = {
	.record = take_record_by_block,
	.damage = date_damage,
	.sealed = take_sealed,
};

static const bool tells_time[256] = {
	[REC_header] = true,
	[REC_session] = true,
	[REC_clock] = true,
	[REC_arrival] = true,
};

static const struct reader_ops reader_ops_dating = {
	.wanted = tells_time,
	.record = date_record,
	.damage = date_damage,
};

static struct decoder *open_with(const struct reader_ops *ops, const struct options *options,
				 FILE *out)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	shared_init(&decoder->shared, options, out);
	sessions_init(&decoder->sessions, &decoder->shared);
	reader_init(&decoder->reader, ops, decoder);
	decoder->let_in = options_have_steps(options) ? use_in_steps : use;
	return decoder;
}

/* Few rows, and nothing else as it comes. */
static bool may_keep_rows(const struct options *options)
{
	return !options->listen && !options_have_steps(options) && !options->verbose &&
	       !options->format && options->rows <= KEPT_ROWS_MAX;
}

struct decoder *decoder_open(const struct options *options, FILE *out)
{
	struct decoder *decoder = open_with(
		options_have_steps(options) ? &reader_ops_in_steps : &reader_ops, options, out);

	if (decoder)
		kept_init(&decoder->shared.kept, may_keep_rows(options));
	return decoder;
}

struct decoder *decoder_open_part(const struct decoder *whole)
{
	struct decoder *decoder = open_with(&reader_ops, whole->shared.options, NULL);

	if (!decoder)
		return NULL;
	decoder->shared.is_part = true;
	kept_init(&decoder->shared.kept, true);
	return decoder;
}

bool decoder_is_silent(const struct decoder *decoder)
{
	const struct writer *writer = decoder->shared.writer;

	if (options_have_steps(decoder->shared.options))
		return false;
	return writer ? !writer_wants_events(writer) : decoder->shared.kept.open;
}

bool decoder_may_split(const struct decoder *decoder)
{
	return !decoder->gate && decoder_is_silent(decoder);
}

struct decoder *decoder_open_dating(const struct options *options)
{
	struct decoder *decoder = open_with(&reader_ops_dating, options, NULL);

	if (decoder)
		decoder->let_in = date;
	return decoder;
}

void decoder_guard(struct decoder *decoder, struct gate *gate)
{
	decoder->gate = gate;
	decoder->shared.ring = gate->ring;
	decoder->assembly.gate = gate;
	if (decoder->let_in == date)
		reader_init(&decoder->reader, &reader_ops_dating_by_block, decoder);
	else if (!decoder->shared.options->listen)
		reader_init(&decoder->reader, &reader_ops_by_block, decoder);
}

void decoder_close(struct decoder *decoder)
{
	if (!decoder)
		return;
	kept_release(&decoder->shared);
	sessions_release(&decoder->sessions);
	for (unsigned int i = 0; i < DAMAGE_LISTED; i++)
		free(decoder->damage[i].input);
	free(decoder);
}

void decoder_settle(struct decoder *decoder)
{
	for (unsigned int i = 0; i < decoder->sessions.count; i++) {
		struct session *session = decoder->sessions.session[i];

		session_settle(session);
		steps_end(session);
		owncost_end(session);
	}
	kept_print(&decoder->shared);
}

bool decoder_is_clean(const struct decoder *decoder)
{
	const struct gate *gate = decoder->gate;

	if (decoder->damages || decoder->shared.homeless || decoder->shared.budget.refused ||
	    decoder->sealed)
		return false;
	return !gate || decoder->shared.options->listen || (!gate->all_refused && !gate->blockless);
}

void decoder_begin(struct decoder *decoder, const char *name, __u64 offset)
{
	decoder->input = name;
	decoder->input_records = 0;
	decoder->sealed_rest.length = 0;
	decoder->sealed_rest.offset = 0;
	assembly_begin(&decoder->assembly, name);
	reader_begin(&decoder->reader, offset);
}

void decoder_begin_part(struct decoder *decoder, const char *name, __u64 offset, bool begun,
			__u64 stop_at)
{
	decoder->input = name;
	reader_begin_part(&decoder->reader, offset, begun, stop_at);
}

__u64 decoder_end(struct decoder *decoder)
{
	reader_end(&decoder->reader);
	if (decoder->gate)
		assembly_end(&decoder->assembly);
	decoder->inputs += decoder->input_records > 0;
	decoder->records += decoder->input_records;
	return decoder->input_records;
}
