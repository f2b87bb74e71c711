// SPDX-License-Identifier: GPL-2.0-or-later
/* symbols - the kernel's functions by name, and names that are nearly right */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024 /* KSYM_NAME_LEN is 512, and the name of a module follows */

struct visitor {
	void (*visit)(struct visitor *visitor, const char *symbol, size_t length);
	const char *name;
	size_t length;
};

/* "ffffffc0080a1234 t name", "\t[module]" may follow: the name of a function; NULL: of something else. */
static const char *symbol_of_line(const char *line, const char *end, size_t *length)
{
	const char *space = memchr(line, ' ', (size_t)(end - line)), *name, *at;

	if (!space || end - space < 4 || !strchr("tTwW", space[1]))
		return NULL;
	name = space + 3;
	at = name;
	while (at < end && *at != '\t')
		at++;
	*length = (size_t)(at - name);
	if (end - at >= 6 && !memcmp(at, "\t[bpf]", 6))
		return NULL;
	return *length < SYMBOL_SIZE ? name : NULL;
}

static size_t visit_lines(struct visitor *visitor, const char *text, size_t size)
{
	const char *line = text, *end;

	while ((end = memchr(line, '\n', size - (size_t)(line - text)))) {
		size_t length;
		const char *symbol = symbol_of_line(line, end, &length);

		if (symbol)
			visitor->visit(visitor, symbol, length);
		line = end + 1;
	}
	return (size_t)(line - text);
}

/* There may be 200,000 of them: they pass by and are not kept. */
static int visit_all(const char *path, struct visitor *visitor)
{
	static char text[8 * LINE_MAX_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0, visited;
	ssize_t length;

	if (fd < 0)
		return -errno;
	visitor->length = strlen(visitor->name);
	while ((length = read(fd, text + used, sizeof(text) - used)) > 0) {
		used += (size_t)length;
		visited = visit_lines(visitor, text, used);
		used -= visited;
		memmove(text, text + visited, used);
		if (used == sizeof(text))
			used = 0; /* no line is as long */
	}
	close(fd);
	return length < 0 ? -EIO : 0;
}

struct finder {
	struct visitor visitor;
	const char *const *names;
	unsigned int count;
	struct symbols *found;
};

static bool contains(const char *text, size_t length, const char *word)
{
	return memmem(text, length, word, strlen(word));
}

/* What compilers append to a function that they have changed and that is still called as a whole. */
static bool is_variant(const char *suffix, size_t length)
{
	return (contains(suffix, length, ".isra.") || contains(suffix, length, ".constprop.") ||
		contains(suffix, length, ".llvm.")) &&
	       *suffix == '.' && !contains(suffix, length, ".cold") &&
	       !contains(suffix, length, ".part.");
}

static void compare_with(const char *name, struct symbols *found, const char *symbol, size_t length)
{
	size_t name_length = strlen(name);

	if (length < name_length || memcmp(symbol, name, name_length))
		return;
	if (length == name_length)
		found->exact++;
	else if (!*found->variant && is_variant(symbol + name_length, length - name_length))
		memcpy(found->variant, symbol, length);
}

static void find(struct visitor *visitor, const char *symbol, size_t length)
{
	struct finder *finder = (struct finder *)visitor;

	for (unsigned int i = 0; i < finder->count; i++)
		if (*finder->names[i] == *symbol)
			compare_with(finder->names[i], &finder->found[i], symbol, length);
}

int symbols_find_all(const char *path, const char *const names[], unsigned int count,
		     struct symbols found[])
{
	struct finder finder = {
		.visitor = { .visit = find, .name = "" },
		.names = names,
		.count = count,
		.found = found,
	};

	memset(found, 0, count * sizeof(*found));
	return visit_all(path, &finder.visitor);
}

int symbols_find(const char *path, const char *name, struct symbols *found)
{
	return symbols_find_all(path, &name, 1, found);
}

struct nearest {
	struct visitor visitor;
	char (*near)[SYMBOL_SIZE];
	unsigned int distance[SYMBOLS_NEAR];
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * How many letters have to be put in, left out, replaced or exchanged with their neighbour to make one
 * of the other (optimal string alignment); anything from @limit on when it is that many or more.
 */
static unsigned int distance(const char *a, size_t a_length, const char *b, size_t b_length,
			     unsigned int limit)
{
	unsigned int rows[3][SYMBOL_SIZE + 1], *before = rows[0], *last = rows[1], *row = rows[2];

	for (unsigned int j = 0; j <= b_length; j++)
		last[j] = j;
	memcpy(before, last, sizeof(rows[0]));
	for (unsigned int i = 1; i <= a_length; i++) {
		unsigned int *free_row = before, best = row[0] = i;

		for (unsigned int j = 1; j <= b_length; j++) {
			row[j] = least(last[j], row[j - 1]) + 1;
			row[j] = least(row[j], last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
			best = least(best, row[j]);
		}
		if (best >= limit)
			return limit;
		before = last;
		last = row;
		row = free_row;
	}
	return last[b_length];
}

/* What no user means: parts and stubs that compilers make. */
static bool is_made_up(const char *symbol, size_t length)
{
	return memchr(symbol, '.', length) ||
	       (length > 6 && (!memcmp(symbol, "__pfx_", 6) || !memcmp(symbol, "__cfi_", 6)));
}

static void keep_near(struct nearest *nearest, const char *symbol, size_t length,
		      unsigned int apart)
{
	unsigned int at = SYMBOLS_NEAR - 1;

	for (unsigned int i = 0; i < SYMBOLS_NEAR; i++)
		if (!strncmp(nearest->near[i], symbol, length) && !nearest->near[i][length])
			return;
	for (; at && apart < nearest->distance[at - 1]; at--) {
		memcpy(nearest->near[at], nearest->near[at - 1], SYMBOL_SIZE);
		nearest->distance[at] = nearest->distance[at - 1];
	}
	memset(nearest->near[at], 0, SYMBOL_SIZE);
	memcpy(nearest->near[at], symbol, length);
	nearest->distance[at] = apart;
}

static void compare(struct visitor *visitor, const char *symbol, size_t length)
{
	struct nearest *nearest = (struct nearest *)visitor;
	size_t longer =
		length > visitor->length ? length - visitor->length : visitor->length - length;
	unsigned int limit = nearest->distance[SYMBOLS_NEAR - 1], apart;

	if (longer >= limit || is_made_up(symbol, length))
		return;
	apart = distance(visitor->name, visitor->length, symbol, length, limit);
	if (apart && apart < limit)
		keep_near(nearest, symbol, length, apart);
}

int symbols_near(const char *path, const char *name, char near[SYMBOLS_NEAR][SYMBOL_SIZE])
{
	struct nearest nearest = { .visitor = { .visit = compare, .name = name }, .near = near };
	size_t length = strlen(name);

	memset(near, 0, SYMBOLS_NEAR * sizeof(near[0]));
	for (unsigned int i = 0; i < SYMBOLS_NEAR; i++)
		nearest.distance[i] = 3 + (unsigned int)length / 4; /* beyond is not near */
	return length < SYMBOL_SIZE ? visit_all(path, &nearest.visitor) : 0;
}
