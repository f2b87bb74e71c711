// SPDX-License-Identifier: GPL-2.0-or-later
/* keyed_hists - the histograms of single processes and threads, from the kernel's map to records */
#include "keyed_hists.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hist_writer.h"

#define SNAPSHOTS_PER_NAME 16

/* What was written of one entry of the map. */
struct place {
	unsigned int named;   /* snapshots since its name was first written; 0: never */
	char comm[COMM_SIZE]; /* as written last */
	struct hist_writer writer;
};

static struct {
	unsigned int cpus;
	unsigned int keys;
	int proc_fd;
	struct place *places;
	const struct keyed_hist *values; /* for each key, one for each CPU */
} all = { .proc_fd = -1 };

static size_t values_size(void)
{
	return (size_t)all.keys * all.cpus * sizeof(*all.values);
}

int keyed_hists_open(int map_fd, unsigned int keys, unsigned int cpus, int proc_fd)
{
	void *values;

	all.keys = keys;
	all.cpus = cpus;
	all.proc_fd = proc_fd;
	all.places = calloc(keys, sizeof(*all.places)); /* at start */
	values = mmap(NULL, values_size(), PROT_READ, MAP_SHARED, map_fd, 0);
	all.values = values == MAP_FAILED ? NULL : values;
	if (all.places && all.values)
		return 0;
	keyed_hists_close();
	return -ENOMEM;
}

void keyed_hists_close(void)
{
	free(all.places);
	if (all.values)
		munmap((void *)all.values, values_size());
	memset(&all, 0, sizeof(all));
	all.proc_fd = -1;
}

/* Some CPU counted in entry @number. */
static bool is_used(unsigned int number)
{
	for (unsigned int i = 0; i < all.cpus; i++)
		if (all.values[number * all.cpus + i].key.probe)
			return true;
	return false;
}

unsigned int keyed_hists_used(void)
{
	unsigned int used = 0;

	for (unsigned int number = 0; number < all.keys; number++)
		used += is_used(number);
	return used;
}

/* Of several names the latest holds. */
static void add_cpu(struct keyed_hist *sum, const struct keyed_hist *value)
{
	hist_merge(&sum->hist, &value->hist);
	if (value->named_ns < sum->named_ns)
		return;
	sum->named_ns = value->named_ns;
	sum->start_ns = value->start_ns;
	sum->tgid = value->tgid;
	memcpy(sum->comm, value->comm, sizeof(sum->comm));
}

/* All CPUs of entry @number together; false: nothing was counted there, or for another probe. */
static bool read_sum(unsigned int number, unsigned int probe, struct keyed_hist *sum)
{
	memset(sum, 0, sizeof(*sum));
	sum->hist.min = ~0ull;
	for (unsigned int i = 0; i < all.cpus; i++) {
		const struct keyed_hist *value = &all.values[number * all.cpus + i];

		if (value->key.probe != probe)
			continue;
		sum->key = value->key;
		add_cpu(sum, value);
	}
	return sum->key.probe;
}

/* By the records of tracepoints, a process has no name until its main thread was seen to be switched. */
static void ask_name(struct keyed_hist *hist)
{
	char path[32];
	ssize_t length;
	int fd;

	if (*hist->comm || hist->key.scope == SCOPE_IDLE || all.proc_fd < 0)
		return;
	snprintf(path, sizeof(path), "%u/comm", hist->key.id);
	fd = openat(all.proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = read(fd, hist->comm, sizeof(hist->comm));
	close(fd);
	if (length > 0) /* it ends in a newline */
		memset(hist->comm + length - 1, 0, sizeof(hist->comm) - (size_t)length + 1);
}

static void write_name(struct place *place, const struct keyed_hist *hist, __u64 time_ns,
		       struct stream *stream)
{
	struct rec_task task = {
		.type = REC_task,
		.time_ns = time_ns,
		.start_ns = hist->start_ns,
		.tid = hist->key.id,
		.tgid = hist->tgid,
	};

	bool renamed = memcmp(place->comm, hist->comm, sizeof(place->comm)) != 0;

	if (hist->key.scope == SCOPE_IDLE)
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

	for (unsigned int number = 0; number < all.keys; number++) {
		struct place *place = &all.places[number];

		if (!read_sum(number, probe, &sum))
			continue;
		place->writer.probe = probe;
		place->writer.shape = HIST_SHAPE(sum.key.scope, H2_PRECISION);
		place->writer.key = sum.key.id;
		ask_name(&sum);
		write_name(place, &sum, time_ns, stream);
		hist_write(&place->writer, &sum.hist, time_ns, final, stream);
	}
}
