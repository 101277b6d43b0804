/* SPDX-License-Identifier: Apache-2.0 */
/*
 * posted: a spool with one audience, filled through the outbox by hits of own
 * hosts, for tests of what comes after.
 */
#pragma once

#include "sightings/outbox.h"
#include "sightings/spool_review.h"
#include "sightings/spool_send.h"
#include "tests/sightings/made_hit.h"

struct posted {
	struct made_hit made;
	struct nrs_share_audience audience;
	struct nrs_share_source source;
	struct nrs_share_policy policy;
	struct nrs_store *store;
	struct nrs_spool *spool;
	struct nrs_outbox *outbox;
	struct nrs_spool_batch batch;
	struct nrs_text seen;
	char dir[64], path[96];
};

static inline int posted_setup(void **state)
{
	const struct nrs_spool_limits limits = {0};
	struct posted *p = calloc(1, sizeof(*p));

	made_set(&p->made, NRS_TLP_AMBER, NULL);
	p->audience = (struct nrs_share_audience){
		.name = nrs_span_of("isac-a"),
		.hub = nrs_span_of("hub-a"),
		.collection = nrs_span_of("sightings"),
		.is_auto = true,
		.grain_ns = 60 * NRS_SECOND_NS,
		.reporter = {.as = NRS_SHARE_PSEUDONYM,
			     .name = nrs_span_of("Example Ltd"),
			     .contact = nrs_span_of("soc@example.org")}};
	p->source =
		(struct nrs_share_source){.name = nrs_span_of("isac-a/alerts"),
					  .hub = nrs_span_of("hub-a"),
					  .collection = nrs_span_of("alerts")};
	p->policy = (struct nrs_share_policy){.audiences = &p->audience,
					      .audience_count = 1,
					      .sources = &p->source,
					      .source_count = 1};
	p->batch.bytes_max = (size_t)64 << 20;
	snprintf(p->dir, sizeof(p->dir), "/tmp/nrs-posted-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/s.db", p->dir);
	int err = nrs_store_open(&p->store, p->path, &nrs_spool_schema,
				 NRS_STORE_SYNC_CRASH, NULL);
	assert_int_equal(err, NRS_OK);
	err = nrs_spool_new(&p->spool, p->store, &limits, NULL);
	assert_int_equal(err, NRS_OK);
	const struct nrs_outbox_options options = {.store = p->store,
						   .policy = &p->policy,
						   .home = &p->made.home,
						   .sensor = nrs_span_of("s")};
	assert_int_equal(nrs_outbox_new(&p->outbox, &options, NULL), NRS_OK);
	*state = p;
	return 0;
}

static inline int posted_teardown(void **state)
{
	struct posted *p = *state;
	char name[128];

	(void)unlink(p->path);
	nrs_text_fini(&p->seen);
	nrs_text_fini(&p->batch.envelope);
	nrs_outbox_free(p->outbox);
	nrs_spool_free(p->spool);
	nrs_store_close(p->store);
	snprintf(name, sizeof(name), "%s-wal", p->path);
	(void)unlink(name);
	snprintf(name, sizeof(name), "%s-shm", p->path);
	(void)unlink(name);
	assert_int_equal(rmdir(p->dir), 0);
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
