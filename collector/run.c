// SPDX-License-Identifier: GPL-2.0-or-later
/* run - one session from its first to its closing block */
#include "run.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "attach.h"
#include "clock_watch.h"
#include "clocks.h"
#include "events.h"
#include "exit.h"
#include "hooks.h"
#include "key.h"
#include "loop.h"
#include "notify.h"
#include "own_use.h"
#include "pid_file.h"
#include "sandbox.h"
#include "say.h"
#include "seal.h"
#include "session.h"
#include "sink.h"

#define BUDGET_MS 1000 /* between looks at what is used, if there is a budget */
#define BLOCKS_PER_ANNOUNCEMENT 64
#define TOTALS_AGE_MAX_NS (10 * NS_PER_MS)

static struct {
	const struct options *options;
	struct session session;
	struct stream stream;
	struct watch signals, snapshot, heartbeat, sync, stop, budget;
	__u64 last_block_ns;
	__u64 announced_block;	      /* the session record was last written before this block */
	__u64 ledger[LEDGER_COLUMNS]; /* as of the last check for gaps */
	__u64 ledger_ns;
	bool writing_snapshot;
	__u64 sums[LEDGER_COLUMNS]; /* over all probes, as of sums_ns */
	__u64 sums_ns;
} state;

/* Add up what the probes counted until now. */
static void sum_probes(void)
{
	memset(state.sums, 0, sizeof(state.sums));
	state.sums_ns = now_ns();
	for (unsigned int i = 0; i < state.options->probe_count; i++) {
		__u64 columns[LEDGER_COLUMNS] = { 0 };

		if (attach_is_active(state.options->probes[i]))
			state.options->probes[i]->probe->ledger(columns);
		for (unsigned int column = 0; column < LEDGER_COLUMNS; column++)
			state.sums[column] += columns[column];
	}
}

/*
 * A trailer's totals may be a little old: thousands of blocks per second need no sum of their own, and
 * what a snapshot is being made of must not be read anew under its hands.
 */
static void totals(__u64 sums[LEDGER_COLUMNS])
{
	if (!state.writing_snapshot && now_ns() - state.sums_ns > TOTALS_AGE_MAX_NS)
		sum_probes();
	memcpy(sums, state.sums, sizeof(state.sums));
	for (unsigned int column = LEDGER_FIRST_SINK; column < LEDGER_COLUMNS; column++)
		sums[column] = sinks_count(column);
}

static void deliver(const void *bytes, size_t size, unsigned int data_records)
{
	const struct block block = { bytes, size, data_records, state.stream.blocks,
				     state.stream.seq - data_records };

	sinks_write(&block);
	state.stream.block_records = sinks_block_records();
	state.last_block_ns = now_ns();
	if (sinks_all_gone())
		loop_stop();
}

/* Who we are, and how each probe is attached. */
static void announce(void)
{
	const struct options *options = state.options;

	state.announced_block = state.stream.blocks;
	session_write(&state.session, &state.stream);
	for (unsigned int i = 0; i < options->probe_count; i++) {
		struct hook *hook = options->probes[i]->probe->hook;

		hook->describe(hook, options->probes[i]->id, &state.stream);
	}
}

static void announce_again(void)
{
	if (sinks_want_announcement() ||
	    state.stream.blocks - state.announced_block >= BLOCKS_PER_ANNOUNCEMENT)
		announce();
}

/* Nobody waits for what goes to files alone: there, blocks are better full. */
static void flush_if_live(void)
{
	if (sinks_are_live())
		stream_flush(&state.stream);
}

/* Columns @first to @end - 1; a record whose columns are all 0 says nothing, but for the first. */
static void write_counters(__u8 probe, unsigned int first, unsigned int end, const __u64 *columns,
			   __u64 time_ns)
{
	for (unsigned int from = first; from < end; from += COUNTERS_PER_RECORD) {
		struct rec_counters record = {
			.type = REC_counters,
			.time_ns = time_ns,
			.probe = probe,
			.first = (__u8)from,
		};
		bool empty = true;

		for (unsigned int i = 0; i < COUNTERS_PER_RECORD && from + i < end; i++) {
			record.value[i] = columns[from + i];
			empty = empty && !record.value[i];
		}
		if (!empty || from == first)
			stream_add(&state.stream, &record);
	}
}

static void write_probe(const struct probe_entry *entry, __u64 time_ns, bool final)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	if (entry->probe->snapshot)
		entry->probe->snapshot(time_ns, final, &state.stream);
	entry->probe->ledger(columns);
	write_counters((__u8)entry->id, 0, LEDGER_FIRST_SINK, columns, time_ns);
}

/* A loss column that grew since the last check lies between the two. */
static void write_gaps(const __u64 sums[LEDGER_COLUMNS], __u64 time_ns)
{
	for (unsigned int column = LEDGER_FIRST_LOSS; column < LEDGER_COLUMNS; column++) {
		struct rec_gap gap = {
			.type = REC_gap,
			.time_ns = time_ns,
			.cause = (__u8)column,
			.from_ns = state.ledger_ns,
			.to_ns = time_ns,
			.lost = sums[column] - state.ledger[column],
			.total = sums[column],
		};

		if (gap.lost && LEDGER_IS_LOSS(column))
			stream_add(&state.stream, &gap);
	}
	memcpy(state.ledger, sums, sizeof(state.ledger));
	state.ledger_ns = time_ns;
}

