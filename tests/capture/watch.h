/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: one worker fed with hand-made frames, and what its sessions push.
 */
#pragma once

#include "capture/decode/defrag.h"
#include "capture/worker.h"
#include "tests/capture/frames.h"

#define SEEN_MAX 96

struct seen {
	enum nrs_field field;
	uint32_t txn;
	unsigned int object;
	char value[128];
};

struct watch {
	struct nrs_hash_key key;
	struct nrs_worker *worker;
	struct nrs_round round;
	struct nrs_defrag *defrag;
	struct frame frames[8];
	unsigned int frame_count;
	uint64_t ordinal;
	struct nrs_block block;
	struct seen seen[SEEN_MAX];
	unsigned int count, ended;
};

int watch_setup(void **state);
int watch_teardown(void **state);
void watch_add(struct watch *w, const struct frame *f);

/* All frames added so far go through the worker. */
void watch_step(struct watch *w, bool is_end);
void watch_add_tcp(struct watch *w, const struct frame_tcp *tcp);

/* How often @field had @value, and in which transaction last. */
unsigned int watch_times(const struct watch *w, enum nrs_field field,
			 const char *value, uint32_t *txn);
