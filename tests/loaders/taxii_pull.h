/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_pull: a puller, its store and a canned hub, for the tests of taxii_in.
 */
#pragma once

#include "loaders/taxii_in.h"
#include "tests/hub/canned.h"

#define SECOND NRS_SECOND_NS
#define NOW (INT64_C(1772366400) * SECOND) /* 2026-03-01T12:00:00Z */
#define URL "https://hub.example/api/"
#define OBJECTS URL "collections/22/objects/?"
#define T1 "2026-02-01T00:00:00.000001Z"
#define T2 "2026-02-02T00:00:00.000002Z"
#define AFTER_T1 "added_after=2026-02-01T00%3A00%3A00.000000Z&"
#define AFTER_T2 "added_after=2026-02-02T00%3A00%3A00.000002Z&"
#define A_ROOT                                                                 \
	{                                                                      \
		.status = 200, .body = "{\"versions\":[\"application/"         \
				       "taxii+json;version=2.1\"]}"            \
	}
#define COLLECTIONS                                                            \
	{                                                                      \
		.status = 200, .body = "{\"collections\":[{\"id\":\"22\","     \
				       "\"alias\":\"alerts\",\"can_read\":"    \
				       "true}]}"                               \
	}
#define FOUND A_ROOT, COLLECTIONS, A_ROOT
#define NOTE(n) "{\"type\":\"note\",\"id\":\"note--" n "\"}"

static struct nrs_store *store;
static struct nrs_taxii_in *in;
static int64_t now_ns;
static char path[32];

static inline int open_store(void **state)
{
	static const char template[] = "/tmp/nrs_taxii_XXXXXX";

	(void)state;
	memcpy(path, template, sizeof(template));
	const int fd = mkstemp(path);
	if (fd < 0 || close(fd) != 0)
		return -1;
	now_ns = NOW;
	return nrs_store_open(&store, path, &nrs_taxii_schema,
			      NRS_STORE_SYNC_CRASH, NULL);
}

static inline int close_store(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[48];

	(void)state;
	nrs_taxii_in_free(in);
	nrs_store_close(store);
	in = NULL;
	store = NULL;
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
	return 0;
}

static inline struct nrs_taxii_in_config config_of(void)
{
	return (struct nrs_taxii_in_config){
		.where = {nrs_span_of("isac-a"), nrs_span_of(URL),
			  nrs_span_of("alerts")},
		.types = "",
		.limit = 2,
		.seed = 1,
	};
}

static inline void start(const struct nrs_taxii_in_config *config)
{
	struct nrs_diag diag = {0};

	nrs_taxii_in_free(in);
	if (nrs_taxii_in_new(&in, config, store, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

/* Steps at the times they ask for, until the hub's answers are used up. */
static inline struct nrs_taxii_in_step run_all(struct canned *hub)
{
	const struct nrs_http http = canned_http(hub);
	struct nrs_taxii_in_step step = {0};

	while (hub->asked < hub->count) {
		struct nrs_diag diag = {0};

		if (nrs_taxii_in_step(in, &http, now_ns, &step, &diag) !=
		    NRS_OK)
			fail_msg("%s", diag.text);
		if (hub->asked < hub->count && step.next_ns > now_ns)
			now_ns = step.next_ns;
	}
	return step;
}

#define HUB(list)                                                              \
	{                                                                      \
		.answers = (list), .count = sizeof(list) / sizeof(*(list))     \
	}

#define WITH_STORE(test)                                                       \
	cmocka_unit_test_setup_teardown(test, open_store, close_store)
