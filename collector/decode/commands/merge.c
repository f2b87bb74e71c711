// SPDX-License-Identifier: GPL-2.0-or-later
/* merge - 'tarsier-decode merge': one recording of several that overlap */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beside.h"
#include "command.h"
#include "cutter.h"
#include "exit.h"
#include "gather.h"
#include "interrupt.h"
#include "verdict.h"

static const char *check(struct options *options)
{
	options->rows = 0;
	return options->output && strcmp(options->output, "-") != 0
		       ? NULL
		       : "name the recording to make with --output";
}

static int complain(const char *name, const char *why)
{
	fputs(PROGRAM ": ", stderr);
	text_print_string(stderr, name);
	fprintf(stderr, ": %s\n", why);
	return EXIT_IO;
}

/* Is the output new, and can every input be read twice? */
static bool may_begin(const struct options *options)
{
	struct stat status;

	if (!lstat(options->output, &status)) {
		complain(options->output, "it exists: name a new one");
		return false;
	}
	for (int i = 0; i < options->input_count; i++) {
		const char *name = options->inputs[i];
		bool found = strcmp(name, "-") != 0 && !stat(name, &status);

		/* what is not there is told by who opens it */
		if (strcmp(name, "-") != 0 && !found)
			continue;
		if (!found || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) {
			complain(name, "it is read twice: save it to a file first");
			return false;
		}
	}
	return true;
}

static int copy_piece(struct cutter *cutter, const struct piece *piece, FILE *out)
{
	struct record records[BLOCK_RECORDS_MAX];
	int err = cutter_read(cutter, piece, records);

	if (err)
		return complain(sources_name(&cutter->sources, piece->source),
				err == -ESTALE || err == -EIO ? "changed while it was read"
							      : strerror(-err));
	return fwrite(records, sizeof(*records), piece->records, out) == piece->records ? 0 : -1;
}

/* 0, EXIT_IO after having told the user, or -1: cannot be written. */
static int copy(struct cutter *cutter, FILE *out)
{
	int failed = 0;

	for (__u64 i = 0; i < cutter->pieces.count && !failed && !interrupt_came(); i++)
		failed = copy_piece(cutter, &cutter->pieces.at[i], out);
	return failed ? failed : -!!fflush(out);
}

/* Ctrl-C: half a recording is none. */
static int stop(const char *path)
{
	return complain(path, "stopped: nothing was written");
}

static int write_out(struct cutter *cutter, const char *path)
{
	struct beside beside;
	int err = beside_begin(&beside, path), status = EXIT_CLEAN;
	bool stopped;
	FILE *out;

	if (err)
		return complain(path, strerror(-err));
	out = fdopen(dup(beside.fd), "we");
	status = out ? copy(cutter, out) : -1;
	if (status < 0)
		err = -errno;
	if (out)
		fclose(out);
	stopped = !status && interrupt_came();
	if (status || stopped)
		beside_drop(&beside);
	else
		err = beside_done(&beside);
	if (stopped)
		return stop(path);
	return err ? complain(path, strerror(-err)) : status;
}

/* What did not get there. */
static void print_rest(const struct cutter *cutter)
{
	if (cutter->damages)
		fprintf(stderr, PROGRAM ": left out: %llu damaged range%s of %llu bytes\n",
			cutter->damages, text_plural(cutter->damages), cutter->damaged_bytes);
	if (cutter->sealed)
		fprintf(stderr,
			PROGRAM ": left out: %llu sealed block%s; 'listen --keys' opens them\n",
			cutter->sealed, text_plural(cutter->sealed));
}

/* The new recording as 'verify' sees it: its verdict is that of the whole. */
static int look_at_result(const struct options *options, const struct input_result *read)
{
	char *inputs[] = { (char *)options->output };
	struct input_result result = { .recordless = read->recordless };
	struct options reading = *options;
	struct decoder *decoder;
	bool clean;

	reading.inputs = inputs;
	reading.input_count = 1;
	decoder = gather_open(&reading, 0, stdout);
	if (!decoder)
		return EXIT_IO;
	gather(decoder, &result);
	decoder_settle(decoder);
	clean = verdict(decoder);
	verdict_print(decoder, stderr);
	return gather_close(decoder, gather_status(decoder, &result, clean, stdout));
}

static int merge_inputs(struct cutter *cutter, const struct options *options)
{
	struct input_result result = { .failed = false };
	int err, status;

	inputs_read(cutter->decoder, 1, &result);
	if (result.failed)
		return EXIT_IO;
	if (result.stopped)
		return stop(options->output);
	err = cutter_finish(cutter);
	if (err)
		return complain(options->output, strerror(-err));
	print_rest(cutter);
	if (!cutter->pieces.count)
		return EXIT_NOTHING;
	status = write_out(cutter, options->output);
	interrupt_release();
	return status ? status : look_at_result(options, &result);
}

static int run(const struct options *options)
{
	struct decoder *decoder;
	struct cutter cutter;
	int err, status;

	if (!may_begin(options))
		return EXIT_IO;
	decoder = gather_open(options, 0, stdout);
	if (!decoder)
		return EXIT_IO;
	interrupt_catch();
	err = cutter_open(&cutter, decoder, options->output);
	status = err ? complain(options->output, strerror(-err)) : merge_inputs(&cutter, options);
	cutter_close(&cutter);
	return gather_close(decoder, status);
}

const struct command command_merge = {
	.operands = "FILE|DIR...",
	.operands_least = 1,
	.operands_most = OPERANDS_ANY,
	.wanted = "name files or directories",
	.about = "Makes one recording out of several that overlap, such as a board's own files and "
		 "what\n"
		 "'listen' saved: each block once, by board, session and time, and intact records "
		 "of broken\n"
		 "blocks where there is no whole copy.  The result does not depend on the order of "
		 "the\n"
		 "inputs, nor on what was merged before.  The exit status is that of 'verify' for "
		 "it.",
	.example = "  " PROGRAM " merge -o whole.tsr heard.tsr /mnt/card/tarsier",
	.check = check,
	.run = run,
};
