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

/* Indicators as id and pattern, in this order; NULL ends. */
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

#define POST                                                                   \
	"[url:value = 'http://h.example/a' AND "                               \
	"network-traffic:extensions.'http-request-ext'.request_method "        \
	"= 'POST']"
#define TO_D                                                                   \
	"[network-traffic:dst_ref.type = 'domain-name' AND "                   \
	"network-traffic:dst_ref.value = 'd.example' AND "                     \
	"network-traffic:dst_port = 80]"

/* A value of the exchange, or (IP_DST, DST_PORT) of its flow. */
struct pushed {
	enum nrs_field field;
	const char *text; /* NULL ends */
};

static const struct row {
	const char *name;
	const char *first[3][2], *second[3][2]; /* id and pattern */
	struct pushed before[2], after[3];
	const char *fired_before[2], *fired_after[3];
} rows[] = {
	{"what fired does not fire again, though its index is another now",
	 {{"indicator--a", "[ipv4-addr:value = '192.0.2.7']"}},
	 {{"indicator--z", "[domain-name:value = 'z.example']"},
	  {"indicator--a", "[ipv4-addr:value = '192.0.2.7']"}},
	 {{NRS_F_IP_DST, "192.0.2.7"}},
	 {{NRS_F_IP_DST, "192.0.2.7"}, {NRS_F_HTTP_HOST, "z.example"}},
	 {"indicator--a"},
	 {"indicator--z"}},
	{"a kept value meets the new indicators",
	 {{"indicator--a", POST}},
	 {{"indicator--b", "[url:value = 'http://h.example/a']"},
	  {"indicator--a", POST}},
	 {{NRS_F_HTTP_URL, "http://h.example/a"}},
	 {{NRS_F_HTTP_METHOD, "POST"}},
	 {NULL},
	 {"indicator--b", "indicator--a"}},
	{"a withdrawn indicator fires no more",
	 {{"indicator--a", POST}},
	 {{"indicator--c", "[domain-name:value = 'c.example']"}},
	 {{NRS_F_HTTP_URL, "http://h.example/a"}},
	 {{NRS_F_HTTP_METHOD, "POST"}},
	 {NULL},
	 {NULL}},
	{"a name left with the flow stays the destination's",
	 {{"indicator--a", TO_D}},
	 {{"indicator--a", TO_D}},
	 {{NRS_F_HTTP_HOST, "d.example"}},
	 {{NRS_F_DST_PORT, "80"}, {NRS_F_HTTP_HOST, "d.example"}},
	 {NULL},
	 {"indicator--a"}},
	{"an empty set fires nothing, and then nothing again",
	 {{NULL}},
	 {{NULL}},
	 {{NRS_F_HTTP_HOST, "d.example"}},
	 {{NRS_F_HTTP_HOST, "d.example"}},
	 {NULL},
	 {NULL}},
};

static void push_all(struct fixture *f, const struct pushed *list,
		     unsigned int max)
{
	for (unsigned int i = 0; i < max && list[i].text != NULL; i++) {
		if (list[i].field == NRS_F_IP_DST)
			push_addr(f, list[i].text);
		else if (list[i].field == NRS_F_DST_PORT)
			nrs_txn_int(f->matcher, &f->flow, NRS_F_DST_PORT,
				    atoi(list[i].text));
		else
			push(f, &f->exchange, list[i].field, list[i].text);
	}
}

/* Just these fired, in this order; forget them. */
static void have_fired(struct fixture *f, const char *name,
		       const char *const *list, unsigned int max)
{
	unsigned int count = 0;

	for (; count < max && list[count] != NULL; count++) {
		if (count >= f->fired_count ||
		    strcmp(f->fired[count], list[count]) != 0)
			fail_msg("%s: %s did not fire as number %u", name,
				 list[count], count);
	}
	if (f->fired_count != count)
		fail_msg("%s: %u fired", name, f->fired_count);
	f->fired_count = 0;
}

static void what_is_open_lives_on_under_the_new_indicators(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct fixture f;

		begin(&f, row->first, row->second);
		push_all(&f, row->before, 2);
		have_fired(&f, row->name, row->fired_before, 2);
		swap(&f);
		push_all(&f, row->after, 3);
		have_fired(&f, row->name, row->fired_after, 3);
		end(&f);
	}
}

static void a_transaction_is_renewed_once_for_each_change(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, rows[0].first, rows[0].second);
	swap(&f);
	assert_true(nrs_txn_renew(f.matcher, &f.flow));
	assert_false(nrs_txn_renew(f.matcher, &f.flow));
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_open_lives_on_under_the_new_indicators),
		cmocka_unit_test(a_transaction_is_renewed_once_for_each_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
