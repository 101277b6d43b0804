/* SPDX-License-Identifier: Apache-2.0 */
/*
 * posted: a spool with one audience, filled through the outbox by hits of own
 * hosts, for tests of what comes after.
 */
#pragma once

#include "sightings/outbox.h"
#include "sightings/spool_review.h"
#include "sightings/spool_send.h"
#include "tests/base/made_store.h"
#include "tests/sightings/made_hit.h"
#include "tests/sightings/made_share.h"

struct posted {
	struct made_hit made;
	struct made_share share;
	struct made_store disk;
	struct nrs_spool *spool;
	struct nrs_outbox *outbox;
	struct nrs_spool_batch batch;
	struct nrs_text seen;
};

static inline int posted_setup(void **state)
{
	const struct nrs_spool_limits limits = {0};
	struct posted *p = calloc(1, sizeof(*p));

	made_set(&p->made, NRS_TLP_AMBER, NULL);
	made_share(&p->share);
	p->share.audience.grain_ns = 60 * NRS_SECOND_NS;
	p->share.audience.reporter.as = NRS_SHARE_PSEUDONYM;
	p->batch.bytes_max = (size_t)64 << 20;
	made_store_begin(&p->disk, &nrs_spool_schema);
	assert_int_equal(nrs_spool_new(&p->spool, p->disk.store, &limits, NULL),
			 NRS_OK);
	const struct nrs_outbox_options options = {.store = p->disk.store,
						   .policy = &p->share.policy,
						   .home = &p->made.home,
						   .sensor = nrs_span_of("s")};
	assert_int_equal(nrs_outbox_new(&p->outbox, &options, NULL), NRS_OK);
	*state = p;
	return 0;
}

static inline int posted_teardown(void **state)
{
	struct posted *p = *state;

	nrs_text_fini(&p->seen);
	nrs_text_fini(&p->batch.envelope);
	nrs_outbox_free(p->outbox);
	nrs_spool_free(p->spool);
	made_store_end(&p->disk);
	nrs_set_free(p->made.set);
	free(p);
	return 0;
}

/* A sighting of own host number @n: queued, or with mode hold held. */
static inline void posted_hit(struct posted *p, unsigned int n)
{
	char own[NRS_ADDR_LEN];

	snprintf(own, sizeof(own), "10.1.0.%u", n);
	(void)made_usual(&p->made, own, MADE_NS);
	p->made.record.hit.flow.outcome = NRS_OUTCOME_ESTABLISHED;
	p->made.record.hit.flow.id = n;
	nrs_outbox_hit(p->outbox, made_sighted(&p->made), MADE_NS);
	const int err = nrs_outbox_step(p->outbox, MADE_NS + n, false, NULL);
	assert_int_equal(err, NRS_OK);
}
