// SPDX-License-Identifier: GPL-2.0-or-later
/* store - what a fleet sends, kept as recordings: DIR/<board id>/<session id>-NNNN.tsr */
#include "store.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "options.h"
#include "session.h"
#include "shelf.h"
#include "syncer.h"

/* Waits for the disk; there are two of these, one filled and one emptied. */
#define BATCH_SIZE (32u << 20)

/* A file is this part of the whole, but of a size that is easy to handle. */
#define FILES_WANTED 1024
#define FILE_SIZE_LEAST (16u << 10)
#define FILE_SIZE_MOST (64u << 20)

#define STREAMS 8192 /* twice as many as there are sessions */
#define STREAM_WAYS 16
#define VECTORS 128
#define RETRY_S 5
#define SYNC_MS 30000

struct parcel {
	struct parcel *next; /* of its stream */
	__u64 arrival_ns;
	__u32 size;
	bool news;
	unsigned char block[] __attribute__((aligned(8))); /* size bytes */
};

#define PARCEL_SIZE(size) ((sizeof(struct parcel) + (size) + 7) / 8 * 8)

struct batch {
	unsigned char *bytes;
	size_t length;
};

/* A session, as far as its files are concerned. */
struct stream {
	bool used;
	__u64 board_id;
	__u8 session_id[16];
	__u64 file; /* id of the latest; may be gone */
	struct parcel *first;
	struct parcel **last;
};

struct store {
	const char *dir;
	struct shelf *shelf;
	__u64 file_max;
	pthread_t thread;
	bool started; /* with the syncer */
	struct syncer syncer;

	/* both threads', under the lock */
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	struct batch filling;
	bool kicked;
	bool ending;
	struct store_counts counts;

	/* the writer's */
	struct batch writing;
	struct stream stream[STREAMS];
	struct stream *due[STREAMS]; /* have parcels to be written */
	unsigned int dues;
	struct store_counts news; /* to be added to the counts */
	int trouble;		  /* -errno of the last try; 0: none */
	__u64 lost;		  /* since then */
	time_t retry_s;
};

/*
 * Handing over
 */

void store_put(struct store *store, const void *block, size_t size, __u64 arrival_ns, bool news)
{
	size_t room = PARCEL_SIZE(size);
	struct parcel *parcel;
	bool is_first = false;

	pthread_mutex_lock(&store->lock);
	if (store->filling.length + room > BATCH_SIZE) {
		is_first = !store->counts.slow++;
	} else {
		parcel = (struct parcel *)(store->filling.bytes + store->filling.length);
		*parcel = (struct parcel) { NULL, arrival_ns, (__u32)size, news };
		memcpy(parcel->block, block, size);
		store->filling.length += room;
	}
	pthread_mutex_unlock(&store->lock);
	if (is_first)
		address_complain("cannot store all in", store->dir,
				 "the disk is too slow; what is not there is counted");
}

void store_kick(struct store *store)
{
	pthread_mutex_lock(&store->lock);
	if (!store->kicked && store->filling.length) {
		store->kicked = true;
		pthread_cond_signal(&store->wanted);
	}
	pthread_mutex_unlock(&store->lock);
}

void store_count(struct store *store, struct store_counts *counts)
{
	pthread_mutex_lock(&store->lock);
	*counts = store->counts;
	pthread_mutex_unlock(&store->lock);
}

/* Wait for a batch; false: there will be none. */
static bool take_batch(struct store *store)
{
	struct batch empty = store->writing;
	bool any;

	empty.length = 0;
	pthread_mutex_lock(&store->lock);
	while (!store->kicked && !store->ending)
		pthread_cond_wait(&store->wanted, &store->lock);
	store->kicked = false;
	any = store->filling.length;
	store->writing = store->filling;
	store->filling = empty;
	pthread_mutex_unlock(&store->lock);
	return any || !store->ending;
}

static void publish(struct store *store)
{
	struct store_counts *counts = &store->counts;

	pthread_mutex_lock(&store->lock);
	counts->blocks += store->news.blocks;
	counts->failed += store->news.failed;
	counts->removed = store->shelf->removed;
	counts->files = store->shelf->files;
	counts->bytes = store->shelf->size;
	counts->failing = store->trouble;
	pthread_mutex_unlock(&store->lock);
	store->news = (struct store_counts) { 0 };
}

/*
 * Sorting by session
 */

static bool is_stream_of(const struct stream *stream, const struct rec_header *header)
{
	return stream->used && stream->board_id == header->board_id &&
	       !memcmp(stream->session_id, header->session_id, sizeof(stream->session_id));
}

