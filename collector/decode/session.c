// SPDX-License-Identifier: GPL-2.0-or-later
/* session - all that is known of one run of the collector on one board */
#include "session.h"

#include <string.h>

#include "crc32c.h"
#include "view.h"

/* A receiver's shortest way that is shorter by less is not worth a record. */
#define ARRIVAL_GAIN_NS (1000 * NS_PER_US)

void shared_init(struct shared *shared, const struct options *options, FILE *out)
{
	memset(shared, 0, sizeof(*shared));
	shared->options = options;
	shared->budget.left = options->memory_max;
	shared->boots.budget = &shared->budget;
	table_init(&shared->table, out);
	kept_init(&shared->kept, false);
	view_by_event(shared->probe_of_event);
}

struct session *session_open(struct shared *shared, unsigned int number, __u16 salt)
{
	struct session *session = budget_take(&shared->budget, sizeof(*session));

	if (!session)
		return NULL;
	session->shared = shared;
	session->number = number;
	session->salt = salt;
	session->clock = &session->own_clock;
	if (!seqset_init(&session->data, &shared->budget) ||
	    !seqset_init(&session->blocks, &shared->budget) ||
	    (options_have_steps(shared->options) && !steps_open(session)) ||
	    (shared->options->command == COMMAND_stats &&
	     !(session->tally = budget_take(&shared->budget, sizeof(*session->tally)))) ||
	    (shared->is_part &&
	     !(session->leading = budget_take(&shared->budget, sizeof(*session->leading))))) {
		session_close(session);
		return NULL;
	}
	return session;
}

void session_close(struct session *session)
{
	struct budget *budget = &session->shared->budget;

	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (session->view_state[i])
			view_entries[i].view->close(session->view_state[i], session);
	seqset_release(&session->data, budget);
	seqset_release(&session->blocks, budget);
	texts_release(&session->texts, budget);
	ledger_release(&session->ledger, budget);
	budget_give(budget, session->tasks, sizeof(*session->tasks));
	budget_give(budget, session->devices, sizeof(*session->devices));
	budget_give(budget, session->steps, sizeof(*session->steps));
	budget_give(budget, session->tally, sizeof(*session->tally));
	budget_give(budget, session->leading, sizeof(*session->leading));
	budget_give(budget, session, sizeof(*session));
}

bool session_is_unsupported(const struct session *session)
{
	return session->major > WIRE_MAJOR;
}

static void take_time(struct session *session, __u64 time_ns)
{
	if (!session->records || time_ns < session->first_ns)
		session->first_ns = time_ns;
	if (time_ns > session->last_ns)
		session->last_ns = time_ns;
}

static void take_version(struct session *session, const struct rec_header *header)
{
	if (header->major > session->major) {
		session->major = header->major;
		session->minor = header->minor;
	}
	if (header->major == session->major && header->minor > session->minor)
		session->minor = header->minor;
}

/* Of the boot whose clock it shares; NULL: the clock is its own. */
static const __u8 *boot_id_of(const struct session *session)
{
	return session->clock == &session->own_clock ? NULL : boots_id(session->clock);
}

static void join_boot(struct session *session, const __u8 id[16])
{
	struct clock *clock = boots_clock(&session->shared->boots, session->board_id, id);

	if (!clock)
		return;
	clock_merge(clock, &session->own_clock);
	session->clock = clock;
}

/* The board's sessions of one boot have one clock, once its id is known. */
static void share_clock(struct session *session)
{
	if (!boot_id_of(session) && session->named && session->about.type)
		join_boot(session, session->about.boot_id);
}

/* Rows are printed as they come, perhaps before the clock came that dates them best. */
const struct clock *session_clock(const struct session *session)
{
	struct shared *shared = session->shared;

	if (shared->find_dates) {
		shared->find_dates(shared);
		shared->find_dates = NULL;
	}
	return session->clock;
}

void session_arrival(struct rec_arrival *arrival, const struct rec_header *header, __u64 arrival_ns)
{
	*arrival = (struct rec_arrival) {
		.type = REC_arrival,
		.salt = header->salt,
		.seq = header->seq + header->records - BLOCK_RECORDS_MIN - 1,
		.time_ns = header->time_ns,
		.realtime_ns = arrival_ns,
	};
	arrival->crc = crc32c(arrival, RECORD_CRC_SPAN, crc32c_has_instruction());
}

static void save_arrival(struct session *session, const struct rec_header *header)
{
	struct rec_arrival *news = &session->shared->news;

	session_arrival(news, header, session->shared->arrival_ns);
	session->arrival_distance_ns = news->realtime_ns - news->time_ns;
}

