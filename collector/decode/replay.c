// SPDX-License-Identifier: GPL-2.0-or-later
/* replay - which blocks were accepted before, by this receiver and by those before it */
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crc32c.h"
#include "options.h"

#define HEAD_ID "Tarsier state 1" /* with its NUL the 16 bytes of an id */
#define GROW_PAIRS 16		  /* 128 KiB at a time */
/* Numbers are told apart by their lower 32 bits. */
#define WINDOW (1ull << 31)

struct half {
	__u32 crc;	  /* of all that follows and is in use */
	__u32 ranges;	  /* in the head: 0 */
	__u64 generation; /* of the newer half the greater one */
	__u8 id[16];	  /* the session's; in the head: HEAD_ID */
	__u64 board_id;	  /* in the head: 0 */
	__u64 begin; /* numbers before this are too old; in the head: how many sessions there are */
	__u8 reserved[16];
	struct range {
		__u32 from;
		__u32 to; /* one past the last */
	} range[REPLAY_RANGES];
};

struct pair {
	struct half half[2];
};

_Static_assert(sizeof(struct half) == 4096, "a half is a page");
_Static_assert(sizeof(HEAD_ID) == 16, "an id");

struct replay {
	int fd;
	struct pair *pair; /* mapped; as far as `pairs` there is a file behind it */
	size_t pairs;
	size_t sessions;
	__u32 *index; /* by id: the number of its pair; 0: free */
	size_t index_size;
	bool crc_instruction;
	bool changed;
};

static const struct half *newer(const struct pair *pair)
{
	return &pair->half[pair->half[1].generation > pair->half[0].generation];
}

static __u32 crc_of(const struct replay *replay, const struct half *half)
{
	size_t used = offsetof(struct half, range) + half->ranges * sizeof(half->range[0]);

	return crc32c(&half->ranges, used - offsetof(struct half, ranges), replay->crc_instruction);
}

static bool is_whole(const struct replay *replay, const struct half *half)
{
	return half->generation && half->ranges <= REPLAY_RANGES &&
	       half->crc == crc_of(replay, half);
}

/* A copy of the newer half in the place of the older one, which stays the older one until the end. */
static struct half *begin_change(struct pair *pair)
{
	const struct half *from = newer(pair);
	struct half *to = &pair->half[from == &pair->half[0]];

	to->generation = 0;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	to->ranges = from->ranges;
	memcpy(to->id, from->id, sizeof(to->id));
	to->board_id = from->board_id;
	to->begin = from->begin;
	memcpy(to->range, from->range, from->ranges * sizeof(from->range[0]));
	return to;
}

static void end_change(struct replay *replay, struct pair *pair, struct half *half)
{
	__u64 generation = newer(pair)->generation + 1;

	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	half->generation = generation;
	half->crc = crc_of(replay, half);
	replay->changed = true;
}

static size_t hash(__u64 board_id, const __u8 session_id[16])
{
	__u64 word[2];

	memcpy(word, session_id, sizeof(word));
	return (size_t)((word[0] ^ word[1] ^ board_id) * 0x9e3779b97f4a7c15 >> 20);
}

/* The place in the index of this session, or the free one where it would be. */
static size_t find_place(const struct replay *replay, __u64 board_id, const __u8 session_id[16])
{
	size_t at = hash(board_id, session_id) & (replay->index_size - 1);

	for (; replay->index[at]; at = (at + 1) & (replay->index_size - 1)) {
		const struct half *half = newer(&replay->pair[replay->index[at]]);

		if (half->board_id == board_id && !memcmp(half->id, session_id, sizeof(half->id)))
			break;
	}
	return at;
}

/* Room in the index for one more session; false: no memory. */
static bool make_room(struct replay *replay)
{
	__u32 *index;

	if (replay->index_size > 2 * (replay->sessions + 1))
		return true;
	index = calloc(replay->index_size * 2, sizeof(*index));
	if (!index)
		return false;
	free(replay->index);
	replay->index = index;
	replay->index_size *= 2;
	for (size_t i = 1; i <= replay->sessions; i++) {
		const struct half *half = newer(&replay->pair[i]);

		index[find_place(replay, half->board_id, half->id)] = (__u32)i;
	}
	return true;
}

