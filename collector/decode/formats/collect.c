// SPDX-License-Identifier: GPL-2.0-or-later
/* collect - distributions kept until the end, for what is drawn */
#include "collect.h"

#include <stdlib.h>
#include <string.h>

#include "named.h"
#include "view.h"

static void release(struct plotted *subject)
{
	free(subject->board);
	free(subject->title);
	free(subject->labels);
	free(subject->time);
	free(subject);
}

static struct plotted *make(const struct session *session, const struct distribution *distribution,
			    const char *labels)
{
	char probe[VIEW_NAME], board[NAMED_BOARD];
	struct plotted *subject = calloc(1, sizeof(*subject));

	if (!subject)
		return NULL;
	subject->session = session->number;
	subject->probe = distribution->probe;
	subject->scope = distribution->kind->name;
	subject->board = strdup(named_board(board, session));
	subject->labels = strdup(labels);
	if (asprintf(&subject->title, "%s%s%s", view_name(probe, distribution->probe),
		     *labels ? ", " : "", labels) < 0)
		subject->title = NULL;
	if (subject->board && subject->labels && subject->title)
		return subject;
	release(subject);
	return NULL;
}

/* The subject of @distribution, a new one perhaps; NULL: there are too many, or no memory. */
static struct plotted *find(struct collection *collection, struct writer *writer,
			    const struct session *session, const struct distribution *distribution)
{
	char labels[NAMED_LABELS];
	struct plotted *subject;

	named_labels(labels, distribution);
	for (unsigned int i = 0; i < collection->subjects; i++) {
		subject = collection->subject[i];
		if (subject->session == session->number && subject->probe == distribution->probe &&
		    !strcmp(subject->scope, distribution->kind->name) &&
		    !strcmp(subject->labels, labels))
			return subject;
	}
	if (collection->subjects == COLLECT_SUBJECTS)
		return NULL;
	subject = make(session, distribution, labels);
	if (subject)
		collection->subject[collection->subjects++] = subject;
	else
		writer_lacks_memory(writer);
	return subject;
}

static void add(struct histogram *to, const struct histogram *from)
{
	for (__u32 i = 0; i < H2_BUCKETS; i++)
		to->count[i] += from->count[i];
}

/* Half as many columns, each of twice the time. */
static void halve(struct plotted *subject)
{
	for (unsigned int i = 0; i < subject->times / 2; i++) {
		struct column_of_time *to = &subject->time[i], *from = &subject->time[2 * i];

		if (i)
			*to = *from;
		add(&to->buckets, &from[1].buckets);
		to->to_ns = from[1].to_ns;
	}
	subject->times /= 2;
	subject->steps_in_time *= 2;
	subject->steps_in_last = subject->steps_in_time;
}

static void collect_step(struct plotted *subject, struct writer *writer,
			 const struct distribution *distribution)
{
	struct column_of_time *last;

	if (!subject->time) {
		subject->time = calloc(COLLECT_COLUMNS, sizeof(*subject->time));
		subject->steps_in_time = subject->steps_in_last = 1;
	}
	if (!subject->time) {
		writer_lacks_memory(writer);
		return;
	}
	if (subject->times == COLLECT_COLUMNS && subject->steps_in_last == subject->steps_in_time)
		halve(subject);
	if (!subject->times || subject->steps_in_last == subject->steps_in_time) {
		last = &subject->time[subject->times++];
		*last = (struct column_of_time) { .from_ns = distribution->from_ns };
		subject->steps_in_last = 0;
	}
	last = &subject->time[subject->times - 1];
	subject->steps_in_last++;
	last->to_ns = distribution->to_ns;
	add(&last->buckets, distribution->buckets);
}

static void date(struct plotted *subject, const struct session *session)
{
	const struct clock *clock = session_clock(session);

	if (!clock_realtime(clock, subject->from_ns, &subject->date_from_ns) ||
	    !clock_realtime(clock, subject->to_ns, &subject->date_to_ns))
		subject->date_from_ns = subject->date_to_ns = 0;
}

void collect(struct collection *collection, struct writer *writer, const struct session *session,
	     const struct distribution *distribution)
{
	struct plotted *subject = find(collection, writer, session, distribution);

	if (!subject) {
		collection->left_out += !distribution->is_step;
		return;
	}
	if (distribution->is_step) {
		collect_step(subject, writer, distribution);
		return;
	}
	subject->has_total = true;
	subject->buckets = *distribution->buckets;
	subject->moments = *distribution->moments;
	subject->missing = distribution->missing;
	subject->from_ns = distribution->from_ns;
	subject->to_ns = distribution->to_ns;
	date(subject, session);
}

void collection_release(struct collection *collection)
{
	for (unsigned int i = 0; i < collection->subjects; i++)
		release(collection->subject[i]);
	collection->subjects = 0;
}

void collected_row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct collected *collected = writer->state;

	losses_row(&collected->losses, session, row);
}

void collected_distribution(struct writer *writer, const struct session *session,
			    const struct distribution *distribution)
{
	struct collected *collected = writer->state;

	losses_distribution(&collected->losses, session, distribution);
	collect(&collected->collection, writer, session, distribution);
}

void collected_close(struct writer *writer)
{
	struct collected *collected = writer->state;

	collection_release(&collected->collection);
	losses_release(&collected->losses);
}

const char *collect_file(char to[COLLECT_FILE], const struct collection *collection,
			 unsigned int number)
{
	const struct plotted *subject = collection->subject[number];

	snprintf(to, COLLECT_FILE, "%03u-%.60s-%.80s", number + 1, subject->board, subject->title);
	named_file(to);
	return to;
}