static void take_arrival_of(struct session *session, const struct rec_header *header)
{
	__u64 distance_ns = session->shared->arrival_ns - header->time_ns;
	__u64 saved_ns = session->arrival_distance_ns;

	session->heard_ns = session->shared->arrival_ns;
	clock_learn_arrival(session->clock, header->time_ns, session->shared->arrival_ns);
	if (!saved_ns || (saved_ns > distance_ns && saved_ns - distance_ns > ARRIVAL_GAIN_NS))
		save_arrival(session, header);
}

static void take_time_of(struct session *session, const struct rec_header *header)
{
	share_clock(session);
	if (header->flags & HEADER_SYNCED)
		clock_learn_synced(session->clock, header->time_ns, header->realtime_ns,
				   CLOCK_NO_FIGURE);
	else
		clock_learn_own(session->clock, header->time_ns, header->realtime_ns);
	if (session->shared->arrival_ns)
		take_arrival_of(session, header);
}

static void take_about(struct session *session, const struct rec_session *about)
{
	memcpy(&session->about, about, sizeof(session->about));
	share_clock(session);
}

static void take_clock(struct session *session, const struct rec_clock *record)
{
	struct clock_sets *sets = &session->clock_sets;

	if (record->flags & CLOCK_SYNCED)
		clock_learn_synced(session->clock, record->time_ns, record->realtime_ns,
				   record->max_error_us);
	else
		clock_learn_own(session->clock, record->time_ns, record->realtime_ns);
	if (!(record->flags & CLOCK_STEPPED) || sets->count++ >= CLOCK_SETS_LISTED)
		return;
	sets->listed[sets->count - 1].boot_ns = record->time_ns;
	sets->listed[sets->count - 1].from_ns = record->before_ns;
	sets->listed[sets->count - 1].to_ns = record->realtime_ns;
}

/* From a saved capture: a sender knows nothing of arrivals. */
static void take_arrival(struct session *session, const struct rec_arrival *arrival)
{
	if (!session->shared->arrival_ns)
		clock_learn_arrival(session->clock, arrival->time_ns, arrival->realtime_ns);
}

static void take_header(struct session *session, const struct rec_header *header)
{
	struct block_watch *block = &session->block;

	take_version(session, header);
	if (session_is_unsupported(session))
		return;
	session->slots |= (__u8)(1u << (header->auth ? AUTH_SLOT(header->auth) & 7 : 0));
	session->closed |= (header->flags & HEADER_CLOSING) != 0;
	session->monotonic |= (header->flags & HEADER_MONOTONIC) != 0;
	take_time_of(session, header);
	seqset_expect(&session->data, header->seq);
	seqset_add(&session->blocks, header->block_seq, &session->shared->budget);
	block->endless += block->open;
	block->open = false;
	if (header->records < BLOCK_RECORDS_MIN || header->records > BLOCK_RECORDS_MAX)
		return;
	block->open = true;
	block->next_seq = header->seq + header->records - BLOCK_RECORDS_MIN;
	seqset_expect(&session->data, block->next_seq);
}

static void take_trailer(struct session *session, const struct rec_trailer *trailer)
{
	struct block_watch *block = &session->block;

	block->endless += block->open && block->next_seq != trailer->seq;
	block->open = false;
	seqset_expect(&session->data, trailer->seq);
	ledger_trailer(&session->ledger, trailer);
}

static void take_pad(struct session *session, const struct rec_pad *pad)
{
	if (pad->time_ns >= session->pad.time_ns)
		memcpy(&session->pad, pad, sizeof(session->pad));
}

__u64 session_endless_blocks(const struct session *session)
{
	return session->block.endless + session->block.open;
}

static void take_task(struct session *session, const struct rec_task *task)
{
	if (!session->tasks)
		session->tasks = budget_take(&session->shared->budget, sizeof(*session->tasks));
	if (session->tasks)
		tasks_learn(session->tasks, task);
}

const __u8 *session_task(const struct session *session, __u32 tid, __u64 time_ns)
{
	return session->tasks ? tasks_find(session->tasks, tid, time_ns) : NULL;
}

const __u8 *session_task_named(const struct session *session, __u32 tid, __u64 start_ns)
{
	return session->tasks ? tasks_find_exactly(session->tasks, tid, start_ns) : NULL;
}

