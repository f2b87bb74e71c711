// SPDX-License-Identifier: GPL-2.0-only
/*
 * funclat.bpf.c - how long the calls of one kernel function take
 *
 * A program at its entry, another one at its return, by fentry and fexit or by kprobe and kretprobe.  In
 * between, what has begun is remembered in one of two ways:
 *
 * on_cpu: in one word for each CPU, for a function that cannot be preempted, interrupted by itself,
 *	or call itself; of all threads.
 * of_task: in a stack for each thread, for any function: it may sleep, move to another CPU, be called
 *	by itself or from an interrupt, or never return.
 *
 * A call is known by its place on the stack, which is the same at its entry and at its return and,
 * while it goes on, nobody else's.  Calls below that place were left without a return: no duration is
 * made up for them.
 */
#include "kernel_types.h"
#include "compat.bpf.h"
#include "funclat.h"
#include "hist.bpf.h"

#include <asm/ptrace.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

const volatile struct funclat_config config;

/* The collector's: programs are attached both at the entry and at the return. */
volatile __u32 recording;

/* In the map below. */
__u64 stacks_used;

/* Threads that found no place and whose calls have not returned yet. */
__u64 placeless;

/* The collector makes room for the CPUs at hand, for which it has to be the last variable. */
struct funclat_cpu cpus[1];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct call_stack);
} stacks SEC(".maps");

const volatile struct call_stack empty_stack;

static __always_inline struct funclat_cpu *this_cpu(void)
{
	struct funclat_cpu *all = cpus;

	barrier_var(all); /* or the compiler goes by the length that it sees */
	return &all[bpf_get_smp_processor_id() & config.cpu_mask];
}

static __noinline bool filter_matches(void)
{
	__u64 ids = bpf_get_current_pid_tgid();
	char comm[COMM_SIZE] = { 0 };

	if (config.filter.tgid && config.filter.tgid != ids >> 32)
		return false;
	if (config.filter.tid && config.filter.tid != (__u32)ids)
		return false;
	if (config.filter.comm_len)
		bpf_get_current_comm(comm, sizeof(comm));
	for (__u32 i = 0; i < COMM_SIZE; i++) {
		if (i >= config.filter.comm_len)
			break;
		if (comm[i] != config.filter.comm[i])
			return false;
	}
	return true;
}

static __always_inline bool filter_passes(void)
{
	return !config.filter.active || filter_matches();
}

/*
 * Rows
 */

#define ROW_TRIES 8
#define NAME_SETTLES 64 /* calls until a new thread has the name that it will keep */

/* CLOCK_BOOTTIME; 0 where the kernel's types are not known. */
static __always_inline __u64 current_start_ns(void)
{
	struct task_struct *task;

	if (config.by_type) /* not by a helper that reads: lockdown=confidentiality takes it away */
		return bpf_get_current_task_btf()->start_boottime;
	task = (struct task_struct *)bpf_get_current_task();
	return bpf_core_field_exists(task->start_boottime) ? BPF_CORE_READ(task, start_boottime)
							   : 0;
}

static __always_inline void name_row(struct call_row *row, __u64 key)
{
	row->start_ns = current_start_ns();
	bpf_get_current_comm(row->comm, sizeof(row->comm));
	row->key = row->count < NAME_SETTLES ? key | ROW_STALE : key;
}

/* The row of a thread: where its id points to, or shortly behind; else the others'. */
static __always_inline struct call_row *find_row(struct funclat_cpu *here, __u64 key)
{
	for (__u32 i = 0; i < ROW_TRIES; i++) {
		struct call_row *row = &here->row[(key + i) & (CALL_ROWS - 1)];

		if (row->key == ROW_EMPTY || row->key == (key | ROW_STALE))
			name_row(row, key);
		else if (row->key != key)
			continue;
		return row;
	}
	return &here->others;
}

static __always_inline void add_to_row(struct call_row *row, __u64 duration)
{
	row->count++;
	row->sum += duration;
	if (duration < row->min)
		row->min = duration;
	if (duration > row->max)
		row->max = duration;
}

/* Any call, by the book. */
static __noinline int count_in_full(struct funclat_cpu *here, __u64 key, __u64 duration)
{
	here->calls.bucket[h2_bucket_by_table(&here->h2, duration) & H2_BUCKET_MASK]++;
	hist_add_square(&here->calls, duration);
	add_to_row(find_row(here, key), duration);
	return 0;
}

/*
 * The row where the id of the thread points to.  Its fields are reached from what this returns as if it
 * were the CPU's first row: their distance from there then needs no instruction.
 */
static __always_inline struct funclat_cpu *first_place(struct funclat_cpu *here, __u64 key)
{
	struct funclat_cpu *place = (void *)&here->row[key & (CALL_ROWS - 1)] -
				    __builtin_offsetof(struct funclat_cpu, row);

	barrier_var(place);
	return place;
}

