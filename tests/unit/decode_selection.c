// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_selection - what is asked for: boards, sessions, tasks, CPUs and times, however they are said */
#include <time.h>

#include "check.h"
#include "decoder.h"
#include "duration.h"
#include "encode.h"
#include "histset.h"
#include "selection.h"
#include "verdict.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SECOND_NS 1000000000ULL
#define DATE 1738327800ULL /* 2025-01-31 12:50:00, by date(1) */

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		__u64 ns;
	} good[] = {
		{ "2025-01-31 12:50", DATE * SECOND_NS },
		{ "2025-01-31T12:50", DATE * SECOND_NS },
		{ "2025-01-31T12:50Z", DATE * SECOND_NS },
		{ "2025-01-31 12:50:00", DATE * SECOND_NS },
		{ "2025-01-31T12:50:07Z", (DATE + 7) * SECOND_NS },
		{ "2025-01-31 12:50:07.5", (DATE + 7) * SECOND_NS + 500000000 },
		{ "2025-01-31 12:50:07.000000001Z", (DATE + 7) * SECOND_NS + 1 },
		{ "2025-01-31 12:50:07.1234567891", (DATE + 7) * SECOND_NS + 123456789 },
		{ "2025-01-31", (DATE - 12 * 3600 - 50 * 60) * SECOND_NS },
		{ "1970-01-01", 0 },
		{ "2024-02-29", 1709164800 * SECOND_NS },
		{ "2554-01-01", 18429292800 * SECOND_NS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct moment moment = { .kind = MOMENT_NONE };

		if (!moment_parse(good[i].text, &moment) || moment.ns != good[i].ns)
			print_message("# %s: %llu\n", good[i].text, moment.ns);
		assert_true(moment.kind == MOMENT_DATE && moment.ns == good[i].ns);
	}
}

static void test_what_is_no_moment(void **state)
{
	static const char *const bad[] = {
		"",
		"now",
		"2025",
		"2025-13-01",
		"2025-02-31",
		"2025-02-29",
		"2025-00-10",
		"2025-01-31 24:01",
		"2025-01-31 12:60",
		"2025-01-31.5",
		"2025-01-31 12:50.5",
		"2025-01-31 12:50:00.",
		"2025-01-31 12:50:60",
		"2025-01-31 12:50 UTC",
		"2025-01-31x",
		"1969-12-31",
		"2600-01-01",
		"9999-12-31",
		"+",
		"-",
		"+-1",
		"+1x",
		"-0",
		"+1 s",
		"--1",
		"-400d",
		"12:50",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct moment moment;
		bool is_one = moment_parse(bad[i], &moment);

		if (is_one)
			print_message("# %s is taken for a moment\n", bad[i]);
		assert_false(is_one);
	}
}

static void test_relative(void **state)
{
	struct moment moment;
	__u64 now, before = (__u64)time(NULL) * SECOND_NS;

	(void)state;
	assert_true(moment_parse("+90s", &moment));
	assert_int_equal(moment.kind, MOMENT_FROM_START);
	assert_true(moment.ns == 90 * SECOND_NS);
	assert_true(moment_parse("-10m", &moment));
	now = ((__u64)time(NULL) + 1) * SECOND_NS;
	assert_int_equal(moment.kind, MOMENT_DATE);
	assert_true(moment.ns + 600 * SECOND_NS >= before && moment.ns + 600 * SECOND_NS <= now);
}

static void test_durations(void **state)
{
	static const char *const bad[] = { "",	  "s",	      "1S",	 "0x10s", "1e",
					   "1 ",  "0.0001ms", "1ns",	 "1.5.5", "9e99",
					   "nan", "-0",	      "31622401" };
	__u64 ns;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		bool is_one = duration_parse(bad[i], &ns);

		if (is_one)
			print_message("# %s is taken for a duration\n", bad[i]);
		assert_false(is_one);
	}
	assert_true(duration_parse("31622400", &ns) && ns == 31622400 * SECOND_NS);
	assert_true(duration_parse("1e3ms", &ns) && ns == SECOND_NS);
}

/* What a decoder makes of one session of a board. */
struct recording {
	struct options options;
	struct encoder encoder;
	struct decoder *decoder;
	struct session *session;
};

static void open_recording(struct recording *recording, const char *board)
{
	__u64 columns[LEDGER_COLUMNS] = { 1, 1 };

	recording->options = options_default();
	recording->options.rows = 0;
	recording->decoder = decoder_open(&recording->options, stdout);
	assert_non_null(recording->decoder);
	encoder_open(&recording->encoder, 1);
	encode_about(&recording->encoder, board, 1u << PROBE_runqslower);
	encode_task(&recording->encoder, 7, 1000, "kworker/0");
	encode_wait(&recording->encoder, "worker", 100, 20000000, ~0u);
	encode_counters(&recording->encoder, PROBE_runqslower, columns);
	recording->encoder.totals.entered = 1;
	encode_closing(&recording->encoder);
}

static void read_recording(struct recording *recording)
{
	struct decoder *decoder = recording->decoder;

	decoder_begin(decoder, "test", 0);
	reader_feed(&decoder->reader, recording->encoder.bytes, recording->encoder.length);
	decoder_end(decoder);
	decoder_settle(decoder);
	recording->session = decoder->sessions.count ? decoder->sessions.session[0] : NULL;
}

static void close_recording(struct recording *recording)
{
	decoder_close(recording->decoder);
	encoder_release(&recording->encoder);
}

static bool takes(const struct recording *recording, const char *board, const char *session)
{
	struct selection selection = { .board = board, .session = session };

	return selection_takes_session(&selection, recording->session);
}

