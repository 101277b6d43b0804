/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_differential: the compiled evaluator in its strict profile against the
 * strict evaluator over documents: random patterns over random transactions,
 * 100,000 pairs, no difference.
 *
 * NOROSHI_SEED repeats a run, NOROSHI_PAIRS makes it longer. A pattern that
 * speaks of flow fields alone is asked of the flow's own transaction, which
 * holds all that its exchanges know of it: so the documents of both are one
 * question. Where a document is an error (a time against a text that is none)
 * there is no verdict to compare.
 */
#include "tests/engine/empty_set.h"

#include <time.h>

#include "engine/db.h"
#include "engine/strict.h"
#include "sightings/correlate.h"
#include "tests/engine/random_traffic.h"

#define PATTERNS 100
#define TRAFFICS 100

/* A sanitizer makes every large block dear. */
#ifdef __SANITIZE_ADDRESS__
#define PAIRS 20000u
#else
#define PAIRS 100000u
#endif

struct differ {
	struct nrs_chance chance;
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_matcher *matcher;
	struct nrs_counters counters;
	struct nrs_slab slab;
	struct nrs_arena *patterns, *documents, *work;
	struct nrs_pattern parsed[PATTERNS];
	bool hit[PATTERNS];
	struct nrs_correlator *correlator;
	uint32_t flow;	   /* its number */
	int64_t now_ns[2]; /* when it ends, and when its exchange does */
	bool is_alone;	   /* one transaction at a time */
	unsigned int pairs, matches, errors, unsupported, wrong;
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct differ *d = ctx;
	const struct nrs_record_hit part = {
		.head = {.bytes = sizeof(part), .kind = NRS_RECORD_PART},
		.flow = {.id = d->flow},
		.txn_number = hit->txn->number,
		.txn_start_ns = hit->txn->start_ns,
		.txn_end_ns = d->now_ns[hit->txn->number],
		.generation = hit->generation,
		.indicator = hit->indicator,
		.part = hit->part};

	if (hit->part == 0)
		d->hit[hit->indicator] = true;
	else
		assert_int_equal(
			nrs_correlator_take(d->correlator, &part, d->set),
			NRS_OK);
}

static int on_correlated(void *ctx, const struct nrs_correlated *hit)
{
	struct differ *d = ctx;

	d->hit[hit->hit->indicator] = true;
	return NRS_OK;
}

static uint64_t setting(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text == NULL ? fallback : strtoull(text, NULL, 0);
}

static void make_patterns(struct differ *d)
{
	const struct nrs_build_options options = {
		.seats = 1, .generation = 1, .strict = true};

	d->set = empty_set();
	nrs_arena_reset(d->patterns);
	for (unsigned int i = 0; i < PATTERNS; i++) {
		struct nrs_text text = {0};
		struct nrs_diag diag = {0};
		char id[32];

		nrs_pattern_make(&text, &d->chance, d->is_alone ? 2 : 4,
				 d->is_alone);
		if (nrs_pattern_parse(&d->parsed[i], nrs_text_span(&text),
				      NRS_STIX_21, d->patterns,
				      &diag) != NRS_OK)
			fail_msg("%.*s: %s", (int)text.len, (char *)text.ptr,
				 diag.text);
		(void)snprintf(id, sizeof(id), "indicator--%u", i);
		const struct nrs_indicator item = {
			.id = nrs_arena_copy(nrs_set_arena(d->set),
					     nrs_span_of(id)),
			.pattern = nrs_arena_copy(nrs_set_arena(d->set),
						  nrs_text_span(&text)),
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.confidence = -1,
			.version = NRS_STIX_21};
		assert_int_equal(nrs_set_add(d->set, &item), NRS_OK);
		nrs_text_fini(&text);
	}
	assert_int_equal(nrs_set_settle(d->set), NRS_OK);
	assert_int_equal(nrs_db_build(&d->db, d->set, &options), NRS_OK);
}

static void complain(struct differ *d, unsigned int i, int want,
		     const struct nrs_text *documents)
{
	const struct nrs_indicator *item = nrs_set_at(d->set, i);

	if (d->wrong++ > 5)
		return;
	print_error("%.*s\nstrict %d, compiled %d (%s %s)\n%.*s\n\n",
		    (int)item->pattern.len, (const char *)item->pattern.ptr,
		    want, d->hit[i],
		    nrs_status_name((enum nrs_status)item->status),
		    nrs_set_reason(d->set, i), (int)documents->len,
		    (const char *)documents->ptr);
}

static void compare(struct differ *d, unsigned int i,
		    const struct nrs_strict_documents *documents,
		    const struct nrs_text *text)
{
	const enum nrs_status status =
		(enum nrs_status)nrs_set_at(d->set, i)->status;

	if (status == NRS_STATUS_UNSUPPORTED) {
		d->unsupported++;
		assert_false(d->hit[i]);
		return;
	}
	nrs_arena_reset(d->work);
	const int want =
		nrs_strict_match(documents, &d->parsed[i], d->work, NULL, NULL);
	if (want < 0) {
		d->errors++;
		return;
	}
	d->pairs++;
	d->matches += want == 1;
	/* Of a pattern in part: what is seen is true of the whole. */
	if (status == NRS_STATUS_PARTIAL ? d->hit[i] && want != 1
					 : d->hit[i] != (want == 1))
		complain(d, i, want, text);
}