/* The same in the fewest instructions for a brief call by a thread that has its first place. */
static __always_inline int count_call(struct funclat_cpu *here, __u64 key, __u64 duration)
{
	struct call_row *row = first_place(here, key)->row;
	__u64 square, squares;
	__u32 bucket;

	if (row->key != key)
		return count_in_full(here, key, duration);
	if (duration < H2_TABLE_SIZE)
		bucket = H2_SHIFTED(&here->h2, duration, 0);
	else if (duration < H2_BRIEF)
		bucket = H2_SHIFTED(&here->h2, duration, 8);
	else
		return count_in_full(here, key, duration);
	here->calls.bucket[bucket & H2_BUCKET_MASK]++;
	add_to_row(row, duration);
	square = duration * duration;
	squares = here->calls.squares_low + square;
	barrier_var(squares); /* or the carry is made a number, and compared with 1 */
	here->calls.squares_low = squares;
	if (squares < square) {
		BRANCH_STAYS;
		here->calls.squares_high++;
	}
	return 0;
}

/*
 * on_cpu
 */

static __always_inline int enter_on_cpu(void)
{
	__u64 now = bpf_ktime_get_ns();
	struct funclat_cpu *here = this_cpu();

	if (here->since)
		here->left_at_entry++;
	here->entered++;
	here->since = now;
	return 0;
}

/* Asked for the thread first, the clock is the only thing that has to be kept in between. */
static __always_inline int return_on_cpu(void)
{
	__u64 key = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns(), since;
	struct funclat_cpu *here = this_cpu();

	since = here->since;
	if (!since) {
		BRANCH_STAYS;
		here->unstamped += recording;
		return 0;
	}
	here->since = 0;
	return count_call(here, key, now - since);
}

SEC("fentry")
int fentry_on_cpu(__u64 *args)
{
	return enter_on_cpu();
}

SEC("fexit")
int fexit_on_cpu(__u64 *args)
{
	return return_on_cpu();
}

SEC("kprobe")
int kprobe_on_cpu(struct pt_regs *regs)
{
	return enter_on_cpu();
}

SEC("kretprobe")
int kretprobe_on_cpu(struct pt_regs *regs)
{
	return return_on_cpu();
}

/*
 * of_task
 */

/* A thread by its id; the idle tasks, one for each CPU, have none. */
static __always_inline __u64 stack_key(__u64 ids)
{
	__u32 tid = ids;

	return tid ? tid : 1ull << 32 | bpf_get_smp_processor_id();
}

static __always_inline struct call_stack *new_stack(__u64 key, __u64 start_time)
{
	struct call_stack *stack;

	if (bpf_map_update_elem(&stacks, &key, (const void *)&empty_stack, BPF_NOEXIST))
		return NULL;
	__sync_fetch_and_add(&stacks_used, 1);
	stack = bpf_map_lookup_elem(&stacks, &key);
	if (stack)
		stack->start_time = start_time;
	return stack;
}

/* The compiler would find the mask needless, and the verifier would not. */
static __always_inline struct call_frame *frame_at(struct call_stack *stack, __u32 index)
{
	barrier_var(index);
	return &stack->frame[index & (CALL_DEPTH - 1)];
}

static __always_inline void remove_stack(__u64 key)
{
	if (!bpf_map_delete_elem(&stacks, &key))
		__sync_fetch_and_add(&stacks_used, -1);
}

/* Stacks of the kernel are aligned to their size, of which this is the least. */
#define STACK_BITS 14

/*
 * Whether the call at @old was left without a return, now that there is one at @new: on the same stack,
 * whoever is called lies below its caller.  Stacks of interrupts say nothing about one another.
 */
static __always_inline bool was_left(__u64 old, __u64 new)
{
	return old <= new && !((old ^ new) >> STACK_BITS);
}

static __always_inline void push_call(struct funclat_cpu *here, struct call_stack *stack,
				      __u64 place)
{
	struct call_frame *frame;
	__u32 depth = stack->depth;

	for (__u32 i = 0; i < CALL_DEPTH; i++) {
		if (!depth || !was_left(frame_at(stack, depth - 1)->place, place))
			break;
		depth--;
		here->left_at_entry++;
		here->remembered--;
	}
	if (depth >= CALL_DEPTH) {
		here->too_many++;
		stack->forgotten++;
		return;
	}
	frame = frame_at(stack, depth);
	frame->place = place;
	stack->depth = depth + 1;
	here->remembered++;
	frame->since = bpf_ktime_get_ns();
}

/* Another thread had the id before: what it was in will not return. */
static __always_inline void disown_calls(struct funclat_cpu *here, struct call_stack *stack,
					 __u64 start_time)
{
	here->left_at_entry += stack->depth;
	here->remembered -= stack->depth;
	stack->depth = 0;
	stack->forgotten = 0;
	stack->busy = 0;
	stack->start_time = start_time;
}

