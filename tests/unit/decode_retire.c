// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_retire - which sessions a receiver forgets when it is short of room */
#include "check.h"

#include "encode.h"
#include "options.h"
#include "retire.h"

#define NOW_NS (1800000000ULL * NS_PER_SEC)
#define BOARDS 30

static struct options options;

static struct decoder *open_decoder(size_t memory)
{
	options = options_default();
	options.memory_max = memory;
	options.listen = "0";
	return decoder_open(&options, stdout);
}

/* Board @number says something, and perhaps that this was all. */
static void hear(struct decoder *decoder, unsigned int number, __u64 arrival_ns, bool closing)
{
	struct encoder encoder;

	encoder_open(&encoder, number);
	encode_about(&encoder, "board", 0);
	if (closing)
		encode_closing(&encoder);
	else
		encode_block_end(&encoder);
	decoder->shared.arrival_ns = arrival_ns;
	decoder_begin(decoder, "datagrams", 0);
	reader_feed(&decoder->reader, encoder.bytes, encoder.length);
	decoder_end(decoder);
	encoder_release(&encoder);
}

static void nobody_goes_while_there_is_room(void **state)
{
	struct decoder *decoder = open_decoder(64 << 20);

	(void)state;
	hear(decoder, 1, NOW_NS, true);
	assert_int_equal(retire(decoder, NOW_NS + 86400 * NS_PER_SEC, NULL), 0);
	assert_int_equal(decoder->sessions.count, 1);
	decoder_close(decoder);
}

/* So much that there is room, but not enough. */
static struct decoder *open_full(bool closing)
{
	struct decoder *decoder = open_decoder(BOARDS * 8000);

	for (unsigned int i = 1; decoder->shared.budget.left > BOARDS * 8000 / 4; i++)
		hear(decoder, i, NOW_NS + i * NS_PER_SEC, closing);
	return decoder;
}

static void who_may_go_on_keeps_its_place(void **state)
{
	struct decoder *decoder = open_full(false);
	unsigned int count = decoder->sessions.count;

	(void)state;
	assert_int_equal(retire(decoder, NOW_NS + 300 * NS_PER_SEC, NULL), 0);
	assert_int_equal(decoder->sessions.count, count);
	decoder_close(decoder);
}

static void the_longest_silent_goes_first(void **state)
{
	struct decoder *decoder = open_full(false);
	unsigned int count = decoder->sessions.count, retired;

	(void)state;
	retired = retire(decoder, NOW_NS + 700 * NS_PER_SEC, NULL);
	assert_true(retired > 0);
	assert_int_equal(decoder->sessions.count, count - retired);
	assert_int_equal(decoder->sessions.session[0]->number, retired + 1);
	/* numbers are not given away twice, and what is left is found */
	hear(decoder, 1000, NOW_NS + 700 * NS_PER_SEC, false);
	assert_int_equal(decoder->sessions.session[decoder->sessions.count - 1]->number, count + 1);
	hear(decoder, count, NOW_NS + 701 * NS_PER_SEC, false);
	assert_int_equal(decoder->sessions.count, count - retired + 1);
	decoder_close(decoder);
}

static void closed_ones_go_sooner(void **state)
{
	struct decoder *decoder = open_full(true);

	(void)state;
	assert_true(retire(decoder, NOW_NS + 300 * NS_PER_SEC, NULL) > 0);
	decoder_close(decoder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_goes_while_there_is_room),
		cmocka_unit_test(who_may_go_on_keeps_its_place),
		cmocka_unit_test(the_longest_silent_goes_first),
		cmocka_unit_test(closed_ones_go_sooner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
