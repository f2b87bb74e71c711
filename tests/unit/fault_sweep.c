// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fault_sweep - run the decoder once for each call in it that can fail, with that one failing
 *
 * fault_sweep [-1] [-d DEPTH] [-f RECORDING] [-l] ARGUMENT...	(those of tarsier-decode; each run has an empty directory)
 *
 *	-f: a socket that is bound has got its blocks
 *	-1: what fails does so once, and not for good as well
 *	-d: so many callers make a place (5)
 *	-l: runs differ by themselves: what is printed is not compared
 *
 * Good is a run that ends as without the fault, with the same output and the same files; that says in
 * one line what is wrong, or in one for each input if it stays so, and ends with 1; or that says how much was passed over and ends with 3.
 */
#include <dirent.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit.h"
#include "fault_calls.h"
#include "options.h"

#define SECONDS 30
#define SHOWN 20
#define TEXT_MAX (1 << 22)

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);
extern void __sanitizer_symbolize_pc(void *pc, const char *format, char *to, size_t size)
	__attribute__((weak));

struct outcome {
	int status; /* wait(2)'s */
	uint64_t files;
	size_t largest; /* of these and @out */
	char *out;
	char *err;
};

static char **words;
static int word_count;
static bool loose, once;
static struct faults *faults;
static char place_of_work[] = "/tmp/faults.XXXXXX";

/*
 * A run
 */

static uint64_t add(uint64_t sum, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		sum = (sum ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3ull;
	return sum;
}

/* Until the next one is read.  Its place is mapped: who looks for leaks need not search it. */
static const char *read_all(int fd, size_t *length)
{
	static char *text;
	ssize_t got;

	if (!text)
		text = mmap(NULL, TEXT_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	if (text == MAP_FAILED)
		abort();

	*length = 0;
	while ((got = read(fd, text + *length, TEXT_MAX - 1 - *length)) > 0)
		*length += (size_t)got;
	text[*length] = '\0';
	return text;
}

/* Adds names and contents of what is in the directory, and takes it away. */
static void clear(const char *path, struct outcome *outcome)
{
	struct dirent **entry;
	int count = scandir(path, &entry, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		const char *name = entry[i]->d_name;
		const char *text;
		char whole[PATH_MAX];
		size_t length;
		int fd;

		snprintf(whole, sizeof(whole), "%s/%s", path, name);
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			outcome->files = add(outcome->files, name, strlen(name));
			fd = open(whole, O_RDONLY | O_CLOEXEC);
			if (entry[i]->d_type == DT_DIR) {
				clear(whole, outcome);
			} else {
				text = read_all(fd, &length);
				outcome->files = add(outcome->files, text, length);
				outcome->largest =
					length > outcome->largest ? length : outcome->largest;
			}
			close(fd);
			remove(whole);
		}
		free(entry[i]);
	}
	free(entry);
}

static _Noreturn void be_decoder(enum fault_mode mode, unsigned int target, rlim_t room, int out,
				 int err)
{
	struct rlimit limit = { room, room };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	alarm(SECONDS);
	if (chdir("run"))
		abort();
	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	fault_calls_begin(faults, mode, target);
	exit(__real_main(word_count, words));
}

static struct outcome run(enum fault_mode mode, unsigned int target, rlim_t room)
{
	struct outcome outcome = { .files = 0xcbf29ce484222325ull };
	int out = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), err[2];
	size_t length;
	pid_t child;

	if (mkdir("run", 0700) || pipe2(err, O_CLOEXEC))
		abort();
	fflush(NULL);
	child = fork();
	if (!child)
		be_decoder(mode, target, room, out, err[1]);
	close(err[1]);
	outcome.err = strdup(read_all(err[0], &length));
	close(err[0]);
	waitpid(child, &outcome.status, 0);
	lseek(out, 0, SEEK_SET);
	outcome.out = strdup(read_all(out, &length));
	outcome.largest = length;
	close(out);
	clear("run", &outcome);
	rmdir("run");
	return outcome;
}

static void forget(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
}

/*
 * Its result
 */

/* Complaints in @text that are none of @known. */
static unsigned int lines_beside(const char *text, const char *known)
{
	unsigned int lines = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s\n", (int)length, text);
		/* how much was passed over is told beside the reason */
		lines += !strncmp(line, PROGRAM, sizeof(PROGRAM) - 1) && !strstr(known, line) &&
			 !strstr(line, "passed over");
		text += length + (text[length] == '\n');
	}
	return lines;
}

