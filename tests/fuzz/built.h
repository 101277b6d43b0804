/* SPDX-License-Identifier: Apache-2.0 */
/*
 * built: a set of one pattern, compiled, and a little traffic through it.
 */
#pragma once

#include "engine/matcher.h"
#include "engine/pattern.h"
#include "engine/payload.h"
#include "tests/fuzz/fuzz.h"

static inline void ignore_hit(void *ctx, const struct nrs_hit *hit)
{
	(void)ctx;
	must(hit->value_count > 0);
}

static inline void run_through(const struct nrs_db *db)
{
	static const uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, 192,
					 0,	      2,	   1};
	const struct nrs_payload_datagram datagram = {
		.octets = nrs_span_of("evil\n")};
	const struct nrs_match_sink sink = {.hit = ignore_hit};
	struct nrs_counters counters = {0};
	struct nrs_matcher *matcher = NULL;
	struct nrs_slab slab;
	struct nrs_txn flow, exchange;

	must(nrs_slab_init(&slab, NRS_KEPT_BYTES, 64) == NRS_OK &&
	     nrs_matcher_new(&matcher, db, 0, &sink, &counters) == NRS_OK);
	nrs_matcher_at(matcher, 1, &slab);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
	nrs_txn_value(matcher, &flow, NRS_F_IP_SRC, 0, nrs_span(addr, 16));
	nrs_txn_int(matcher, &flow, NRS_F_DST_PORT, 80);
	nrs_txn_begin(&exchange, &flow, NRS_TXN_HTTP, 1, 1);
	nrs_txn_value(matcher, &exchange, NRS_F_HTTP_HOST, 0,
		      nrs_span_of("a.example"));
	nrs_txn_value(matcher, &exchange, NRS_F_HTTP_HEADER, 0,
		      nrs_span_of("User-Agent: x"));
	nrs_payload_datagram(matcher, &flow, &datagram);
	nrs_txn_overdue(matcher, &exchange);
	nrs_txn_end(matcher, &exchange);
	nrs_txn_end(matcher, &flow);
	must(slab.taken == 0);
	nrs_matcher_free(matcher);
	nrs_slab_fini(&slab);
}

static inline void build_and_run(struct nrs_span pattern, bool strict)
{
	const struct nrs_build_options options = {
		.seats = 1, .generation = 1, .strict = strict};
	const struct nrs_indicator item = {.pattern = pattern,
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .version = NRS_STIX_21};
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;
	uint32_t source;

	must(nrs_set_new(&set) == NRS_OK &&
	     nrs_set_source(set, pattern, pattern, &source) == NRS_OK &&
	     nrs_set_add(set, &item) == NRS_OK &&
	     nrs_db_build(&db, set, &options) == NRS_OK);
	run_through(db);
	nrs_db_free(db);
	nrs_set_free(set);
}
