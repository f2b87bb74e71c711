// SPDX-License-Identifier: GPL-2.0-only
/*
 * iopf.bpf.c - IO page faults: the time from a fault to the response to it, by device and PASID
 *
 * Two ways to see them:
 *
 * tracepoint: smmu:io_fault_entry and io_fault_exit, which vendors' kernels carry.  They tell device
 *	and PASID but not which fault is answered, so the oldest one is taken to be: count and sum of
 *	the latencies are exact in whatever order the responses come; their squares, and what follows
 *	from these, only if it is the order of the faults.
 * function: the kernel reports a fault by iommu_report_device_fault() and answers it by another
 *	function.  Both tell the group id, which names a fault among those in flight.
 *
 * Faults are rare, a few thousand per second at most, and each costs a walk through page tables; so
 * what is counted is kept once, not per CPU, and added to by atomic operations.
 */
#include "iommu_types.h"
#include "iopf_state.h"
#include "map_result.bpf.h"

#include <errno.h>
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

const volatile struct iopf_config config;

__u32 slots_used;
__u64 faults_without_slot;

/* The collector sets the size of each map. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct iopf_key);
	__type(value, __u32);
} slot_of_key SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} claims SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct iopf_slot);
} slots SEC(".maps");

/* of slot and CPU */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct iopf_extremes);
} extremes SEC(".maps");

/* Way tracepoint: when the faults of a slot began, the oldest first. */
struct stamp_queue {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, IOPF_QUEUE_LENGTH);
	__uint(key_size, 0);
	__uint(value_size, sizeof(__u64));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct stamp_queue);
} queues SEC(".maps");

/* Way function: the place of a request. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct iopf_request);
	__type(value, __u32);
} requests SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct iopf_pending);
} places SEC(".maps");

/* The collector fills in their numbers. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__uint(key_size, 0);
	__uint(value_size, sizeof(__u32));
} free_places SEC(".maps");

__u32 next_to_look_at; /* place: whether it can be had back */

static __always_inline void add(__u64 *counter, __u64 number)
{
	__sync_fetch_and_add(counter, number);
}

static __noinline bool is_wanted(const struct iopf_key *key)
{
	if (config.pasid != IOPF_NO_PASID && key->pasid != IOPF_NO_PASID &&
	    key->pasid != config.pasid)
		return false;
	for (__u32 i = 0; i < IOPF_NAME_SIZE; i++) {
		if (i >= config.name_length)
			break;
		if (key->name[i] != config.name[i])
			return false;
	}
	return true;
}

/*
 * Slots.  The first event of a key takes one.  Several CPUs may see it at once; an insertion into a
 * hash map is done by one of them, whether it is to claim a slot or to give it to the key.
 */

static __always_inline int claim_slot(__u32 *slot)
{
	if (slots_used >= config.keys)
		return -ENOSPC;
	for (__u32 i = 0; i < IOPF_KEYS_MAX; i++) {
		if (i >= config.keys)
			break;
		*slot = i;
		if (!MAP_RESULT(bpf_map_update_elem(&claims, slot, slot, BPF_NOEXIST))) {
			__sync_fetch_and_add(&slots_used, 1);
			return 0;
		}
	}
	return -ENOSPC;
}

static __noinline struct iopf_slot *new_slot(const struct iopf_key *key, __u32 *number)
{
	struct iopf_slot *slot;
	__u32 *other;

	if (claim_slot(number))
		return NULL;
	slot = bpf_map_lookup_elem(&slots, number);
	if (!slot)
		return NULL;
	if (!MAP_RESULT(bpf_map_update_elem(&slot_of_key, key, number, BPF_NOEXIST))) {
		slot->key = *key;
		slot->used = 1;
		return slot;
	}
	bpf_map_delete_elem(&claims, number);
	__sync_fetch_and_add(&slots_used, -1);
	other = bpf_map_lookup_elem(&slot_of_key, key);
	if (!other)
		return NULL;
	*number = *other;
	return bpf_map_lookup_elem(&slots, number);
}

/* The slot of @key and its number; NULL: all are taken. */
static __noinline struct iopf_slot *find_slot(const struct iopf_key *key, __u32 *number)
{
	__u32 *known = bpf_map_lookup_elem(&slot_of_key, key);

	if (!known)
		return new_slot(key, number);
	*number = *known;
	return bpf_map_lookup_elem(&slots, number);
}

/*
 * Latencies
 */