/* Blocks of the medium for @pairs; what is mapped must never meet a full disk.  0 or -errno. */
static int make_pairs(struct replay *replay, size_t pairs)
{
	int err;

	if (pairs <= replay->pairs)
		return 0;
	if (pairs > REPLAY_SESSIONS_MAX)
		return -ENOSPC;
	pairs = (pairs + GROW_PAIRS - 1) / GROW_PAIRS * GROW_PAIRS;
	err = posix_fallocate(replay->fd, 0, (off_t)(pairs * sizeof(struct pair)));
	if (!err)
		replay->pairs = pairs;
	return -err;
}

/* How far @number is behind the session's begin; numbers far from it are WINDOW. */
static __u64 place_in(const struct half *half, __u32 number)
{
	return (__u32)(number - (__u32)half->begin);
}

/* The first range that @place is in, just behind, or before. */
static unsigned int find_range(const struct half *half, __u64 place)
{
	unsigned int low = 0, high = half->ranges;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (place_in(half, half->range[middle].to) < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum replay_verdict replay_look(const struct replay *replay, __u64 board_id,
				const __u8 session_id[16], __u64 number)
{
	__u32 pair = replay->index[find_place(replay, board_id, session_id)];
	const struct half *half = newer(&replay->pair[pair]);
	unsigned int at;
	__u64 place;

	if (!pair)
		return REPLAY_new;
	if (number < half->begin)
		return REPLAY_too_old;
	if (number - half->begin >= WINDOW)
		return REPLAY_new;
	place = number - half->begin;
	at = find_range(half, place);
	if (at == half->ranges)
		return REPLAY_new;
	return place_in(half, half->range[at].from) <= place &&
			       place < place_in(half, half->range[at].to)
		       ? REPLAY_seen
		       : REPLAY_new;
}

/* Close the oldest hole: the numbers before the second range. */
static void close_hole(struct half *half)
{
	half->begin += place_in(half, half->range[1].from);
	half->ranges--;
	memmove(&half->range[0], &half->range[1], half->ranges * sizeof(half->range[0]));
}

/* Those that @number would be too far from. */
static void close_holes(struct half *half, __u64 number)
{
	while (number >= half->begin && number - half->begin >= WINDOW && half->ranges > 1)
		close_hole(half);
	if (number >= half->begin && number - half->begin >= WINDOW) {
		half->begin = number;
		half->ranges = 0;
	}
}

static void insert(struct half *half, __u64 number)
{
	struct range *range;
	unsigned int at;

	close_holes(half, number);
	if (number < half->begin)
		return; /* it was in the hole that had to be closed for it */
	at = find_range(half, number - half->begin);
	range = &half->range[at];
	if (at < half->ranges && range->to == (__u32)number) {
		range->to++;
		if (at + 1 < half->ranges && range[1].from == range->to) {
			range[1].from = range->from;
			half->ranges--;
			memmove(range, range + 1, (half->ranges - at) * sizeof(*range));
		}
	} else if (at < half->ranges && range->from == (__u32)number + 1) {
		range->from--;
	} else if (half->ranges == REPLAY_RANGES) {
		close_hole(half);
		insert(half, number);
	} else {
		memmove(range + 1, range, (half->ranges - at) * sizeof(*range));
		*range = (struct range) { (__u32)number, (__u32)number + 1 };
		half->ranges++;
	}
}

/* The pair of a new session exists as soon as the head counts it. */
static int add_session(struct replay *replay, __u64 board_id, const __u8 session_id[16])
{
	size_t number = replay->sessions + 1;
	struct pair *pair = &replay->pair[number];
	struct half *head;
	int err = make_room(replay) ? make_pairs(replay, number + 1) : -ENOMEM;

	if (err)
		return err;
	memset(pair, 0, sizeof(*pair));
	memcpy(pair->half[0].id, session_id, sizeof(pair->half[0].id));
	pair->half[0].board_id = board_id;
	end_change(replay, pair, &pair->half[0]);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	head = begin_change(&replay->pair[0]);
	head->begin = number;
	end_change(replay, &replay->pair[0], head);
	replay->index[find_place(replay, board_id, session_id)] = (__u32)number;
	replay->sessions = number;
	return 0;
}

int replay_accept(struct replay *replay, __u64 board_id, const __u8 session_id[16], __u64 number)
{
	size_t place = find_place(replay, board_id, session_id);
	struct half *half;
	struct pair *pair;
	int err;

	if (!replay->index[place]) {
		err = add_session(replay, board_id, session_id);
		if (err)
			return err;
		place = find_place(replay, board_id, session_id);
	}
	pair = &replay->pair[replay->index[place]];
	half = begin_change(pair);
	insert(half, number);
	end_change(replay, pair, half);
	return 0;
}

void replay_sync(struct replay *replay)
{
	if (replay->changed)
		fdatasync(replay->fd);
	replay->changed = false;
}

/* Half a change may be left by a receiver that was killed: it never was.  False: both are. */
static bool mend_pair(const struct replay *replay, struct pair *pair)
{
	bool any = false;

	for (int i = 0; i < 2; i++) {
		if (is_whole(replay, &pair->half[i]))
			any = true;
		else
			pair->half[i].generation = 0;
	}
	return any;
}

static int write_head(struct replay *replay)
{
	struct half head = { .generation = 1, .id = HEAD_ID };

	head.crc = crc_of(replay, &head);
	return pwrite(replay->fd, &head, sizeof(head), 0) == sizeof(head) ? 0 : -errno;
}

#define DAMAGED                                                                                    \
	"damaged: keep it for whoever can mend it, and either begin a new one, to which all "      \
	"blocks "                                                                                  \
	"are new, or give the boards new keys"

/* All sessions into the index; NULL, or what is wrong. */
static const char *load(struct replay *replay)
{
	size_t sessions;

	if (!mend_pair(replay, &replay->pair[0]))
		return DAMAGED;
	sessions = newer(&replay->pair[0])->begin;
	if (sessions >= replay->pairs)
		return DAMAGED;
	for (size_t i = 1; i <= sessions; i++) {
		const struct half *half;

		if (!mend_pair(replay, &replay->pair[i]))
			return DAMAGED;
		if (!make_room(replay))
			return "out of memory";
		half = newer(&replay->pair[i]);
		replay->index[find_place(replay, half->board_id, half->id)] = (__u32)i;
		replay->sessions = i;
	}
	return NULL;
}

/* A file of something else is left as it is. */
static bool is_ours(int fd)
{
	char id[sizeof(HEAD_ID)];

	for (unsigned int half = 0; half < 2; half++)
		if (pread(fd, id, sizeof(id),
			  (off_t)(half * sizeof(struct half) + offsetof(struct half, id))) ==
			    sizeof(id) &&
		    !memcmp(id, HEAD_ID, sizeof(id)))
			return true;
	return false;
}

/* NULL, or what is wrong. */
static const char *open_file(struct replay *replay, const char *path)
{
	struct stat status;
	int err;

	replay->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (replay->fd < 0 || fstat(replay->fd, &status))
		return strerror(errno);
	if (flock(replay->fd, LOCK_EX | LOCK_NB))
		return "another receiver uses it: name another one, or end that";
	if (!status.st_size && (err = write_head(replay)))
		return strerror(-err);
	if (!is_ours(replay->fd))
		return "no state file of this version: name another one";
	replay->pairs = (size_t)status.st_size / sizeof(struct pair);
	err = make_pairs(replay, 1);
	if (err)
		return strerror(-err);
	replay->pair = mmap(NULL, REPLAY_SESSIONS_MAX * sizeof(struct pair), PROT_READ | PROT_WRITE,
			    MAP_SHARED, replay->fd, 0);
	if (replay->pair == MAP_FAILED)
		return strerror(errno);
	return load(replay);
}

struct replay *replay_open(const char *path)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	const char *fault = "out of memory";

	if (replay) {
		replay->fd = -1;
		replay->pair = MAP_FAILED;
		replay->crc_instruction = crc32c_has_instruction();
		replay->index_size = 64;
		replay->index = calloc(replay->index_size, sizeof(*replay->index));
		if (replay->index)
			fault = open_file(replay, path);
	}
	if (!fault)
		return replay;
	fputs(PROGRAM ": --state ", stderr);
	text_print_string(stderr, path);
	fprintf(stderr, ": %s\n", fault);
	replay_close(replay);
	return NULL;
}

void replay_close(struct replay *replay)
{
	if (!replay)
		return;
	replay_sync(replay);
	if (replay->pair != MAP_FAILED)
		munmap(replay->pair, REPLAY_SESSIONS_MAX * sizeof(struct pair));
	if (replay->fd >= 0)
		close(replay->fd);
	free(replay->index);
	free(replay);
}
