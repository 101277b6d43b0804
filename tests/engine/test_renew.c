/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_renew: what an open transaction remembers when the indicators change
 * under it (contracts.md section 6).
 */
#include "tests/nrs_test.h"

#include "engine/matcher.h"

#define FIRED_MAX 16

struct fixture {
	struct nrs_set *sets[2];
	struct nrs_db *dbs[2];
	struct nrs_counters counters;
	struct nrs_match_sink sink;
	struct nrs_matcher *matcher;
	struct nrs_slab slab;
	struct nrs_txn flow, exchange;
	const struct nrs_set *of; /* the current db's */
	char fired[FIRED_MAX][64];
	unsigned int fired_count;
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct fixture *f = ctx;
	const struct nrs_indicator *indicator =
		nrs_set_at(f->of, hit->indicator);

	assert_true(f->fired_count < FIRED_MAX);
	assert_true(indicator->id.len < sizeof(f->fired[0]));
	memcpy(f->fired[f->fired_count], indicator->id.ptr, indicator->id.len);
	f->fired[f->fired_count++][indicator->id.len] = '\0';
}

/* Indicators as "id pattern", in this order; NULL ends. */
static void build(struct fixture *f, unsigned int which,
		  const char *const (*items)[2])
{
	const struct nrs_build_options options = {
		.seats = 1,
		.generation = which + 1,
		.validity = NRS_VALIDITY_SINCE_EXPIRY};
	struct nrs_set *set = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	f->sets[which] = set;
	assert_int_equal(nrs_set_source(set, nrs_span_of("test"),
					nrs_span_of("test"), &source),
			 NRS_OK);
	for (; (*items)[0] != NULL; items++) {
		const struct nrs_indicator item = {
			.id = nrs_span_of((*items)[0]),
			.pattern = nrs_span_of((*items)[1]),
			.modified_ns = 1,
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.confidence = -1};

		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	}
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_db_build(&f->dbs[which], set, &options), NRS_OK);
}

static void swap(struct fixture *f)
{
	f->of = f->sets[1];
	nrs_matcher_adopt(f->matcher, f->dbs[1]);
}

static void begin(struct fixture *f, const char *const (*first)[2],
		  const char *const (*second)[2])
{
	memset(f, 0, sizeof(*f));
	build(f, 0, first);
	build(f, 1, second);
	f->of = f->sets[0];
	f->sink = (struct nrs_match_sink){.ctx = f, .hit = on_hit};
	assert_int_equal(nrs_slab_init(&f->slab, NRS_KEPT_BYTES, 64), NRS_OK);
	assert_int_equal(nrs_matcher_new(&f->matcher, f->dbs[0], 0, &f->sink,
					 &f->counters),
			 NRS_OK);
	nrs_matcher_at(f->matcher, 1, &f->slab);
	nrs_txn_begin(&f->flow, &f->flow, NRS_TXN_FLOW, 0, 1);
	nrs_txn_begin(&f->exchange, &f->flow, NRS_TXN_HTTP, 1, 1);
	assert_false(nrs_txn_renew(f->matcher, &f->flow));
}

static void end(struct fixture *f)
{
	nrs_txn_end(f->matcher, &f->exchange);
	nrs_txn_end(f->matcher, &f->flow);
	assert_int_equal(f->slab.taken, 0);
	nrs_matcher_free(f->matcher);
	nrs_slab_fini(&f->slab);
	for (unsigned int i = 0; i < 2; i++) {
		nrs_db_free(f->dbs[i]);
		nrs_set_free(f->sets[i]);
	}
}

static void push(struct fixture *f, struct nrs_txn *txn, enum nrs_field field,
		 const char *text)
{
	nrs_txn_value(f->matcher, txn, field, 0, nrs_span_of(text));
}

static void push_addr(struct fixture *f, const char *text)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	nrs_txn_value(f->matcher, &f->flow, NRS_F_IP_DST, 1,
		      nrs_span(addr.bytes, sizeof(addr.bytes)));
}

