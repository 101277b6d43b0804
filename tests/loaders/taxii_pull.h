/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_pull: a puller, its store and a canned hub, for the tests of taxii_in.
 * A test says what the hub answers, walks, and looks at what was asked and
 * kept.
 */
#pragma once

#include "loaders/taxii_in.h"
#include "tests/base/made_store.h"
#include "tests/hub/canned.h"
#include "tests/loaders/taxii_answers.h"

#define SECOND NRS_SECOND_NS
#define NOW (INT64_C(1772366400) * SECOND)	   /* 2026-03-01T12:00:00Z */
#define NS1 (INT64_C(1769904000) * SECOND + 1000)  /* T1 */
#define NS2 (NS1 + INT64_C(86400) * SECOND + 1000) /* T2 */

static struct made_store disk;
static struct nrs_taxii_in *in;
static struct nrs_taxii_in_config config; /* as usual before each test */
static struct canned hub;
static int64_t now_ns;

static inline int open_store(void **state)
{
	(void)state;
	made_store_begin(&disk, &nrs_taxii_schema);
	now_ns = NOW;
	config = (struct nrs_taxii_in_config){
		.where = {nrs_span_of("isac-a"), nrs_span_of(URL),
			  nrs_span_of("alerts")},
		.types = "",
		.limit = 2,
		.seed = 1,
	};
	return 0;
}

static inline int close_store(void **state)
{
	(void)state;
	nrs_taxii_in_free(in);
	in = NULL;
	made_store_end(&disk);
	return 0;
}

static inline const struct nrs_taxii_in_state *is(void)
{
	return nrs_taxii_in_state(in);
}

/* Anew from what the store holds. */
static inline void start(void)
{
	struct nrs_diag diag = {0};

	nrs_taxii_in_free(in);
	if (nrs_taxii_in_new(&in, &config, disk.store, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

static inline int step_now(struct nrs_taxii_in_step *step,
			   struct nrs_diag *diag)
{
	const struct nrs_http http = canned_http(&hub);

	return nrs_taxii_in_step(in, &http, now_ns, step, diag);
}

/* Steps at the times they ask for, until @count answers are used up. */
static inline struct nrs_taxii_in_step walk_on(size_t count)
{
	struct nrs_taxii_in_step step = {0};

	hub.count = count;
	while (hub.asked < hub.count) {
		struct nrs_diag diag = {0};

		if (step_now(&step, &diag) != NRS_OK)
			fail_msg("%s", diag.text);
		if (hub.asked < hub.count && step.next_ns > now_ns)
			now_ns = step.next_ns;
	}
	return step;
}

/* A puller started anew, at a hub that gives the first @count of @answers. */
static inline struct nrs_taxii_in_step
walk_some(const struct canned_answer *answers, size_t count)
{
	hub = (struct canned){.answers = answers};
	start();
	return walk_on(count);
}

#define WALK(list) walk_some(list, sizeof(list) / sizeof(*(list)))

#define WITH_STORE(test)                                                       \
	cmocka_unit_test_setup_teardown(test, open_store, close_store)