static __always_inline __u32 bucket_of(__u64 value)
{
	__u32 top = 0;

	if (value < H2_PER_OCTAVE)
		return value;
	for (__u32 step = 32; step; step /= 2)
		if (value >> step >> top)
			top += step;
	return ((top - H2_PRECISION + 1) << H2_PRECISION) +
	       ((value >> (top - H2_PRECISION)) & (H2_PER_OCTAVE - 1));
}

static __always_inline void add_square(struct iopf_slot *slot, __u64 value)
{
	__u64 low = value & 0xffffffff, high = value >> 32;
	__u64 lows = low * low, middle = low * high, highs = high * high;

	add(&slot->square[0], lows & 0xffffffff);
	add(&slot->square[1], (lows >> 32) + ((middle << 1) & 0xffffffff));
	add(&slot->square[2], (middle >> 31) + (highs & 0xffffffff));
	add(&slot->square[3], highs >> 32);
}

static __noinline int count_latency(struct iopf_slot *slot, __u32 number, __u64 latency)
{
	__u32 index = number * config.cpus + bpf_get_smp_processor_id();
	struct iopf_extremes *here = bpf_map_lookup_elem(&extremes, &index);

	if (!slot)
		return 0;
	add(&slot->changing, 1);
	add(&slot->sum, latency);
	add_square(slot, latency);
	add(&slot->bucket[bucket_of(latency) & H2_BUCKET_MASK], 1);
	/* No other CPU writes here, and what interrupts this one is no program of a tracepoint or kprobe. */
	if (here && latency > here->max)
		here->max = latency;
	if (here && ~latency > here->below)
		here->below = ~latency;
	add(&slot->changed, 1);
	return 0;
}

/*
 * The way by tracepoints.  Where their records have which field is read from tracefs, so that any
 * prototype will do.
 */

static __noinline bool read_name(void *context, const volatile struct iopf_field *field,
				 struct iopf_key *key)
{
	__u32 offset = field->offset, place = field->place, location;

	if (!key)
		return false;
	if (place == IOPF_DATA_LOC || place == IOPF_REL_LOC) {
		if (bpf_probe_read_kernel(&location, sizeof(location), context + offset))
			return false;
		if (place == IOPF_REL_LOC)
			location += offset + sizeof(location);
		offset = location & 0xffff;
	}
	return bpf_probe_read_kernel_str(key->name, sizeof(key->name), context + offset) >= 0;
}

static __always_inline void set_pasid(struct iopf_key *key, __u32 pasid)
{
	key->pasid = pasid <= IOPF_PASID_MAX ? pasid : IOPF_PASID_MAX;
}

static __always_inline bool read_key(void *context, const volatile struct iopf_field *dev,
				     const volatile struct iopf_field *pasid, struct iopf_key *key)
{
	__u32 value = 0;

	if (!read_name(context, dev, key) ||
	    bpf_probe_read_kernel(&value, sizeof(value), context + pasid->offset))
		return false;
	set_pasid(key, value);
	return is_wanted(key);
}

/*
 * What is in the queue in the end are the latest stamps; the collector does not see it.  Two CPUs at once
 * may take one place: that concerns nothing but which of the faults left are called too old.
 */
static __always_inline void note_latest(struct iopf_slot *slot, __u64 now)
{
	slot->since[(slot->begun - slot->full - 1) & (IOPF_QUEUE_LENGTH - 1)] = now;
}

SEC("event/smmu/io_fault_entry")
int fault_entry(void *context)
{
	struct iopf_key key = {};
	struct iopf_slot *slot;
	void *queue;
	__u32 number;
	__u64 now;

	if (!read_key(context, &config.entry_dev, &config.entry_pasid, &key))
		return 0;
	slot = find_slot(&key, &number);
	if (!slot) {
		add(&faults_without_slot, 1);
		return 0;
	}
	queue = bpf_map_lookup_elem(&queues, &number);
	if (!queue)
		return 0;
	add(&slot->begun, 1);
	now = bpf_ktime_get_ns();
	if (MAP_RESULT(bpf_map_push_elem(queue, &now, BPF_ANY)))
		add(&slot->full, 1);
	else
		note_latest(slot, now);
	return 0;
}

/* The latency of the oldest fault that is not too old to be answered; false: there is none. */
static __always_inline bool take_oldest(struct iopf_slot *slot, void *queue, __u64 now,
					__u64 *latency)
{
	__u64 stamp;

	for (int i = 0; i < IOPF_QUEUE_LENGTH; i++) {
		if (MAP_RESULT(bpf_map_pop_elem(queue, &stamp)))
			return false;
		/* Another CPU may have begun, and put its stamp there, since we asked for the time. */
		*latency = stamp < now ? now - stamp : 0;
		if (*latency < config.timeout_ns)
			return true;
		add(&slot->without_exit, 1);
	}
	return false;
}

