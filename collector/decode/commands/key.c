// SPDX-License-Identifier: GPL-2.0-or-later
/* key - 'tarsier-decode key': makes keys, and those of boards from a fleet's */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "exit.h"
#include "help.h"
#include "keyring.h"
#include "options.h"

struct request {
	const char *name; /* of the board */
	const char *keys;
	const char *out;   /* NULL: standard output */
	unsigned int slot; /* 0: not given */
};

static int complain(const char *word, const char *why, int status)
{
	fputs(PROGRAM ": ", stderr);
	text_print_string(stderr, word);
	fprintf(stderr, ": %s\n", why);
	return status;
}

/* To a new file that is its owner's alone, or to standard output. */
static int write_line(const char *path, const char *line)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : STDOUT_FILENO;
	ssize_t length = (ssize_t)strlen(line);
	bool good;

	if (fd < 0)
		return complain(
			path, errno == EEXIST ? "the file exists: name a new one" : strerror(errno),
			EXIT_IO);
	good = write(fd, line, (size_t)length) == length;
	if (path)
		good = !fsync(fd) && !close(fd) && good;
	return good ? EXIT_CLEAN : complain(path ? path : "-", "cannot write the key", EXIT_IO);
}

static int command_new(const struct request *request)
{
	char hex[KEY_HEX_SIZE], line[KEY_HEX_SIZE + 16];
	__u8 key[KEY_SIZE];
	int status;

	randombytes_buf(key, sizeof(key));
	sodium_bin2hex(hex, sizeof(hex), key, sizeof(key));
	snprintf(line, sizeof(line), "fleet %u %s\n", request->slot ? request->slot : 1, hex);
	status = write_line(request->out, line);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(line, sizeof(line));
	return status;
}

/* The only slot that there is a key in for this board; 0: none, or both. */
static unsigned int only_slot(const struct keyring *ring, __u64 board_id)
{
	unsigned int found = 0;
	__u8 key[KEY_SIZE];

	for (unsigned int slot = 1; slot <= KEY_SLOTS; slot++) {
		if (!keyring_board_key(ring, board_id, slot, key))
			continue;
		if (found)
			return 0;
		found = slot;
	}
	sodium_memzero(key, sizeof(key));
	return found;
}

static int command_board(const struct request *request)
{
	__u64 board_id = keyring_board_id(request->name);
	char hex[KEY_HEX_SIZE], line[KEY_HEX_SIZE + 16];
	unsigned int slot = request->slot;
	struct keyring *ring;
	__u8 key[KEY_SIZE];
	int status;

	if (!request->keys)
		return complain("key board", "name the fleet's key with --keys FILE", EXIT_USAGE);
	ring = keyring_open(request->keys);
	if (!ring)
		return EXIT_IO;
	slot = slot ? slot : only_slot(ring, board_id);
	if (!keyring_board_key(ring, board_id, slot, key)) {
		status = complain(request->keys,
				  request->slot ? "no key for this board in that slot"
						: "say which key with --slot 1 or --slot 2",
				  EXIT_USAGE);
	} else {
		sodium_bin2hex(hex, sizeof(hex), key, sizeof(key));
		snprintf(line, sizeof(line), "%u %s\n", slot, hex);
		status = write_line(request->out, line);
		sodium_memzero(line, sizeof(line));
		sodium_memzero(hex, sizeof(hex));
		sodium_memzero(key, sizeof(key));
	}
	keyring_close(ring);
	return status;
}

static int command_id(const struct request *request)
{
	printf("0x%016llx\n", keyring_board_id(request->name));
	return fflush(stdout) ? EXIT_IO : EXIT_CLEAN;
}

#define NEW_USAGE "new [--slot 1|2] [--out FILE]\n      a new fleet key, for --keys"
#define BOARD_USAGE                                                                                \
	"board NAME|0xID --keys FILE [--slot 1|2] [--out FILE]\n"                                  \
	"      what that board gets as its key file, for 'tarsier run --key'"
#define ID_USAGE "id NAME\n      the id that a board of that name has"

static const struct subcommand {
	const char *name;
	bool takes_name;
	int (*run)(const struct request *request);
} subcommands[] = {
	{ "new", false, command_new },
	{ "board", true, command_board },
	{ "id", true, command_id },
};

#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

/* False: the user has been told. */
static bool parse(struct request *request, int argc, char **argv)
{
	static const struct option longs[] = { { "keys", required_argument, NULL, 'k' },
					       { "slot", required_argument, NULL, 's' },
					       { "out", required_argument, NULL, 'o' },
					       { 0 } };
	int letter;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":k:s:o:", longs, NULL)) != -1) {
		if (letter == 'k')
			request->keys = optarg;
		else if (letter == 'o')
			request->out = optarg;
		else if (letter == 's' && (!strcmp(optarg, "1") || !strcmp(optarg, "2")))
			request->slot = (unsigned int)(*optarg - '0');
		else
			return complain(argv[optind - 1], "see " PROGRAM " key --help", 0);
	}
	return true;
}

static int run_alone(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--help";
	struct request request = { .slot = 0 };

	if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
		help_command(COMMAND_key);
		return EXIT_CLEAN;
	}
	if (sodium_init() < 0)
		return complain("key", "no random numbers are to be had", EXIT_IO);
	for (size_t i = 0; i < SUBCOMMANDS; i++) {
		if (strcmp(subcommands[i].name, name))
			continue;
		if (!parse(&request, argc - 1, argv + 1))
			return EXIT_USAGE;
		request.name = argv[1 + optind];
		if (argc - 1 - optind != subcommands[i].takes_name ||
		    (subcommands[i].takes_name && !*request.name))
			break;
		return subcommands[i].run(&request);
	}
	return complain(name, "see " PROGRAM " key --help", EXIT_USAGE);
}

const struct command command_key = {
	.operands = "new|board|id ...",
	.about = "Makes keys: of a fleet, and from that those of its boards.\n"
		 "\n"
		 "  key " NEW_USAGE "\n"
		 "  key " BOARD_USAGE "\n"
		 "  key " ID_USAGE "\n"
		 "\n"
		 "Without --out a key goes to standard output.",
	.example = "  " PROGRAM " key new --out fleet.keys\n"
		   "  " PROGRAM " key board board-7 --keys fleet.keys --out board-7.key",
	.run_alone = run_alone,
};