static void take_device(struct session *session, const struct rec_device *device)
{
	if (!session->devices)
		session->devices = budget_take(&session->shared->budget, sizeof(*session->devices));
	if (session->devices)
		devices_learn(session->devices, device);
}

struct cell session_device_cell(const struct session *session, __u32 device)
{
	return cell_text(session->devices ? devices_find(session->devices, device) : NULL,
			 DEVICE_NAME_SIZE);
}

void session_print_device(const struct session *session, __u32 device, unsigned int width,
			  FILE *out)
{
	const __u8 *name = session->devices ? devices_find(session->devices, device) : NULL;
	char number[32];

	snprintf(number, sizeof(number), "device %u", device);
	if (name)
		text_print(out, name, DEVICE_NAME_SIZE, width);
	else
		fprintf(out, "%-*s", (int)width, number);
}

void session_hold(struct session *session, enum probe_id probe)
{
	session->held |= 1u << probe;
}

void session_settle(struct session *session)
{
	while (session->held) {
		unsigned int probe = (unsigned int)__builtin_ctz(session->held);

		session->held &= session->held - 1;
		view_entries[probe].view->settle(session->view_state[probe], session);
	}
}

/* To the view of @probe, which is opened by the first record. */
static void to_view(struct session *session, unsigned int probe, const struct record *record)
{
	const struct view *view = probe <= PROBE_ID_MAX ? view_entries[probe].view : NULL;

	if (!view || !view->take) {
		session->shared->unknown_probe++;
		return;
	}
	if (!session->view_state[probe])
		session->view_state[probe] = view->open(session);
	if (session->view_state[probe])
		view->take(session->view_state[probe], session, record);
	else
		session->shared->homeless++;
}

static void keep_leading(struct leading *leading, const struct record *record)
{
	leading->over |= record->type != REC_task;
	if (leading->over)
		return;
	if (leading->count < LEADING_MAX)
		memcpy(&leading->task[leading->count], record, sizeof(*record));
	leading->count++;
}

void session_take_leading(struct session *session, const struct session *after)
{
	for (unsigned int i = 0; session->held && i < after->leading->count; i++)
		take_task(session, &after->leading->task[i]);
	if (after->leading->over)
		session_settle(session);
}

bool session_can_adopt_clock(const struct session *session, const struct session *after)
{
	const __u8 *boot_id = boot_id_of(session), *other = boot_id_of(after);

	return !boot_id || !other || !memcmp(boot_id, other, sizeof(session->about.boot_id));
}

void session_adopt_clock(struct session *session, const struct session *after)
{
	const __u8 *boot_id = boot_id_of(after);

	if (!boot_id)
		clock_merge(session->clock, &after->own_clock);
	else if (!boot_id_of(session))
		join_boot(session, boot_id);
}

static void take_data(struct session *session, const struct record *record)
{
	struct budget *budget = &session->shared->budget;
	unsigned int probe;

	if (session->leading)
		keep_leading(session->leading, record);
	/* task records follow what they are for, perhaps in the next block */
	if (session->held && record->type != REC_task)
		session_settle(session);
	switch (record->type) {
	case REC_session:
		take_about(session, (const struct rec_session *)record);
		break;
	case REC_text:
		texts_learn(&session->texts, (const struct rec_text *)record, budget);
		break;
	case REC_task:
		take_task(session, (const struct rec_task *)record);
		break;
	case REC_device:
		take_device(session, (const struct rec_device *)record);
		break;
	case REC_clock:
		take_clock(session, (const struct rec_clock *)record);
		break;
	case REC_gap:
		ledger_gap(&session->ledger, (const struct rec_gap *)record, budget);
		break;
	case REC_counters:
		ledger_counters(&session->ledger, (const struct rec_counters *)record, budget);
		break;
	case REC_slice:
	case REC_summary:
	case REC_range:
	case REC_function:
	case REC_calls:
		to_view(session, record->body[0], record);
		break;
	case REC_self:
	case REC_use:
		owncost_take(session, record);
		break;
	default:
		probe = session->shared->probe_of_event[record->type];
		if (probe)
			to_view(session, probe, record);
		else
			session->shared->unknown[record->type]++;
	}
}

static bool is_header(const struct record *record)
{
	return record->type == REC_header &&
	       ((const struct rec_header *)record)->magic == WIRE_MAGIC;
}

/* Every record passes here, once each time that it is read. */
static void count_record(struct session *session, const struct record *record)
{
	if (record->type == REC_pad && session->shared->ring) {
		take_pad(session, (const struct rec_pad *)record); /* no tag proves its time */
		return;
	}
	take_time(session, record->time_ns);
	session->records++;
	if (session->tally)
		session->tally->records[record->type]++;
}