static void evaluate(struct differ *d, const struct nrs_text *text,
		     enum nrs_stix_version version)
{
	struct nrs_strict_documents documents;
	struct nrs_json *json = NULL;

	assert_int_equal(nrs_correlator_finish(d->correlator), NRS_OK);
	nrs_correlator_free(d->correlator);
	assert_int_equal(d->slab.taken, 0);
	nrs_arena_reset(d->documents);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(text), d->documents, &json, NULL),
		NRS_OK);
	assert_int_equal(
		nrs_strict_load(&documents, json, version, d->documents, NULL),
		NRS_OK);
	for (unsigned int i = 0; i < PATTERNS; i++)
		compare(d, i, &documents, text);
}

static void push(struct differ *d, const struct nrs_traffic *traffic)
{
	d->flow++;
	d->now_ns[0] = traffic->end_ns;
	d->now_ns[1] = traffic->exchange_end_ns;
	nrs_traffic_push(traffic, d->matcher, &d->slab);
}

static int64_t some_time(struct differ *d)
{
	return NRS_TRAFFIC_BASE_NS + nrs_chance_of(&d->chance, 8) * 500000123;
}

static void begin(struct differ *d)
{
	const struct nrs_correlator_options options = {.ctx = d,
						       .hit = on_correlated};

	memset(d->hit, 0, sizeof(d->hit));
	assert_int_equal(nrs_correlator_new(&d->correlator, &options), NRS_OK);
}

/* One flow and its exchange: each alone decides. */
static void try_one(struct differ *d)
{
	struct nrs_traffic traffic;
	struct nrs_text text = {0};

	begin(d);
	nrs_traffic_make(&traffic, &d->chance, some_time(d));
	push(d, &traffic);
	nrs_text_putc(&text, '[');
	nrs_traffic_document(&traffic, false, &text);
	nrs_text_putc(&text, ',');
	nrs_traffic_document(&traffic, true, &text);
	nrs_text_putc(&text, ']');
	evaluate(d, &text, NRS_STIX_21);
	nrs_text_fini(&text);
}

/* Some flows, in an order that is not that of their times. */
static void try_several(struct differ *d)
{
	const unsigned int count = 1 + nrs_chance_of(&d->chance, 6);
	struct nrs_text text = {0};

	begin(d);
	nrs_text_putc(&text, '[');
	for (unsigned int i = 0; i < count; i++) {
		struct nrs_traffic traffic;

		nrs_traffic_make_bare(&traffic, &d->chance, some_time(d));
		push(d, &traffic);
		nrs_text_puts(&text, i == 0 ? "" : ",");
		nrs_traffic_observed(&traffic, &text);
	}
	nrs_text_putc(&text, ']');
	evaluate(d, &text, NRS_STIX_20);
	nrs_text_fini(&text);
}

static void one_round(struct differ *d)
{
	const struct nrs_match_sink sink = {.ctx = d, .hit = on_hit};

	make_patterns(d);
	assert_int_equal(
		nrs_matcher_new(&d->matcher, d->db, 0, &sink, &d->counters),
		NRS_OK);
	for (unsigned int i = 0; i < TRAFFICS; i++)
		d->is_alone ? try_one(d) : try_several(d);
	nrs_matcher_free(d->matcher);
	nrs_db_free(d->db);
	nrs_set_free(d->set);
}

static void run(uint64_t pairs, bool is_alone)
{
	static struct differ d;
	const uint64_t seed = setting("NOROSHI_SEED", (uint64_t)time(NULL));

	memset(&d, 0, sizeof(d));
	printf("NOROSHI_SEED=%llu\n", (unsigned long long)seed);
	d.chance.state = seed;
	d.is_alone = is_alone;
	d.patterns = nrs_arena_new(0);
	d.documents = nrs_arena_new(0);
	d.work = nrs_arena_new(0);
	assert_int_equal(nrs_slab_init(&d.slab, NRS_KEPT_BYTES, 64), 0);
	while (d.pairs < pairs && d.wrong == 0)
		one_round(&d);
	printf("%u pairs, %u match; without a verdict: %u errors, %u not "
	       "evaluable\n",
	       d.pairs, d.matches, d.errors, d.unsupported);
	assert_int_equal(d.counters.value[NRS_C_VALUES_REFUSED], 0);
	assert_int_equal(d.wrong, 0);
	/* A test that compares nothing proves nothing. */
	assert_true(d.matches > d.pairs / 40);
	/* One path of the patterns' is there to be refused. */
	assert_true(d.pairs > 10 * (d.errors + d.unsupported));
	nrs_slab_fini(&d.slab);
	nrs_arena_free(d.patterns);
	nrs_arena_free(d.documents);
	nrs_arena_free(d.work);
}

static void compiled_and_strict_agree_on_a_transaction(void **state)
{
	(void)state;
	run(setting("NOROSHI_PAIRS", PAIRS), true);
}

static void compiled_and_strict_agree_on_several(void **state)
{
	(void)state;
	run(setting("NOROSHI_PAIRS", PAIRS) / 4, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiled_and_strict_agree_on_a_transaction),
		cmocka_unit_test(compiled_and_strict_agree_on_several)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
