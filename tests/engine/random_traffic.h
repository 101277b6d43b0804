/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_traffic: random transactions and random patterns over the same few
 * values, so that about as many match as do not. All from one seed.
 */
#pragma once

#include "engine/base/text.h"
#include "engine/matcher.h"

struct nrs_chance {
	uint64_t state;
};
uint64_t nrs_chance_next(struct nrs_chance *chance);
/* 0 to @n - 1. */
unsigned int nrs_chance_of(struct nrs_chance *chance, unsigned int n);
static inline const char *nrs_chance_text(struct nrs_chance *chance,
					  const char *const *list,
					  unsigned int n)
{
	return list[nrs_chance_of(chance, n)];
}
#define NRS_CHANCE(chance, list)                                               \
	nrs_chance_text((chance), (list), sizeof(list) / sizeof(*(list)))

/* One flow with one exchange, as a worker would push it. */
#define NRS_TRAFFIC_VALUES 48
struct nrs_traffic {
	enum nrs_txn_kind kind; /* of the exchange */
	int64_t start_ns, exchange_ns, exchange_end_ns, end_ns;
	/* In the order they are pushed: [0, known) of the flow before the
	 * exchange ends, [known, ended) of the exchange, then of the flow. */
	struct nrs_hit_value values[NRS_TRAFFIC_VALUES];
	unsigned int known, ended, count;
	uint8_t octets[NRS_TRAFFIC_VALUES][16]; /* addresses, numbers */
};
/* @at_ns: when it begins. */
void nrs_traffic_make(struct nrs_traffic *out, struct nrs_chance *chance,
		      int64_t at_ns);
/* A flow without an exchange. */
void nrs_traffic_make_bare(struct nrs_traffic *out, struct nrs_chance *chance,
			   int64_t at_ns);

/* Push all of it and end both transactions. */
void nrs_traffic_push(const struct nrs_traffic *traffic,
		      struct nrs_matcher *matcher, struct nrs_slab *slab);

/* The flow (or the exchange with what was known of the flow) as a bundle with
 * one observed-data. */
void nrs_traffic_document(const struct nrs_traffic *traffic, bool is_exchange,
			  struct nrs_text *out);

/* The flow as an observed-data of STIX 2.0, whose objects are its own. */
void nrs_traffic_observed(const struct nrs_traffic *traffic,
			  struct nrs_text *out);

#define NRS_TRAFFIC_BASE_NS INT64_C(1772366400000000000)

/* A pattern: @observations [ ] at most. @is_alone: one observation alone may
 * satisfy it, so no AND, FOLLOWEDBY or REPEATS between them. */
void nrs_pattern_make(struct nrs_text *out, struct nrs_chance *chance,
		      unsigned int observations, bool is_alone);
