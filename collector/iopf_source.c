// SPDX-License-Identifier: GPL-2.0-or-later
/* iopf_source - what this kernel has that tells of IO page faults */
#include "iopf_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event_format.h"
#include "kernel.h"
#include "tracefs.h"

#define WHY_SIZE 160

static const char *find_string(const char *format, const char *name, struct iopf_field *place)
{
	struct event_field field;

	if (event_field_find(format, name, &field))
		return "is not there";
	place->offset = (__u16)field.offset;
	if (field.is_data_loc)
		place->place = IOPF_DATA_LOC;
	else if (field.is_rel_loc)
		place->place = IOPF_REL_LOC;
	else if (field.is_array)
		place->place = IOPF_INLINE;
	else
		return "is no string";
	return NULL;
}

static const char *find_number(const char *format, const char *name, struct iopf_field *place)
{
	struct event_field field;

	if (event_field_find(format, name, &field))
		return "is not there";
	if (field.size != sizeof(__u32) || field.is_data_loc || field.is_rel_loc || field.is_array)
		return "is no number of 32 bits";
	place->offset = (__u16)field.offset;
	place->place = IOPF_INLINE;
	return NULL;
}

/* NULL, or why faults cannot be told from the records of @event; @pasid NULL: they have none. */
static const char *find_fields(const char *event, const char *name, struct iopf_field *dev,
			       struct iopf_field *pasid)
{
	static char format[TRACEFS_FORMAT_SIZE], why[WHY_SIZE];
	int err = tracefs_read(event, "format", format, sizeof(format));
	const char *wrong;

	if (err)
		return tracefs_why(event, err);
	wrong = find_string(format, name, dev);
	if (!wrong && pasid) {
		name = "pasid";
		wrong = find_number(format, name, pasid);
	}
	if (!wrong)
		return NULL;
	snprintf(why, sizeof(why), "tracepoint %s: field %s %s", event, name, wrong);
	return why;
}

const char *iopf_lacks_tracepoints(struct iopf_config *config)
{
	const char *why =
		find_fields("smmu:io_fault_entry", "dev", &config->entry_dev, &config->entry_pasid);

	return why ? why
		   : find_fields("smmu:io_fault_exit", "dev", &config->exit_dev,
				 &config->exit_pasid);
}

const char *iopf_lacks_unrecoverable(struct iopf_config *config)
{
	return find_fields("iommu:io_page_fault", "device", &config->unrecoverable_dev, NULL);
}

const char *iopf_lacks_function(const char *end)
{
	static char why[WHY_SIZE];
	const char *function = IOPF_BEGIN_FUNCTION, *lacking = kernel_lacks_kprobes();
	int err;

	if (lacking)
		return lacking;
	err = kernel_try_kprobe(function);
	if (!err) {
		function = end;
		err = kernel_try_kprobe(function);
	}
	if (!err)
		return NULL;
	if (err == -ENOENT)
		snprintf(why, sizeof(why), "the kernel has no function %s (CONFIG_ARM_SMMU_V3_SVA)",
			 function);
	else
		snprintf(why, sizeof(why), "no kprobe on %s: %s", function, strerror(-err));
	return why;
}
