// SPDX-License-Identifier: GPL-2.0-or-later
/* shelf - the files of a store: which there are, and what they take together */
#include "shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOARD_DIGITS 16
#define SESSION_DIGITS 32
#define BOARD_NAME (BOARD_DIGITS + 1)

/* A file found at start; its age decides when it goes. */
struct found {
	struct shelf_file file;
	struct timespec modified;
};

struct finds {
	struct found *found;
	size_t count;
	size_t room;
};

static const char *board_name(char to[BOARD_NAME], __u64 board_id)
{
	snprintf(to, BOARD_NAME, "%016llx", board_id);
	return to;
}

const char *shelf_name(char to[SHELF_NAME], const struct shelf_file *file)
{
	int length = snprintf(to, SHELF_NAME, "%016llx/", file->board_id);

	for (unsigned int i = 0; i < sizeof(file->session_id); i++)
		length += snprintf(to + length, SHELF_NAME - (size_t)length, "%02x",
				   file->session_id[i]);
	snprintf(to + length, SHELF_NAME - (size_t)length, "-%04u.tsr", file->number);
	return to;
}

/* Does @file, told from what is in its name, have just this name? */
static bool parse_name(struct shelf_file *file, const char *board, const char *name)
{
	char whole[SHELF_NAME], given[SHELF_NAME];
	unsigned int byte;

	if (strlen(board) != BOARD_DIGITS || strlen(name) < SESSION_DIGITS)
		return false;
	file->board_id = strtoull(board, NULL, 16);
	for (unsigned int i = 0; i < sizeof(file->session_id); i++) {
		if (sscanf(name + (size_t)2 * i, "%2x", &byte) != 1)
			return false;
		file->session_id[i] = (__u8)byte;
	}
	if (sscanf(name + SESSION_DIGITS, "-%u.tsr", &file->number) != 1)
		return false;
	snprintf(given, sizeof(given), "%s/%s", board, name);
	return !strcmp(shelf_name(whole, file), given);
}

static bool find_file(struct finds *finds, int board_fd, const char *board, const char *name)
{
	struct found found = { 0 };
	struct stat status;
	void *bigger;

	if (!parse_name(&found.file, board, name) ||
	    fstatat(board_fd, name, &status, AT_SYMLINK_NOFOLLOW) || !S_ISREG(status.st_mode))
		return true;
	found.file.size = (__u64)status.st_size;
	found.modified = status.st_mtim;
	if (finds->count == finds->room) {
		finds->room = finds->room ? finds->room * 2 : 64;
		bigger = realloc(finds->found, finds->room * sizeof(found));
		if (!bigger)
			return false;
		finds->found = bigger;
	}
	finds->found[finds->count++] = found;
	return true;
}

static DIR *open_list(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list && fd >= 0)
		close(fd);
	return list;
}

static bool find_in_board(struct finds *finds, int dir_fd, const char *board)
{
	DIR *list = strlen(board) == BOARD_DIGITS ? open_list(dir_fd, board) : NULL;
	struct dirent *entry;
	bool fits = true;

	if (!list)
		return true;
	while (fits && (entry = readdir(list)))
		fits = find_file(finds, dirfd(list), board, entry->d_name);
	closedir(list);
	return fits;
}

static int find_all(struct finds *finds, int dir_fd)
{
	DIR *list = open_list(dir_fd, ".");
	struct dirent *entry;
	bool fits = true;

	if (!list)
		return -errno;
	while (fits && (entry = readdir(list)))
		fits = find_in_board(finds, dir_fd, entry->d_name);
	closedir(list);
	return fits ? 0 : -ENOMEM;
}

static int by_age(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->modified.tv_sec != b->modified.tv_sec)
		return a->modified.tv_sec < b->modified.tv_sec ? -1 : 1;
	if (a->modified.tv_nsec != b->modified.tv_nsec)
		return a->modified.tv_nsec < b->modified.tv_nsec ? -1 : 1;
	return a->file.number < b->file.number ? -1 : a->file.number > b->file.number;
}

