// SPDX-License-Identifier: GPL-2.0-or-later
/* losses - what of a recording was lost or damaged, a sentence each */
#include "losses.h"

#include <stdlib.h>
#include <string.h>

#include "named.h"
#include "view.h"

static void keep(struct losses *losses, const struct session *session, const char *text)
{
	char sentence[LOSSES_LENGTH + NAMED_BOARD], board[NAMED_BOARD];

	if (losses->count++ >= LOSSES_KEPT)
		return;
	if (session)
		snprintf(sentence, sizeof(sentence), "session %u, board %s: %s", session->number,
			 named_board(board, session), text);
	losses->sentence[losses->count - 1] = strdup(session ? sentence : text);
	losses->no_memory |= !losses->sentence[losses->count - 1];
}

#define say(losses, session, ...)                                                                  \
	do {                                                                                       \
		char said[LOSSES_LENGTH];                                                          \
                                                                                                   \
		snprintf(said, sizeof(said), __VA_ARGS__);                                         \
		keep(losses, session, said);                                                       \
	} while (0)

/* A count of something that should be 0. */
static void count(struct losses *losses, const struct session *session, const struct row *row,
		  const char *column, const char *what)
{
	__u64 number = named_number(row, column);

	if (number)
		say(losses, session, "%llu %s", number, what);
}

static void text_of(char to[NAMED_VALUE], const struct row *row, const char *column)
{
	const struct cell *cell = named_cell(row, column);

	*to = '\0';
	if (cell)
		named_escaped(to, CELL_TEXT, cell);
}

static void take_ledger(struct losses *losses, const struct session *session, const struct row *row)
{
	char probe[NAMED_VALUE], column[NAMED_VALUE];

	text_of(probe, row, "probe");
	text_of(column, row, "column");
	if (named_number(row, "lost") && named_number(row, "events"))
		say(losses, session, "%s: %llu lost: %s", probe, named_number(row, "events"),
		    column);
}

static void take_balance(struct losses *losses, const struct session *session,
			 const struct row *row)
{
	const struct cell *remainder = named_cell(row, "remainder");
	const struct cell *shortage = named_cell(row, "shortage");
	char probe[NAMED_VALUE];

	text_of(probe, row, "probe");
	if (!named_number(row, "even"))
		say(losses, session,
		    "%s: the books do not balance: remainder %.0Lf, shortage %.0Lf", probe,
		    remainder ? remainder->real : 0, shortage ? shortage->real : 0);
}

static void take_records(struct losses *losses, const struct session *session,
			 const struct row *row)
{
	count(losses, session, row, "missing", "records missing");
	count(losses, session, row, "blocks_missing", "blocks missing");
	count(losses, session, row, "blocks_endless", "blocks without their end");
	count(losses, session, row, "too_late", "records too late to be used");
}

static void take_session(struct losses *losses, const struct session *session,
			 const struct row *row)
{
	if (session_is_unsupported(session))
		say(losses, session, "its format is newer than this decoder: only counted");
	else if (!named_number(row, "closed"))
		say(losses, session, "not closed: the board may have gone on");
}

static void take_input(struct losses *losses, const struct session *session, const struct row *row)
{
	count(losses, session, row, "damaged_ranges", "damaged ranges");
	count(losses, session, row, "damaged", "bytes damaged");
	count(losses, session, row, "sealed_blocks", "blocks sealed: only keys open them");
	count(losses, session, row, "refused_blocks", "blocks refused: the keys kept them out");
	count(losses, session, row, "passed_over", "records passed over: no place or memory");
	count(losses, session, row, "unknown_records", "records of unknown kinds");
}

void losses_row(struct losses *losses, const struct session *session, const struct row *row)
{
	static const struct {
		const char *name;
		void (*take)(struct losses *losses, const struct session *session,
			     const struct row *row);
	} tables[] = {
		{ "ledger", take_ledger },   { "balances", take_balance },
		{ "records", take_records }, { "sessions", take_session },
		{ "input", take_input },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (!row->kind->probe && !strcmp(row->kind->name, tables[i].name))
			tables[i].take(losses, session, row);
}

void losses_distribution(struct losses *losses, const struct session *session,
			 const struct distribution *distribution)
{
	char name[VIEW_NAME], labels[NAMED_LABELS];

	if (distribution->missing && !distribution->is_step)
		say(losses, session, "%s%s%.60s: %llu counts whose buckets are missing",
		    view_name(name, distribution->probe), distribution->kind->columns ? ", " : "",
		    named_labels(labels, distribution), distribution->missing);
}

void losses_end(struct losses *losses, struct writer *writer, bool clean)
{
	if (!clean && !losses->count)
		say(losses, NULL, "incomplete: the text report says more");
	if (losses->no_memory)
		writer_lacks_memory(writer);
}

void losses_release(struct losses *losses)
{
	for (unsigned int i = 0; i < LOSSES_KEPT; i++)
		free(losses->sentence[i]);
	*losses = (struct losses) { .no_memory = losses->no_memory };
}

void losses_print(const struct losses *losses, FILE *out, const char *before)
{
	for (unsigned int i = 0; i < LOSSES_KEPT && i < losses->count; i++)
		if (losses->sentence[i])
			fprintf(out, "%s%s\n", before, losses->sentence[i]);
	if (losses->count > LOSSES_KEPT)
		fprintf(out, "%sand %llu more\n", before, losses->count - LOSSES_KEPT);
}

void losses_tell(const struct losses *losses, const struct options *options)
{
	if (options->command == COMMAND_report)
		losses_print(losses, stderr, PROGRAM ": ");
}
