// SPDX-License-Identifier: GPL-2.0-or-later
/* event_types - where tracepoints' records have the fields that a BPF object reads, as type information */
#include "event_types.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event_format.h"
#include "sections.h"
#include "tracefs.h"

static char wanting[160];

/* "sched:sched_switch": event__sched__sched_switch */
static void name_type(char *name, size_t size, const char *event)
{
	size_t system = strcspn(event, ":");

	snprintf(name, size, "event__%.*s__%s", (int)system, event, event + system + 1);
}

/* A number, or an array of characters, of so many bytes: its id in @types. */
static int add_field_type(struct btf *types, const struct event_field *field)
{
	int id = btf__add_int(types, field->is_array ? "char" : "number",
			      field->is_array ? 1 : field->size, 0);

	return id < 0 || !field->is_array ? id : btf__add_array(types, id, id, field->size);
}

/* The fields' types first: a struct's members have to follow it at once. */
static int add_types(struct btf *types, const struct btf *local, const struct btf_type *declared,
		     const char *format, struct event_field *fields, int *ids)
{
	const struct btf_member *members = btf_members(declared);

	for (unsigned int i = 0; i < btf_vlen(declared); i++) {
		const char *name = btf__name_by_offset(local, members[i].name_off);

		if (event_field_find(format, name, &fields[i])) {
			snprintf(wanting, sizeof(wanting), "%s has no field %s",
				 btf__name_by_offset(local, declared->name_off), name);
			return -ENOENT;
		}
		ids[i] = add_field_type(types, &fields[i]);
		if (ids[i] < 0)
			return ids[i];
	}
	return 0;
}

#define FIELDS_MAX 16

static int add_event(struct btf *types, const struct btf *local, const struct btf_type *declared,
		     const char *format)
{
	const struct btf_member *members = btf_members(declared);
	struct event_field fields[FIELDS_MAX];
	unsigned int size = 0;
	int ids[FIELDS_MAX], err;

	if (btf_vlen(declared) > FIELDS_MAX)
		return -E2BIG;
	err = add_types(types, local, declared, format, fields, ids);
	if (err)
		return err;
	for (unsigned int i = 0; i < btf_vlen(declared); i++)
		if (fields[i].offset + fields[i].size > size)
			size = fields[i].offset + fields[i].size;
	err = btf__add_struct(types, btf__name_by_offset(local, declared->name_off), size);
	for (unsigned int i = 0; i < btf_vlen(declared) && err >= 0; i++)
		err = btf__add_field(types, btf__name_by_offset(local, members[i].name_off), ids[i],
				     fields[i].offset * 8, 0);
	return err < 0 ? err : 0;
}

static int supply_event(const struct bpf_object *object, struct btf *types, const char *event,
			const char **why)
{
	const struct btf *local = bpf_object__btf(object);
	char format[TRACEFS_FORMAT_SIZE], name[SECTION_NAME_SIZE];
	int err, id;

	err = tracefs_read(event, "format", format, sizeof(format));
	if (err) {
		*why = tracefs_why(event, err);
		return err;
	}
	name_type(name, sizeof(name), event);
	id = btf__find_by_name_kind(local, name, BTF_KIND_STRUCT);
	if (id < 0)
		return 0; /* it reads none of its fields by name */
	snprintf(wanting, sizeof(wanting), "cannot describe %s", event);
	*why = wanting;
	return add_event(types, local, btf__type_by_id(local, (__u32)id), format);
}

int event_types_add(const struct bpf_object *object, struct btf *types, const char **why)
{
	struct bpf_program *program;
	char event[SECTION_NAME_SIZE];
	int err = 0;

	bpf_object__for_each_program (program, object) {
		if (!bpf_program__autoload(program) ||
		    !sections_event(program, event, sizeof(event)))
			continue;
		err = supply_event(object, types, event, why);
		if (err)
			return err;
	}
	return 0;
}
