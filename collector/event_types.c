// SPDX-License-Identifier: GPL-2.0-or-later
/* event_types - where a tracepoint's record has the fields that a BPF object reads, as type information */
#include "event_types.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event_format.h"

#define FIELDS_MAX 16
#define NAME_SIZE 96

/* What @local declares, and what becomes of it. */
struct event {
	const struct btf *local;
	const struct btf_type *declared;
	struct event_field field[FIELDS_MAX];
	int type[FIELDS_MAX];
	unsigned int size; /* up to the end of the last field */
};

static const char *name_of(const struct event *event, unsigned int i)
{
	return btf__name_by_offset(event->local, btf_members(event->declared)[i].name_off);
}

/* A number, or an array of characters, of so many bytes: its id in @types. */
static int add_field_type(struct btf *types, const struct event_field *field)
{
	int id = btf__add_int(types, field->is_array ? "char" : "number",
			      field->is_array ? 1 : field->size, 0);

	return id < 0 || !field->is_array ? id : btf__add_array(types, id, id, field->size);
}

/* The fields' types come first: a struct's members have to follow it at once. */
static int find_fields(struct btf *types, struct event *event, const char *format,
		       char why[EVENT_TYPES_WHY])
{
	for (unsigned int i = 0; i < btf_vlen(event->declared); i++) {
		struct event_field *field = &event->field[i];

		if (event_field_find(format, name_of(event, i), field)) {
			snprintf(why, EVENT_TYPES_WHY, "its record has no field %s",
				 name_of(event, i));
			return -ENOENT;
		}
		if (field->offset + field->size > event->size)
			event->size = field->offset + field->size;
		event->type[i] = add_field_type(types, field);
		if (event->type[i] < 0)
			return event->type[i];
	}
	return 0;
}

static int add_struct(struct btf *types, const struct event *event)
{
	int err = btf__add_struct(
		types, btf__name_by_offset(event->local, event->declared->name_off), event->size);

	for (unsigned int i = 0; i < btf_vlen(event->declared) && err >= 0; i++)
		err = btf__add_field(types, name_of(event, i), event->type[i],
				     event->field[i].offset * 8, 0);
	return err < 0 ? err : 0;
}

int event_types_add(struct btf *types, const struct btf *local, const char *name,
		    const char *format, char why[EVENT_TYPES_WHY])
{
	struct event event = { .local = local };
	size_t system = strcspn(name, ":");
	char type[NAME_SIZE];
	int id, err;

	snprintf(type, sizeof(type), "event__%.*s__%s", (int)system, name, name + system + 1);
	id = btf__find_by_name_kind(local, type, BTF_KIND_STRUCT);
	if (id < 0)
		return 0;
	event.declared = btf__type_by_id(local, (__u32)id);
	snprintf(why, EVENT_TYPES_WHY, "its record cannot be described");
	if (btf_vlen(event.declared) > FIELDS_MAX)
		return -E2BIG;
	err = find_fields(types, &event, format, why);
	return err ? err : add_struct(types, &event);
}