static void what_fired_does_not_fire_again(void **state)
{
	static const char *const one[][2] = {
		{"indicator--a", "[ipv4-addr:value = '192.0.2.7']"},
		{NULL, NULL}};
	/* the same indicator, at another index */
	static const char *const two[][2] = {
		{"indicator--z", "[domain-name:value = 'z.example']"},
		{"indicator--a", "[ipv4-addr:value = '192.0.2.7']"},
		{NULL, NULL}};
	struct fixture f;

	(void)state;
	begin(&f, one, two);
	push_addr(&f, "192.0.2.7");
	assert_int_equal(f.fired_count, 1);
	swap(&f);
	assert_true(nrs_txn_renew(f.matcher, &f.flow));
	assert_false(nrs_txn_renew(f.matcher, &f.flow));
	push_addr(&f, "192.0.2.7");
	assert_int_equal(f.fired_count, 1);
	push(&f, &f.exchange, NRS_F_HTTP_HOST, "z.example");
	assert_int_equal(f.fired_count, 2);
	assert_string_equal(f.fired[1], "indicator--z");
	end(&f);
}

static void a_kept_value_meets_the_new_indicators(void **state)
{
	static const char *const one[][2] = {
		{"indicator--a",
		 "[url:value = 'http://h.example/a' AND "
		 "network-traffic:extensions.'http-request-ext'.request_method "
		 "= 'POST']"},
		{NULL, NULL}};
	static const char *const two[][2] = {
		{"indicator--b", "[url:value = 'http://h.example/a']"},
		{"indicator--a",
		 "[url:value = 'http://h.example/a' AND "
		 "network-traffic:extensions.'http-request-ext'.request_method "
		 "= 'POST']"},
		{NULL, NULL}};
	struct fixture f;

	(void)state;
	begin(&f, one, two);
	push(&f, &f.exchange, NRS_F_HTTP_URL, "http://h.example/a");
	assert_int_equal(f.fired_count, 0);
	swap(&f);
	/* the URL came before the swap, the method after it */
	push(&f, &f.exchange, NRS_F_HTTP_METHOD, "POST");
	assert_int_equal(f.fired_count, 2);
	assert_string_equal(f.fired[0], "indicator--b");
	assert_string_equal(f.fired[1], "indicator--a");
	end(&f);
}

static void a_withdrawn_indicator_fires_no_more(void **state)
{
	static const char *const one[][2] = {
		{"indicator--a",
		 "[url:value = 'http://h.example/a' AND "
		 "network-traffic:extensions.'http-request-ext'.request_method "
		 "= 'POST']"},
		{NULL, NULL}};
	static const char *const none[][2] = {
		{"indicator--c", "[domain-name:value = 'c.example']"},
		{NULL, NULL}};
	struct fixture f;

	(void)state;
	begin(&f, one, none);
	push(&f, &f.exchange, NRS_F_HTTP_URL, "http://h.example/a");
	swap(&f);
	push(&f, &f.exchange, NRS_F_HTTP_METHOD, "POST");
	assert_int_equal(f.fired_count, 0);
	end(&f);
}

static void a_name_left_with_the_flow_stays_the_destinations(void **state)
{
	static const char *const one[][2] = {
		{"indicator--a",
		 "[network-traffic:dst_ref.type = 'domain-name' AND "
		 "network-traffic:dst_ref.value = 'd.example' AND "
		 "network-traffic:dst_port = 80]"},
		{NULL, NULL}};
	struct fixture f;

	(void)state;
	begin(&f, one, one);
	push(&f, &f.exchange, NRS_F_HTTP_HOST, "d.example");
	swap(&f);
	nrs_txn_int(f.matcher, &f.flow, NRS_F_DST_PORT, 80);
	push(&f, &f.exchange, NRS_F_HTTP_HOST, "d.example");
	assert_int_equal(f.fired_count, 1);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fired_does_not_fire_again),
		cmocka_unit_test(a_kept_value_meets_the_new_indicators),
		cmocka_unit_test(a_withdrawn_indicator_fires_no_more),
		cmocka_unit_test(
			a_name_left_with_the_flow_stays_the_destinations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
