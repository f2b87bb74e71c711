// SPDX-License-Identifier: GPL-2.0-or-later
/* histtell - the histograms of a probe, told to a writer */
#include "histtell.h"

#include "histstep.h"

#define LABELS_MAX 2

static const struct column cpu_columns[] = {
	{ "cpu", CELL_ID, true, "CPU" },
};

static const struct column process_columns[] = {
	{ "pid", CELL_ID, true, "process" },
	{ "comm", CELL_TEXT, true, "its name" },
};

static const struct column thread_columns[] = {
	{ "tid", CELL_ID, true, "thread" },
	{ "comm", CELL_TEXT, true, "its name" },
};

static const struct column device_columns[] = {
	{ "device", CELL_TEXT, true, "its name" },
	{ "pasid", CELL_ID, true, "address space of the device" },
};

static const struct column unknown_columns[] = {
	{ "scope_number", CELL_ID, true, "a kind not known here" },
	{ "key", CELL_ID, true, "of that kind" },
};

#define SCOPE(name_, columns_)                                                                     \
	{                                                                                          \
		.name = name_, .column = columns_,                                                 \
		.columns = sizeof(columns_) / sizeof((columns_)[0])                                \
	}

static const struct table_kind scope_kinds[] = {
	[SCOPE_ALL] = { .name = "all" },
	[SCOPE_CPU] = SCOPE("cpu", cpu_columns),
	[SCOPE_TGID] = SCOPE("process", process_columns),
	[SCOPE_TID] = SCOPE("thread", thread_columns),
	[SCOPE_DEVICE] = SCOPE("device", device_columns),
	[SCOPE_IDLE] = SCOPE("idle", cpu_columns),
};

static const struct table_kind unknown_kind = SCOPE("unknown", unknown_columns);

#define SCOPES (sizeof(scope_kinds) / sizeof(scope_kinds[0]))

static void fill_labels(const struct keyed_histogram *keyed, const struct session *session,
			__u64 time_ns, struct cell label[LABELS_MAX])
{
	unsigned int scope = HIST_SCOPE(keyed->shape);

	label[0] = cell_number(keyed->key);
	label[1] = cell_unknown();
	if (scope == SCOPE_TGID || scope == SCOPE_TID) {
		label[1] = cell_text(session_task(session, keyed->key, time_ns), COMM_SIZE);
	} else if (scope == SCOPE_DEVICE) {
		label[0] = session_device_cell(session, DEVICE_OF_KEY(keyed->key));
		label[1] = cell_number(PASID_OF_KEY(keyed->key));
	} else if (scope >= SCOPES) {
		label[0] = cell_number(scope);
		label[1] = cell_number(keyed->key);
	}
}

static void tell_keyed(const struct keyed_histogram *keyed, const struct session *session,
		       struct distribution *distribution, struct writer *writer)
{
	const struct selection *selection = &session->shared->options->selection;
	struct cell label[LABELS_MAX];

	if (!selection_takes_histogram(selection, session, keyed))
		return;
	distribution->scope = HIST_SCOPE(keyed->shape);
	distribution->kind =
		distribution->scope < SCOPES ? &scope_kinds[distribution->scope] : &unknown_kind;
	distribution->label = label;
	fill_labels(keyed, session, distribution->to_ns, label);
	writer_distribution(writer, session, distribution);
	distribution->label = NULL;
}

void histtell(const struct histset *set, const struct session *session, unsigned int probe,
	      struct writer *writer)
{
	for (unsigned int i = 0; i < set->count; i++) {
		const struct keyed_histogram *keyed = set->histogram[i];
		struct moments moments = keyed_histogram_moments(keyed);
		__u64 total = histogram_total(&keyed->buckets);
		struct distribution distribution = {
			.probe = probe,
			.buckets = &keyed->buckets,
			.moments = &moments,
			.missing = moments.count > total ? moments.count - total : 0,
			.from_ns = session_started_ns(session),
			.to_ns = session->last_ns,
		};

		tell_keyed(keyed, session, &distribution, writer);
	}
}

void histtell_all(const struct histogram *buckets, const struct moments *moments,
		  const struct session *session, unsigned int probe, struct writer *writer)
{
	const struct distribution distribution = {
		.probe = probe,
		.scope = SCOPE_ALL,
		.kind = &scope_kinds[SCOPE_ALL],
		.buckets = buckets,
		.moments = moments,
		.from_ns = session_started_ns(session),
		.to_ns = session->last_ns,
	};

	writer_distribution(writer, session, &distribution);
}

void histtell_step_all(const struct histogram *buckets, const struct moments *moments,
		       const struct session *session, const struct step *step)
{
	const struct distribution distribution = {
		.probe = step->probe,
		.scope = SCOPE_ALL,
		.kind = &scope_kinds[SCOPE_ALL],
		.buckets = buckets,
		.moments = moments,
		.from_ns = step->from_ns,
		.to_ns = step->to_ns,
		.is_step = true,
	};

	writer_distribution(session->shared->writer, session, &distribution);
}

/* One that reaches further back than its step, because records were missing, says so by from_ns. */
static void tell_difference(const struct keyed_histogram *keyed, const struct session *session,
			    const struct step *step)
{
	struct histstep difference;
	struct distribution distribution = {
		.probe = step->probe,
		.buckets = &difference.buckets,
		.moments = &difference.moments,
		.to_ns = step->to_ns,
		.is_step = true,
	};

	histstep_take(keyed, step, &difference);
	distribution.from_ns =
		difference.from_ns ? difference.from_ns : session_started_ns(session);
	if (!difference.backwards)
		tell_keyed(keyed, session, &distribution, session->shared->writer);
}

void histtell_step(struct histset *set, const struct session *session, const struct step *step)
{
	histstep_prove(set, session->ledger.account[step->probe], step);
	for (unsigned int i = 0; i < set->count; i++)
		if (histstep_judge(set, set->histogram[i], step) == HISTSTEP_COUNTED)
			tell_difference(set->histogram[i], session, step);
	histstep_next(set, step);
}