static void begin_stream(struct stream *stream, const struct rec_header *header)
{
	*stream = (struct stream) {
		.used = true,
		.board_id = header->board_id,
		.file = SHELF_NONE,
	};
	memcpy(stream->session_id, header->session_id, sizeof(stream->session_id));
}

/* One that has to give way looks for its files again when it comes back. */
static struct stream *find_stream(struct store *store, const struct rec_header *header)
{
	struct stream *place = NULL;
	__u64 hash;

	memcpy(&hash, header->session_id, sizeof(hash));
	hash = (hash ^ header->board_id) * 0x9e3779b97f4a7c15ull >> 32;
	for (unsigned int i = 0; i < STREAM_WAYS; i++) {
		struct stream *stream = &store->stream[(hash + i) % STREAMS];

		if (is_stream_of(stream, header))
			return stream;
		if (!stream->first && (!place || (place->used && !stream->used)))
			place = stream;
	}
	if (place)
		begin_stream(place, header);
	return place;
}

static void sort_parcel(struct store *store, struct parcel *parcel)
{
	struct stream *stream = find_stream(store, (const struct rec_header *)parcel->block);

	if (!stream) {
		store->news.failed++;
		return;
	}
	if (!stream->first) {
		stream->last = &stream->first;
		store->due[store->dues++] = stream;
	}
	*stream->last = parcel;
	stream->last = &parcel->next;
}

/*
 * Writing
 */

/* Some of a stream's parcels, with the arrivals that go with them. */
struct piece {
	struct iovec vector[VECTORS];
	struct rec_arrival arrival[VECTORS / 2];
	int vectors;
	unsigned int arrivals;
	unsigned int blocks;
	size_t size;
};

static void piece_add(struct piece *piece, const struct parcel *parcel)
{
	struct rec_arrival *arrival = &piece->arrival[piece->arrivals];

	piece->blocks++;
	piece->vector[piece->vectors++] = (struct iovec) { (void *)parcel->block, parcel->size };
	piece->size += parcel->size;
	if (!parcel->news)
		return;
	piece->arrivals++;
	session_arrival(arrival, (const struct rec_header *)parcel->block, parcel->arrival_ns);
	piece->vector[piece->vectors++] = (struct iovec) { arrival, sizeof(*arrival) };
	piece->size += sizeof(*arrival);
}

/* As many as fit into the file that holds @used bytes; returns the next one. */
static struct parcel *piece_gather(struct piece *piece, struct parcel *parcel, __u64 used,
				   __u64 most)
{
	piece->vectors = 0;
	piece->arrivals = 0;
	piece->blocks = 0;
	piece->size = 0;
	while (parcel && piece->vectors + 2 <= VECTORS &&
	       used + piece->size + parcel->size + RECORD_SIZE <= most) {
		piece_add(piece, parcel);
		parcel = parcel->next;
	}
	return parcel;
}

/* All of it or nothing: what got there by half is cut off again, and the file is left alone. */
static int write_piece(struct shelf *shelf, struct shelf_file *file, const struct piece *piece)
{
	int fd = shelf_fd(shelf, file), err;
	ssize_t written;

	if (fd < 0)
		return fd;
	do
		written = writev(fd, piece->vector, piece->vectors);
	while (written < 0 && errno == EINTR);
	if (written == (ssize_t)piece->size) {
		shelf_grow(shelf, file, piece->size);
		return 0;
	}
	err = written < 0 ? -errno : -ENOSPC;
	if (written > 0 && ftruncate(fd, (off_t)file->size))
		shelf_grow(shelf, file, (__u64)written);
	return err;
}

/* A file with room for the parcels of @stream; each begins with when its first block came. */
static int prepare_file(struct store *store, struct stream *stream, struct shelf_file **file)
{
	int err;

	*file = shelf_find(store->shelf, stream->file);
	if (*file && (*file)->size + BLOCK_SIZE_MAX + RECORD_SIZE <= store->file_max)
		return 0;
	if (*file)
		shelf_shut(*file);
	err = shelf_add(store->shelf, stream->board_id, stream->session_id, &stream->file);
	if (err)
		return err;
	*file = shelf_find(store->shelf, stream->file);
	stream->first->news = true;
	return 0;
}

