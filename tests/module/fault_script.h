/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault_script.h - faults by command, and what they took; for the modules that know how to fire one
 *
 * Included once by a module, which defines fault_begin() and fault_end().  Commands, one per write to
 * /proc/MODULE; DEVICE is 0 to 2:
 *
 *	pairs DEVICE PASID COUNT DEPTH DELAY_US	faults with their responses, from a thread of their own:
 *						DEPTH faults, then the responses in the same order, again
 *						and again until there were COUNT
 *	begin DEVICE PASID GROUP		a fault alone
 *	end DEVICE PASID GROUP CODE		a response alone; CODE 0 is success
 *	partial DEVICE PASID GROUP		a request that is not the last one of its group
 *	unrecoverable DEVICE			a fault that nobody can answer
 *	wait					until all threads have ended
 *
 * Reading /proc/MODULE gives a line for each device and PASID of which there were pairs:
 *
 *	NAME PASID COUNT INNER OUTER SQUARES MIN MAX
 *
 * in nanoseconds: INNER is the sum of the times from behind the call that fires a fault to before the
 * one that fires its response, OUTER from before the former to behind the latter.  Whoever measures
 * the time between the two gets a sum between these two, however slow the machine is.  SQUARES, MIN
 * and MAX are of the inner times.
 */
#ifndef TARSIER_TEST_FAULT_SCRIPT_H
#define TARSIER_TEST_FAULT_SCRIPT_H

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>

/* Renamed in 5.17 and in stable kernels: ca3574bd653a ("exit: Rename module_put_and_exit to module_put_and_kthread_exit"). */
#ifndef module_put_and_kthread_exit
#define module_put_and_kthread_exit module_put_and_exit
#endif

#define DEVICES 3
#define STREAMS 64
#define DEPTH_MAX 256

static const char *const device_names[DEVICES] = {
	"0000:0a:00.0",
	"0000:0a:00.1",
	"a-device-with-a-name-of-more-than-32-bytes",
};

static struct device *devices[DEVICES];

/* Make @device one that can have faults; 0 or -errno. */
static int fault_prepare(struct device *device);
/* Fire a fault, or the response to it; @last: the last request of its group. */
static void fault_begin(struct device *device, u32 pasid, u32 group, bool last);
static void fault_end(struct device *device, u32 pasid, u32 group, u32 code);

struct stream {
	u32 device, pasid, count, depth, delay_us;
	u32 group; /* of the next fault */
};

struct result {
	u32 device, pasid;
	u64 count, inner, outer, squares, min, max;
};

static struct result results[STREAMS];
static DEFINE_SPINLOCK(results_lock);
static atomic_t running = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(all_ended);
static atomic_t next_group = ATOMIC_INIT(1000);

/* The line of @stream, a new one where there is none; lines are never removed. */
static struct result *result_of(const struct stream *stream)
{
	int i;

	for (i = 0; i < STREAMS - 1 && results[i].count; i++)
		if (results[i].device == stream->device && results[i].pasid == stream->pasid)
			break;
	results[i].device = stream->device;
	results[i].pasid = stream->pasid;
	return &results[i];
}

static void take_result(const struct stream *stream, u64 inner, u64 outer)
{
	struct result *result;

	spin_lock(&results_lock);
	result = result_of(stream);
	result->min = result->count && result->min < inner ? result->min : inner;
	result->max = result->max > inner ? result->max : inner;
	result->count++;
	result->inner += inner;
	result->outer += outer;
	result->squares += inner * inner;
	spin_unlock(&results_lock);
}

/* Round @round of @stream: @depth faults, a while, and their responses. */
static void fire_round(const struct stream *stream, u32 round, u32 depth, u64 stamps[][2])
{
	struct device *device = devices[stream->device];
	u32 first = atomic_fetch_add(depth, &next_group), i, delay_us;
	u64 inner, outer;

	for (i = 0; i < depth; i++) {
		stamps[i][0] = ktime_get_ns();
		fault_begin(device, stream->pasid, first + i, true);
		stamps[i][1] = ktime_get_ns();
	}
	for (i = 0; i < depth; i++) {
		delay_us = stream->delay_us * (1 + (round + i) % 4);
		if (delay_us)
			usleep_range(delay_us, delay_us + 1);
		inner = ktime_get_ns() - stamps[i][1];
		fault_end(device, stream->pasid, first + i, 0);
		outer = ktime_get_ns() - stamps[i][0];
		take_result(stream, inner, outer);
	}
}

