// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_writer - formats to a stream, again and again while a recording goes on */
#include "check.h"
#include "decoder.h"
#include "encode.h"
#include "tell.h"

#define RUNQLAT (1u << PROBE_runqlat)

static struct options options;
static struct decoder *decoder;
static struct encoder encoder;

static int setup(void **state)
{
	(void)state;
	options = options_default();
	decoder = decoder_open(&options, NULL);
	encoder_open(&encoder, 1);
	encode_about(&encoder, "board", RUNQLAT);
	decoder_begin(decoder, "live", 0);
	return !decoder;
}

static int teardown(void **state)
{
	(void)state;
	decoder_close(decoder);
	encoder_release(&encoder);
	return 0;
}

static void feed(size_t from)
{
	reader_feed(&decoder->reader, encoder.bytes + from, encoder.length - from);
}

/* A snapshot of @count waits, in a block of its own; it is read at once. */
static void add(size_t count)
{
	static const __u64 values[] = { 100, 1000, 1024, 3000000000 };
	__u64 columns[LEDGER_COLUMNS] = { count, count };
	size_t from = encoder.length;

	encode_snapshot(&encoder, PROBE_runqlat, values, count);
	encode_counters(&encoder, PROBE_runqlat, columns);
	encode_block_end(&encoder);
	feed(from);
}

/* What @format makes of it so far; the caller frees it. */
static char *render(const char *format)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	struct writer *writer =
		writer_open_stream(format_find(format), WRITES_REPORT, out, &options);

	assert_non_null(writer);
	tell(decoder, writer);
	assert_true(writer_close(writer));
	fputs("still open", out);
	fclose(out);
	return text;
}

static void check_has(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

/* An edge belongs to its bucket, 1023 ns to that below and 1024 ns to that above. */
static void renders_prometheus_while_it_goes_on(void **state)
{
	char *text;

	(void)state;
	add(3);
	text = render("prometheus");
	check_has(text,
		  "tarsier_runqlat_seconds_bucket{board=\"board\",session=\"1\",scope=\"all\","
		  "le=\"0.000000127\"} 1\n");
	check_has(text, "le=\"0.000001023\"} 2\n");
	check_has(text, "le=\"0.000002047\"} 3\n");
	check_has(text, "tarsier_runqlat_seconds_sum{board=\"board\",session=\"1\",scope=\"all\"} "
			"0.000002124\n");
	free(text);
	add(4);
	text = render("prometheus");
	check_has(text, "le=\"2.147483647\"} 3\n");
	check_has(text, "le=\"+Inf\"} 4\n");
	check_has(text, "seconds_count{board=\"board\",session=\"1\",scope=\"all\"} 4\n");
	check_has(text, "# TYPE tarsier_events_total counter\n");
	check_has(text, "column=\"delivered\",lost=\"false\"} 4\n");
	free(text);
}

/* What is scraped has no time of its own. */
static void renders_openmetrics_without_dates(void **state)
{
	char *text;

	(void)state;
	add(2);
	text = render("openmetrics");
	check_has(text, "# TYPE tarsier_events counter\n");
	check_has(text, "column=\"delivered\",lost=\"false\"} 2\n");
	check_has(text, "# EOF\nstill open");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(renders_prometheus_while_it_goes_on, setup,
						teardown),
		cmocka_unit_test_setup_teardown(renders_openmetrics_without_dates, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
