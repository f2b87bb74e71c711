// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sink_file - keep blocks in files, page by page, made for flash and for power cuts
 *
 * A page is written once, when it is full or when it is time to make what is there durable, and never
 * again.  A file that was there before is never touched, except to be removed for its age.  What
 * fails is tried again RETRY_NS later: a medium may come back, or have room again.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clocks.h"
#include "log_dir.h"
#include "page.h"
#include "sandbox.h"
#include "say.h"
#include "sink.h"

#define RETRY_NS (5 * NS_PER_SEC)
#define BUDGET_DEFAULT (64ull << 20)
#define BUDGET_MIN (256ull << 10)
#define SIZE_MOST (1ull << 50)
#define FILES_PER_BUDGET 16
#define PAGES_AHEAD 64
#define FILES_KNOWN (2 * FILES_PER_BUDGET)

struct file {
	bool in_directory;
	bool is_bounded; /* the user gave bounds, which only a directory has */
	struct log_dir dir;
	char path[PATH_MAX]; /* of a single file */

	unsigned long number; /* of the open one in its directory */
	__u64 pages;	      /* written to it */
	__u64 pages_taken;    /* of its directory's budget, those included */
	__u64 pages_ahead;    /* taken at once */
	struct page page;     /* the next one */
	__u64 unsynced;	      /* records written since the last sync */
	__u64 synced;	      /* records that a sync has made durable */
	__u64 synced_ns;
	int error; /* of the last page; it is tried again at retry_ns */
	__u64 retry_ns;

	/* this session's files, and in which block each begins */
	struct {
		unsigned long number;
		__u64 first;
	} known[FILES_KNOWN];
	unsigned int known_count;
	int read_fd; /* of the one that was read last, read_number; -1 */
	unsigned long read_number;
	unsigned char read_page[FILE_PAGE] __attribute__((aligned(RECORD_SIZE)));
};

static struct file *file_of(struct sink *sink)
{
	struct file *file = sink->own;

	if (file)
		return file;
	file = calloc(1, sizeof(*file)); /* at start */
	if (!file)
		return NULL;
	file->pages_ahead = PAGES_AHEAD;
	file->dir.budget = BUDGET_DEFAULT;
	file->dir.floor = ~0ull;
	file->dir.fd = -1;
	file->dir.base_fd = -1;
	file->read_fd = -1;
	sink->own = file;
	return file;
}

static int set_size(struct sink *sink, const char *value)
{
	struct file *file = file_of(sink);

	if (!file)
		return -ENOMEM;
	file->is_bounded = true;
	return parse_size(value, BUDGET_MIN, SIZE_MOST, &file->dir.budget);
}

static int set_free(struct sink *sink, const char *value)
{
	struct file *file = file_of(sink);

	if (!file)
		return -ENOMEM;
	file->is_bounded = true;
	return parse_size(value, 0, SIZE_MOST, &file->dir.floor);
}

static const char *advice(int err)
{
	switch (err) {
	case -EEXIST:
		return "a recording is never overwritten: name a new file, or a directory";
	case -ENOENT:
		return "the directory is missing: create it first";
	case -EROFS:
		return "mounted read-only: name a place that can be written";
	case -ENOSPC:
		return "no space: free some, or name another place";
	case -ENOTDIR:
		return "size= and free= go with a directory";
	}
	return "cannot create it";
}

static __u64 pages_of_a_file(const struct file *file)
{
	return file->dir.budget / FILES_PER_BUDGET / FILE_PAGE;
}

/* The next numbered file of the directory. */
static int begin_numbered(struct sink *sink)
{
	struct file *file = sink->own;
	int fd = log_dir_create(&file->dir, &file->number);

	if (fd < 0)
		return fd;
	sandbox_hand_over_file(fd); /* the first one; later it is ours anyway */
	sink->fd = fd;
	file->pages = 0;
	file->pages_taken = 0;
	return 0;
}

static int begin_single(struct sink *sink)
{
	struct file *file = sink->own;

	sink->fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return sink->fd < 0 ? -errno : 0;
}

static void allow_calls(const struct file *file)
{
	sandbox_allow_call(SYS_pwrite64);
	sandbox_allow_call(SYS_fallocate);
	sandbox_allow_call(SYS_ftruncate);
	sandbox_allow_call(SYS_fstat);
	if (!file->in_directory)
		return;
	sandbox_allow_call(SYS_dup3);
	sandbox_allow_directory(file->dir.fd, true);
	sandbox_allow_directory(file->dir.base_fd, true);
}

static int begin_in_directory(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	struct file *file = sink->own;
	int err = log_dir_open(&file->dir, target);

	err = err ? err : sandbox_hand_over(file->dir.fd, detail, SINK_DETAIL_SIZE);
	return err ? err : begin_numbered(sink);
}

static int begin(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	struct file *file = file_of(sink);
	struct stat status;

	if (!file)
		return -ENOMEM;
	snprintf(file->path, sizeof(file->path), "%s", target);
	file->in_directory = !stat(target, &status) && S_ISDIR(status.st_mode);
	if (file->in_directory)
		return begin_in_directory(sink, target, detail);
	return file->is_bounded ? -ENOTDIR : begin_single(sink);
}

