/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_observe_json: values of transactions that run beside each other end up
 * each in its own.
 */
#include "tests/nrs_test.h"

#include "app/observe_json.h"
#include "engine/base/json.h"

static void values_stay_with_their_transaction(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_observe_json *observe = NULL;
	struct nrs_flow_info info = {
		.src_port = 5000, .dst_port = 53, .proto = 17};
	struct nrs_json *tree = NULL;
	struct nrs_text line = {0};
	struct nrs_txn flow, one, other;

	(void)state;
	assert_non_null(arena);
	assert_int_equal(nrs_addr_parse(nrs_span_of("10.0.0.1"), &info.src),
			 NRS_OK);
	assert_int_equal(nrs_addr_parse(nrs_span_of("192.0.2.53"), &info.dst),
			 NRS_OK);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
	nrs_txn_begin(&one, &flow, NRS_TXN_DNS, 1,
		      INT64_C(1767225600000000000));
	nrs_txn_begin(&other, &flow, NRS_TXN_DNS, 2, 2);
	assert_int_equal(
		nrs_observe_json_new(&observe, NRS_FIELD_BIT(NRS_F_DNS_QUERY)),
		NRS_OK);
	nrs_observe_json_value(observe, &one, NRS_F_DNS_QUERY, 0,
			       nrs_span_of("a.example"));
	nrs_observe_json_value(observe, &other, NRS_F_DNS_QUERY, 0,
			       nrs_span_of("b.example"));
	nrs_observe_json_value(observe, &one, NRS_F_DNS_TXT, 1,
			       nrs_span_of("not asked for"));
	nrs_observe_json_end(observe, &one, &info, &line);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&line), arena, &tree, NULL),
		NRS_OK);
	assert_true(nrs_span_is(nrs_json_text(tree, "kind"), "dns"));
	assert_true(nrs_span_is(nrs_json_text(tree, "time"),
				"2026-01-01T00:00:00.000000Z"));
	const struct nrs_json *values = nrs_json_get(tree, "values");
	assert_true(nrs_span_is(nrs_json_text(values->child, "value"),
				"a.example"));
	assert_null(values->child->next);
	/* two addresses, the traffic, the name */
	unsigned int objects = 0;
	for (const struct nrs_json *o = nrs_json_get(tree, "objects")->child;
	     o != NULL; o = o->next)
		objects++;
	assert_int_equal(objects, 4);
	/* ended once; a transaction without a wanted value has no line */
	nrs_text_clear(&line);
	nrs_observe_json_end(observe, &one, &info, &line);
	nrs_observe_json_end(observe, &flow, &info, &line);
	assert_int_equal(line.len, 0);
	nrs_observe_json_free(observe); /* the other one is still open */
	nrs_text_fini(&line);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_stay_with_their_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