void shelf_shut(struct shelf_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static void remove_file(struct shelf *shelf, struct shelf_file *file)
{
	char name[SHELF_NAME], board[BOARD_NAME];

	shelf_shut(file);
	unlinkat(shelf->dir_fd, shelf_name(name, file), 0);
	/* the directory goes with the last file in it */
	unlinkat(shelf->dir_fd, board_name(board, file->board_id), AT_REMOVEDIR);
	shelf->removed++;
}

static void leave_board(struct shelf_board *board, const struct shelf_file *oldest)
{
	board->size -= oldest->size;
	board->files--;
	board->oldest = oldest->next;
}

static void remove_oldest(struct shelf *shelf, struct shelf_board *board)
{
	struct shelf_file *file = board->oldest;

	remove_file(shelf, file);
	leave_board(board, file);
	shelf->size -= file->size;
	shelf->files--;
	file->id = SHELF_NONE;
	file->next = shelf->place;
	shelf->place = file;
}

static struct shelf_board *find_board(struct shelf *shelf, __u64 board_id)
{
	struct shelf_board *free_place = NULL;

	for (__u32 i = 0; i < shelf->boards; i++) {
		struct shelf_board *board = &shelf->board[i];

		if (board->files && board->board_id == board_id)
			return board;
		if (!board->files)
			free_place = board;
	}
	if (!free_place)
		free_place = &shelf->board[shelf->boards++];
	*free_place = (struct shelf_board) { .board_id = board_id };
	return free_place;
}

static void join_board(struct shelf_board *board, struct shelf_file *file)
{
	if (board->files)
		board->newest->next = file;
	else
		board->oldest = file;
	board->newest = file;
	board->size += file->size;
	board->files++;
	file->board = board;
}

static struct shelf_file *take_place(struct shelf *shelf)
{
	struct shelf_file *place = shelf->place;

	if (!place)
		return &shelf->file[shelf->places++];
	shelf->place = place->next;
	return place;
}

/* There is room for one. */
static struct shelf_file *append(struct shelf *shelf, const struct shelf_file *file)
{
	struct shelf_file *place = take_place(shelf);

	*place = *file;
	place->id = ++shelf->added * SHELF_FILES + (__u64)(place - shelf->file);
	place->fd = -1;
	place->next = NULL;
	join_board(find_board(shelf, file->board_id), place);
	shelf->size += file->size;
	shelf->files++;
	return place;
}

static void take_finds(struct shelf *shelf, struct finds *finds)
{
	if (finds->count)
		qsort(finds->found, finds->count, sizeof(*finds->found), by_age);
	for (size_t i = 0; i < finds->count; i++) {
		shelf_make_room(shelf, 0);
		append(shelf, &finds->found[i].file);
	}
	shelf_make_room(shelf, 0);
}

int shelf_open(struct shelf *shelf, const char *dir, __u64 size_max)
{
	struct finds finds = { 0 };
	int err;

	shelf->size_max = size_max;
	if (mkdir(dir, 0777) && errno != EEXIST)
		return -errno;
	shelf->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (shelf->dir_fd < 0)
		return -errno;
	err = faccessat(shelf->dir_fd, ".", W_OK | X_OK, AT_EACCESS) ? -errno : 0;
	if (!err)
		err = find_all(&finds, shelf->dir_fd);
	if (!err)
		take_finds(shelf, &finds);
	free(finds.found);
	if (err)
		shelf_close(shelf);
	return err;
}

void shelf_close(struct shelf *shelf)
{
	for (__u32 i = 0; i < shelf->places; i++)
		if (shelf->file[i].id != SHELF_NONE)
			shelf_shut(&shelf->file[i]);
	close(shelf->dir_fd);
	shelf->dir_fd = -1;
}

struct shelf_file *shelf_find(struct shelf *shelf, __u64 id)
{
	struct shelf_file *file = &shelf->file[id % SHELF_FILES];

	return id != SHELF_NONE && file->id == id ? file : NULL;
}

/* The board that takes most, of files or of bytes; of equals the one that has had its share for longest. */
static struct shelf_board *find_greatest(struct shelf *shelf, bool of_files)
{
	struct shelf_board *greatest = NULL;
	__u64 most = 0;

	for (__u32 i = 0; i < shelf->boards; i++) {
		struct shelf_board *board = &shelf->board[i];
		__u64 share = of_files ? board->files : board->size;

		if (!board->files || share < most)
			continue;
		if (!greatest || share > most || board->oldest->id < greatest->oldest->id)
			greatest = board;
		most = share;
	}
	return greatest;
}

void shelf_make_room(struct shelf *shelf, __u64 size)
{
	bool full = shelf->files == SHELF_FILES;

	while (shelf->files && (full || shelf->size + size > shelf->size_max)) {
		remove_oldest(shelf, find_greatest(shelf, full));
		full = false;
	}
}

static bool is_of_one_session(const struct shelf_file *left, const struct shelf_file *right)
{
	return left->board_id == right->board_id &&
	       !memcmp(left->session_id, right->session_id, sizeof(left->session_id));
}

/* In place of the one that was opened longest ago. */
static void keep_open(struct shelf *shelf, struct shelf_file *file, int fd)
{
	__u64 *slot = &shelf->opened[shelf->opens++ % SHELF_OPEN];
	struct shelf_file *oldest = shelf->opens > SHELF_OPEN ? shelf_find(shelf, *slot) : NULL;

	if (oldest)
		shelf_shut(oldest);
	*slot = file->id;
	file->fd = fd;
}

/* The number behind the greatest one of this session. */
static __u32 next_number(struct shelf *shelf, const struct shelf_file *like)
{
	__u32 number = 1;

	for (__u32 i = 0; i < shelf->places; i++) {
		const struct shelf_file *file = &shelf->file[i];

		if (file->id != SHELF_NONE && file->number >= number &&
		    is_of_one_session(file, like))
			number = file->number + 1;
	}
	return number;
}

int shelf_add(struct shelf *shelf, __u64 board_id, const __u8 session_id[16], __u64 *id)
{
	struct shelf_file file = { .board_id = board_id }, *added;
	const struct shelf_file *before = shelf_find(shelf, *id);
	char name[SHELF_NAME], board[BOARD_NAME];
	int fd;

	memcpy(file.session_id, session_id, sizeof(file.session_id));
	if (before && is_of_one_session(before, &file))
		file.number = before->number + 1;
	else
		file.number = next_number(shelf, &file);
	if (mkdirat(shelf->dir_fd, board_name(board, board_id), 0777) && errno != EEXIST)
		return -errno;
	do
		fd = openat(shelf->dir_fd, shelf_name(name, &file),
			    O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
	while (fd < 0 && errno == EEXIST && file.number++ < SHELF_FILES);
	if (fd < 0)
		return -errno;
	shelf_make_room(shelf, 0);
	added = append(shelf, &file);
	keep_open(shelf, added, fd);
	*id = added->id;
	return 0;
}

int shelf_fd(struct shelf *shelf, struct shelf_file *file)
{
	char name[SHELF_NAME];
	int fd;

	if (file->fd >= 0)
		return file->fd;
	fd = openat(shelf->dir_fd, shelf_name(name, file),
		    O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	keep_open(shelf, file, fd);
	return fd;
}

void shelf_grow(struct shelf *shelf, struct shelf_file *file, __u64 size)
{
	file->size += size;
	file->board->size += size;
	shelf->size += size;
}