static int file_open(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	int err = begin(sink, target, detail);

	if (err && !*detail)
		snprintf(detail, SINK_DETAIL_SIZE, "%s", advice(err));
	if (!err)
		allow_calls(sink->own);
	return err;
}

/* Somebody removed the file: what is written to it is nowhere. */
static bool is_removed(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && !status.st_nlink;
}

/* What a failed sync leaves on the medium is unknown, and trying again would not tell: lost. */
static int sync_pages(struct sink *sink)
{
	struct file *file = sink->own;
	int err = fdatasync(sink->fd) ? -errno : is_removed(sink->fd) ? -ENOENT : 0;

	if (err) {
		sink->lost += file->unsynced;
	} else {
		file->synced += file->unsynced;
		file->synced_ns = now_ns();
		say_detail("-o %s: %llu records are durable", sink->name, file->synced);
	}
	file->unsynced = 0;
	return err;
}

/* The file is done with. */
static int end_file(struct sink *sink)
{
	struct file *file = sink->own;
	int err;

	if (sink->fd < 0)
		return 0;
	err = file->unsynced ? sync_pages(sink) : 0;
	if (file->pages_taken > file->pages &&
	    ftruncate(sink->fd, (off_t)(file->pages * FILE_PAGE)) && !err)
		err = -errno;
	if (close(sink->fd) && !err)
		err = -errno;
	sink->fd = -1;
	return err;
}

/*
 * The directory's file system may have been mounted anew.  It cannot be while we hold anything on the
 * old one, which many a failure leaves read-only for good.
 */
static int find_medium(struct sink *sink, int err)
{
	struct file *file = sink->own;
	int reopened = log_dir_reopen(&file->dir);

	err = reopened ? err == -ESTALE ? reopened : err : begin_numbered(sink);
	if (!err || err == -ENOSPC)
		return err;
	if (file->read_fd >= 0)
		close(file->read_fd);
	file->read_fd = -1;
	log_dir_let_go(&file->dir);
	return err;
}

/* A file for the next page: the open one, or a new one. */
static int have_file(struct sink *sink)
{
	struct file *file = sink->own;
	int err = 0;

	if (sink->fd >= 0 && (!file->in_directory || file->pages < pages_of_a_file(file)))
		return 0;
	if (!file->in_directory)
		return -EIO; /* it is gone, and its name is not free */
	if (sink->fd >= 0)
		err = end_file(sink);
	if (!err)
		err = begin_numbered(sink);
	if (err && err != -ENOSPC)
		err = find_medium(sink, err);
	if (!err)
		sinks_ask_announcement();
	return err;
}

static void know_file(struct file *file)
{
	if (file->known_count == FILES_KNOWN) {
		memmove(file->known, file->known + 1, sizeof(file->known) - sizeof(*file->known));
		file->known_count--;
	}
	file->known[file->known_count].number = file->number;
	file->known[file->known_count++].first = file->page.first;
}

/* Whole, or as if it had never been tried. */
static int write_page(struct sink *sink)
{
	struct file *file = sink->own;
	off_t at = (off_t)(file->pages * FILE_PAGE);
	ssize_t written = pwrite(sink->fd, file->page.bytes, FILE_PAGE, at);
	int err = written < 0 ? -errno : written < FILE_PAGE ? -ENOSPC : 0;

	if (err && ftruncate(sink->fd, at) && err == -ENOSPC)
		err = -errno;
	return err;
}

/*
 * Blocks of the medium for this page and the next ones at once: with each page on its own, a sync
 * would write the file system's books about free blocks, too.  Not every file system can do that.
 * What others take meanwhile does not touch what is ours already, but older files make up for it.
 */
static int take_pages(struct sink *sink)
{
	struct file *file = sink->own;
	__u64 count = pages_of_a_file(file) - file->pages, size;
	int err;

	if (file->pages < file->pages_taken) {
		log_dir_make_room(&file->dir, 0, file->number);
		return 0;
	}
	if (count > file->pages_ahead)
		count = file->pages_ahead;
	size = count * FILE_PAGE;
	err = log_dir_make_room(&file->dir, size, file->number);
	if (err)
		return err;
	if (count > 1 &&
	    fallocate(sink->fd, FALLOC_FL_KEEP_SIZE, (off_t)(file->pages * FILE_PAGE), (off_t)size))
		count = file->pages_ahead = 1;
	file->pages_taken = file->pages + count;
	return 0;
}

static bool is_want_of_space(int err)
{
	return err == -ENOSPC || err == -EDQUOT;
}

static int try_page(struct sink *sink)
{
	struct file *file = sink->own;
	int err = have_file(sink);

	if (!err && file->in_directory)
		err = take_pages(sink);
	if (err)
		return err;
	page_fill(&file->page, file->synced_ns, sinks_sync_ms());
	err = write_page(sink);
	if (is_want_of_space(err))
		file->pages_taken = file->pages;
	else if (err && file->in_directory)
		end_file(sink);
	return err;
}

