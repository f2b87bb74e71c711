// SPDX-License-Identifier: GPL-2.0-or-later
/* pieces - an index of what recordings consist of, however much that is */
#include "pieces.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "beside.h"

int pieces_open(struct pieces *pieces, const char *path)
{
	int fd = beside_scratch(path), err;

	*pieces = (struct pieces) { .spare_fd = -1 };
	if (fd < 0)
		return fd;
	pieces->spare_fd = beside_scratch(path);
	if (pieces->spare_fd >= 0)
		pieces->file = fdopen(fd, "w+e");
	if (pieces->file)
		return 0;
	err = pieces->spare_fd < 0 ? pieces->spare_fd : -errno;
	close(fd);
	pieces_close(pieces);
	return err;
}

void pieces_close(struct pieces *pieces)
{
	size_t size = pieces->mapped * sizeof(*pieces->at);

	if (pieces->at)
		munmap(pieces->at, size);
	if (pieces->spare)
		munmap(pieces->spare, size);
	if (pieces->file)
		fclose(pieces->file);
	if (pieces->spare_fd >= 0)
		close(pieces->spare_fd);
	*pieces = (struct pieces) { .spare_fd = -1 };
}

int pieces_add(struct pieces *pieces, const struct piece *piece)
{
	if (fwrite(piece, sizeof(*piece), 1, pieces->file) != 1)
		return -errno;
	pieces->count++;
	return 0;
}

static int map(struct piece **at, int fd, size_t size)
{
	void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (mapping == MAP_FAILED)
		return -errno;
	*at = mapping;
	return 0;
}

int pieces_map(struct pieces *pieces)
{
	size_t size = pieces->count * sizeof(*pieces->at);
	int err;

	if (fflush(pieces->file))
		return -errno;
	if (!size)
		return 0;
	/* a mapping that finds no room on the disk ends the process */
	err = -posix_fallocate(pieces->spare_fd, 0, (off_t)size);
	if (err)
		return err;
	pieces->mapped = pieces->count;
	err = map(&pieces->at, fileno(pieces->file), size);
	return err ? err : map(&pieces->spare, pieces->spare_fd, size);
}

/* How many from @from on are in order. */
static __u64 run_length(const struct piece *at, __u64 from, __u64 count, piece_compare *compare)
{
	__u64 end = from + 1;

	while (end < count && compare(&at[end - 1], &at[end]) <= 0)
		end++;
	return end - from;
}

/* Of two runs of @at, one behind the other, one run of @to. */
static void merge_runs(const struct piece *at, __u64 first, __u64 second, struct piece *to,
		       piece_compare *compare)
{
	const struct piece *left = at, *middle = at + first, *right = middle,
			   *end = middle + second;

	while (left < middle && right < end)
		*to++ = compare(left, right) <= 0 ? *left++ : *right++;
	memcpy(to, left, (size_t)(middle - left) * sizeof(*to));
	to += middle - left;
	memcpy(to, right, (size_t)(end - right) * sizeof(*to));
}

/*
 * Runs that are in order already, as recordings mostly are, are merged two by two (Knuth, The Art of
 * Computer Programming 3, 5.2.4, algorithm N): memory is gone through from front to end, which suits
 * a mapped file.
 */
void pieces_sort(struct pieces *pieces, piece_compare *compare)
{
	__u64 runs, count = pieces->count;

	do {
		struct piece *at = pieces->at;

		runs = 0;
		for (__u64 from = 0; from < count;) {
			__u64 first = run_length(at, from, count, compare), second = 0;

			if (from + first < count)
				second = run_length(at, from + first, count, compare);
			merge_runs(at + from, first, second, pieces->spare + from, compare);
			from += first + second;
			runs++;
		}
		pieces->at = pieces->spare;
		pieces->spare = at;
	} while (runs > 1);
}

void pieces_compact(struct pieces *pieces, piece_compare *compare)
{
	__u64 kept = 0;

	for (__u64 i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->at[i];

		if (!piece->left_out && (!kept || compare(&pieces->at[kept - 1], piece)))
			pieces->at[kept++] = *piece;
	}
	pieces->count = kept;
}

static int order(__u64 left, __u64 right)
{
	return (left > right) - (left < right);
}

/* The first answer that is not 0. */
#define OR_ELSE(answer, question)                                                                  \
	do {                                                                                       \
		if (!(answer))                                                                     \
			(answer) = (question);                                                     \
	} while (0)

/*
 * Blocks by time and not by number alone, of which there are 2^32 without a key; within a session time
 * does not go back.
 */
int pieces_by_place(const struct piece *left, const struct piece *right)
{
	int answer = order(left->board_id, right->board_id);

	OR_ELSE(answer, memcmp(left->session_id, right->session_id, sizeof(left->session_id)));
	OR_ELSE(answer, order(left->salt, right->salt));
	OR_ELSE(answer, order(left->section, right->section));
	if (!answer && left->section == PIECE_loose) {
		answer = order(left->seq, right->seq);
		OR_ELSE(answer, order(left->rank, right->rank));
	}
	OR_ELSE(answer, order(left->time_ns, right->time_ns));
	OR_ELSE(answer, order(left->number, right->number));
	OR_ELSE(answer, memcmp(left->digest, right->digest, sizeof(left->digest)));
	return answer;
}

/* Blocks before the records that may be in them. */
int pieces_by_seq(const struct piece *left, const struct piece *right)
{
	int answer = order(left->salt, right->salt);

	OR_ELSE(answer, order(left->seq, right->seq));
	OR_ELSE(answer, order(left->section, right->section));
	OR_ELSE(answer, pieces_by_place(left, right));
	return answer;
}

int pieces_by_time(const struct piece *left, const struct piece *right)
{
	int answer = order(left->salt, right->salt);

	OR_ELSE(answer, order(left->time_ns, right->time_ns));
	OR_ELSE(answer, order(left->section, right->section));
	OR_ELSE(answer, pieces_by_place(left, right));
	return answer;
}
