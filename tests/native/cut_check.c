// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cut_check KERNEL_BTF OBJECT... - do the objects get the same offsets from a cut as from all types?
 *
 * libbpf itself is asked: it says which instructions it patches and how, once by the whole file and
 * once by a cut of it.  The programs need not load for that.
 *
 * Exit status: 0 the same for every object; 1 not, or something failed; 2 wrong usage.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "btf_cut.h"

#define ANSWERS_SIZE (1 << 20)

static char answers[2][ANSWERS_SIZE];
static char *now; /* where what libbpf says goes */

/* "prog 'NAME': relo #N: patched insn ...", or that a field is not there. */
static int keep_answer(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char line[1024];

	(void)level;
	vsnprintf(line, sizeof(line), format, arguments);
	if (!now || !strstr(line, ": relo #") || strstr(line, "candidate"))
		return 0;
	if (strstr(line, "patched insn") || strstr(line, "substituting insn") ||
	    strstr(line, "no matching targets") || strstr(line, "ambiguity"))
		strncat(now, line, ANSWERS_SIZE - strlen(now) - 1);
	return 0;
}

static int fail(const char *what, const char *why)
{
	printf("%s: %s\n", what, why);
	return 1;
}

/* What the collector sets before it loads: a map of no entries is refused. */
static int ask(const char *path, const char *types, char *into)
{
	struct bpf_object_open_opts options = { .sz = sizeof(options), .btf_custom_path = types };
	struct bpf_object *object = bpf_object__open_file(path, &options);
	struct bpf_program *program;
	struct bpf_map *map;

	if (!object)
		return fail(path, strerror(errno));
	bpf_object__for_each_map (map, object)
		if (!bpf_map__max_entries(map))
			bpf_map__set_max_entries(map, 4096);
	bpf_object__for_each_program (program, object)
		bpf_program__set_autoload(program, true);
	now = into;
	bpf_object__load(object);
	now = NULL;
	bpf_object__close(object);
	return 0;
}

/* A cut of @kernel for the object, in a file that stays while the process does. */
static int make_cut(const char *kernel, const char *object, char path[32], __u32 *size)
{
	static struct btf_file file;
	struct btf *local = btf__parse(object, NULL), *made;
	struct btf_cut *cut;
	const void *bytes;
	int fd = memfd_create("cut", 0), failed;

	if (!local || fd < 0 || btf_cut_open(&cut) || btf_cut_want_types(cut, local))
		return fail(object, "its types cannot be read");
	if (btf_file_open(&file, kernel) || btf_cut_make(cut, &file, &made))
		return fail("no cut", file.why);
	bytes = btf__raw_data(made, size);
	failed = write(fd, bytes, *size) != (ssize_t)*size;
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	btf__free(made);
	btf_cut_close(cut);
	btf_file_close(&file);
	btf__free(local);
	return failed;
}

static int check(const char *kernel, const char *object)
{
	unsigned int count = 0;
	char path[32];
	__u32 size;

	answers[0][0] = answers[1][0] = '\0';
	if (make_cut(kernel, object, path, &size) || ask(object, kernel, answers[0]) ||
	    ask(object, path, answers[1]))
		return 1;
	for (const char *at = answers[0]; (at = strchr(at, '\n')); at++)
		count++;
	printf("%s: %u answers, a cut of %u bytes\n", object, count, size);
	if (!count)
		return fail(object, "libbpf answers nothing");
	if (!strcmp(answers[0], answers[1]))
		return 0;
	printf("by all types:\n%sby the cut:\n%s", answers[0], answers[1]);
	return 1;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 3)
		return 2;
	libbpf_set_print(keep_answer);
	for (int i = 2; i < argc; i++)
		failed |= check(argv[1], argv[i]);
	return failed;
}
