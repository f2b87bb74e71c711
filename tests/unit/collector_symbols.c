// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_symbols - functions found in a /proc/kallsyms of the test's own */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbols.h"

static char path[64];
static int file = -1;

static int open_file(void **state)
{
	(void)state;
	file = memfd_create("kallsyms", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	return file < 0;
}

static int close_file(void **state)
{
	(void)state;
	return close(file);
}

static void add(const char *line)
{
	assert_int_equal(write(file, line, strlen(line)), strlen(line));
}

static void add_kernel(void)
{
	add("ffffffc008000000 T _text\n"
	    "ffffffc008000010 t vfs_read\n"
	    "ffffffc008000020 T vfs_readv\n"
	    "ffffffc008000030 T vfs_write\n"
	    "ffffffc008000040 d vfs_raed\n"
	    "ffffffc008000050 t __pfx_vfs_read\n"
	    "ffffffc008000060 t vfs_reads.part.0\n"
	    "ffffffc008000070 t pick_task.cold\n"
	    "ffffffc008000080 t pick_task.isra.0.cold\n"
	    "ffffffc008000090 t pick_task.isra.0\n"
	    "ffffffc0080000a0 t pick_task.constprop.3\n"
	    "ffffffc0080000b0 t twice\n"
	    "ffffffc0080000c0 t twice\n"
	    "ffffffc0080000d0 t smmu_read\t[smmu]\n"
	    "ffffffc0080000e0 t bpf_prog_read\t[bpf]\n"
	    "ffffffc0080000f0 W weak_one");
}

static struct symbols found(const char *name)
{
	struct symbols symbols;

	assert_int_equal(symbols_find(path, name, &symbols), 0);
	return symbols;
}

static void test_names(void **state)
{
	(void)state;
	add_kernel();
	assert_int_equal(found("vfs_read").exact, 1);
	assert_int_equal(found("twice").exact, 2);
	assert_int_equal(found("smmu_read").exact, 1);
	assert_int_equal(found("vfs_raed").exact, 0); /* not a function */
	assert_int_equal(found("vfs_rea").exact, 0);
	assert_int_equal(found("bpf_prog_read").exact, 0);
	assert_int_equal(found("").exact, 0);
}

static void test_variants(void **state)
{
	(void)state;
	add_kernel();
	assert_string_equal(found("pick_task").variant, "pick_task.isra.0");
	assert_string_equal(found("vfs_read").variant, "");
	assert_string_equal(found("vfs_reads").variant, "");
	assert_int_equal(found("pick_task").exact, 0);
}

static void test_unreadable(void **state)
{
	struct symbols symbols;
	char near[SYMBOLS_NEAR][SYMBOL_SIZE];

	(void)state;
	assert_int_equal(symbols_find("/proc/self/no/such", "a", &symbols), -ENOENT);
	assert_int_equal(symbols_near("/proc/self/no/such", "a", near), -ENOENT);
	assert_string_equal(near[0], "");
}

/* Of a buffer's size of lines, and with a line that is longer than any. */
static void test_many_lines(void **state)
{
	char line[64], giant[20000];

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(line, sizeof(line), "ffffffc0080%05x t function_%u\n", i, i);
		add(line);
	}
	memset(giant, 'x', sizeof(giant));
	giant[sizeof(giant) - 1] = '\0';
	add(giant);
	add("\nffffffc008000000 t last_one\n");
	assert_int_equal(found("function_0").exact, 1);
	assert_int_equal(found("function_4999").exact, 1);
	assert_int_equal(found("last_one").exact, 1);
}

static void check_near(const char *name, const char *first, const char *second, const char *third)
{
	char near[SYMBOLS_NEAR][SYMBOL_SIZE];

	assert_int_equal(symbols_near(path, name, near), 0);
	assert_string_equal(near[0], first);
	assert_string_equal(near[1], second);
	assert_string_equal(near[2], third);
}

static void test_near(void **state)
{
	char name[SYMBOL_SIZE + 8];

	(void)state;
	add_kernel();
	check_near("vfs_raed", "vfs_read", "vfs_readv", "vfs_write");
	check_near("vfs_read", "vfs_readv", "vfs_write", "smmu_read"); /* never itself */
	check_near("twise", "twice", "", "");
	check_near("something_else", "", "", "");
	check_near("", "", "", "");
	memset(name, 'v', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	check_near(name, "", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, open_file, close_file),
		cmocka_unit_test_setup_teardown(test_variants, open_file, close_file),
		cmocka_unit_test_setup_teardown(test_unreadable, open_file, close_file),
		cmocka_unit_test_setup_teardown(test_many_lines, open_file, close_file),
		cmocka_unit_test_setup_teardown(test_near, open_file, close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
