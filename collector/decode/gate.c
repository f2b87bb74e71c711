// SPDX-License-Identifier: GPL-2.0-or-later
/* gate - with keys: what may come in */
#include "gate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Without --state: beside the keys, so that nobody is unprotected for not having asked. */
static struct replay *open_state(const struct options *options)
{
	char path[PATH_MAX];

	if (options->state)
		return replay_open(options->state);
	snprintf(path, sizeof(path), "%s.state", options->keys);
	return replay_open(path);
}

struct gate *gate_open(const struct options *options)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (!gate) {
		fputs(PROGRAM ": out of memory\n", stderr);
		return NULL;
	}
	gate->ring = keyring_open(options->keys);
	if (gate->ring && options->listen)
		gate->replay = open_state(options);
	if (gate->ring && (gate->replay || !options->listen))
		return gate;
	gate_close(gate);
	return NULL;
}

void gate_close(struct gate *gate)
{
	if (!gate)
		return;
	keyring_close(gate->ring);
	replay_close(gate->replay);
	for (unsigned int i = 0; i < REFUSED_LISTED; i++)
		free(gate->listed[i].input);
	free(gate);
}

void gate_open_beside(struct gate *gate, struct keyring *ring)
{
	*gate = (struct gate) { .ring = ring, .lines = REFUSED_LISTED };
}

static enum refusal look_back(const struct gate *gate, const struct block *block)
{
	static const enum refusal refusals[] = {
		[REPLAY_new] = REFUSED_not,
		[REPLAY_seen] = REFUSED_replayed,
		[REPLAY_too_old] = REFUSED_too_old,
	};

	if (!gate->replay)
		return REFUSED_not;
	return refusals[replay_look(gate->replay, block->board_id, block->session_id,
				    block->number)];
}

/* The tag of a block that is not sealed, or not any longer. */
static enum refusal judge_tagged(struct gate *gate, struct block *block)
{
	struct board_keys keys;
	enum refusal refusal;

	if (!block->auth)
		return REFUSED_untagged;
	if (AUTH_SUITE(block->auth) != AUTH_TAG ||
	    !keyring_find(gate->ring, block->board_id, AUTH_SLOT(block->auth), &keys))
		return REFUSED_unknown_key;
	refusal = block_check_records(block);
	if (refusal == REFUSED_damaged)
		return refusal;
	if (block_check_tag(block, &keys))
		return REFUSED_wrong_tag;
	if (!refusal)
		keyring_remember(gate->ring, block->board_id, AUTH_SLOT(block->auth), &keys);
	return refusal;
}

static enum refusal judge_sealed(struct gate *gate, struct block *block)
{
	struct board_keys keys;
	enum refusal refusal;

	if (AUTH_SUITE(block->auth) != AUTH_SEAL ||
	    !keyring_find(gate->ring, block->board_id, AUTH_SLOT(block->auth), &keys))
		return REFUSED_unknown_key;
	refusal = block_unseal(block, &keys, gate->plain);
	return refusal ? refusal : judge_tagged(gate, block);
}

static enum refusal judge(struct gate *gate, struct block *block, const void *bytes, size_t size)
{
	enum refusal refusal = block_look(block, bytes, size);

	if (refusal)
		return refusal;
	if (!block->sealed && !keyring_knows(gate->ring, block->board_id))
		return block_check_records(block);
	refusal = look_back(gate, block);
	if (refusal)
		return refusal;
	return block->sealed ? judge_sealed(gate, block) : judge_tagged(gate, block);
}

static void count(struct gate *gate, enum refusal refusal)
{
	gate->refused[refusal]++;
	gate->all_refused++;
}

enum refusal gate_take(struct gate *gate, const void *bytes, size_t size)
{
	enum refusal refusal = judge(gate, &gate->block, bytes, size);

	if (refusal)
		count(gate, refusal);
	return refusal;
}

void gate_list(struct gate *gate, enum refusal refusal, const char *input, __u64 offset)
{
	struct refused_block *block = &gate->listed[gate->lines];

	if (gate->lines == REFUSED_LISTED)
		return;
	gate->lines++;
	*block = (struct refused_block) { strdup(input), offset, refusal };
}

bool gate_keep(struct gate *gate)
{
	const struct block *block = &gate->block;

	if (!gate->replay || !keyring_knows(gate->ring, block->board_id) ||
	    !replay_accept(gate->replay, block->board_id, block->session_id, block->number))
		return true;
	count(gate, REFUSED_no_room);
	return false;
}

void gate_report(const struct gate *gate, FILE *out)
{
	for (unsigned int i = 1; i < REFUSAL_KINDS; i++)
		if (gate->refused[i])
			fprintf(out, "     %llu %s\n", gate->refused[i], refusal_texts[i]);
}
