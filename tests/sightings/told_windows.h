/* SPDX-License-Identifier: Apache-2.0 */
/*
 * told_windows: windows whose tellings are kept, for the tests of them.
 */
#pragma once

#include "sightings/settle.h"
#include "tests/base/made_store.h"
#include "tests/sightings/made_hit.h"

#define SECOND NRS_SECOND_NS
#define MINUTE (60 * SECOND)
#define HOUR (3600 * SECOND)

struct told {
	enum nrs_outcome outcome;
	enum nrs_class grade;
	unsigned int stage;
	int64_t number;
	uint32_t part;
	uint64_t count;
	int64_t first_ns, last_ns;
	enum nrs_how how;
	char own[NRS_ADDR_LEN];
};

struct bench {
	struct made_hit made;
	struct nrs_windows *windows;
	struct nrs_settle *settle;
	struct made_store disk; /* of windows that are kept */
	struct told told[512];
	unsigned int count;
	int refuse; /* what tell returns */
};

static inline int tell(void *ctx, const struct nrs_window *w,
		       struct nrs_diag *diag)
{
	struct bench *b = ctx;

	if (b->refuse != NRS_OK)
		return nrs_diag_set(diag, b->refuse, 0, "not now");
	assert_true(b->count < 512);
	b->told[b->count] = (struct told){.outcome = w->outcome,
					  .grade = w->grade,
					  .stage = w->stage,
					  .number = w->number,
					  .part = w->part,
					  .count = w->count,
					  .how = w->how,
					  .first_ns = w->first_ns,
					  .last_ns = w->last_ns};
	nrs_addr_format(nrs_witness_own(w->first), b->told[b->count++].own);
	return NRS_OK;
}

static inline void open_windows(struct bench *b, uint32_t keys_max)
{
	const struct nrs_windows_options options = {.keys_max = keys_max,
						    .store = b->disk.store,
						    .ctx = b,
						    .tell = tell};
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_windows_new(&b->windows, &options, &diag), NRS_OK);
}

static inline int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	open_windows(b, 0);
	const struct nrs_settle_options settling = {.windows = b->windows};
	assert_int_equal(nrs_settle_new(&b->settle, &settling), NRS_OK);
	*state = b;
	return 0;
}

static inline int teardown(void **state)
{
	struct bench *b = *state;

	nrs_settle_free(b->settle);
	nrs_windows_free(b->windows);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

/* A transaction of @own whose outcome is known, and a step. */
static inline void add(struct bench *b, const char *own,
		       enum nrs_outcome outcome, int64_t ns)
{
	struct nrs_witness *witness = NULL;
	struct nrs_window_place place = {.outcome = outcome};

	assert_int_equal(
		nrs_witness_new(&witness, made_usual(&b->made, own, ns)),
		NRS_OK);
	assert_int_equal(nrs_windows_add(b->windows, witness, &place), NRS_OK);
	nrs_witness_free(witness);
	(void)nrs_windows_step(b->windows, ns, false, NULL);
}

static inline void step(struct bench *b, int64_t now_ns)
{
	const int err = nrs_windows_step(b->windows, now_ns, false, NULL);

	assert_int_equal(err, NRS_OK);
}