SEC("event/smmu/io_fault_exit")
int fault_exit(void *context)
{
	__u64 now = bpf_ktime_get_ns(), latency;
	struct iopf_key key = {};
	struct iopf_slot *slot;
	void *queue;
	__u32 number;

	if (!read_key(context, &config.exit_dev, &config.exit_pasid, &key))
		return 0;
	slot = find_slot(&key, &number);
	if (!slot)
		return 0; /* its fault had no slot either, and was counted */
	queue = bpf_map_lookup_elem(&queues, &number);
	if (!queue)
		return 0;
	if (take_oldest(slot, queue, now, &latency))
		count_latency(slot, number, latency);
	else
		add(&slot->without_entry, 1);
	return 0;
}

SEC("event/iommu/io_page_fault")
int unrecoverable(void *context)
{
	struct iopf_key key = { .pasid = IOPF_NO_PASID };
	struct iopf_slot *slot;
	__u32 number;

	if (!read_name(context, &config.unrecoverable_dev, &key) || !is_wanted(&key))
		return 0;
	slot = find_slot(&key, &number);
	if (slot)
		add(&slot->unrecoverable, 1);
	return 0;
}

/*
 * The way by functions
 */

static __noinline bool name_device(struct device *device, struct iopf_key *key)
{
	const char *name = BPF_CORE_READ(device, init_name);

	if (!key)
		return false;
	if (!name)
		name = BPF_CORE_READ(device, kobj.name);
	return bpf_probe_read_kernel_str(key->name, sizeof(key->name), name) >= 0;
}

/* Two CPUs may look at one place at once: a request is the one's that can delete it. */
static __always_inline bool give_up_if_old(__u32 number, __u64 now)
{
	struct iopf_pending *place = bpf_map_lookup_elem(&places, &number);
	struct iopf_request request;
	struct iopf_slot *slot;
	__u64 since;

	if (!place)
		return false;
	since = place->since;
	if (!since || since > now || now - since < config.timeout_ns)
		return false;
	request = place->request;
	if (MAP_RESULT(bpf_map_delete_elem(&requests, &request)))
		return false;
	place->since = 0;
	bpf_map_push_elem(&free_places, &number, BPF_ANY);
	slot = bpf_map_lookup_elem(&slots, &request.slot);
	if (slot)
		add(&slot->without_exit, 1);
	return true;
}

#define LOOKS_AT_ONCE 64

/* All places are taken: give up some requests that nobody answered, if there are any. */
static __noinline int make_room(__u64 now)
{
	__u32 from = next_to_look_at;

	next_to_look_at = (from + LOOKS_AT_ONCE) & (IOPF_PLACES - 1);
	for (__u32 i = 0; i < LOOKS_AT_ONCE; i++)
		give_up_if_old((from + i) & (IOPF_PLACES - 1), now);
	return 0;
}

static __always_inline bool take_place(__u32 *number, __u64 now)
{
	if (!MAP_RESULT(bpf_map_pop_elem(&free_places, number)))
		return true;
	make_room(now);
	return !MAP_RESULT(bpf_map_pop_elem(&free_places, number));
}

/* A group id that is still in flight is used again: nobody answered the earlier request. */
static __always_inline void begin_again(struct iopf_slot *slot, const struct iopf_request *request,
					__u64 now)
{
	__u32 *number = bpf_map_lookup_elem(&requests, request);
	struct iopf_pending *place = number ? bpf_map_lookup_elem(&places, number) : NULL;

	if (!place) {
		add(&slot->full, 1);
		return;
	}
	add(&slot->without_exit, 1);
	place->since = now;
}

static __always_inline void begin_request(struct iopf_slot *slot, __u32 number, __u32 group)
{
	struct iopf_request request = { .slot = number, .group = group };
	__u64 now = bpf_ktime_get_ns();
	struct iopf_pending *place;
	__u32 taken;

	add(&slot->begun, 1);
	if (bpf_map_lookup_elem(&requests, &request)) {
		begin_again(slot, &request, now);
		return;
	}
	place = take_place(&taken, now) ? bpf_map_lookup_elem(&places, &taken) : NULL;
	if (!place) {
		add(&slot->full, 1);
		return;
	}
	place->request = request;
	place->since = now;
	if (!MAP_RESULT(bpf_map_update_elem(&requests, &request, &taken, BPF_NOEXIST)))
		return;
	place->since = 0;
	bpf_map_push_elem(&free_places, &taken, BPF_ANY);
	begin_again(slot, &request, now);
}

