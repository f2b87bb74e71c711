// SPDX-License-Identifier: GPL-2.0-or-later
/* keyring - the keys by which a receiver knows its boards */
#include "keyring.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"

#define FILE_SIZE_MAX (16 << 20)
#define BLANKS " \t\r"
/* Boards whose derived keys are kept, by the lower bits of their ids. */
#define REMEMBERED 4096

struct entry {
	__u64 board_id;
	unsigned int slot; /* 0: the entry is free */
	__u8 key[KEY_SIZE];
};

struct remembered {
	__u64 board_id;
	unsigned int slot;
	struct board_keys keys;
};

struct keyring {
	struct entry fleet[KEY_SLOTS];
	struct entry *board;
	size_t boards;
	struct remembered remembered[REMEMBERED];
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo), as the collector makes a board's id of its name. */
static __u64 hash_name(const char *name)
{
	__u64 hash = 0xcbf29ce484222325;

	while (*name)
		hash = (hash ^ (__u8)*name++) * 0x100000001b3;
	return hash;
}

__u64 keyring_board_id(const char *name)
{
	char *end;
	__u64 id;

	if (strncmp(name, "0x", 2) || strlen(name) != 2 + 16 || !isxdigit((unsigned char)name[2]))
		return hash_name(name);
	id = strtoull(name + 2, &end, 16);
	return *end ? hash_name(name) : id;
}

static bool parse_key(const char *text, __u8 key[KEY_SIZE])
{
	size_t length;

	return strlen(text) == 2 * KEY_SIZE &&
	       !sodium_hex2bin(key, KEY_SIZE, text, 2 * KEY_SIZE, NULL, &length, NULL) &&
	       length == KEY_SIZE;
}

static bool take_key(struct entry *entry, const char *slot, const char *key)
{
	unsigned int number = (unsigned int)(*slot - '0');

	if (slot[1] || number < 1 || number > KEY_SLOTS || !parse_key(key, entry->key))
		return false;
	entry->slot = number;
	return true;
}

static bool add_board(struct keyring *ring, const struct entry *entry)
{
	struct entry *more;

	for (size_t i = 0; i < ring->boards; i++)
		if (ring->board[i].board_id == entry->board_id &&
		    ring->board[i].slot == entry->slot)
			return false;
	more = realloc(ring->board, (ring->boards + 1) * sizeof(*more));
	if (!more)
		return false;
	ring->board = more;
	ring->board[ring->boards++] = *entry;
	return true;
}

/* Two keys in one slot are as wrong as a line that is none. */
static bool take_line(struct keyring *ring, char *line)
{
	struct entry entry = { .slot = 0 };
	char *word[5], *rest = line;
	unsigned int words = 0;
	bool taken = false;

	while (words < 5 && (word[words] = strtok_r(words ? NULL : line, BLANKS, &rest)))
		words++;
	if (!words || *word[0] == '#')
		return true;
	if (words == 3 && !strcmp(word[0], "fleet") && take_key(&entry, word[1], word[2])) {
		taken = !ring->fleet[entry.slot - 1].slot;
		ring->fleet[entry.slot - 1] = entry;
	} else if (words == 4 && !strcmp(word[0], "board") && take_key(&entry, word[2], word[3])) {
		entry.board_id = keyring_board_id(word[1]);
		taken = add_board(ring, &entry);
	}
	sodium_memzero(&entry, sizeof(entry));
	return taken;
}

static void complain(const char *path, const char *what)
{
	fputs(PROGRAM ": --keys ", stderr);
	text_print_string(stderr, path);
	fprintf(stderr, ": %s\n", what);
}

/* Why the file must not be used; NULL: nothing is wrong. */
static const char *find_fault(const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return "no file";
	if (status->st_mode & (S_IRWXG | S_IRWXO))
		return "others than its owner may use these keys: chmod 600";
	return status->st_size > FILE_SIZE_MAX ? "too long for a file of keys" : NULL;
}

