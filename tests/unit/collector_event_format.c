// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_event_format - fields found in descriptions of tracepoints, of kernels and of nobody */
#include "fakes.h"

#include <errno.h>

#include "event_format.h"

static const char format[] = "name: io_fault_entry\n"
			     "ID: 1207\n"
			     "format:\n"
			     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			     "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
			     "\n"
			     "\tfield:__data_loc char[] dev;\toffset:8;\tsize:4;\tsigned:0;\n"
			     "\tfield:u32 pasid;\toffset:12;\tsize:4;\tsigned:0;\n"
			     "\tfield:__rel_loc char[] near;\toffset:16;\tsize:4;\tsigned:0;\n"
			     "\tfield:char comm[16];\toffset:20;\tsize:16;\tsigned:0;\n"
			     "\tfield:const char * name;\toffset:40;\tsize:8;\tsigned:0;\n"
			     "\n"
			     "print fmt: \"dev=%s pasid=%u\", __get_str(dev), REC->pasid\n";

static void check(const char *name, unsigned int offset, unsigned int size, const char *kind)
{
	struct event_field field = { 0 };

	assert_int_equal(event_field_find(format, name, &field), 0);
	assert_int_equal(field.offset, offset);
	assert_int_equal(field.size, size);
	assert_int_equal(field.is_array, !strcmp(kind, "array"));
	assert_int_equal(field.is_data_loc, !strcmp(kind, "data_loc"));
	assert_int_equal(field.is_rel_loc, !strcmp(kind, "rel_loc"));
}

static void test_fields(void **state)
{
	(void)state;
	check("common_type", 0, 2, "");
	check("common_pid", 4, 4, "");
	check("dev", 8, 4, "data_loc");
	check("pasid", 12, 4, "");
	check("near", 16, 4, "rel_loc");
	check("comm", 20, 16, "array");
	check("name", 40, 8, "");
}

static void check_missing(const char *text, const char *name)
{
	struct event_field field = { .offset = 99 };

	assert_int_equal(event_field_find(text, name, &field), -ENOENT);
	assert_int_equal(field.offset, 99);
}

static void test_no_field(void **state)
{
	(void)state;
	check_missing(format, "device");
	check_missing(format, "de");
	check_missing(format, "ev");
	check_missing(format, "pid");
	check_missing(format, "char");
	check_missing(format, "__get_str");
	check_missing("", "dev");
}

static void test_broken_descriptions(void **state)
{
	(void)state;
	check_missing("field:", "dev");
	check_missing("field:]", "dev");
	check_missing("field:u32 dev", "dev");
	check_missing("field:u32 dev;", "dev");
	check_missing("field:u32 dev;\toffset:8;", "dev");
	check_missing("field:u32 dev;\toffset:x;\tsize:4;", "dev");
	check_missing("field:u32\ndev;\toffset:8;\tsize:4;", "dev");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_no_field),
		cmocka_unit_test(test_broken_descriptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