static int run_stream(void *context)
{
	struct stream *stream = context;
	u64(*stamps)[2] = kcalloc(stream->depth, sizeof(*stamps), GFP_KERNEL);
	u32 done, depth, round = 0;

	for (done = 0; stamps && done < stream->count; done += depth) {
		depth = min(stream->depth, stream->count - done);
		fire_round(stream, round++, depth, stamps);
		cond_resched();
	}
	kfree(stamps);
	kfree(stream);
	if (atomic_dec_and_test(&running))
		wake_up(&all_ended);
	module_put_and_kthread_exit(0);
	return 0;
}

static int start_stream(const struct stream *wanted)
{
	struct stream *stream;
	struct task_struct *task;

	if (!wanted->depth || wanted->depth > DEPTH_MAX || wanted->device >= DEVICES)
		return -EINVAL;
	stream = kmemdup(wanted, sizeof(*wanted), GFP_KERNEL);
	if (!stream)
		return -ENOMEM;
	atomic_inc(&running);
	__module_get(THIS_MODULE);
	task = kthread_run(run_stream, stream, "faults/%u", wanted->pasid);
	if (!IS_ERR(task))
		return 0;
	module_put(THIS_MODULE);
	atomic_dec(&running);
	kfree(stream);
	return PTR_ERR(task);
}

/* The kernel's own tracepoint, by its own function. */
static void fire_unrecoverable(struct device *device)
{
	static struct iommu_domain domain;

	report_iommu_fault(&domain, device, 0x1000, 0);
}

static int obey(const char *command)
{
	struct stream s = { 0 };
	u32 group, code;

	if (sscanf(command, "pairs %u %u %u %u %u", &s.device, &s.pasid, &s.count, &s.depth,
		   &s.delay_us) == 5)
		return start_stream(&s);
	if (!strncmp(command, "wait", 4))
		return wait_event_interruptible(all_ended, !atomic_read(&running));
	if (sscanf(command, "unrecoverable %u", &s.device) == 1 && s.device < DEVICES)
		fire_unrecoverable(devices[s.device]);
	else if (sscanf(command, "begin %u %u %u", &s.device, &s.pasid, &group) == 3 &&
		 s.device < DEVICES)
		fault_begin(devices[s.device], s.pasid, group, true);
	else if (sscanf(command, "partial %u %u %u", &s.device, &s.pasid, &group) == 3 &&
		 s.device < DEVICES)
		fault_begin(devices[s.device], s.pasid, group, false);
	else if (sscanf(command, "end %u %u %u %u", &s.device, &s.pasid, &group, &code) == 4 &&
		 s.device < DEVICES)
		fault_end(devices[s.device], s.pasid, group, code);
	else
		return -EINVAL;
	return 0;
}

static ssize_t script_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	char command[80];
	int err;

	if (size >= sizeof(command))
		return -EINVAL;
	if (copy_from_user(command, from, size))
		return -EFAULT;
	command[size] = '\0';
	err = obey(command);
	return err ? err : size;
}

static int script_show(struct seq_file *seq, void *unused)
{
	int i;

	for (i = 0; i < STREAMS && results[i].count; i++)
		seq_printf(seq, "%s %u %llu %llu %llu %llu %llu %llu\n",
			   device_names[results[i].device], results[i].pasid, results[i].count,
			   results[i].inner, results[i].outer, results[i].squares, results[i].min,
			   results[i].max);
	return 0;
}

static int script_open(struct inode *inode, struct file *file)
{
	return single_open(file, script_show, NULL);
}

static const struct proc_ops script_ops = {
	.proc_open = script_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = script_write,
};

static void unregister_devices(void)
{
	int i;

	for (i = 0; i < DEVICES; i++)
		if (devices[i])
			root_device_unregister(devices[i]);
}

static int __init script_init(void)
{
	int i, err;

	for (i = 0; i < DEVICES; i++) {
		struct device *device = root_device_register(device_names[i]);

		if (IS_ERR(device)) {
			unregister_devices();
			return PTR_ERR(device);
		}
		devices[i] = device;
		err = fault_prepare(device);
		if (err) {
			unregister_devices();
			return err;
		}
	}
	if (proc_create(KBUILD_MODNAME, 0600, NULL, &script_ops))
		return 0;
	unregister_devices();
	return -ENOMEM;
}

/* Each thread holds the module. */
static void __exit script_exit(void)
{
	remove_proc_entry(KBUILD_MODNAME, NULL);
	unregister_devices();
}

module_init(script_init);
module_exit(script_exit);
MODULE_LICENSE("GPL");

#endif
