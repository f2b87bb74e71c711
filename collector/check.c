// SPDX-License-Identifier: GPL-2.0-or-later
/* check - 'tarsier check': what a recording would find on this board */
#include "check.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attach.h"
#include "check_report.h"
#include "clocks.h"
#include "facts.h"
#include "hooks.h"
#include "kernel.h"
#include "say.h"

#define EXERCISES 20 /* at most */
#define EXERCISES_MIN 4

static struct check_report report;
static struct stream stream;
static char *reasons; /* where the texts of a probe are gathered */

/*
 * What a hook has to tell
 *
 * It tells it in text records, as it does in a recording.
 */

static void take_text(const struct rec_text *text)
{
	size_t used = strlen(reasons);

	if (text->type != REC_text || text->kind != TEXT_unavailable)
		return;
	snprintf(reasons + used, REASONS_SIZE - used, "%.*s%s", TEXT_PART_SIZE,
		 (const char *)text->text, text->part + 1 == text->parts ? "\n" : "");
}

static void take_block(const void *block, size_t size, unsigned int data_records)
{
	const struct record *records = block;

	(void)size;
	for (unsigned int i = 1; i <= data_records && reasons; i++)
		take_text((const struct rec_text *)(const void *)&records[i]);
}

static void no_totals(__u64 totals[LEDGER_COLUMNS])
{
	(void)totals;
}

/* Some join several reasons in one text. */
static void split_reasons(char *text)
{
	while ((text = strstr(text, "; "))) {
		*text++ = '\n';
		memmove(text, text + 1, strlen(text));
	}
}

static void gather_reasons(const struct probe_entry *entry, struct probe_report *probe)
{
	struct hook *hook = entry->probe->hook;

	reasons = probe->reasons;
	hook->describe(hook, entry->id, &stream);
	stream_flush(&stream);
	reasons = NULL;
	split_reasons(probe->reasons);
	if (!*probe->reasons && !probe->works)
		snprintf(probe->reasons, REASONS_SIZE, "%s\n", attach_how(entry));
}

/*
 * Whether programs run
 */

static struct bpf_cost cost_of(const struct probe_entry *entry)
{
	struct bpf_cost cost = { 0 };

	entry->probe->hook->cost(entry->probe->hook, &cost);
	return cost;
}

static bool are_idle(const struct options *options)
{
	for (unsigned int i = 0; i < options->probe_count; i++) {
		const struct probe_entry *entry = options->probes[i];

		if (attach_is_active(entry) && entry->probe->never_idle && !cost_of(entry).runs)
			return true;
	}
	return false;
}

/* Do what makes probes fire: sleep, wake up, call, read. */
static void exercise(const struct options *options)
{
	char line[64];

	for (unsigned int i = 0; i < EXERCISES_MIN || (i < EXERCISES && are_idle(options)); i++) {
		usleep(1000);
		syscall(SYS_getppid);
		kernel_read_line("/proc/self/stat", line, sizeof(line));
	}
}

/* Where there are neither runs nor maps, no program is what serves the probe. */
static enum fires look_whether_fires(const struct probe_entry *entry, bool counting)
{
	struct bpf_cost cost = { 0 };

	if (counting && attach_is_active(entry))
		cost = cost_of(entry);
	if (cost.runs)
		return FIRES_yes;
	return cost.maps_kib ? FIRES_no : FIRES_unknown;
}

static void look_at_probe(const struct probe_entry *entry, bool counting,
			  struct probe_report *probe)
{
	bool active = attach_is_active(entry);

	probe->name = entry->name;
	probe->fires = look_whether_fires(entry, counting);
	probe->works = active && !(entry->probe->never_idle && probe->fires == FIRES_no);
	if (active)
		snprintf(probe->way, WAY_SIZE, "%s", attach_how(entry));
	if (active && !probe->works)
		snprintf(probe->reasons, REASONS_SIZE, "%s: attached, but its programs never run\n",
			 probe->way);
	if (attach_is_out_of_reach(entry))
		snprintf(probe->reasons, REASONS_SIZE, "%s\n", attach_how(entry));
	else
		gather_reasons(entry, probe);
}

