/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iopf_source.h - what this kernel has that tells of IO page faults */
#ifndef TARSIER_IOPF_SOURCE_H
#define TARSIER_IOPF_SOURCE_H

#include "iopf_state.h"

#define IOPF_BEGIN_FUNCTION "iommu_report_device_fault"

/* Each returns NULL, or why it does not do; the places of fields are written to @config. */
const char *iopf_lacks_tracepoints(struct iopf_config *config);
const char *iopf_lacks_unrecoverable(struct iopf_config *config);
/* @end: the function that answers a fault. */
const char *iopf_lacks_function(const char *end);

#endif
