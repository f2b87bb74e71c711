// SPDX-License-Identifier: GPL-2.0-only
/*
 * call_targets - functions to be measured, called by command
 *
 * Commands, one per write to /proc/call_targets:
 *
 *	busy COUNT NS		target_busy(), each call lasting at least so long
 *	recursive COUNT DEPTH	target_recursive(), which calls itself until there are DEPTH of it
 *	nested COUNT		target_outer(), which calls target_inner() twice
 *	meeting CALLERS		target_meeting(), which sleeps until so many are in it
 *
 * Reading it gives "COUNT INNER OUTER": calls of target_busy() and, in ns, the sum of the times from its
 * first to its last statement, and of those from before the call to behind it.  Whoever measures the
 * calls gets a sum between the two, however slow the machine is.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

static DEFINE_MUTEX(lock);
static u64 count, inner, outer;

/* Called from elsewhere, or it would be found out what these return. */
unsigned int target_busy(unsigned int ns);
unsigned int target_recursive(unsigned int depth);
unsigned int target_inner(unsigned int value);
unsigned int target_outer(unsigned int value);
unsigned int target_meeting(unsigned int callers);

noinline unsigned int target_busy(unsigned int ns)
{
	u64 begin = ktime_get_mono_fast_ns(), now;

	do
		now = ktime_get_mono_fast_ns();
	while (now - begin < ns);
	inner += now - begin;
	return ns;
}

/* What is done behind the inner call keeps it from becoming a jump. */
noinline unsigned int target_recursive(unsigned int depth)
{
	unsigned int deeper = depth > 1 ? target_recursive(depth - 1) : 0;

	barrier();
	return deeper + 1;
}

noinline unsigned int target_inner(unsigned int value)
{
	barrier();
	return value + 1;
}

noinline unsigned int target_outer(unsigned int value)
{
	value = target_inner(value);
	barrier();
	value = target_inner(value);
	barrier();
	return value + 1;
}

static DECLARE_WAIT_QUEUE_HEAD(arrivals);
static atomic_t arrived;
static unsigned int meeting_ends_with; /* arrivals, of all meetings so far */

noinline unsigned int target_meeting(unsigned int callers)
{
	if ((unsigned int)atomic_inc_return(&arrived) == meeting_ends_with + callers) {
		meeting_ends_with += callers;
		wake_up_all(&arrivals);
	}
	wait_event(arrivals, (int)((unsigned int)atomic_read(&arrived) - meeting_ends_with) <= 0);
	return callers;
}

static void call_busy(unsigned int calls, unsigned int ns)
{
	u64 begin;

	mutex_lock(&lock);
	while (calls--) {
		begin = ktime_get_mono_fast_ns();
		target_busy(ns);
		outer += ktime_get_mono_fast_ns() - begin;
		count++;
		cond_resched();
	}
	mutex_unlock(&lock);
}

static int obey(const char *command)
{
	unsigned int calls, argument;

	if (sscanf(command, "busy %u %u", &calls, &argument) == 2)
		call_busy(calls, argument);
	else if (sscanf(command, "recursive %u %u", &calls, &argument) == 2 && argument <= 64)
		while (calls--)
			target_recursive(argument);
	else if (sscanf(command, "nested %u", &calls) == 1)
		while (calls--)
			target_outer(calls);
	else if (sscanf(command, "meeting %u", &calls) == 1)
		target_meeting(calls);
	else
		return -EINVAL;
	return 0;
}

static ssize_t take_command(struct file *file, const char __user *text, size_t size, loff_t *at)
{
	char command[64] = { 0 };
	int err;

	if (size >= sizeof(command))
		return -EINVAL;
	if (copy_from_user(command, text, size))
		return -EFAULT;
	err = obey(command);
	return err ? err : size;
}

static int show(struct seq_file *seq, void *unused)
{
	seq_printf(seq, "%llu %llu %llu\n", count, inner, outer);
	return 0;
}

static int open_proc(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static const struct proc_ops operations = {
	.proc_open = open_proc,
	.proc_read = seq_read,
	.proc_write = take_command,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init begin(void)
{
	return proc_create("call_targets", 0600, NULL, &operations) ? 0 : -ENOMEM;
}

static void __exit end(void)
{
	remove_proc_entry("call_targets", NULL);
}

module_init(begin);
module_exit(end);
MODULE_DESCRIPTION("Functions to be measured");
MODULE_LICENSE("GPL");