/* The enum is in the BTF of a kernel that has a driver with such faults. */
static __always_inline bool is_page_request(__u32 type)
{
	if (bpf_core_enum_value_exists(enum iommu_fault_type, IOMMU_FAULT_PAGE_REQ))
		return type == bpf_core_enum_value(enum iommu_fault_type, IOMMU_FAULT_PAGE_REQ);
	return type == (bpf_core_field_exists(struct iommu_page_response, version) ? 2 : 1);
}

SEC("kprobe/iommu_report_device_fault")
int BPF_KPROBE(report_fault, struct device *device, struct iommu_fault *fault)
{
	bool is_request = is_page_request(BPF_CORE_READ(fault, type));
	struct iopf_key key = {};
	struct iopf_slot *slot;
	__u32 number;

	if (!name_device(device, &key))
		return 0;
	if (is_request)
		set_pasid(&key, BPF_CORE_READ(fault, prm.pasid));
	else
		key.pasid = IOPF_NO_PASID;
	if (!is_wanted(&key))
		return 0;
	slot = find_slot(&key, &number);
	if (!slot)
		add(&faults_without_slot, is_request);
	else if (!is_request)
		add(&slot->unrecoverable, 1);
	else if (BPF_CORE_READ(fault, prm.flags) & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE)
		begin_request(slot, number, BPF_CORE_READ(fault, prm.grpid));
	else
		add(&slot->partial, 1);
	return 0;
}

/* Of several responses to one request, one can delete it. */
static __always_inline bool end_request(struct iopf_slot *slot, __u32 number, __u32 group,
					__u64 now, __u64 *latency)
{
	struct iopf_request request = { .slot = number, .group = group };
	__u32 *known = bpf_map_lookup_elem(&requests, &request), taken;
	struct iopf_pending *place;
	__u64 since;

	if (!known)
		return false;
	taken = *known;
	place = bpf_map_lookup_elem(&places, &taken);
	if (!place)
		return false;
	since = place->since;
	if (MAP_RESULT(bpf_map_delete_elem(&requests, &request)))
		return false;
	place->since = 0;
	bpf_map_push_elem(&free_places, &taken, BPF_ANY);
	*latency = since < now ? now - since : 0;
	if (*latency < config.timeout_ns)
		return true;
	add(&slot->without_exit, 1);
	return false;
}

/* @nested: the function may have been called by the one that is seen already. */
static __noinline int responded(struct device *device, __u32 pasid, __u32 group, __u32 success,
				__u32 nested)
{
	__u64 now = bpf_ktime_get_ns(), latency;
	struct iopf_key key = {};
	struct iopf_slot *slot;
	__u32 number;

	if (!name_device(device, &key))
		return 0;
	set_pasid(&key, pasid);
	if (!is_wanted(&key))
		return 0;
	slot = find_slot(&key, &number);
	if (!slot)
		return 0;
	if (end_request(slot, number, group, now, &latency)) {
		count_latency(slot, number, latency);
		add(&slot->failed, !success);
	} else if (!nested) {
		add(&slot->without_entry, 1);
	}
	return 0;
}

SEC("kprobe/iommu_page_response")
int BPF_KPROBE(page_response, struct device *device, struct iommu_page_response *response)
{
	return responded(device, BPF_CORE_READ(response, pasid), BPF_CORE_READ(response, grpid),
			 BPF_CORE_READ(response, code) == IOMMU_PAGE_RESP_SUCCESS, false);
}

SEC("kprobe/iopf_group_response")
int BPF_KPROBE(group_response, struct iopf_group *group, __u32 code)
{
	return responded(BPF_CORE_READ(group, fault_param, dev),
			 BPF_CORE_READ(group, last_fault.fault.prm.pasid),
			 BPF_CORE_READ(group, last_fault.fault.prm.grpid),
			 code == IOMMU_PAGE_RESP_SUCCESS, false);
}

/* What the driver itself answers: all, and first of all what the kernel refuses to report. */
SEC("kprobe/arm_smmu_page_response")
int BPF_KPROBE(driver_response, struct device *device, void *fault,
	       struct iommu_page_response *response)
{
	return responded(device, BPF_CORE_READ(response, pasid), BPF_CORE_READ(response, grpid),
			 BPF_CORE_READ(response, code) == IOMMU_PAGE_RESP_SUCCESS, config.nested);
}
