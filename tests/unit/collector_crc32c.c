// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_crc32c - crc32c.h by table and by instruction: vectors, lengths, alignment, errors */
#include "fakes.h"

#include "crc32c.h"

#define LENGTH_MAX 200

/* One bit at a time, from the polynomial as RFC 3720 gives it: 0x1edc6f41, reflected. */
static __u32 reference(const __u8 *bytes, size_t length)
{
	__u32 crc = ~0u;

	while (length--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0x82f63b78 & -(crc & 1));
	}
	return ~crc;
}

static void fill(__u8 *bytes, size_t length, __u8 first, int step)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (__u8)(first + (int)i * step);
}

static void check_both(const void *bytes, size_t length, __u32 wanted)
{
	assert_int_equal(reference(bytes, length), wanted);
	assert_int_equal(crc32c(bytes, length, false), wanted);
	if (crc32c_has_instruction())
		assert_int_equal(crc32c(bytes, length, true), wanted);
}

/* Appendix B.4 of RFC 3720, which prints the bytes as they are sent: lowest first. */
static void test_vectors_of_rfc_3720(void **state)
{
	static const __u8 read_command[48] = {
		0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
		0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	};
	__u8 bytes[32];

	(void)state;
	fill(bytes, sizeof(bytes), 0x00, 0);
	check_both(bytes, sizeof(bytes), 0x8a9136aa);
	fill(bytes, sizeof(bytes), 0xff, 0);
	check_both(bytes, sizeof(bytes), 0x62a8ab43);
	fill(bytes, sizeof(bytes), 0, 1);
	check_both(bytes, sizeof(bytes), 0x46dd794e);
	fill(bytes, sizeof(bytes), 31, -1);
	check_both(bytes, sizeof(bytes), 0x113fdb5c);
	check_both(read_command, sizeof(read_command), 0xd9963a56);
}

static void test_check_value(void **state)
{
	(void)state;
	check_both("123456789", 9, 0xe3069283);
	check_both("", 0, 0);
}

static void test_every_length_and_alignment(void **state)
{
	__u8 bytes[LENGTH_MAX + 8];

	(void)state;
	fill(bytes, sizeof(bytes), 7, 37);
	for (size_t offset = 0; offset < 8; offset++)
		for (size_t length = 0; length <= LENGTH_MAX; length++)
			check_both(bytes + offset, length, reference(bytes + offset, length));
}

/* All errors of one and of two bits in a record: the code finds up to five. */
static void test_flipped_bits_are_found(void **state)
{
	__u8 bytes[RECORD_CRC_SPAN];
	__u32 right;

	(void)state;
	fill(bytes, sizeof(bytes), 3, 91);
	right = reference(bytes, sizeof(bytes));
	for (unsigned int one = 0; one < 8 * RECORD_CRC_SPAN; one++) {
		bytes[one / 8] ^= (__u8)(1 << one % 8);
		assert_int_not_equal(crc32c(bytes, sizeof(bytes), false), right);
		for (unsigned int other = 0; other < one; other++) {
			bytes[other / 8] ^= (__u8)(1 << other % 8);
			assert_int_not_equal(crc32c(bytes, sizeof(bytes), false), right);
			bytes[other / 8] ^= (__u8)(1 << other % 8);
		}
		bytes[one / 8] ^= (__u8)(1 << one % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_of_rfc_3720),
		cmocka_unit_test(test_check_value),
		cmocka_unit_test(test_every_length_and_alignment),
		cmocka_unit_test(test_flipped_bits_are_found),
	};

	if (!crc32c_has_instruction())
		tell_skipped("this CPU has no instruction for CRC-32C: only the table is tested");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
