/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_delta: a db of base, delta and what is withdrawn fires what the same
 * indicators compiled together fire: random sets, cut at random into what was
 * there and what came later, over random traffic.
 *
 * NOROSHI_SEED repeats a run.
 */
#include "tests/nrs_test.h"

#include <time.h>

#include "engine/set_over.h"
#include "tests/engine/random_traffic.h"

#define PATTERNS 60
#define TRAFFICS 60
#ifdef __SANITIZE_ADDRESS__
#define ROUNDS 40
#else
#define ROUNDS 200
#endif
#define HITS_MAX 4096

/* One hit as a number, the same for both dbs: whose, where, and which part.
 * (Which of its tests leads depends on how rare each is in the set.) */
struct told {
	const struct nrs_set *set;
	uint64_t hits[HITS_MAX];
	unsigned int count;
};

struct random_item {
	char id[32];
	struct nrs_text pattern;
	int64_t modified;
	bool is_revoked, is_later;
};

struct fixture {
	struct nrs_chance chance;
	struct random_item items[PATTERNS];
	struct nrs_set *whole_set, *under, *over;
	struct nrs_db *whole, *base, *both;
	struct nrs_counters counters;
	struct nrs_slab slab;
	uint64_t hits;
};

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 29;
}

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct told *told = ctx;
	uint64_t hash = nrs_set_identity(told->set, hit->indicator);

	hash = mix(hash, hit->part);
	hash = mix(hash, hit->txn->number);
	assert_true(told->count < HITS_MAX);
	told->hits[told->count++] = hash;
}

static void add(struct nrs_set *set, const struct random_item *it)
{
	const struct nrs_indicator item = {
		.id = nrs_span_of(it->id),
		.pattern = nrs_text_span(&it->pattern),
		.modified_ns = it->modified,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.confidence = -1,
		.status = it->is_revoked ? NRS_STATUS_REVOKED : NRS_STATUS_FULL,
		.source = nrs_set_sources(set) - 1,
		.version = NRS_STIX_21};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
}

/* Some ids come in several versions, some of them revoked. */
static void make_items(struct fixture *f)
{
	for (unsigned int i = 0; i < PATTERNS; i++) {
		struct random_item *it = &f->items[i];

		nrs_text_clear(&it->pattern);
		nrs_pattern_make(&it->pattern, &f->chance, 3, false);
		it->modified = nrs_chance_of(&f->chance, 5);
		it->is_revoked = nrs_chance_of(&f->chance, 12) == 0;
		it->is_later = nrs_chance_of(&f->chance, 3) == 0;
		(void)snprintf(it->id, sizeof(it->id), "indicator--%u",
			       nrs_chance_of(&f->chance, PATTERNS));
	}
}

static void add_source(struct nrs_set *set)
{
	uint32_t source;

	assert_int_equal(nrs_set_source(set, nrs_span_of("s"), nrs_span_of("s"),
					&source),
			 NRS_OK);
}

static void build(struct fixture *f)
{
	struct nrs_build_options options = {.seats = 1, .generation = 1};
	struct nrs_db *delta = NULL;
	bool is_stale;

	options.strict = nrs_chance_of(&f->chance, 2) == 0;
	assert_int_equal(nrs_set_new(&f->whole_set), NRS_OK);
	assert_int_equal(nrs_set_new(&f->under), NRS_OK);
	add_source(f->whole_set);
	add_source(f->under);
	for (unsigned int later = 0; later < 2; later++) {
		for (unsigned int i = 0; i < PATTERNS; i++)
			if (f->items[i].is_later == (later == 1))
				add(f->whole_set, &f->items[i]);
	}
	for (unsigned int i = 0; i < PATTERNS; i++)
		if (!f->items[i].is_later)
			add(f->under, &f->items[i]);
	assert_int_equal(nrs_set_settle(f->whole_set), NRS_OK);
	assert_int_equal(nrs_set_settle(f->under), NRS_OK);
	assert_int_equal(nrs_db_build(&f->whole, f->whole_set, &options), 0);
	assert_int_equal(nrs_db_build(&f->base, f->under, &options), 0);
	assert_int_equal(nrs_set_over(&f->over, f->under), NRS_OK);
	add_source(f->over);
	for (unsigned int i = 0; i < PATTERNS; i++)
		if (f->items[i].is_later)
			add(f->over, &f->items[i]);
	assert_int_equal(nrs_set_settle_over(f->over, &is_stale), NRS_OK);
	options.generation = 2;
	assert_int_equal(nrs_db_build(&delta, f->over, &options), NRS_OK);
	assert_int_equal(nrs_db_over(&f->both, f->base, delta, f->over, 2),
			 NRS_OK);
}

static void unbuild(struct fixture *f)
{
	nrs_db_free(f->both);
	nrs_db_free(f->base);
	nrs_db_free(f->whole);
	nrs_set_free(f->over);
	nrs_set_free(f->under);
	nrs_set_free(f->whole_set);
}

static void push_into(struct fixture *f, const struct nrs_db *db,
		      const struct nrs_traffic *traffic, struct told *told)
{
	const struct nrs_match_sink sink = {.ctx = told, .hit = on_hit};
	struct nrs_matcher *matcher = NULL;

	told->count = 0;
	told->set = nrs_db_set(db);
	assert_int_equal(nrs_matcher_new(&matcher, db, 0, &sink, &f->counters),
			 NRS_OK);
	nrs_traffic_push(traffic, matcher, &f->slab);
	nrs_matcher_free(matcher);
	qsort(told->hits, told->count, sizeof(*told->hits), by_number);
}

static void compare(struct fixture *f)
{
	static struct told whole, both;
	struct nrs_traffic traffic;

	nrs_traffic_make(&traffic, &f->chance, NRS_TRAFFIC_BASE_NS);
	push_into(f, f->whole, &traffic, &whole);
	push_into(f, f->both, &traffic, &both);
	assert_int_equal(whole.count, both.count);
	assert_memory_equal(whole.hits, both.hits,
			    whole.count * sizeof(*whole.hits));
	f->hits += whole.count;
}

static void base_and_delta_fire_what_all_compiled_together_does(void **state)
{
	static struct fixture f;
	const char *given = getenv("NOROSHI_SEED");

	(void)state;
	f.chance.state =
		given == NULL ? (uint64_t)time(NULL) : strtoull(given, NULL, 0);
	printf("NOROSHI_SEED=%llu\n", (unsigned long long)f.chance.state);
	assert_int_equal(nrs_slab_init(&f.slab, NRS_KEPT_BYTES, 64), 0);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		make_items(&f);
		build(&f);
		for (unsigned int i = 0; i < TRAFFICS; i++)
			compare(&f);
		unbuild(&f);
	}
	printf("%llu hits\n", (unsigned long long)f.hits);
	/* A test in which nothing fires proves nothing. */
	assert_true(f.hits > ROUNDS * TRAFFICS);
	assert_int_equal(f.slab.taken, 0);
	nrs_slab_fini(&f.slab);
	for (unsigned int i = 0; i < PATTERNS; i++)
		nrs_text_fini(&f.items[i].pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(
		base_and_delta_fire_what_all_compiled_together_does)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
