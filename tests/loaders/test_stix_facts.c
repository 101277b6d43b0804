/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_facts: of each object's versions the newest counts, in whatever
 * order they came, and none that is revoked.
 */
#include "loaders/stix_facts.h"

#include "tests/nrs_test.h"

#define ROWS_MAX 5

static const struct {
	const char *name;
	struct {
		const char *about, *by, *value;
		int64_t modified_ns;
		uint8_t kind;
		bool is_revoked;
	} facts[ROWS_MAX];
	const char *want; /* values about "x", sorted, a blank behind each */
} rows[] = {
	{"nothing", {{NULL}}, ""},
	{"about another", {{"y", "a", "1", 1, 0, false}}, ""},
	{"one", {{"x", "a", "1", 1, 0, false}}, "1 "},
	{"of two objects",
	 {{"x", "a", "1", 1, 0, false}, {"x", "b", "2", 1, 0, false}},
	 "1 2 "},
	{"the newer version, whichever comes first",
	 {{"x", "a", "2", 2, 0, false}, {"x", "a", "1", 1, 0, false}},
	 "2 "},
	{"the newer version, which came later",
	 {{"x", "a", "1", 1, 0, false}, {"x", "a", "2", 2, 0, false}},
	 "2 "},
	{"the newest is revoked",
	 {{"x", "a", "1", 1, 0, false}, {"x", "a", "2", 2, 0, true}},
	 ""},
	{"an older one was revoked",
	 {{"x", "a", "1", 1, 0, true}, {"x", "a", "2", 2, 0, false}},
	 "2 "},
	{"another object is revoked",
	 {{"x", "a", "1", 1, 0, false}, {"x", "b", "2", 9, 0, true}},
	 "1 "},
};

static int by_text(const void *a, const void *b)
{
	const struct nrs_stix_fact *const *x = a, *const *y = b;

	return nrs_span_compare((*x)->value, (*y)->value);
}

static void the_newest_version_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_stix_fact *found[ROWS_MAX];
		struct nrs_arena *arena = nrs_arena_new(0);
		struct nrs_stix_facts facts = {0};
		char got[64] = "";
		size_t len = 0;

		assert_non_null(arena);
		for (unsigned int f = 0;
		     f < ROWS_MAX && rows[i].facts[f].about != NULL; f++) {
			const struct nrs_stix_fact fact = {
				.about = nrs_span_of(rows[i].facts[f].about),
				.by = nrs_span_of(rows[i].facts[f].by),
				.value = nrs_span_of(rows[i].facts[f].value),
				.modified_ns = rows[i].facts[f].modified_ns,
				.kind = rows[i].facts[f].kind,
				.is_revoked = rows[i].facts[f].is_revoked};

			assert_int_equal(
				nrs_stix_facts_add(&facts, arena, fact),
				NRS_OK);
		}
		assert_int_equal(nrs_stix_facts_sort(&facts), NRS_OK);
		const size_t count = nrs_stix_facts_about(
			&facts, nrs_span_of("x"), found, ROWS_MAX);
		qsort(found, count, sizeof(*found), by_text);
		for (size_t f = 0; f < count; f++)
			len += (size_t)snprintf(
				got + len, sizeof(got) - len, "%.*s ",
				(int)found[f]->value.len,
				(const char *)found[f]->value.ptr);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, got);
		const struct nrs_stix_fact *first =
			nrs_stix_facts_first(&facts, nrs_span_of("x"));
		assert_true(count == 0 || first != NULL);
		assert_true(first == NULL || nrs_span_is(first->about, "x"));
		nrs_stix_facts_fini(&facts);
		nrs_arena_free(arena);
	}
}

static void no_more_than_there_is_room_for(void **state)
{
	const struct nrs_stix_fact *found[2];
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_stix_facts facts = {0};
	static char by[500][8];

	(void)state;
	assert_non_null(arena);
	for (int i = 0; i < 500; i++) {
		(void)snprintf(by[i], sizeof(by[i]), "o%d", i);
		const struct nrs_stix_fact fact = {.about = nrs_span_of("x"),
						   .by = nrs_span_of(by[i]),
						   .value = nrs_span_of("v")};

		assert_int_equal(nrs_stix_facts_add(&facts, arena, fact),
				 NRS_OK);
	}
	assert_int_equal(nrs_stix_facts_sort(&facts), NRS_OK);
	assert_int_equal(
		nrs_stix_facts_about(&facts, nrs_span_of("x"), found, 2), 2);
	assert_int_equal(
		nrs_stix_facts_about(&facts, nrs_span_of("xx"), found, 2), 0);
	nrs_stix_facts_fini(&facts);
	nrs_arena_free(arena);
}

static void above_the_limit_they_are_left_out_and_counted(void **state)
{
	struct nrs_stix_facts facts = {.limit = 2};
	struct nrs_arena *arena = nrs_arena_new(0);
	const struct nrs_stix_fact fact = {.about = nrs_span_of("x"),
					   .by = nrs_span_of("a"),
					   .value = nrs_span_of("1")};

	(void)state;
	assert_non_null(arena);
	for (unsigned int i = 0; i < 5; i++) {
		if (!nrs_stix_facts_is_full(&facts))
			assert_int_equal(
				nrs_stix_facts_add(&facts, arena, fact),
				NRS_OK);
	}
	assert_int_equal(facts.count, 2);
	assert_int_equal(facts.left_out, 3);
	nrs_stix_facts_fini(&facts);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(above_the_limit_they_are_left_out_and_counted),
		cmocka_unit_test(the_newest_version_counts),
		cmocka_unit_test(no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
