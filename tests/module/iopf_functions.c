// SPDX-License-Identifier: GPL-2.0-only
/*
 * iopf_functions - IO page faults as calls of the kernel's functions tell them
 *
 * Where the kernel has the functions they are called: they refuse a device whose IOMMU knows no faults,
 * but not before whoever watches them has seen the call.  Where it has none (since 6.9, without
 * CONFIG_IOMMU_IOPF) they are defined here, with the same names and arguments.
 */
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
/* The header has empty functions of these names. */
#define iommu_report_device_fault not_iommu_report_device_fault
#define iopf_group_response not_iopf_group_response
#include <linux/iommu.h>
#undef iommu_report_device_fault
#undef iopf_group_response
#endif

#include "fault_script.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
int iommu_report_device_fault(struct device *dev, struct iopf_fault *evt);
void iopf_group_response(struct iopf_group *group, enum iommu_page_response_code status);

noinline int iommu_report_device_fault(struct device *dev, struct iopf_fault *evt)
{
	barrier_data(evt);
	return 0;
}

noinline void iopf_group_response(struct iopf_group *group, enum iommu_page_response_code status)
{
	barrier_data(group);
}

static void fault_end(struct device *device, u32 pasid, u32 group, u32 code)
{
	struct iommu_fault_param param = { .dev = device };
	struct iopf_group answered = {
		.last_fault.fault = {
			.type = IOMMU_FAULT_PAGE_REQ,
			.prm = { .pasid = pasid, .grpid = group },
		},
		.fault_param = &param,
	};

	iopf_group_response(&answered, code);
}

static int fault_prepare(struct device *device)
{
	return 0;
}

#define FAULT_EVENT struct iopf_fault
#else
/* An IOMMU that does nothing, so that the kernel finds one where it looks for it. */
static int fault_prepare(struct device *device)
{
	static const struct iommu_ops ops;
	static struct iommu_device iommu = { .ops = &ops };
	static struct dev_iommu fake = { .iommu_dev = &iommu };

	mutex_init(&fake.lock);
	device->iommu = &fake;
	return 0;
}

static void fault_end(struct device *device, u32 pasid, u32 group, u32 code)
{
	struct iommu_page_response response = {
		.argsz = sizeof(response),
		.version = IOMMU_PAGE_RESP_VERSION_1,
		.flags = IOMMU_PAGE_RESP_PASID_VALID,
		.pasid = pasid,
		.grpid = group,
		.code = code,
	};

	iommu_page_response(device, &response);
}

#define FAULT_EVENT struct iommu_fault_event
#endif

static void fault_begin(struct device *device, u32 pasid, u32 group, bool last)
{
	FAULT_EVENT event = {
		.fault = {
			.type = IOMMU_FAULT_PAGE_REQ,
			.prm = {
				.flags = IOMMU_FAULT_PAGE_REQUEST_PASID_VALID |
					 (last ? IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE : 0),
				.pasid = pasid,
				.grpid = group,
			},
		},
	};

	iommu_report_device_fault(device, &event);
}

MODULE_DESCRIPTION("IO page faults, as calls of the kernel's functions tell them");