static int write_some(struct store *store, struct stream *stream)
{
	struct shelf_file *file;
	struct piece piece;
	struct parcel *rest;
	int err = prepare_file(store, stream, &file);

	if (err)
		return err;
	rest = piece_gather(&piece, stream->first, file->size, store->file_max);
	shelf_make_room(store->shelf, piece.size);
	/* it may have had to go itself */
	if (!shelf_find(store->shelf, stream->file))
		return 0;
	err = write_piece(store->shelf, file, &piece);
	if (err == -ENOENT) /* somebody has taken it away: begin another */
		stream->file = SHELF_NONE;
	if (err)
		return err;
	store->news.blocks += piece.blocks;
	stream->first = rest;
	return 0;
}

/* Once when it begins, once when it is over. */
static void tell_trouble(struct store *store, int err)
{
	char why[128];

	if (err && !store->trouble) {
		snprintf(why, sizeof(why), "%s; counting goes on, the next try comes every %d s",
			 strerror(-err), RETRY_S);
		address_complain("cannot store in", store->dir, why);
	} else if (!err && store->trouble) {
		snprintf(why, sizeof(why), "%llu block%s are not there", store->lost,
			 text_plural(store->lost));
		address_complain("stores again in", store->dir, why);
		store->lost = 0;
	}
	store->trouble = err;
}

static void give_up(struct store *store, struct stream *stream)
{
	for (; stream->first; stream->first = stream->first->next) {
		store->news.failed++;
		store->lost++;
	}
}

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void write_stream(struct store *store, struct stream *stream)
{
	while (stream->first) {
		int err = 0;

		if (!store->trouble || now_s() >= store->retry_s) {
			err = write_some(store, stream);
			tell_trouble(store, err);
			store->retry_s = now_s() + RETRY_S;
		}
		if (store->trouble)
			give_up(store, stream);
	}
}

static void write_batch(struct store *store)
{
	struct parcel *parcel;

	for (size_t at = 0; at < store->writing.length; at += PARCEL_SIZE(parcel->size)) {
		parcel = (struct parcel *)(store->writing.bytes + at);
		sort_parcel(store, parcel);
	}
	for (unsigned int i = 0; i < store->dues; i++)
		write_stream(store, store->due[i]);
	store->dues = 0;
}

static void *run(void *opaque)
{
	struct store *store = opaque;

	while (take_batch(store)) {
		write_batch(store);
		publish(store);
		syncer_note(&store->syncer);
	}
	return NULL;
}

/*
 * Opening and closing
 */

static bool take_memory(struct store *store)
{
	store->shelf = calloc(1, sizeof(*store->shelf));
	store->filling.bytes = malloc(BATCH_SIZE);
	store->writing.bytes = malloc(BATCH_SIZE);
	return store->shelf && store->filling.bytes && store->writing.bytes;
}

static void give_memory(struct store *store)
{
	free(store->shelf);
	free(store->filling.bytes);
	free(store->writing.bytes);
	free(store);
}

struct store *store_open(const char *dir, __u64 size)
{
	struct store *store = calloc(1, sizeof(*store));
	int err = store && take_memory(store) ? 0 : -ENOMEM;

	if (!err)
		err = shelf_open(store->shelf, dir, size);
	if (err) {
		address_complain("cannot store in", dir, strerror(-err));
		if (store)
			give_memory(store);
		return NULL;
	}
	store->dir = dir;
	store->file_max = size / FILES_WANTED;
	if (store->file_max < FILE_SIZE_LEAST)
		store->file_max = FILE_SIZE_LEAST;
	if (store->file_max > FILE_SIZE_MOST)
		store->file_max = FILE_SIZE_MOST;
	pthread_mutex_init(&store->lock, NULL);
	pthread_cond_init(&store->wanted, NULL);
	publish(store);
	return store;
}

int store_start(struct store *store)
{
	int err = syncer_start(&store->syncer, store->shelf->dir_fd, store->dir, SYNC_MS);

	if (err)
		return err;
	err = pthread_create(&store->thread, NULL, run, store);
	if (err)
		syncer_finish(&store->syncer);
	store->started = !err;
	return -err;
}

bool store_finish(struct store *store)
{
	if (!store->started)
		return true;
	pthread_mutex_lock(&store->lock);
	store->ending = true;
	pthread_cond_signal(&store->wanted);
	pthread_mutex_unlock(&store->lock);
	pthread_join(store->thread, NULL);
	store->started = false;
	return syncer_finish(&store->syncer);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_finish(store);
	shelf_close(store->shelf);
	pthread_cond_destroy(&store->wanted);
	pthread_mutex_destroy(&store->lock);
	give_memory(store);
}
