/* SPDX-License-Identifier: Apache-2.0 */
/*
 * one_pattern: builder, matcher, a flow and one exchange in it.
 */
#include "tests/engine/one_pattern.h"

#include "engine/canon.h"
#include "tests/engine/empty_set.h"

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct told *told = ctx;

	told->hits++;
	told->how = hit->values[0].how;
	told->values = hit->value_count;
	for (unsigned int i = 0; i < hit->value_count; i++)
		told->is_unsure |= hit->values[i].how == NRS_HOW_SUBDOMAIN ||
				   hit->values[i].how == NRS_HOW_PREFIX;
	assert_int_equal(hit->generation, 9);
}

static void push(struct nrs_matcher *m, struct nrs_txn *flow,
		 struct nrs_txn *exchange, const struct seen *seen)
{
	const struct nrs_field_info *info = &nrs_field_table[seen->field];
	struct nrs_txn *txn = info->scope == NRS_SCOPE_FLOW ? flow : exchange;
	struct nrs_span value = nrs_span_of(seen->text);
	struct nrs_addr addr;
	uint8_t mac[6];
	int64_t number;

	if (info->kind == NRS_VALUE_MAC) {
		assert_int_equal(nrs_canon_mac(value, mac), NRS_OK);
		value = nrs_span(mac, sizeof(mac));
	}
	if (info->kind == NRS_VALUE_INT || info->kind == NRS_VALUE_TIME) {
		assert_int_equal(nrs_span_i64(value, &number), NRS_OK);
		value = nrs_span(&number, sizeof(number));
	}
	if (info->kind == NRS_VALUE_ADDR) {
		assert_int_equal(nrs_addr_parse(value, &addr), NRS_OK);
		value = nrs_span(addr.bytes, sizeof(addr.bytes));
	}
	nrs_txn_value(m, txn, seen->field, seen->object, value);
}

/* What a flow says when it ends, when its exchanges are over. */
static bool is_of_the_end(enum nrs_field field)
{
	return field >= NRS_F_END && field <= NRS_F_TCP_DST_FLAGS;
}

struct told match(const char *pattern, const struct seen *seen)
{
	const struct nrs_build_options options = {.seats = 1, .generation = 9};
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of(pattern),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = NRS_STIX_21};
	struct told told = {0};
	bool is_over = false;
	const struct nrs_match_sink sink = {.ctx = &told, .hit = on_hit};
	struct nrs_counters counters = {0};
	struct nrs_matcher *matcher = NULL;
	struct nrs_txn flow, exchange;
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;
	struct nrs_slab slab;

	set = empty_set();
	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
	if (nrs_set_at(set, 0)->status != NRS_STATUS_FULL)
		fail_msg("%s: %s", pattern, nrs_set_reason(set, 0));
	assert_int_equal(nrs_slab_init(&slab, NRS_KEPT_BYTES, 64), 0);
	assert_int_equal(nrs_matcher_new(&matcher, db, 0, &sink, &counters),
			 NRS_OK);
	nrs_matcher_at(matcher, 1, &slab);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
	nrs_txn_begin(&exchange, &flow, NRS_TXN_HTTP, 1, 1);
	for (unsigned int i = 0; i < SEEN_MAX && seen[i].text != NULL; i++) {
		if (is_of_the_end(seen[i].field) && !is_over)
			nrs_txn_end(matcher, &exchange);
		is_over |= is_of_the_end(seen[i].field);
		push(matcher, &flow, &exchange, &seen[i]);
	}
	if (!is_over)
		nrs_txn_end(matcher, &exchange);
	nrs_txn_end(matcher, &flow);
	assert_int_equal(slab.taken, 0);
	nrs_matcher_free(matcher);
	nrs_slab_fini(&slab);
	nrs_db_free(db);
	nrs_set_free(set);
	return told;
}

void expect_hits(const struct pattern_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct told told = match(rows[i].pattern, rows[i].seen);

		if (told.hits != rows[i].hits ||
		    (told.hits > 0 && told.how != rows[i].how))
			fail_msg("%s: %u hits, %s", rows[i].name, told.hits,
				 nrs_how_name(told.how));
	}
}
