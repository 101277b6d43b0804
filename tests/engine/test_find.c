/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_find: a value asked of a db, of what was laid over it, and not of what
 * is withdrawn.
 */
#include "engine/find.h"

#include "engine/set_over.h"
#include "tests/nrs_test.h"

static const struct nrs_build_options options = {.seats = 1, .generation = 1};

static void add(struct nrs_set *set, const char *id, const char *pattern,
		int64_t modified)
{
	const struct nrs_indicator item = {.id = nrs_span_of(id),
					   .pattern = nrs_span_of(pattern),
					   .modified_ns = modified,
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .source = nrs_set_sources(set) - 1,
					   .version = NRS_STIX_21};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
}

static void add_source(struct nrs_set *set)
{
	uint32_t source;

	assert_int_equal(nrs_set_source(set, nrs_span_of("s"), nrs_span_of("s"),
					&source),
			 NRS_OK);
}

/* Base: 0 and 1 stay, 2 has a later version above. Delta: 3, 4, 5. */
static struct nrs_db *laid_over(struct nrs_set **under, struct nrs_set **over,
				struct nrs_db **base)
{
	struct nrs_db *delta = NULL, *both = NULL;
	bool is_stale;

	assert_int_equal(nrs_set_new(under), NRS_OK);
	add_source(*under);
	add(*under, "indicator--0", "[domain-name:value = 'a.example']", 1);
	add(*under, "indicator--1",
	    "[artifact:payload_bin MATCHES 'beacon[0-9]']", 1);
	add(*under, "indicator--2", "[domain-name:value = 'old.example']", 1);
	assert_int_equal(nrs_set_settle(*under), NRS_OK);
	assert_int_equal(nrs_db_build(base, *under, &options), NRS_OK);
	assert_int_equal(nrs_set_over(over, *under), NRS_OK);
	add_source(*over);
	add(*over, "indicator--2", "[domain-name:value = 'new.example']", 2);
	add(*over, "indicator--4",
	    "[artifact:payload_bin MATCHES 'beacon[a-f]']", 1);
	add(*over, "indicator--5",
	    "[domain-name:value = 'a.example' AND url:value = 'u']", 1);
	assert_int_equal(nrs_set_settle_over(*over, &is_stale), NRS_OK);
	assert_int_equal(nrs_db_build(&delta, *over, &options), NRS_OK);
	assert_int_equal(nrs_db_over(&both, *base, delta, *over, 2), NRS_OK);
	return both;
}

struct told {
	uint32_t alone, part; /* bits: indicators */
};

static void on_found(void *ctx, const struct nrs_find_hit *hit)
{
	struct told *told = ctx;

	*(hit->alone ? &told->alone : &told->part) |= 1u << hit->indicator;
}

static void both_layers_answer_and_what_is_withdrawn_does_not(void **state)
{
	static const struct {
		const char *value;
		enum nrs_shape shape;
		uint32_t alone, part;
	} cases[] = {
		{"a.example", NRS_SHAPE_NAME, 1u << 0, 1u << 5},
		{"old.example", NRS_SHAPE_NAME, 0, 0},
		{"new.example", NRS_SHAPE_NAME, 1u << 3, 0},
		{"say beacon7", NRS_SHAPE_PATTERN, 1u << 1, 0},
		{"say beaconf", NRS_SHAPE_PATTERN, 1u << 4, 0},
		{"say beaconx", NRS_SHAPE_PATTERN, 0, 0},
	};
	struct nrs_set *under = NULL, *over = NULL;
	struct nrs_db *base = NULL;

	(void)state;
	struct nrs_db *both = laid_over(&under, &over, &base);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		struct told told = {0};
		const struct nrs_find_question question = {
			.shape = cases[c].shape,
			.value = nrs_span_of(cases[c].value),
			.ctx = &told,
			.found = on_found};

		print_message("%s\n", cases[c].value);
		assert_int_equal(nrs_find(both, 0, &question), NRS_OK);
		assert_int_equal(told.alone, cases[c].alone);
		assert_int_equal(told.part, cases[c].part);
	}
	nrs_db_free(both);
	nrs_db_free(base);
	nrs_set_free(over);
	nrs_set_free(under);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(
		both_layers_answer_and_what_is_withdrawn_does_not)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