/* The file as text, owned by the caller; NULL after having told the user. */
static char *read_text(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status = { 0 };
	const char *fault;
	char *text = NULL;
	ssize_t got = 0;

	fault = fd < 0 || fstat(fd, &status) ? strerror(errno) : find_fault(&status);
	if (!fault) {
		*size = (size_t)status.st_size;
		text = calloc(1, *size + 1);
		got = text ? read(fd, text, *size) : -1;
		if (got < 0 || strlen(text) != *size)
			fault = "cannot be read as text";
	}
	if (fault) {
		complain(path, fault);
		free(text);
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

static bool take_text(struct keyring *ring, const char *path, char *text)
{
	unsigned int number = 0;
	char what[160];

	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (take_line(ring, line))
			continue;
		snprintf(
			what, sizeof(what),
			"line %u: want 'fleet SLOT HEX64' or 'board NAME SLOT HEX64', slot 1 or 2, "
			"each slot once",
			number);
		complain(path, what);
		return false;
	}
	if (ring->boards || ring->fleet[0].slot || ring->fleet[1].slot)
		return true;
	complain(path, "no key in it: '" PROGRAM " key new' makes one");
	return false;
}

struct keyring *keyring_open(const char *path)
{
	struct keyring *ring = calloc(1, sizeof(*ring));
	size_t size = 0;
	bool good = false;
	char *text;

	if (!ring || sodium_init() < 0) {
		complain(path, "out of memory");
		free(ring);
		return NULL;
	}
	text = read_text(path, &size);
	if (text) {
		good = take_text(ring, path, text);
		sodium_memzero(text, size);
		free(text);
	}
	if (good)
		return ring;
	keyring_close(ring);
	return NULL;
}

void keyring_close(struct keyring *ring)
{
	if (!ring)
		return;
	sodium_memzero(ring->board, ring->boards * sizeof(*ring->board));
	free(ring->board);
	sodium_memzero(ring, sizeof(*ring));
	free(ring);
}

static bool has_fleet_key(const struct keyring *ring)
{
	return ring->fleet[0].slot || ring->fleet[1].slot;
}

bool keyring_knows(const struct keyring *ring, __u64 board_id)
{
	if (has_fleet_key(ring))
		return true;
	for (size_t i = 0; i < ring->boards; i++)
		if (ring->board[i].board_id == board_id)
			return true;
	return false;
}

bool keyring_board_key(const struct keyring *ring, __u64 board_id, unsigned int slot,
		       __u8 key[KEY_SIZE])
{
	if (slot < 1 || slot > KEY_SLOTS)
		return false;
	for (size_t i = 0; i < ring->boards; i++) {
		if (ring->board[i].board_id != board_id || ring->board[i].slot != slot)
			continue;
		memcpy(key, ring->board[i].key, KEY_SIZE);
		return true;
	}
	return ring->fleet[slot - 1].slot &&
	       !crypto_kdf_blake2b_derive_from_key(key, KEY_SIZE, board_id, KEY_CONTEXT_BOARD,
						   ring->fleet[slot - 1].key);
}

static const struct remembered *place_of(const struct keyring *ring, __u64 board_id,
					 unsigned int slot)
{
	return &ring->remembered[(board_id ^ slot) % REMEMBERED];
}

bool keyring_find(const struct keyring *ring, __u64 board_id, unsigned int slot,
		  struct board_keys *keys)
{
	const struct remembered *place = place_of(ring, board_id, slot);
	__u8 key[KEY_SIZE];

	if (place->slot == slot && place->board_id == board_id) {
		*keys = place->keys;
		return slot;
	}
	if (!keyring_board_key(ring, board_id, slot, key))
		return false;
	crypto_kdf_blake2b_derive_from_key(keys->tag, KEY_SIZE, KEY_FOR_TAG, KEY_CONTEXT_USE, key);
	crypto_kdf_blake2b_derive_from_key(keys->seal, KEY_SIZE, KEY_FOR_SEAL, KEY_CONTEXT_USE,
					   key);
	sodium_memzero(key, sizeof(key));
	return true;
}

void keyring_remember(struct keyring *ring, __u64 board_id, unsigned int slot,
		      const struct board_keys *keys)
{
	struct remembered *place = (struct remembered *)place_of(ring, board_id, slot);

	if (place->slot != slot || place->board_id != board_id)
		*place = (struct remembered) { board_id, slot, *keys };
}
