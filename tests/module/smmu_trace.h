/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * smmu_trace.h - the tracepoints smmu:io_fault_entry and smmu:io_fault_exit
 *
 * Name, fields and order are those that a patch gives drivers/iommu/arm/arm-smmu-v3 on kernels with
 * IO page faults; no mainline kernel has them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM smmu

#if !defined(TARSIER_TEST_SMMU_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TARSIER_TEST_SMMU_TRACE_H

#include <linux/device.h>
#include <linux/tracepoint.h>
#include <linux/version.h>

/* One argument since 6.10: 2c92ca849fcc ("tracing/treewide: Remove second parameter of __assign_str()"). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define ASSIGN_NAME(field, source) __assign_str(field)
#else
#define ASSIGN_NAME(field, source) __assign_str(field, source)
#endif

/* clang-format off */
DECLARE_EVENT_CLASS(smmu_io_fault_class,
	TP_PROTO(struct device *dev, u32 pasid),
	TP_ARGS(dev, pasid),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(u32, pasid)
	),
	TP_fast_assign(
		ASSIGN_NAME(dev, dev_name(dev));
		__entry->pasid = pasid;
	),
	TP_printk("dev=%s pasid=%u", __get_str(dev), __entry->pasid)
);

DEFINE_EVENT(smmu_io_fault_class, io_fault_entry,
	TP_PROTO(struct device *dev, u32 pasid),
	TP_ARGS(dev, pasid)
);

DEFINE_EVENT(smmu_io_fault_class, io_fault_exit,
	TP_PROTO(struct device *dev, u32 pasid),
	TP_ARGS(dev, pasid)
);
/* clang-format on */

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE smmu_trace
#include <trace/define_trace.h>