static void write_own_cost(void)
{
	const struct bpf_cost cost = hooks_cost();

	session_write_self(&state.stream, cost, state.options->bpf_stats);
	own_use_write(&cost, &state.stream);
}

static void write_snapshot(bool final)
{
	__u64 sums[LEDGER_COLUMNS] = { 0 }, time_ns;

	announce_again();
	hooks_tick();
	sum_probes();
	time_ns = now_ns();
	state.writing_snapshot = true;
	for (unsigned int i = 0; i < state.options->probe_count; i++)
		if (attach_is_active(state.options->probes[i]))
			write_probe(state.options->probes[i], time_ns, final);
	state.writing_snapshot = false;
	sum_probes();
	totals(sums);
	write_gaps(sums, time_ns);
	write_counters(0, LEDGER_FIRST_SINK, LEDGER_COLUMNS, sums, time_ns);
	clock_watch_write(&state.stream);
	write_own_cost();
}

static void on_signal(struct watch *watch)
{
	struct signalfd_siginfo info;

	if (read(watch->fd, &info, sizeof(info)) == sizeof(info))
		loop_stop();
}

static void on_stop(struct watch *watch)
{
	timer_expirations(watch);
	loop_stop();
}

static void on_snapshot(struct watch *watch)
{
	timer_expirations(watch);
	events_take();
	write_snapshot(false);
	flush_if_live();
}

static void on_budget(struct watch *watch)
{
	timer_expirations(watch);
	own_use_watch();
}

static void on_sync(struct watch *watch)
{
	timer_expirations(watch);
	events_take();
	stream_flush(&state.stream);
	sinks_sync();
}

/* Between snapshots, which may be a day apart. */
static void tell_losses(void)
{
	__u64 sums[LEDGER_COLUMNS] = { 0 };

	totals(sums);
	write_gaps(sums, now_ns());
}

/* Fires when the silence may have lasted long enough; otherwise waits for the rest of it. */
static void on_heartbeat(struct watch *watch)
{
	__u64 silence_ms = (now_ns() - state.last_block_ns) / NS_PER_MS;
	__u64 limit_ms = state.options->heartbeat_ms;

	timer_expirations(watch);
	hooks_tick();
	tell_losses();
	clock_watch_look(&state.stream);
	if (silence_ms + 1 >= limit_ms) {
		stream_heartbeat(&state.stream);
		silence_ms = 0;
	}
	timer_arm(watch, limit_ms - silence_ms, 0);
}

static int watch_signals(void)
{
	sigset_t mask;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	state.signals =
		(struct watch) { .fd = signalfd(-1, &mask, SFD_CLOEXEC), .ready = on_signal };
	return state.signals.fd < 0 ? -errno : loop_add(&state.signals);
}

/* A timer that runs @ready after @first_ms and every @period_ms; 0: not armed. */
static int add_timer(struct watch *watch, void (*ready)(struct watch *), __u64 first_ms,
		     __u64 period_ms)
{
	int err;

	watch->ready = ready;
	err = loop_add_timer(watch);
	return err ? err : timer_arm(watch, first_ms, period_ms);
}

/* Without its supervisor's ear it records all the same. */
static int open_notify(void)
{
	int err = notify_open();

	if (err)
		say("cannot tell the supervisor at NOTIFY_SOCKET: %s", strerror(-err));
	return 0;
}

static int set_up_loop(void)
{
	const struct options *options = state.options;
	int err = loop_open();

	err = err ? err : watch_signals();
	err = err ? err
		  : add_timer(&state.snapshot, on_snapshot, options->interval_ms,
			      options->interval_ms);
	err = err ? err : add_timer(&state.heartbeat, on_heartbeat, options->heartbeat_ms, 0);
	err = err ? err : add_timer(&state.sync, on_sync, options->sync_ms, options->sync_ms);
	err = err ? err : add_timer(&state.stop, on_stop, 0, 0);
	if (options->budget_ppm)
		err = err ? err : add_timer(&state.budget, on_budget, BUDGET_MS, BUDGET_MS);
	err = err ? err : open_notify();
	err = err ? err : clock_watch_open(&state.stream);
	err = err ? err : events_open(announce_again, flush_if_live);
	err = err ? err : sinks_watch();
	err = err ? err : session_open_files();
	if (err)
		say("cannot set up the event loop: %s", strerror(-err));
	return err;
}

static int open_sinks_of(bool keeping)
{
	for (unsigned int i = 0; i < state.options->output_count; i++) {
		const char *name = state.options->outputs[i];
		int err = !sink_kind_of(name)->find == keeping ? 0 : sinks_open(name);

		if (err)
			return err == -EINVAL || err == -E2BIG ? EXIT_USAGE : EXIT_SINK;
	}
	return EXIT_DONE;
}

