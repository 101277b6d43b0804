/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_bench: what a session needs around it, and every value that comes
 * out of it as a line "number field=value".
 */
#pragma once

#include "capture/session_part.h"
#include "engine/value_text.h"
#include "tests/nrs_test.h"

struct session_bench {
	struct nrs_session_env env;
	struct nrs_match_sink sink;
	struct nrs_counters counters;
	struct nrs_session_pools pools;
	struct nrs_slab kept;
	struct nrs_flow flow;
	struct nrs_session session;
	unsigned int ended; /* transactions */
	unsigned int answers;
	char seen[4096];
	size_t len;
};

static inline void bench_value(void *ctx, const struct nrs_txn *txn,
			       enum nrs_field field, unsigned int object,
			       struct nrs_span value)
{
	struct session_bench *b = ctx;

	struct nrs_text text = {0};

	(void)object;
	if (txn == txn->flow)
		return;
	nrs_value_text(&text, field, value);
	const int len = snprintf(b->seen + b->len, sizeof(b->seen) - b->len,
				 "%u %s=%.*s\n", txn->number,
				 nrs_field_table[field].name, (int)text.len,
				 (const char *)text.ptr);
	nrs_text_fini(&text);
	assert_true(len > 0 && (size_t)len < sizeof(b->seen) - b->len);
	b->len += (size_t)len;
}

static inline void bench_end(void *ctx, const struct nrs_txn *txn)
{
	struct session_bench *b = ctx;

	b->ended += txn != txn->flow;
}

static inline void bench_answer(void *ctx, const struct nrs_answer *answer)
{
	struct session_bench *b = ctx;

	(void)answer;
	b->answers++;
}

static inline int bench_setup(void **state)
{
	struct session_bench *b =
		aligned_alloc(64, (sizeof(*b) + 63) / 64 * 64);

	*state = b;
	if (b == NULL)
		return -1;
	memset(b, 0, sizeof(*b));
	b->sink = (struct nrs_match_sink){
		.ctx = b, .value = bench_value, .end = bench_end};
	b->env = (struct nrs_session_env){
		.counters = &b->counters,
		.pools = &b->pools,
		.demand = NRS_FIELDS_ALL,
		.now_ns = 1,
		.ctx = b,
		.answer = bench_answer,
		.dns_room = malloc(sizeof(struct nrs_dns_room)),
		.http_head = malloc(sizeof(struct nrs_http1_head)),
		.text_room = malloc(NRS_SESSION_TEXT_ROOM),
		.quic_room = malloc(NRS_SESSION_QUIC_ROOM),
		.body_room = malloc(NRS_SESSION_BODY_ROOM),
		.hasher = nrs_hasher_new(),
		.cipher = nrs_cipher_new()};
	b->flow.session = &b->session;
	nrs_txn_begin(&b->flow.txn, &b->flow.txn, NRS_TXN_FLOW, 0, 1);
	if (nrs_session_pools_init(&b->pools, 2, 4, 2, 4) != 0 ||
	    nrs_slab_init(&b->kept, NRS_KEPT_BYTES, 64) != 0 ||
	    nrs_matcher_new(&b->env.matcher, NULL, 0, &b->sink, &b->counters) !=
		    NRS_OK)
		return -1;
	nrs_matcher_at(b->env.matcher, 1, &b->kept);
	return 0;
}

static inline int bench_teardown(void **state)
{
	struct session_bench *b = *state;

	nrs_matcher_free(b->env.matcher);
	nrs_session_pools_fini(&b->pools);
	nrs_slab_fini(&b->kept);
	free(b->env.dns_room);
	free(b->env.http_head);
	free(b->env.text_room);
	free(b->env.quic_room);
	free(b->env.body_room);
	nrs_hasher_free(b->env.hasher);
	nrs_cipher_free(b->env.cipher);
	free(b);
	return 0;
}

#define NRS_S(test)                                                            \
	cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
