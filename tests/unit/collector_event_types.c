// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_event_types - tracepoints' records as libbpf shall see them, from their descriptions in tracefs */
#include "fakes.h"

#include <bpf/btf.h>
#include <errno.h>

#include "event_types.h"

/* As Linux 6.1 describes it, the common fields left out. */
static const char switch_format[] = "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
				    "\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
				    "\tfield:int prev_prio;\toffset:28;\tsize:4;\tsigned:1;\n"
				    "\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n"
				    "\tfield:char next_comm[16];\toffset:40;\tsize:16;\tsigned:0;\n"
				    "\tfield:pid_t next_pid;\toffset:56;\tsize:4;\tsigned:1;\n";

/* With PREEMPT_RT there is one common field more, and all of the event's own move by 4. */
static const char moved_format[] = "\tfield:char prev_comm[16];\toffset:12;\tsize:16;\tsigned:0;\n"
				   "\tfield:pid_t prev_pid;\toffset:28;\tsize:4;\tsigned:1;\n"
				   "\tfield:long prev_state;\toffset:40;\tsize:8;\tsigned:1;\n";

static char why[EVENT_TYPES_WHY];

/* An object that declares a record with these fields, in another order and elsewhere. */
static struct btf *declare(void)
{
	struct btf *local = btf__new_empty();
	int number = btf__add_int(local, "int", 4, BTF_INT_SIGNED), letter, name;

	letter = btf__add_int(local, "char", 1, BTF_INT_SIGNED);
	name = btf__add_array(local, number, letter, 16);
	btf__add_struct(local, "event__sched__sched_switch", 24);
	btf__add_field(local, "prev_pid", number, 0, 0);
	btf__add_field(local, "prev_comm", name, 32, 0);
	btf__add_field(local, "prev_state", number, 160, 0);
	return local;
}

static const struct btf_type *find(const struct btf *types)
{
	int id = btf__find_by_name_kind(types, "event__sched__sched_switch", BTF_KIND_STRUCT);

	return id < 0 ? NULL : btf__type_by_id(types, (__u32)id);
}

static void member(const struct btf *types, unsigned int i, const char *name, __u32 offset,
		   __s64 size)
{
	const struct btf_member *found = &btf_members(find(types))[i];

	assert_string_equal(btf__name_by_offset(types, found->name_off), name);
	assert_int_equal(found->offset, offset * 8);
	assert_int_equal(btf__resolve_size(types, found->type), size);
}

static void test_fields(void **state)
{
	struct btf *local = declare(), *types = btf__new_empty();

	(void)state;
	assert_int_equal(event_types_add(types, local, "sched:sched_switch", switch_format, why),
			 0);
	assert_non_null(find(types));
	assert_int_equal(btf_vlen(find(types)), 3);
	assert_int_equal(find(types)->size, 40);
	member(types, 0, "prev_pid", 24, 4);
	member(types, 1, "prev_comm", 8, 16);
	member(types, 2, "prev_state", 32, 8);
	btf__free(types);
	btf__free(local);
}

static void test_moved(void **state)
{
	struct btf *local = declare(), *types = btf__new_empty();

	(void)state;
	assert_int_equal(event_types_add(types, local, "sched:sched_switch", moved_format, why), 0);
	member(types, 0, "prev_pid", 28, 4);
	member(types, 1, "prev_comm", 12, 16);
	member(types, 2, "prev_state", 40, 8);
	btf__free(types);
	btf__free(local);
}

static void test_missing_field(void **state)
{
	struct btf *local = declare(), *types = btf__new_empty();

	(void)state;
	assert_int_equal(
		event_types_add(types, local, "sched:sched_switch",
				"\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n", why),
		-ENOENT);
	assert_string_equal(why, "its record has no field prev_comm");
	assert_null(find(types));
	btf__free(types);
	btf__free(local);
}

static void test_not_declared(void **state)
{
	struct btf *local = declare(), *types = btf__new_empty();

	(void)state;
	assert_int_equal(event_types_add(types, local, "sched:sched_wakeup", switch_format, why),
			 0);
	assert_int_equal(btf__type_cnt(types), 1);
	btf__free(types);
	btf__free(local);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_missing_field),
		cmocka_unit_test(test_not_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
