// SPDX-License-Identifier: GPL-2.0-only
/* smmu_faults - IO page faults as the tracepoints smmu:io_fault_entry and io_fault_exit tell them */
#include "fault_script.h"

#define CREATE_TRACE_POINTS
#include "smmu_trace.h"

static int fault_prepare(struct device *device)
{
	return 0;
}

static void fault_begin(struct device *device, u32 pasid, u32 group, bool last)
{
	trace_io_fault_entry(device, pasid);
}

static void fault_end(struct device *device, u32 pasid, u32 group, u32 code)
{
	trace_io_fault_exit(device, pasid);
}

MODULE_DESCRIPTION("IO page faults, as tracepoints of an SMMU driver tell them");
