/* SPDX-License-Identifier: Apache-2.0 */
/*
 * one_indicator: a settled set of one indicator, the private networks as home,
 * and a hit of one value, for tests of what follows the matcher.
 */
#pragma once

#include "sightings/sighted.h"
#include "tests/nrs_test.h"

static struct nrs_set *set;
static struct nrs_home_nets home;

/* For a group's setup: 0 or -1. The set takes a copy of @item. */
static inline int open_set_of(const struct nrs_indicator *item)
{
	uint32_t source;

	nrs_home_nets_default(&home);
	return nrs_set_new(&set) == NRS_OK &&
			       nrs_set_source(set, nrs_span_of("isac"),
					      nrs_span_of("isac.json"),
					      &source) == NRS_OK &&
			       nrs_set_add(set, item) == NRS_OK &&
			       nrs_set_settle(set) == NRS_OK
		       ? 0
		       : -1;
}

static inline int open_set(void **state)
{
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of("[a:b = 1]"),
					   .confidence = -1};

	(void)state;
	return open_set_of(&item);
}

static inline int close_set(void **state)
{
	(void)state;
	nrs_set_free(set);
	return 0;
}

struct one_hit {
	struct nrs_record_hit hit;
	struct nrs_record_value value;
	uint8_t octets[16];
};

/* The rest of @h: a DNS question for c2.example. */
static inline void one_hit_asks(struct one_hit *h)
{
	static const char name[] = "c2.example";

	h->hit.head.bytes = sizeof(*h);
	h->hit.value_count = 1;
	h->value = (struct nrs_record_value){.field = NRS_F_DNS_QUERY,
					     .len = sizeof(name) - 1};
	memcpy(h->octets, name, sizeof(name) - 1);
}
