// SPDX-License-Identifier: GPL-2.0-or-later
/* keyed_hists - the histograms of single processes and threads, from the kernel's map to records */
#include "keyed_hists.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hist_writer.h"
#include "kernel.h"

#define SNAPSHOTS_PER_NAME 16

/* An entry of the map; it stays in its place once it is found. */
struct place {
	struct keyed_hist_key key;
	unsigned int named;   /* snapshots since its name was first written; 0: never */
	char comm[COMM_SIZE]; /* as written last */
	struct hist_writer writer;
};

static struct {
	int map_fd;
	unsigned int cpus;
	unsigned int room;
	unsigned int count;
	struct place *places;
	struct keyed_hist *values; /* of one key, one for each CPU */
} all = { .map_fd = -1 };

int keyed_hists_open(int map_fd, unsigned int keys, unsigned int cpus)
{
	all.places = calloc(keys, sizeof(*all.places)); /* at start */
	all.values = calloc(cpus, sizeof(*all.values)); /* at start */
	if (!all.places || !all.values) {
		keyed_hists_close();
		return -ENOMEM;
	}
	all.map_fd = map_fd;
	all.room = keys;
	all.cpus = cpus;
	return 0;
}

void keyed_hists_close(void)
{
	free(all.places);
	free(all.values);
	memset(&all, 0, sizeof(all));
	all.map_fd = -1;
}

static bool is_known(const struct keyed_hist_key *key)
{
	for (unsigned int i = 0; i < all.count; i++)
		if (!memcmp(&all.places[i].key, key, sizeof(*key)))
			return true;
	return false;
}

static void learn(const struct keyed_hist_key *key)
{
	if (all.count == all.room || is_known(key))
		return;
	all.places[all.count++] = (struct place) {
		.key = *key,
		.writer = { .probe = key->probe,
			    .shape = HIST_SHAPE(key->scope, H2_PRECISION),
			    .key = key->id },
	};
}

/* Entries are never removed, so that walking along the keys meets each one. */
static void find_new_keys(void)
{
	struct keyed_hist_key key, *last = NULL;

	while (all.map_fd >= 0 && !bpf_map_get_next_key(all.map_fd, last, &key)) {
		learn(&key);
		last = &key;
	}
}

/* All CPUs of one entry together; false: the map does not have it. */
static bool read_sum(const struct keyed_hist_key *key, struct keyed_hist *sum)
{
	memset(sum, 0, sizeof(*sum));
	sum->hist.min = ~0ull;
	if (bpf_map_lookup_elem(all.map_fd, key, all.values))
		return false;
	for (unsigned int i = 0; i < all.cpus; i++) {
		const struct keyed_hist *value = &all.values[i];

		if (!value->used)
			continue;
		hist_merge(&sum->hist, &value->hist);
		if (value->named_ns < sum->named_ns)
			continue;
		sum->named_ns = value->named_ns;
		sum->start_ns = value->start_ns;
		sum->tgid = value->tgid;
		memcpy(sum->comm, value->comm, sizeof(sum->comm));
	}
	return true;
}

/* By the records of tracepoints, a process has no name until its main thread was seen to be switched. */
static void ask_name(const struct keyed_hist_key *key, struct keyed_hist *hist)
{
	char path[32], line[COMM_SIZE + 1];

	if (*hist->comm || key->scope == SCOPE_IDLE)
		return;
	snprintf(path, sizeof(path), "/proc/%u/comm", key->id);
	if (!kernel_read_line(path, line, sizeof(line)))
		memcpy(hist->comm, line, strnlen(line, sizeof(hist->comm)));
}

static void write_name(struct place *place, const struct keyed_hist *hist, __u64 time_ns,
		       struct stream *stream)
{
	struct rec_task task = {
		.type = REC_task,
		.time_ns = time_ns,
		.start_ns = hist->start_ns,
		.tid = place->key.id,
		.tgid = hist->tgid,
	};

	bool renamed = memcmp(place->comm, hist->comm, sizeof(place->comm)) != 0;

	if (place->key.scope == SCOPE_IDLE)
		return;
	if (place->named++ % SNAPSHOTS_PER_NAME && !renamed)
		return;
	memcpy(place->comm, hist->comm, sizeof(place->comm));
	memcpy(task.comm, hist->comm, sizeof(task.comm));
	stream_add(stream, &task);
}

void keyed_hists_write(unsigned int probe, __u64 time_ns, bool final, struct stream *stream)
{
	static struct keyed_hist sum;

	find_new_keys();
	for (unsigned int i = 0; i < all.count; i++) {
		struct place *place = &all.places[i];

		if (place->key.probe != probe || !read_sum(&place->key, &sum))
			continue;
		ask_name(&place->key, &sum);
		write_name(place, &sum, time_ns, stream);
		hist_write(&place->writer, &sum.hist, time_ns, final, stream);
	}
}
