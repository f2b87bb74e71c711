// SPDX-License-Identifier: GPL-2.0-or-later
/* hooks - all hooks in use, each once however many probes share it */
#include "hooks.h"

static struct {
	struct hook *hook;
	int result;
	struct watch ring;
} used[HOOKS_MAX];

static unsigned int count;

int hooks_attach(struct hook *hook)
{
	for (unsigned int i = 0; i < count; i++)
		if (used[i].hook == hook)
			return used[i].result;
	used[count].hook = hook;
	used[count].result = hook->attach(hook);
	return used[count++].result;
}

int hooks_watch(void (*ready)(struct watch *watch))
{
	int err = 0;

	for (unsigned int i = 0; i < count && !err; i++) {
		struct hook *hook = used[i].hook;

		used[i].ring = (struct watch) { .fd = -1, .ready = ready };
		if (hook->ring_fd)
			used[i].ring.fd = hook->ring_fd(hook);
		if (used[i].ring.fd >= 0)
			err = loop_add(&used[i].ring);
	}
	return err;
}

unsigned int hooks_drain(unsigned int most)
{
	unsigned int drained = 0;

	for (unsigned int i = 0; i < count; i++) {
		int events = used[i].hook->drain ? used[i].hook->drain(used[i].hook, most) : 0;

		drained += events > 0 ? (unsigned int)events : 0;
	}
	return drained;
}

struct ring_use hooks_ring_use(void)
{
	struct ring_use sum = { 0, 0 };

	for (unsigned int i = 0; i < count; i++) {
		struct hook *hook = used[i].hook;
		struct ring_use one = { 0, 0 };

		if (hook->ring_use)
			one = hook->ring_use(hook);
		sum.waiting += one.waiting;
		sum.size += one.size;
	}
	return sum;
}

void hooks_take_in_bulk(bool in_bulk)
{
	for (unsigned int i = 0; i < count; i++)
		if (used[i].hook->take_in_bulk)
			used[i].hook->take_in_bulk(used[i].hook, in_bulk);
}

void hooks_shed(__u32 mask)
{
	for (unsigned int i = 0; i < count; i++)
		if (used[i].hook->shed)
			used[i].hook->shed(used[i].hook, mask);
}

void hooks_begin(void)
{
	for (unsigned int i = 0; i < count; i++)
		if (used[i].hook->begin && !used[i].result)
			used[i].hook->begin(used[i].hook);
}

void hooks_tick(void)
{
	for (unsigned int i = 0; i < count; i++)
		if (used[i].hook->tick)
			used[i].hook->tick(used[i].hook);
}

struct bpf_cost hooks_cost(void)
{
	struct bpf_cost cost = { 0 };

	for (unsigned int i = 0; i < count; i++)
		used[i].hook->cost(used[i].hook, &cost);
	return cost;
}

void hooks_detach(void)
{
	for (unsigned int i = 0; i < count; i++)
		used[i].hook->detach(used[i].hook);
}

void hooks_close(void)
{
	for (unsigned int i = 0; i < count; i++)
		used[i].hook->close(used[i].hook);
	count = 0;
}