/* Those that keep what others cannot pass on come first: then these need not succeed at once. */
static int open_sinks(void)
{
	int status;

	sinks_set_sync(state.options->sync_ms);
	status = open_sinks_of(true);
	if (status == EXIT_DONE)
		status = open_sinks_of(false);
	if (status != EXIT_DONE)
		sinks_abandon();
	return status;
}

/* Before outputs are opened: how much fits into a datagram depends on it. */
static void use_key(const struct options *options)
{
	tag_begin(&state.stream.tag);
	if (options->seal)
		seal_begin();
	key_forget();
}

/* What takes files or rights. */
static void prepare(void)
{
	const struct options *options = state.options;

	state.session.board = options->board;
	state.session.sealed = options->seal;
	state.session.interval_ms = (__u32)options->interval_ms;
	state.session.ring_bytes = options->ring_kib * 1024;
	state.session.probes_wanted = attach_wanted();
	state.session.probes_active = attach_active();
	state.stream.block_records = sinks_block_records();
	state.stream.deliver = deliver;
	state.stream.totals = totals;
	session_begin(&state.session, &state.stream);
	hooks_begin();
}

/* From here on the process owns nothing but what is open. */
static int enter_sandbox(void)
{
	return state.options->no_sandbox ? 0 : sandbox_enter();
}

static void begin(void)
{
	const struct options *options = state.options;

	own_use_begin(options->budget_ppm);
	stream_open(&state.stream);
	state.ledger_ns = now_ns();
	announce();
	clock_watch_write(&state.stream);
	stream_flush(&state.stream);
	sinks_sync();
	/* the recording lasts that long, whatever it took to come here */
	timer_arm(&state.stop, options->duration_ms, 0);
	for (unsigned int i = 0; i < options->probe_count; i++)
		if (attach_is_active(options->probes[i]))
			say("recording %s by %s", options->probes[i]->name,
			    attach_how(options->probes[i]));
}

/* For whoever waits until it records. */
static void tell_ready(void)
{
	pid_file_write();
	notify("READY=1\nSTATUS=recording");
}

/* No hook is left, then no event, then nothing to write: the counts in the last block are final. */
static void finish(void)
{
	hooks_detach();
	events_take_last();
	sinks_finish();
	write_snapshot(true);
	stream_close(&state.stream);
	sinks_close();
}

static int tell_result(void)
{
	__u64 sums[LEDGER_COLUMNS] = { 0 }, lost = 0;

	sum_probes();
	totals(sums);
	for (unsigned int column = LEDGER_FIRST_LOSS; column < LEDGER_FIRST_SINK; column++)
		lost += LEDGER_IS_LOSS(column) ? sums[column] : 0;
	say("%llu events, %llu delivered, %llu lost; %llu records in %llu blocks",
	    sums[LEDGER_entered], sums[LEDGER_delivered], lost, state.stream.seq,
	    state.stream.blocks);
	if (sums[LEDGER_send_waiting])
		say("%llu records were not sent and are in files: 'tarsier send DIRECTORY "
		    "udp://HOST:PORT' sends them",
		    sums[LEDGER_send_waiting]);
	if (!sums[LEDGER_file_lost] && !sums[LEDGER_send_lost])
		return EXIT_DONE;
	say("outputs lost records: %llu not written, %llu not sent", sums[LEDGER_file_lost],
	    sums[LEDGER_send_lost]);
	return EXIT_LOST;
}

static void join_command(char *line, size_t size, int argc, char **argv)
{
	size_t used = (size_t)snprintf(line, size, "tarsier");

	for (int i = 0; i < argc && used < size; i++)
		used += (size_t)snprintf(line + used, size - used, " %s", argv[i]);
}

/* Everything that takes rights, and then their end. */
static int open_all(const struct options *options)
{
	int status;

	attach_probes(options, &state.stream);
	attach_say_missing(options);
	status = attach_status(options->required);
	use_key(options);
	if (status == EXIT_DONE)
		status = open_sinks();
	if (status == EXIT_DONE && set_up_loop())
		status = EXIT_FAILED;
	if (status != EXIT_DONE)
		return status;
	prepare();
	if (!enter_sandbox())
		return EXIT_DONE;
	sinks_abandon();
	return EXIT_SANDBOX;
}

static int record(void)
{
	int err;

	begin();
	tell_ready();
	err = loop_run();
	notify("STOPPING=1\nSTATUS=writing what is left");
	finish();
	return err ? EXIT_FAILED : tell_result();
}

int run(const struct options *options, int argc, char **argv)
{
	static char command[512];
	int status, stats_fd = -1;

	join_command(command, sizeof(command), argc, argv);
	state.options = options;
	state.session.command = command;
	if (options->no_sandbox)
		sandbox_decline();
	if (pid_file_open(options->pid_file))
		return EXIT_FAILED;
	if (options->bpf_stats)
		stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	status = open_all(options);
	if (status == EXIT_DONE)
		status = record();
	hooks_close();
	pid_file_clear();
	if (stats_fd >= 0)
		close(stats_fd);
	return status;
}
