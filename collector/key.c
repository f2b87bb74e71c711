// SPDX-License-Identifier: GPL-2.0-or-later
/* key - the board's key, from a file that nobody else may read; what is derived from it */
#include "key.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium/crypto_kdf_blake2b.h>
#include <sodium/utils.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say.h"

#define FILE_SIZE_MAX 4096
#define BLANKS " \t\r"

_Static_assert(KEY_SIZE == crypto_kdf_blake2b_KEYBYTES, "a key is one that keys are derived from");

static struct {
	__u8 slot; /* 0: there is no key */
	__u8 bytes[KEY_SIZE];
} key;

/* Why the file must not be used; NULL: nothing is wrong. */
static const char *find_fault(const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return "no file";
	if (status->st_mode & (S_IRWXG | S_IRWXO))
		return "others than its owner may use this key: chmod 600";
	return status->st_size > FILE_SIZE_MAX ? "too long for a file of keys" : NULL;
}

/* The file as text in @text; 0 or -errno. */
static int read_text(const char *path, char text[FILE_SIZE_MAX + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	const char *fault;
	struct stat status;
	ssize_t got;

	if (fd < 0 || fstat(fd, &status)) {
		err = -errno;
		say("--key %s: %s", path, strerror(-err));
	} else if ((fault = find_fault(&status))) {
		err = -EACCES;
		say("--key %s: %s", path, fault);
	} else {
		got = read(fd, text, FILE_SIZE_MAX);
		text[got > 0 ? got : 0] = '\0';
		if (got < 0 || strlen(text) != (size_t)got) {
			err = -EINVAL;
			say("--key %s: cannot be read as text", path);
		}
	}
	if (fd >= 0)
		close(fd);
	return err;
}

static __u8 nibble(char digit)
{
	return (__u8)(isdigit((unsigned char)digit) ? digit - '0' : (digit | 32) - 'a' + 10);
}

/* "SLOT HEX64", blanks around and between; the first one is kept. */
static bool take_line(const char *line)
{
	__u8 slot = (__u8)(*line - '0');
	const char *digits = line + 1 + strspn(line + 1, BLANKS);

	if (slot < 1 || slot > KEY_SLOTS || digits == line + 1)
		return false;
	for (unsigned int i = 0; i < 2 * KEY_SIZE; i++)
		if (!isxdigit((unsigned char)digits[i]))
			return false;
	if (digits[2 * KEY_SIZE + strspn(digits + 2 * KEY_SIZE, BLANKS)])
		return false;
	for (unsigned int i = 0; !key.slot && i < KEY_SIZE; i++)
		key.bytes[i] = (__u8)(nibble(digits[2 * i]) << 4 | nibble(digits[2 * i + 1]));
	key.slot = key.slot ? key.slot : slot;
	return true;
}

static int take_text(const char *path, char *text)
{
	unsigned int number = 0;

	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		line += strspn(line, BLANKS);
		if (!*line || *line == '#' || take_line(line))
			continue;
		say("--key %s: line %u: want a slot, 1 or 2, and a key of 64 hexadecimal digits",
		    path, number);
		return -EINVAL;
	}
	if (key.slot)
		return 0;
	say("--key %s: no key in it: 'tarsier-decode key board' makes the line", path);
	return -ENOENT;
}

int key_read(const char *path)
{
	char text[FILE_SIZE_MAX + 1];
	int err;

	key_forget();
	err = read_text(path, text);
	if (!err)
		err = take_text(path, text);
	sodium_memzero(text, sizeof(text));
	if (err)
		key_forget();
	return err;
}

bool key_is_there(void)
{
	return key.slot;
}

__u8 key_slot(void)
{
	return key.slot;
}

void key_derive(enum key_use use, __u8 derived[KEY_SIZE])
{
	crypto_kdf_blake2b_derive_from_key(derived, KEY_SIZE, use, KEY_CONTEXT_USE, key.bytes);
}

void key_forget(void)
{
	sodium_memzero(&key, sizeof(key));
}
