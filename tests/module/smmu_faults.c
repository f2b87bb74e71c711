// SPDX-License-Identifier: GPL-2.0-only
/* smmu_faults - fires smmu:io_fault_entry and io_fault_exit as an SMMU would */
#include <linux/device.h>
#include <linux/module.h>

#define CREATE_TRACE_POINTS
#include "smmu_trace.h"

static struct device *device;

static int __init smmu_faults_init(void)
{
	device = root_device_register("smmu.test");
	if (IS_ERR(device))
		return PTR_ERR(device);
	trace_io_fault_entry(device, 1);
	trace_io_fault_exit(device, 1);
	return 0;
}

static void __exit smmu_faults_exit(void)
{
	root_device_unregister(device);
}

module_init(smmu_faults_init);
module_exit(smmu_faults_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Fires smmu:io_fault_entry and io_fault_exit");