void session_take(struct session *session, const struct record *record)
{
	count_record(session, record);
	if (is_header(record)) {
		take_header(session, (const struct rec_header *)record);
		return;
	}
	if (session_is_unsupported(session))
		return;
	if (record->type == REC_trailer)
		take_trailer(session, (const struct rec_trailer *)record);
	else if (record->type == REC_header)
		session->shared->unknown[REC_header]++;
	else if (record->type == REC_arrival)
		take_arrival(session, (const struct rec_arrival *)record);
	else if (!RECORD_IS_DATA(record->type))
		take_pad(session, (const struct rec_pad *)record);
	else if (seqset_add(&session->data, record->seq, &session->shared->budget) == SEQ_NEW)
		take_data(session, record);
}

/* Nothing but data between a header and a trailer that agree, numbered one after another. */
static bool is_plain_block(const struct record *records, unsigned int count)
{
	__u32 seq = records[0].seq;
	unsigned int i = 1;

	while (i + 1 < count && RECORD_IS_DATA(records[i].type) && records[i].seq == seq)
		i++, seq++;
	return i + 1 == count && records[i].type == REC_trailer && records[i].seq == seq;
}

void session_take_block(struct session *session, const struct record *records, unsigned int count)
{
	unsigned int data = count - BLOCK_RECORDS_MIN;

	session_take(session, records);
	if (session_is_unsupported(session) || !is_plain_block(records, count) ||
	    !seqset_add_next(&session->data, records->seq, data)) {
		for (unsigned int i = 1; i < count; i++)
			session_take(session, &records[i]);
		return;
	}
	for (unsigned int i = 1; i <= data; i++) {
		count_record(session, &records[i]);
		take_data(session, &records[i]);
	}
	session_take(session, &records[count - 1]);
}

void session_date(struct session *session, const struct record *record)
{
	if (is_header(record)) {
		take_version(session, (const struct rec_header *)record);
		if (!session_is_unsupported(session))
			take_time_of(session, (const struct rec_header *)record);
		return;
	}
	if (session_is_unsupported(session))
		return;
	if (record->type == REC_session)
		take_about(session, (const struct rec_session *)record);
	else if (record->type == REC_clock)
		take_clock(session, (const struct rec_clock *)record);
	else if (record->type == REC_arrival)
		take_arrival(session, (const struct rec_arrival *)record);
}

__u64 session_started_ns(const struct session *session)
{
	__u64 started = session->about.type ? session->about.started_ns : session->first_ns;

	return started <= session->last_ns ? started : session->first_ns;
}

/* Where the session has no clock, no date is within it. */
__u64 session_since_ns(const struct session *session)
{
	const struct moment *since = &session->shared->options->selection.since;
	__u64 boot_ns;

	if (since->kind == MOMENT_NONE)
		return 0;
	return moment_boot_ns(since, session_clock(session), session_started_ns(session), &boot_ns)
		       ? boot_ns
		       : ~0ULL;
}

__u64 session_until_ns(const struct session *session)
{
	const struct moment *until = &session->shared->options->selection.until;
	__u64 boot_ns;

	if (until->kind == MOMENT_NONE)
		return ~0ULL;
	return moment_boot_ns(until, session_clock(session), session_started_ns(session), &boot_ns)
		       ? boot_ns
		       : 0;
}

bool session_is_in_range(const struct session *session, __u64 time_ns)
{
	return !selection_has_range(&session->shared->options->selection) ||
	       (time_ns >= session_since_ns(session) && time_ns < session_until_ns(session));
}

void session_print_board(const struct session *session, FILE *out)
{
	const struct text *name = texts_find(&session->texts, TEXT_board, 0);

	fputs("board ", out);
	if (name)
		text_print_parts(out, name);
	else if (session->named)
		fprintf(out, "%016llx", session->board_id);
	else
		fputs("unknown", out);
}

struct session_losses session_losses(const struct session *session)
{
	struct session_losses losses = { .network = seqset_missing(&session->blocks) };

	for (unsigned int i = 0; i <= PROBE_ID_MAX; i++) {
		const struct account *account = session->ledger.account[i];

		for (unsigned int column = 0; account && column < LEDGER_SLOTS; column++)
			if (LEDGER_IS_LOSS(column))
				*(i ? &losses.events : &losses.sinks) += account->value[column];
	}
	return losses;
}
