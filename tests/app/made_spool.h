/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_spool: a spool in the workshop with two sightings that wait, and the
 * settings that name their audience.
 */
#pragma once

#include "sightings/spool.h"
#include "tests/app/workshop.h"

/* The options of a sensor that was started without a file. */
#define MADE_SPOOL_OPTIONS                                                     \
	"--state", made_spool_dir(), "--taxii", "https://hub.example/taxii2/", \
		"--collection", "alerts", "--report-to", "sightings",          \
		"--reporter", "Member 7", "--contact", "ops@member.example"

static inline const char *made_spool_dir(void)
{
	static char dir[WORKSHOP_PATH];
	const char *inside = workshop_path("x");

	(void)snprintf(dir, sizeof(dir), "%.*s", (int)strlen(inside) - 2,
		       inside);
	return dir;
}

static inline void made_spool_put(struct nrs_spool *spool, const char *id)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
		       "{\"type\":\"sighting\",\"id\":\"%s\","
		       "\"sighting_of_ref\":\"indicator--1\",\"count\":3}",
		       id);
	const struct nrs_spool_post post = {
		.audience = nrs_span_of("report"),
		.id = nrs_span_of(id),
		.whole = nrs_span_of(text),
		.bare = nrs_span_of(text),
		.state = NRS_SPOOL_HELD,
		.item = {.source = nrs_span_of("hub/alerts"),
			 .tlp = NRS_TLP_GREEN,
			 .grade = NRS_CLASS_REPORT},
		.indicator = nrs_span_of("indicator--1"),
		.version_ns = 7,
		.tlp = NRS_TLP_GREEN};

	assert_int_equal(nrs_spool_put(spool, &post, NULL), NRS_OK);
}

/* sighting--1 and sighting--2, held. */
static inline int made_spool(void **state)
{
	const struct nrs_spool_limits limits = {0};
	struct nrs_store *store = NULL;
	struct nrs_spool *spool = NULL;

	if (workshop_open(state) != 0)
		return -1;
	assert_int_equal(nrs_store_open(&store, workshop_path("spool.db"),
					&nrs_spool_schema, NRS_STORE_SYNC_CRASH,
					NULL),
			 NRS_OK);
	assert_int_equal(nrs_spool_new(&spool, store, &limits, NULL), NRS_OK);
	made_spool_put(spool, "sighting--1");
	made_spool_put(spool, "sighting--2");
	nrs_spool_free(spool);
	nrs_store_close(store);
	return 0;
}
