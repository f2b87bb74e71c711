// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_session - who records what on which board, and what the collector says of itself */
#include "fakes.h"

#include <sys/utsname.h>
#include <unistd.h>

#include "clocks.h"
#include "session.h"

#define BOOT_ID                                                                                    \
	{                                                                                          \
		"/proc/sys/kernel/random/boot_id", "01234567-89ab-CDEF-fedc-ba9876543210"          \
	}

static struct stream stream;
static struct session session;

static int set_up(void **state)
{
	(void)state;
	memset(&session, 0, sizeof(session));
	memset(&fake_hook, 0, sizeof(fake_hook));
	fake_files = NULL;
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	return 0;
}

/* The board's name and id with these files. */
static const char *board_with(const struct fake_file *files)
{
	set_up(NULL);
	fake_files = files;
	session_begin(&session, &stream);
	return session.board_name;
}

static void test_board_by_option(void **state)
{
	static const struct fake_file files[] = { { "/etc/machine-id", "m" }, { NULL, NULL } };

	(void)state;
	fake_files = files;
	session.board = "foobar";
	session_begin(&session, &stream);
	assert_string_equal(session.board_name, "foobar");
	/* one of FNV-1a's published test vectors */
	assert_true(stream.board_id == 0x85944171f73967e8);
}

static void test_board_is_found(void **state)
{
	static const struct fake_file all[] = {
		{ "/proc/device-tree/serial-number", "serial" },
		{ "/sys/class/net/eth0/address", "mac" },
		{ "/etc/machine-id", "machine" },
		{ "/proc/sys/kernel/hostname", "host" },
		{ NULL, NULL },
	};
	static const struct fake_file empty_serial[] = {
		{ "/proc/device-tree/serial-number", "" },
		{ "/sys/class/net/eth0/address", "mac" },
		{ NULL, NULL },
	};

	(void)state;
	assert_string_equal(board_with(all), "serial");
	assert_string_equal(board_with(all + 1), "mac");
	assert_string_equal(board_with(all + 2), "machine");
	assert_string_equal(board_with(all + 3), "host");
	assert_string_equal(board_with(empty_serial), "mac");
	assert_string_equal(board_with(NULL), "unknown");
}

static void test_long_name_of_board(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'b', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	session.board = name;
	session_begin(&session, &stream);
	assert_memory_equal(session.board_name, name, sizeof(session.board_name) - 1);
	assert_int_equal(session.board_name[sizeof(session.board_name) - 1], 0);
}

static void test_boot_id(void **state)
{
	static const struct fake_file files[] = { BOOT_ID, { NULL, NULL } };
	static const struct fake_file broken[] = {
		{ "/proc/sys/kernel/random/boot_id",
		  "0123456789abcdef0123456789abcdef0123456789abcdef" },
		{ NULL, NULL },
	};
	static const __u8 wanted[16] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
					 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 };

	(void)state;
	board_with(files);
	assert_memory_equal(session.boot_id, wanted, 16);
	board_with(broken);
	assert_memory_equal(session.boot_id, wanted, 8);
	board_with(NULL);
	assert_memory_equal(session.boot_id, (const __u8[16]) { 0 }, 16);
}

static void test_ids_of_sessions_differ(void **state)
{
	__u8 first[16];

	(void)state;
	session_begin(&session, &stream);
	memcpy(first, stream.session_id, sizeof(first));
	session_begin(&session, &stream);
	assert_memory_not_equal(first, stream.session_id, sizeof(first));
}

/* The text of @kind that was written, all its parts. */
static const char *text_of(enum text_kind kind)
{
	static char text[4096];

	memset(text, 0, sizeof(text));
	for (unsigned int i = 0; i < fake_records(); i++) {
		const struct rec_text *record = fake_record(i);

		if (record->type != REC_text || record->kind != kind)
			continue;
		assert_int_equal(record->probe, 0);
		memcpy(text + record->part * TEXT_PART_SIZE, record->text, TEXT_PART_SIZE);
	}
	return text;
}