static __noinline int enter_of_task(__u64 place, __u64 start_time)
{
	__u64 key = stack_key(bpf_get_current_pid_tgid());
	struct call_stack *stack = bpf_map_lookup_elem(&stacks, &key);
	struct funclat_cpu *here = this_cpu();

	here->entered++;
	if (!stack)
		stack = new_stack(key, start_time);
	if (!stack) {
		here->too_many++;
		__sync_fetch_and_add(&placeless, 1);
		return 0;
	}
	if (stack->start_time != start_time)
		disown_calls(here, stack, start_time);
	if (stack->busy)
		here->left_at_entry++;
	else
		push_call(here, stack, place);
	return 0;
}

/* A return whose entry is not known, unless that was counted when there was no place for it. */
static __always_inline int return_of_stranger(struct funclat_cpu *here, struct call_stack *stack)
{
	if (stack && stack->forgotten)
		stack->forgotten--;
	else if (!stack && placeless && filter_passes())
		__sync_fetch_and_add(&placeless, -1);
	else if (recording && filter_passes())
		here->unstamped++;
	return 0;
}

/* When the call at @place began, which is then no longer remembered; 0: that is not known. */
static __always_inline __u64 pop_call(struct funclat_cpu *here, struct call_stack *stack,
				      __u64 place)
{
	__u32 depth = stack->depth;

	for (__u32 i = 0; i < CALL_DEPTH; i++) {
		struct call_frame *frame = frame_at(stack, depth - 1 - i);

		if (i >= depth)
			break;
		if (frame->place != place)
			continue;
		here->left_at_return += i;
		stack->depth = depth - 1 - i;
		if (!stack->depth)
			stack->forgotten = 0;
		return frame->since;
	}
	return 0;
}

/* While it works on the stack, an interrupt may call the function. */
#define SET_BUSY(stack, value) (*(volatile __u32 *)&(stack)->busy = (value))

static __noinline int return_of_task(__u64 place, __u64 start_time, __u64 now)
{
	__u64 ids = bpf_get_current_pid_tgid(), key = stack_key(ids), since;
	struct call_stack *stack = bpf_map_lookup_elem(&stacks, &key);
	struct funclat_cpu *here = this_cpu();

	if (!stack || stack->start_time != start_time)
		return return_of_stranger(here, NULL);
	if (stack->busy)
		return 0;
	SET_BUSY(stack, 1);
	since = pop_call(here, stack, place);
	if (!since)
		return_of_stranger(here, stack);
	if (!stack->depth && stacks_used > config.stacks_kept)
		remove_stack(key);
	else
		SET_BUSY(stack, 0);
	return since ? count_in_full(here, ids, now - since) : 0;
}

/* The verifier takes where the arguments are for a pointer; what comes out of a map is a number. */
#define NUMBER_OF(pointer, kept_in)                                                                \
	({                                                                                         \
		volatile __u64 *kept = &this_cpu()->kept_in;                                       \
		*kept = (__u64)(pointer);                                                          \
		*kept;                                                                             \
	})

SEC("fentry")
int fentry_of_task(__u64 *args)
{
	if (!filter_passes())
		return 0;
	return enter_of_task(NUMBER_OF(args, place_at_entry),
			     bpf_get_current_task_btf()->start_time);
}

SEC("fexit")
int fexit_of_task(__u64 *args)
{
	__u64 now = bpf_ktime_get_ns();

	return return_of_task(NUMBER_OF(args, place_at_return),
			      bpf_get_current_task_btf()->start_time, now);
}

/* 0 where the kernel's types are not known: then only task_ends() tells threads of one id apart. */
static __always_inline __u64 current_start_time(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return bpf_core_field_exists(task->start_time) ? BPF_CORE_READ(task, start_time) : 0;
}

/* x86 has the return address on the stack, which the return has taken off. */
#ifdef bpf_target_x86
#define RETURN_TAKES 8
#else
#define RETURN_TAKES 0
#endif

SEC("kprobe")
int kprobe_of_task(struct pt_regs *regs)
{
	if (!filter_passes())
		return 0;
	return enter_of_task(PT_REGS_SP(regs), current_start_time());
}

SEC("kretprobe")
int kretprobe_of_task(struct pt_regs *regs)
{
	__u64 now = bpf_ktime_get_ns();

	return return_of_task(PT_REGS_SP(regs) - RETURN_TAKES, current_start_time(), now);
}

/* The thread is gone: what it was in will not return. */
SEC("tp_btf/sched_process_free")
int task_is_gone(__u64 *args)
{
	struct task_struct *task = (struct task_struct *)args[0];
	__u64 key = task->pid;
	struct call_stack *stack = bpf_map_lookup_elem(&stacks, &key);

	if (!stack || stack->start_time != task->start_time)
		return 0;
	this_cpu()->left_at_end += stack->depth;
	remove_stack(key);
	return 0;
}

/* The same where the kernel's types are not known: the current thread is about to be gone. */
SEC("raw_tp/sched_process_exit")
int task_ends(__u64 *args)
{
	__u64 key = stack_key(bpf_get_current_pid_tgid());
	struct call_stack *stack = bpf_map_lookup_elem(&stacks, &key);

	if (!stack)
		return 0;
	this_cpu()->left_at_end += stack->depth;
	remove_stack(key);
	return 0;
}