static bool is_same(const struct outcome *one, const struct outcome *other)
{
	return one->status == other->status &&
	       (loose || (one->files == other->files && !strcmp(one->out, other->out)));
}

/* NULL: all is well. */
static const char *judge(const struct outcome *good, const struct outcome *found, bool for_good)
{
	unsigned int lines = lines_beside(found->err, good->err);

	if (strstr(found->err, "Sanitizer") || strstr(found->err, "runtime error"))
		return "a sanitizer complains";
	if (WIFSIGNALED(found->status))
		return WTERMSIG(found->status) == SIGALRM ? "it does not end" : "it crashes";
	if (is_same(good, found))
		return NULL;
	if (WEXITSTATUS(found->status) == EXIT_IO)
		return lines == 1 || (lines && for_good) ? NULL : "not one line says why";
	if (WEXITSTATUS(found->status) == EXIT_DAMAGED && good->status == EXIT_CLEAN)
		return strstr(found->out, "passed") || strstr(found->err, "passed")
			       ? NULL
			       : "nothing says what is missing";
	return found->status == good->status ? "the output differs, and nobody says so"
					     : "another status";
}

static void print_place(const struct fault_place *place)
{
	char text[256];

	printf("%s, %u calls", place->call, place->calls);
	for (int i = 0; i < place->depth && __sanitizer_symbolize_pc; i++) {
		__sanitizer_symbolize_pc((char *)place->frame[i] - 1, "%f %S", text, sizeof(text));
		printf("\n    %s", text);
		if (!strncmp(text, "main ", 5))
			break;
	}
	putchar('\n');
}

static unsigned int complain(const char *what, const struct outcome *found)
{
	printf("%s: status %#x, it says: %.400s\n", what, (unsigned int)found->status, found->err);
	return 1;
}

static unsigned int fail_place(const struct outcome *good, enum fault_mode mode,
			       unsigned int target)
{
	struct outcome found = run(mode, target, RLIM_INFINITY);
	const char *what = judge(good, &found, mode == FAULT_FOR_GOOD);
	unsigned int bad = 0;

	if (what) {
		print_place(&faults->place[target]);
		bad = complain(what, &found);
	}
	forget(&found);
	return bad;
}

static unsigned int fill_disk(const struct outcome *good, size_t room)
{
	struct outcome found = run(FAULT_LEARN, 0, room);
	const char *what = judge(good, &found, true);
	unsigned int bad = 0;

	if (what) {
		printf("no file can be longer than %zu bytes\n", room);
		bad = complain(what, &found);
	}
	forget(&found);
	return bad;
}

static unsigned int sweep(const struct outcome *good)
{
	unsigned int places = faults->places, bad = 0;

	for (unsigned int i = 0; i < places && bad < SHOWN; i++) {
		bad += fail_place(good, FAULT_ONCE, i);
		if (faults->place[i].calls > 1 && !once)
			bad += fail_place(good, FAULT_FOR_GOOD, i);
	}
	for (size_t room = good->largest; room && bad < SHOWN; room /= 16)
		bad += fill_disk(good, room - 1);
	printf("%u places, %u bad\n", places, bad);
	return bad;
}

int __wrap_main(int argc, char **argv)
{
	void *frame[1];
	struct outcome good;
	unsigned int bad = 1;
	int option, depth = 5;

	while ((option = getopt(argc, argv, "+1d:f:l")) != -1) {
		if (option == 'f')
			fault_calls_feed(optarg);
		if (option == 'd')
			depth = atoi(optarg);
		once |= option == '1';
		loose |= option == 'l';
	}
	words = argv + optind - 1;
	word_count = argc - optind + 1;
	optind = 0;	     /* the decoder begins anew */
	backtrace(frame, 1); /* takes memory, once */
	faults = mmap(NULL, sizeof(*faults), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (faults == MAP_FAILED || !mkdtemp(place_of_work) || chdir(place_of_work))
		return 1;
	faults->depth = depth + 1;
	good = run(FAULT_LEARN, 0, RLIM_INFINITY);
	if (WIFEXITED(good.status) && !faults->full)
		bad = sweep(&good);
	else
		complain("without a fault", &good);
	forget(&good);
	remove("out");
	return chdir("/") || rmdir(place_of_work) || bad;
}
