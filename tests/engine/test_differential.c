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
#include "tests/nrs_test.h"

#include <time.h>

#include "engine/db.h"
#include "engine/strict.h"
#include "tests/engine/random_traffic.h"

#define PATTERNS 100
#define TRAFFICS 100
#define PAIRS 100000u

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
	unsigned int pairs, matches, errors, unsupported, wrong;
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct differ *d = ctx;

	d->hit[hit->indicator] = true;
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
	uint32_t source;

	assert_int_equal(nrs_set_new(&d->set), NRS_OK);
	assert_int_equal(nrs_set_source(d->set, nrs_span_of("t"),
					nrs_span_of("t"), &source),
			 NRS_OK);
	nrs_arena_reset(d->patterns);
	for (unsigned int i = 0; i < PATTERNS; i++) {
		struct nrs_text text = {0};
		struct nrs_diag diag = {0};
		char id[32];

		nrs_pattern_make(&text, &d->chance, 2, true);
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

static void try_traffic(struct differ *d)
{
	struct nrs_strict_documents documents;
	struct nrs_traffic traffic;
	struct nrs_json *json = NULL;
	struct nrs_text text = {0};

	nrs_traffic_make(&traffic, &d->chance,
			 NRS_TRAFFIC_BASE_NS +
				 nrs_chance_of(&d->chance, 8) * 500000123);
	memset(d->hit, 0, sizeof(d->hit));
	nrs_traffic_push(&traffic, d->matcher, &d->slab);
	assert_int_equal(d->slab.taken, 0);
	nrs_text_putc(&text, '[');
	nrs_traffic_document(&traffic, false, 0, &text);
	nrs_text_putc(&text, ',');
	nrs_traffic_document(&traffic, true, 1, &text);
	nrs_text_putc(&text, ']');
	nrs_arena_reset(d->documents);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&text), d->documents, &json, NULL),
		NRS_OK);
	assert_int_equal(nrs_strict_load(&documents, json, NRS_STIX_21,
					 d->documents, NULL),
			 NRS_OK);
	for (unsigned int i = 0; i < PATTERNS; i++)
		compare(d, i, &documents, &text);
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
		try_traffic(d);
	nrs_matcher_free(d->matcher);
	nrs_db_free(d->db);
	nrs_set_free(d->set);
}

static void compiled_and_strict_agree(void **state)
{
	static struct differ d;
	const uint64_t seed = setting("NOROSHI_SEED", (uint64_t)time(NULL));
	const uint64_t pairs = setting("NOROSHI_PAIRS", PAIRS);

	(void)state;
	printf("NOROSHI_SEED=%llu\n", (unsigned long long)seed);
	d.chance.state = seed;
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
	assert_true(d.matches > d.pairs / 10);
	assert_true(d.pairs > 2 * (d.errors + d.unsupported));
	nrs_slab_fini(&d.slab);
	nrs_arena_free(d.patterns);
	nrs_arena_free(d.documents);
	nrs_arena_free(d.work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiled_and_strict_agree)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