/* The page stays as long as it is not written. */
static int put_page(struct sink *sink)
{
	struct file *file = sink->own;

	file->error = try_page(sink);
	if (file->error) {
		file->retry_ns = now_ns() + RETRY_NS;
		return file->error;
	}
	if (!file->pages)
		know_file(file);
	file->pages++;
	file->unsynced += file->page.records;
	page_empty(&file->page);
	return 0;
}

static int file_write(struct sink *sink, const struct block *block, bool kept)
{
	struct file *file = sink->own;
	int err = 0;

	(void)kept;
	if (!page_has_room(&file->page, block))
		err = file->error && now_ns() < file->retry_ns ? file->error : put_page(sink);
	if (err) {
		sink->lost += block->records;
		return err;
	}
	page_add(&file->page, block);
	if (page_is_full(&file->page))
		put_page(sink); /* what fails is told when the next block finds no room */
	return 0;
}

static int file_sync(struct sink *sink)
{
	struct file *file = sink->own;
	int err = file->page.used ? put_page(sink) : 0;

	if (sink->fd >= 0 && file->unsynced) {
		int sync_err = sync_pages(sink);

		if (sync_err && file->in_directory)
			end_file(sink);
		err = err ? err : sync_err;
	}
	return err;
}

static int file_close(struct sink *sink)
{
	struct file *file = sink->own;
	int err;

	sink->lost += file->page.records; /* the last sync did not take them */
	err = end_file(sink);
	if (file->read_fd >= 0)
		close(file->read_fd);
	log_dir_close(&file->dir);
	return err;
}

/* The file is ours and empty: it did not exist before. */
static int file_abandon(struct sink *sink)
{
	struct file *file = sink->own;

	if (file->in_directory)
		log_dir_remove(&file->dir, file->number);
	else
		unlink(file->path);
	return file_close(sink);
}

/*
 * The file, among those that are known, which has the block: its descriptor and number of pages.
 * -ESTALE: files go in the order of their age, and this one has gone.
 */
static int open_to_read(struct sink *sink, __u64 number, __u64 *pages)
{
	struct file *file = sink->own;
	unsigned int at = file->known_count;
	struct stat status;

	while (at && file->known[at - 1].first > number)
		at--;
	if (!at)
		return -ESTALE;
	*pages = file->pages;
	if (sink->fd >= 0 && at == file->known_count && file->known[at - 1].number == file->number)
		return sink->fd;
	if (file->read_fd < 0 || file->read_number != file->known[at - 1].number) {
		if (file->read_fd >= 0)
			close(file->read_fd);
		file->read_number = file->known[at - 1].number;
		file->read_fd = log_dir_open_file(&file->dir, file->read_number);
	}
	if (file->read_fd < 0 || fstat(file->read_fd, &status))
		return -ESTALE;
	*pages = (__u64)status.st_size / FILE_PAGE;
	return file->read_fd;
}

/* Pages are in order of their blocks: halve until one is left that may have it. */
static bool find_page(int fd, __u64 pages, __u64 number, __u64 *page)
{
	__u64 low = 0, high = pages;

	while (high - low > 1) {
		__u64 middle = low + (high - low) / 2;
		struct record first;
		__u32 begins;

		if (pread(fd, &first, sizeof(first), (off_t)(middle * FILE_PAGE)) !=
			    sizeof(first) ||
		    !page_first_number(&first, &begins))
			return false;
		if ((__s32)(begins - (__u32)number) > 0)
			high = middle;
		else
			low = middle;
	}
	*page = low;
	return pages;
}

static int file_find(struct sink *sink, __u64 number, struct block *block)
{
	struct file *file = sink->own;
	__u64 pages, page;
	int fd;

	if (file->page.used && number >= file->page.first)
		return page_find(file->page.bytes, file->page.used, number, block) ? 0 : -ENOENT;
	fd = open_to_read(sink, number, &pages);
	if (fd < 0)
		return fd;
	if (!find_page(fd, pages, number, &page) ||
	    pread(fd, file->read_page, FILE_PAGE, (off_t)(page * FILE_PAGE)) != FILE_PAGE ||
	    !page_find(file->read_page, FILE_PAGE, number, block))
		return -ENOENT;
	return 0;
}

static const struct sink_option options[] = {
	{ "size", "SIZE from 256k", "most that all recordings in a directory take (default 64m)",
	  set_size },
	{ "free", "SIZE",
	  "what is to stay free on its file system (default 1/16 of it, at most 16m)", set_free },
	{ NULL, NULL, NULL, NULL },
};

const struct sink_kind sink_file = {
	.prefix = "file:",
	.help = "file:PATH        a new file, or numbered files in a directory, the oldest removed "
		"first",
	.options = options,
	.loss = LEDGER_file_lost,
	.open = file_open,
	.write = file_write,
	.close = file_close,
	.abandon = file_abandon,
	.sync = file_sync,
	.find = file_find,
};
