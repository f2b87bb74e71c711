/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommu_types.h - the kernel's IO page faults: the structs and fields that are read (kernel_types.h)
 *
 * The kernel's BTF has them wherever it has an IOMMU, also without CONFIG_IOMMU_IOPF: struct iommu_ops
 * refers to them.
 */
#ifndef TARSIER_IOMMU_TYPES_H
#define TARSIER_IOMMU_TYPES_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kobject {
	const char *name;
};

struct device {
	struct kobject kobj;
	const char *init_name;
};

/* Its number for a page request moved in 6.9, when the other one went. */
enum iommu_fault_type {
	IOMMU_FAULT_DMA_UNRECOV = 1,
	IOMMU_FAULT_PAGE_REQ = 2,
};

#define IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE (1 << 1)

struct iommu_fault_page_request {
	__u32 flags;
	__u32 pasid;
	__u32 grpid;
};

/* First in struct iommu_fault_event, and in struct iopf_fault, which took its place in 6.9. */
struct iommu_fault {
	__u32 type;
	struct iommu_fault_page_request prm;
};

struct iopf_fault {
	struct iommu_fault fault;
};

struct iommu_fault_param {
	struct device *dev; /* since 6.9 */
};

/* the last fault is inside since 6.9 */
struct iopf_group {
	struct iopf_fault last_fault;
	struct iommu_fault_param *fault_param;
};

#define IOMMU_PAGE_RESP_SUCCESS 0

struct iommu_page_response {
	__u32 version; /* until 6.8 */
	__u32 pasid;
	__u32 grpid;
	__u32 code;
};

#pragma clang attribute pop

#endif