static void test_session_record(void **state)
{
	static const struct fake_file files[] = {
		BOOT_ID,
		{ "/sys/devices/system/cpu/possible", "0-3,6,8-9" },
		{ "/sys/devices/system/cpu/online", "0,2" },
		{ NULL, NULL },
	};
	const struct rec_session *record;
	__u64 before = now_ns();

	(void)state;
	fake_files = files;
	session.probes_wanted = 6;
	session.probes_active = 2;
	session.interval_ms = 250;
	session.ring_bytes = 4096;
	session.command = "tarsier run";
	session_begin(&session, &stream);
	session_write(&session, &stream);
	stream_flush(&stream);
	record = fake_record(0);
	assert_int_equal(record->type, REC_session);
	assert_memory_equal(record->boot_id, session.boot_id, 16);
	assert_true(before <= record->started_ns && record->started_ns <= now_ns());
	assert_int_equal(record->probes_wanted, 6);
	assert_int_equal(record->probes_active, 2);
	assert_int_equal(record->interval_ms, 250);
	assert_int_equal(record->ring_bytes, 4096);
	assert_int_equal(record->cpus_possible, 7);
	assert_int_equal(record->cpus_online, 2);
}

static void test_texts(void **state)
{
	char command[300];
	struct utsname name;

	(void)state;
	memset(command, 'c', sizeof(command));
	command[sizeof(command) - 1] = '\0';
	session.board = "board 7";
	session.command = command;
	session_begin(&session, &stream);
	session_write(&session, &stream);
	stream_flush(&stream);
	assert_int_equal(uname(&name), 0);
	assert_string_equal(text_of(TEXT_board), "board 7");
	assert_string_equal(text_of(TEXT_release), name.release);
	assert_string_equal(text_of(TEXT_machine), name.machine);
	assert_string_equal(text_of(TEXT_collector), "tarsier " TARSIER_VERSION);
	assert_string_equal(text_of(TEXT_command), command);
}

/* From another file than the one that the collector reads. */
static unsigned int resident_kib(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	unsigned int kib = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %u kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

static void test_self(void **state)
{
	const struct bpf_cost cost = { .run_ns = 11, .runs = 22, .maps_kib = 33, .ring_bytes = 44 };
	const struct rec_self *record;
	unsigned int kib;

	(void)state;
	assert_int_equal(session_open_files(), 0);
	session_write_self(&stream, cost, true);
	session_write_self(&stream, cost, false);
	stream_flush(&stream);
	record = fake_record(0);
	assert_int_equal(record->type, REC_self);
	assert_int_equal(record->flags, SELF_BPF_STATS);
	assert_true(record->bpf_run_ns == 11);
	assert_true(record->bpf_runs == 22);
	assert_int_equal(record->maps_kib, 33);
	assert_int_equal(record->ring_bytes, 44);
	assert_true(record->cpu_ns > 0);
	kib = resident_kib();
	assert_in_range(record->rss_kib, kib / 2, kib * 2);
	assert_in_range(record->peak_rss_kib, kib / 2, kib * 2);
	assert_int_equal(((const struct rec_self *)fake_record(1))->flags, 0);
}

static void test_fullest_map(void **state)
{
	struct bpf_cost cost = { 0 };

	(void)state;
	hook_note_entries(&cost, 0, 64);
	hook_note_entries(&cost, 10, 1000);
	hook_note_entries(&cost, 3, 4);
	hook_note_entries(&cost, 700, 1000);
	assert_int_equal(cost.entries_used, 3);
	assert_int_equal(cost.entries_room, 4);
	hook_note_entries(&cost, ~0u - 1, ~0u);
	assert_int_equal(cost.entries_room, ~0u);
}

/* Without /proc there is nothing to read, and no wrong number. */
static void test_self_without_statm(void **state)
{
	(void)state;
	session_write_self(&stream, (struct bpf_cost) { 0 }, false);
	stream_flush(&stream);
	assert_int_equal(((const struct rec_self *)fake_record(0))->rss_kib, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_self_without_statm, set_up),
		cmocka_unit_test(test_fullest_map),
		cmocka_unit_test_setup(test_board_by_option, set_up),
		cmocka_unit_test_setup(test_board_is_found, set_up),
		cmocka_unit_test_setup(test_long_name_of_board, set_up),
		cmocka_unit_test_setup(test_boot_id, set_up),
		cmocka_unit_test_setup(test_ids_of_sessions_differ, set_up),
		cmocka_unit_test_setup(test_session_record, set_up),
		cmocka_unit_test_setup(test_texts, set_up),
		cmocka_unit_test_setup(test_self, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