static void test_sessions(void **state)
{
	struct recording recording;

	(void)state;
	open_recording(&recording, "arm-board[1]");
	read_recording(&recording);
	assert_true(takes(&recording, NULL, NULL));
	assert_true(takes(&recording, "arm-*", NULL));
	assert_true(takes(&recording, "arm-board\\[1\\]", NULL));
	assert_true(takes(&recording, "b0a4d", NULL));
	assert_true(takes(&recording, "0xB0A4D00000000001", NULL));
	assert_true(takes(&recording, NULL, "1"));
	assert_true(takes(&recording, NULL, "2027"));
	assert_true(takes(&recording, NULL, "20272E353C434A51585F666D747B8289"));
	assert_true(takes(&recording, "arm*", "1"));
	assert_false(takes(&recording, "arm", NULL));
	assert_false(takes(&recording, "[", NULL));
	assert_false(takes(&recording, "b0a", NULL)); /* fewer than four digits are a name */
	assert_false(takes(&recording, "0x", NULL));
	assert_false(takes(&recording, "b0a4d000000000010", NULL));
	assert_false(takes(&recording, NULL, "01"));
	assert_false(takes(&recording, NULL, "2"));
	assert_false(takes(&recording, NULL, "20272e353c434a51585f666d747b82890"));
	assert_false(takes(&recording, "arm*", "2"));
	close_recording(&recording);
}

static void test_subjects(void **state)
{
	static const char comm[COMM_SIZE] = "sixteen bytes!!!";
	struct selection selection = { .cpu = SELECT_ANY, .pid = SELECT_ANY };
	struct subject task = { .tid = 5, .tgid = 4, .comm = comm }, nothing = { .tid = 0 };
	struct subject cpu = { .has_cpu = true };

	(void)state;
	assert_true(selection_takes(&selection, &nothing));
	selection.pid = 4;
	assert_true(selection_takes(&selection, &task));
	selection.pid = 5;
	assert_true(selection_takes(&selection, &task));
	assert_false(selection_takes(&selection, &nothing));
	selection.comm = "sixteen*!!!";
	assert_true(selection_takes(&selection, &task));
	selection.comm = "sixteen";
	assert_false(selection_takes(&selection, &task));
	selection = (struct selection) { .cpu = 0, .pid = SELECT_ANY };
	assert_true(selection_takes(&selection, &cpu));
	assert_false(selection_takes(&selection, &task));
}

static bool takes_histogram(const struct recording *recording, const struct selection *selection,
			    enum hist_scope scope, __u32 key)
{
	static struct keyed_histogram keyed;

	keyed.shape = HIST_SHAPE(scope, H2_PRECISION);
	keyed.key = key;
	return selection_takes_histogram(selection, recording->session, &keyed);
}

static void test_histograms(void **state)
{
	struct selection pid_0 = { .cpu = SELECT_ANY }, cpu_3 = { .cpu = 3, .pid = SELECT_ANY };
	struct selection comm = { .cpu = SELECT_ANY, .pid = SELECT_ANY, .comm = "kworker*" };
	struct recording recording;

	(void)state;
	open_recording(&recording, "arm-board-1");
	read_recording(&recording);
	assert_false(takes_histogram(&recording, &pid_0, SCOPE_ALL, 0));
	assert_false(takes_histogram(&recording, &pid_0, SCOPE_CPU, 0));
	assert_true(takes_histogram(&recording, &pid_0, SCOPE_TID, 0));
	assert_true(takes_histogram(&recording, &cpu_3, SCOPE_CPU, 3));
	assert_true(takes_histogram(&recording, &cpu_3, SCOPE_IDLE, 3));
	assert_false(takes_histogram(&recording, &cpu_3, SCOPE_CPU, 4));
	assert_false(takes_histogram(&recording, &cpu_3, SCOPE_TID, 3));
	assert_true(takes_histogram(&recording, &comm, SCOPE_TID, 7));
	assert_false(takes_histogram(&recording, &comm, SCOPE_TID, 8));
	assert_false(takes_histogram(&recording, &comm, SCOPE_CPU, 0));
	assert_false(takes_histogram(&recording, &comm, 15, 7));
	close_recording(&recording);
}

/* What the verdict prints; the caller frees it. */
static char *said(const struct decoder *decoder)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	verdict_print(decoder, out);
	fclose(out);
	return text;
}

static void check_verdict(size_t cut, size_t flip, bool clean, const char *wanted)
{
	struct recording recording;
	char *text;

	open_recording(&recording, "arm-board-1");
	recording.encoder.length -= cut;
	if (flip)
		recording.encoder.bytes[flip] ^= 1;
	read_recording(&recording);
	text = said(recording.decoder);
	if (verdict(recording.decoder) != clean || !strstr(text, wanted))
		print_message("# cut %zu, flip %zu: %s\n", cut, flip, text);
	assert_int_equal(verdict(recording.decoder), clean);
	assert_non_null(strstr(text, wanted));
	assert_true(!clean || !*text);
	free(text);
	close_recording(&recording);
}

static void test_verdict(void **state)
{
	(void)state;
	check_verdict(0, 0, true, "");
	check_verdict(RECORD_SIZE, 0, false, "0 records missing; see");
	check_verdict(0, 2 * RECORD_SIZE + 20, false, "1 record missing; see");
	check_verdict(0, 2 * RECORD_SIZE + 20, false, "input: 1 damaged range of 64 bytes");
	check_verdict(10, 0, false, "input: 1 damaged range of 54 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),	   cmocka_unit_test(test_what_is_no_moment),
		cmocka_unit_test(test_relative),   cmocka_unit_test(test_durations),
		cmocka_unit_test(test_sessions),   cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_histograms), cmocka_unit_test(test_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
