// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_metrics - a page of metrics holds what fits, says what does not, and ends as its format wants */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "metrics.h"
#include "options.h"

#define CPUS 200 /* more histograms than a session's series are enough for */

static struct options options;

static struct decoder *open_decoder(void)
{
	options = options_default();
	options.memory_max = 256 << 20;
	options.listen = "0";
	return decoder_open(&options, stdout);
}

/* Board @number has a histogram for each of @cpus CPUs. */
static void hear(struct decoder *decoder, unsigned int number, unsigned int cpus)
{
	const __u64 values[] = { 1000, 2000, 3000 };
	struct encoder encoder;

	encoder_open(&encoder, number);
	encode_about(&encoder, "board", 1u << PROBE_runqlat);
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		encode_snapshot_of(&encoder, PROBE_runqlat, HIST_SHAPE(SCOPE_CPU, H2_PRECISION),
				   cpu, values, 3);
	encode_block_end(&encoder);
	decoder_begin(decoder, "datagrams", 0);
	reader_feed(&decoder->reader, encoder.bytes, encoder.length);
	decoder_end(decoder);
	encoder_release(&encoder);
}

/* To be freed. */
static char *page_of(const struct decoder *decoder, const struct facts *facts, enum http_page kind)
{
	char *page;
	size_t length;
	FILE *out = open_memstream(&page, &length);

	assert_non_null(out);
	assert_true(metrics_write(decoder, facts, kind, out));
	fclose(out);
	return page;
}

static unsigned int count(const char *page, const char *text)
{
	unsigned int found = 0;

	for (const char *at = strstr(page, text); at; at = strstr(at + 1, text))
		found++;
	return found;
}

/* Of the receiver; -1: it is not there. */
static long value_of(const char *page, const char *name)
{
	char line[128];
	const char *at;

	snprintf(line, sizeof(line), "\ntarsier_receiver_%s ", name);
	at = strstr(page, line);
	return at ? strtol(at + strlen(line), NULL, 10) : -1;
}

static void what_fits_is_whole(void **state)
{
	struct decoder *decoder = open_decoder();
	struct facts facts = { .datagrams = 7, .foreign = 2 };
	char *page;

	(void)state;
	hear(decoder, 1, 3);
	page = page_of(decoder, &facts, HTTP_PROMETHEUS);
	assert_int_equal(count(page, "tarsier_runqlat_seconds_count{"), 3);
	assert_int_equal(value_of(page, "datagrams"), 7);
	assert_int_equal(value_of(page, "datagrams_foreign"), 2);
	assert_int_equal(value_of(page, "series_left_out"), 0);
	/* what this receiver does not do has no figure */
	assert_int_equal(value_of(page, "files"), -1);
	assert_int_equal(value_of(page, "datagrams_refused"), -1);
	assert_null(strstr(page, "# EOF"));
	free(page);
	decoder_close(decoder);
}

static void one_session_cannot_fill_the_page(void **state)
{
	struct decoder *decoder = open_decoder();
	struct facts facts = { .stores = true, .store = { .files = 5, .removed = 1 } };
	unsigned int shown;
	char *page;

	(void)state;
	hear(decoder, 1, CPUS);
	hear(decoder, 2, 3);
	page = page_of(decoder, &facts, HTTP_OPENMETRICS);
	shown = count(page, "tarsier_runqlat_seconds_count{") - 3;
	assert_in_range(shown, METRICS_SERIES_OF_SESSION / 34 - 10, METRICS_SERIES_OF_SESSION / 34);
	assert_true(value_of(page, "series_left_out") >= (long)(CPUS - shown) * 34);
	assert_int_equal(value_of(page, "files"), 5);
	assert_int_equal(value_of(page, "sessions"), 2);
	assert_string_equal(page + strlen(page) - 6, "# EOF\n");
	free(page);
	decoder_close(decoder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_is_whole),
		cmocka_unit_test(one_session_cannot_fill_the_page),
	};

	return cmocka_run_group_tests_name("decode_metrics", tests, NULL, NULL);
}