/* Attach, see them run, remove; returns what their maps took. */
static __u32 check_probes(const struct options *options, __u32 required)
{
	int stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	__u32 maps_kib;

	stream.block_records = BLOCK_RECORDS_MAX;
	stream.deliver = take_block;
	stream.totals = no_totals;
	stream_open(&stream);
	attach_probes(options, &stream);
	if (stats_fd >= 0)
		exercise(options);
	report.probe_count = attach_refused() ? 0 : options->probe_count;
	for (unsigned int i = 0; i < report.probe_count; i++) {
		look_at_probe(options->probes[i], stats_fd >= 0, &report.probes[i]);
		report.probes[i].required = required & 1u << options->probes[i]->id;
	}
	maps_kib = hooks_cost().maps_kib;
	hooks_detach();
	hooks_close();
	if (stats_fd >= 0)
		close(stats_fd);
	return maps_kib;
}

/* 0 or -errno */
static int check_output(const char *name)
{
	char target[PATH_MAX], detail[SINK_DETAIL_SIZE];
	struct sink sink;
	int err = sink_parse(&sink, name, target, sizeof(target), detail);

	free(sink.own);
	if (err)
		return err;
	if (sink.kind == &sink_file)
		return facts_file_output(name, target);
	if (sink.kind == &sink_udp)
		return facts_udp_output(name, target);
	facts_add("files", name, FACT_note, "standard output is known when recording begins");
	return *target ? -EINVAL : 0;
}

/* EXIT_DONE, or what a recording would end with. */
static enum exit_status check_outputs(const struct options *options)
{
	enum exit_status status = EXIT_DONE;

	for (unsigned int i = 0; i < options->output_count; i++) {
		int err = check_output(options->outputs[i]);

		if (err && status != EXIT_USAGE)
			status = err == -EINVAL ? EXIT_USAGE : EXIT_SINK;
	}
	if (options->output_count)
		return status;
	facts_directory("/var/log");
	facts_directory("/tmp");
	facts_interfaces();
	return EXIT_DONE;
}

static unsigned int count_working(void)
{
	unsigned int working = 0;

	for (unsigned int i = 0; i < report.probe_count; i++)
		working += report.probes[i].works;
	return working;
}

/* Required ones that cannot; with none required there has to be one that can. */
static bool is_a_probe_missing(__u32 required)
{
	for (unsigned int i = 0; i < report.probe_count; i++)
		if (report.probes[i].required && !report.probes[i].works)
			return true;
	return !required && !count_working();
}

static void judge(const struct options *options, __u32 required, enum exit_status outputs)
{
	enum exit_status attached = attach_status(required);
	const char *problem = "";

	if (!required && attach_status(attach_wanted()) == EXIT_PRIVILEGE)
		attached = EXIT_PRIVILEGE;
	if (attached == EXIT_DONE && is_a_probe_missing(required))
		attached = EXIT_KERNEL;
	report.status = attached != EXIT_DONE ? attached : outputs;
	if (attached == EXIT_PRIVILEGE)
		problem = ", the right to try is missing";
	else if (attached != EXIT_DONE)
		problem = ", what is required is not among them";
	else if (outputs != EXIT_DONE)
		problem = ", an output cannot be opened";
	snprintf(report.result, sizeof(report.result), "%s: %u of %u probes work%s",
		 report.status == EXIT_DONE ? "pass" : "fail", count_working(),
		 options->probe_count, problem);
}

static int write_report(bool json)
{
	(json ? check_report_json : check_report_text)(stdout, &report);
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write the report: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return report.status;
}

int check(const struct options *options)
{
	__u64 begin_ns = now_ns();
	__u32 required = options->required, maps_kib;

	if (!required && options->probes_named)
		for (unsigned int i = 0; i < options->probe_count; i++)
			required |= 1u << options->probes[i]->id;
	maps_kib = check_probes(options, required);
	if (attach_refused())
		return attach_refused();
	facts_kernel();
	facts_sandbox();
	facts_clock();
	facts_memory(maps_kib);
	judge(options, required, check_outputs(options));
	report.elapsed_ms = (unsigned long)((now_ns() - begin_ns) / NS_PER_MS);
	return write_report(options->json);
}
