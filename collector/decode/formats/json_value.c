// SPDX-License-Identifier: GPL-2.0-or-later
/* json_value - what a writer is told, as JSON values */
#include "json_value.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "named.h"
#include "session.h"
#include "view.h"

/* Of a value for which there was no memory nothing but this is left: jansson goes on without it. */
static bool lacked_memory;

static void *take_memory(size_t size)
{
	void *memory = malloc(size);

	lacked_memory |= !memory;
	return memory;
}

void json_begin(void)
{
	lacked_memory = false;
	json_set_alloc_funcs(take_memory, free);
}

bool json_lacked_memory(void)
{
	return lacked_memory;
}

void json_end(struct writer *writer)
{
	if (lacked_memory)
		writer_lacks_memory(writer);
}

static json_t *of_number(__u64 number)
{
	char text[24];

	if (number <= INT64_MAX)
		return json_integer((json_int_t)number);
	snprintf(text, sizeof(text), "%llu", number);
	return json_string(text);
}

static json_t *of_real(long double real)
{
	json_t *value = isfinite((double)real) ? json_real((double)real) : NULL;

	return value ? value : json_null();
}

static json_t *of_text(const struct cell *cell)
{
	char clean[TEXT_UTF8(4096)];
	size_t length = cell->text.length < 4096 ? cell->text.length : 4096;

	return json_string((const char *)text_utf8(clean, cell->text.bytes, length));
}

static void set_moment(json_t *object, const char *name, const struct session *session,
		       const struct cell *cell)
{
	char key[64], date[TEXT_TIME];
	__u64 realtime_ns;
	bool dated = cell->known && session &&
		     clock_realtime(session_clock(session), cell->number, &realtime_ns);

	snprintf(key, sizeof(key), "%s_boot_ns", name);
	json_object_set_new(object, key, cell->known ? of_number(cell->number) : json_null());
	json_object_set_new(object, name,
			    dated ? json_string(text_rfc3339(date, realtime_ns)) : json_null());
}

static json_t *of_cell(enum cell_kind kind, const struct cell *cell)
{
	if (!cell->known)
		return json_null();
	switch (kind) {
	case CELL_REAL:
		return of_real(cell->real);
	case CELL_FLAG:
		return json_boolean(cell->number);
	case CELL_TEXT:
	case CELL_ESCAPED:
		return of_text(cell);
	default:
		return of_number(cell->number);
	}
}

static void set_cell(json_t *object, const struct session *session, const struct column *column,
		     const struct cell *cell)
{
	char key[NAMED_KEY];

	if (column->kind == CELL_TIME) {
		set_moment(object, column->name, session, cell);
		return;
	}
	json_object_set_new(object, named_key(key, column), of_cell(column->kind, cell));
}

static json_t *of_cells(const struct session *session, const struct table_kind *kind,
			const struct cell *cells)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < kind->columns; i++)
		set_cell(object, session, &kind->column[i], &cells[i]);
	return object;
}

static void set_time(json_t *object, const char *name, const struct session *session, __u64 boot_ns)
{
	const struct cell cell = cell_number(boot_ns);

	set_moment(object, name, session, &cell);
}

void json_merge(json_t *to, json_t *from)
{
	json_object_update(to, from);
	json_decref(from);
}

json_t *json_of_row(const struct session *session, const struct row *row)
{
	json_t *object = json_object();

	if (row->kind->probe)
		json_object_set_new(object, "probe",
				    json_string(view_entries[row->kind->probe].name));
	if (row->is_step) {
		set_time(object, "from", session, row->from_ns);
		set_time(object, "to", session, row->to_ns);
	}
	json_merge(object, of_cells(session, row->kind, row->cell));
	return object;
}

size_t json_format_real(char *to, size_t room, long double real)
{
	json_t *value = of_real(real);
	size_t length = json_dumpb(value, to, room, JSON_ENCODE_ANY);

	json_decref(value);
	return length;
}

static json_t *of_buckets(const struct histogram *histogram)
{
	json_t *buckets = json_array();

	for (__u32 i = 0; i < H2_BUCKETS; i++)
		if (histogram->count[i])
			json_array_append_new(buckets, json_pack("[o,o,o]", of_number(h2_lower(i)),
								 of_number(h2_upper(i)),
								 of_number(histogram->count[i])));
	return buckets;
}

static void set_moments(json_t *object, const struct figures *figures)
{
	bool has_variance = figures->has_variance;

	json_object_set_new(object, "mean_ns",
			    figures->has_mean ? of_real(figures->mean_ns) : json_null());
	json_object_set_new(object, "variance_ns2",
			    has_variance ? of_real(figures->variance_ns2) : json_null());
	json_object_set_new(object, "stddev_ns",
			    has_variance ? of_real(figures->deviation_ns) : json_null());
	json_object_set_new(object, "min_ns",
			    figures->has_min ? of_number(figures->min_ns) : json_null());
	json_object_set_new(object, "max_ns",
			    figures->has_max ? of_number(figures->max_ns) : json_null());
}

/* Upper edges: never too low, at most 12.5 % too high. */
static json_t *of_percentiles(const struct figures *figures)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++)
		json_object_set_new(object, figures_percentiles[i].name,
				    of_number(figures->percentile_ns[i]));
	return object;
}

json_t *json_of_distribution(const struct session *session, const struct distribution *distribution)
{
	struct figures figures = figures_of(distribution->buckets, distribution->moments);
	json_t *object = json_object();
	char name[VIEW_NAME];

	json_object_set_new(object, "probe", json_string(view_name(name, distribution->probe)));
	json_object_set_new(object, "scope", json_string(distribution->kind->name));
	set_time(object, "from", session, distribution->from_ns);
	set_time(object, "to", session, distribution->to_ns);
	json_merge(object, of_cells(session, distribution->kind, distribution->label));
	json_object_set_new(object, "count", of_number(figures.count));
	json_object_set_new(object, "missing", of_number(distribution->missing));
	set_moments(object, &figures);
	if (figures.count)
		json_object_set_new(object, "percentiles_ns", of_percentiles(&figures));
	json_object_set_new(object, "buckets_ns", of_buckets(distribution->buckets));
	return object;
}
