// SPDX-License-Identifier: GPL-2.0-or-later
/* iopf - IO page faults: a histogram and counts for each device and PASID */
#include "iopf.h"

#include <errno.h>
#include <string.h>

#include "hist_writer.h"
#include "iopf_hook.h"
#include "probe.h"

#define NS_PER_MS 1000000ull
#define TIMEOUT_MAX_MS 3600000
#define SNAPSHOTS_PER_FULL 16
#define NAME_HEAD 15 /* of a name that does not fit, and what is left of the end behind a ~ */
#define NAME_TAIL (DEVICE_NAME_SIZE - NAME_HEAD - 1)

static int set_device(const char *text)
{
	size_t length = strlen(text);

	if (!length || length >= IOPF_NAME_SIZE)
		return -EINVAL;
	iopf_config.name_length = (__u32)length;
	memcpy(iopf_config.name, text, length);
	return 0;
}

static int set_pasid(const char *text)
{
	return parse_u32(text, 0, IOPF_PASID_MAX, &iopf_config.pasid);
}

static int set_keys(const char *text)
{
	return parse_u32(text, 1, IOPF_KEYS_MAX, &iopf_config.keys);
}

static int set_timeout(const char *text)
{
	__u32 timeout_ms;
	int err = parse_u32(text, 1, TIMEOUT_MAX_MS, &timeout_ms);

	if (!err)
		iopf_config.timeout_ns = timeout_ms * NS_PER_MS;
	return err;
}

static int set_way(const char *text)
{
	if (strcmp(text, IOPF_WAY_TRACEPOINT) != 0 && strcmp(text, IOPF_WAY_FUNCTION) != 0)
		return -EINVAL;
	iopf_hook_choose(strcmp(text, IOPF_WAY_FUNCTION) ? IOPF_WAY_TRACEPOINT : IOPF_WAY_FUNCTION);
	return 0;
}

static const struct probe_option options[] = {
	{ "device", "PREFIX (up to 56 bytes)", "only devices whose name starts so", set_device },
	{ "pasid", "PASID", "only this address space", set_pasid },
	{ "keys", "NUMBER (1 to 256)", "room for so many devices and PASIDs (default 64)",
	  set_keys },
	{ "timeout", "MILLISECONDS", "give up a fault that is older (default 10000)", set_timeout },
	{ "way", "tracepoint or function", "see faults only in this way", set_way },
	{ NULL, NULL, NULL, NULL },
};

/* What was sent of one slot. */
struct sent {
	__u32 device;		   /* number, from 1; 0: none yet */
	char name[IOPF_NAME_SIZE]; /* set in the first slot of a device */
	struct rec_iopf last;
};

static struct sent sent[IOPF_KEYS_MAX];
static struct hist_writer writers[IOPF_KEYS_MAX]; /* a page each, which is there once it is used */
static unsigned int snapshots;

static void enable(struct stream *stream)
{
	(void)stream;
}

static void write_device(const struct sent *one, __u64 time_ns, struct stream *stream)
{
	struct rec_device record = {
		.type = REC_device,
		.time_ns = time_ns,
		.device = one->device,
	};
	size_t length = strnlen(one->name, sizeof(one->name));

	if (length <= sizeof(record.name)) {
		memcpy(record.name, one->name, length);
	} else {
		memcpy(record.name, one->name, NAME_HEAD);
		record.name[NAME_HEAD] = '~';
		memcpy(record.name + NAME_HEAD + 1, one->name + length - NAME_TAIL, NAME_TAIL);
	}
	stream_add(stream, &record);
}

/* The number of the device of slot @number; the first of its slots tells its name. */
static bool number_device(__u32 number, const struct iopf_key *key)
{
	static __u32 devices;
	struct sent *one = &sent[number];

	for (__u32 i = 0; i < iopf_config.keys && !one->device; i++)
		if (sent[i].device && !memcmp(sent[i].name, key->name, sizeof(key->name)))
			one->device = sent[i].device;
	if (one->device)
		return false;
	one->device = ++devices;
	memcpy(one->name, key->name, sizeof(one->name));
	return true;
}

static void write_counts(struct sent *one, const struct iopf_counts *counts, __u64 time_ns,
			 bool always, struct stream *stream)
{
	bool whole = counts->key.pasid == IOPF_NO_PASID;
	struct rec_iopf record = {
		.type = REC_iopf,
		.flags = whole ? IOPF_WHOLE_DEVICE : 0,
		.key = DEVICE_KEY(one->device, whole ? 0 : counts->key.pasid),
		.in_flight = (__u32)counts->in_flight,
		.failed = counts->failed,
		.without_exit = counts->without_exit,
		.without_entry = counts->without_entry,
		.unrecoverable = counts->unrecoverable,
		.partial = (__u32)counts->partial,
	};

	if (!always && !memcmp(&record, &one->last, sizeof(record)))
		return;
	one->last = record;
	record.time_ns = time_ns;
	stream_add(stream, &record);
}

static void write_slot(__u32 number, __u64 time_ns, bool always, bool final, struct stream *stream)
{
	static struct iopf_counts
		counts; /* not those of ledger(), which is called within stream_add() */
	struct hist_writer *writer = &writers[number];
	struct sent *one = &sent[number];

	if (!iopf_hook_read(number, &counts))
		return;
	if (number_device(number, &counts.key) || (always && *one->name))
		write_device(one, time_ns, stream);
	write_counts(one, &counts, time_ns, always, stream);
	if (counts.key.pasid == IOPF_NO_PASID)
		return;
	writer->probe = PROBE_iopf;
	writer->shape = HIST_SHAPE(SCOPE_DEVICE, H2_PRECISION);
	writer->key = DEVICE_KEY(one->device, counts.key.pasid);
	hist_write(writer, &counts.latency, time_ns, final, stream);
}

/* Counts are cumulative, and all are written now and then: what was lost on the way heals. */
static void snapshot(__u64 time_ns, bool final, struct stream *stream)
{
	bool always = final || snapshots++ % SNAPSHOTS_PER_FULL == 0;

	for (__u32 i = 0; i < iopf_config.keys; i++)
		write_slot(i, time_ns, always, final, stream);
}

/*
 * An event is a fault, or a response to none that is known.  While recording goes on a fault enters
 * when it ends; in the end, all that began have entered, which the rest has to match.
 */
static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	static struct iopf_counts counts;
	__u64 begun = 0;

	columns[LEDGER_map_full] = iopf_hook_without_slot();
	for (__u32 i = 0; i < iopf_config.keys; i++) {
		if (!iopf_hook_read(i, &counts))
			continue;
		begun += counts.begun;
		columns[LEDGER_delivered] += hist_count(&counts.latency);
		columns[LEDGER_map_full] += counts.full;
		columns[LEDGER_unstamped] += counts.without_entry;
		columns[LEDGER_user_dropped] += counts.without_exit;
		columns[LEDGER_in_flight] += counts.in_flight;
	}
	columns[LEDGER_missed] = iopf_hook_missed();
	columns[LEDGER_entered] = columns[LEDGER_unstamped] + columns[LEDGER_missed];
	if (iopf_hook_is_final())
		columns[LEDGER_entered] += begun + iopf_hook_without_slot();
	else
		columns[LEDGER_entered] += columns[LEDGER_delivered] + columns[LEDGER_map_full] +
					   columns[LEDGER_user_dropped];
}

const struct probe probe_iopf = {
	.options = options,
	.hook = &iopf_hook,
	.enable = enable,
	.snapshot = snapshot,
	.ledger = ledger,
};
