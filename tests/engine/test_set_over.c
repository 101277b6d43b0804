/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_set_over: what came later beside what was there says the same as both
 * loaded and settled together.
 */
#include "tests/nrs_test.h"

#include "engine/db.h"
#include "engine/set_over.h"

/* An indicator; without an id a value of the source's list. */
struct item {
	const char *id, *pattern;
	int64_t modified;
	bool is_revoked;
	unsigned int source;
};

static const char *const source_names[] = {"one", "two", "one"};

static void add(struct nrs_set *set, const struct item *it)
{
	const struct nrs_indicator item = {
		.id = nrs_span_of(it->id),
		.pattern = nrs_span_of(it->pattern),
		.modified_ns = it->modified,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.confidence = -1,
		.source = it->source,
		.status = it->is_revoked ? NRS_STATUS_REVOKED : NRS_STATUS_FULL,
		.shape = it->id == NULL ? NRS_SHAPE_NAME : NRS_SHAPE_PATTERN};

	assert_int_equal(it->id == NULL ? nrs_set_add_value(set, &item)
					: nrs_set_add(set, &item),
			 NRS_OK);
}

static void add_sources(struct nrs_set *set)
{
	uint32_t source;

	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(nrs_set_source(set,
						nrs_span_of(source_names[i]),
						nrs_span_of("path"), &source),
				 NRS_OK);
}

static struct nrs_set *made(const struct item *items, unsigned int count)
{
	struct nrs_set *set = NULL;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	add_sources(set);
	for (unsigned int i = 0; i < count; i++)
		add(set, &items[i]);
	return set;
}

static struct nrs_set *made_over(const struct nrs_set *under,
				 const struct item *items, unsigned int count)
{
	struct nrs_set *set = NULL;
	const uint32_t sources = nrs_set_sources(under);

	assert_int_equal(nrs_set_over(&set, under), NRS_OK);
	add_sources(set);
	for (unsigned int i = 0; i < count; i++) {
		struct item item = items[i];

		item.source += sources;
		add(set, &item);
	}
	return set;
}

#define A "indicator--a"
#define P "[url:value = 'http://p.example/']"
#define Q "[url:value = 'http://q.example/']"

/* Letters of what became of each: F full, S superseded, R revoked, D
 * duplicate. */
static const struct row {
	const char *name;
	struct item below[2], own[2];
	const char *become; /* those below, then the own ones */
} rows[] = {
	{"a newer version supersedes the one below",
	 {{A, P, 1, false, 0}},
	 {{A, Q, 2, false, 0}},
	 "SF"},
	{"an older one is superseded by it",
	 {{A, P, 2, false, 0}},
	 {{A, Q, 1, false, 0}},
	 "FS"},
	{"the same version is a duplicate",
	 {{A, P, 1, false, 0}},
	 {{A, P, 1, false, 1}},
	 "FD"},
	{"a revocation takes off the version before",
	 {{A, P, 1, false, 0}},
	 {{A, P, 2, true, 0}},
	 "SR"},
	{"an older revocation does, too: it is final",
	 {{A, P, 2, false, 0}},
	 {{A, P, 1, true, 0}},
	 "RR"},
	{"what was revoked stays so, whatever comes later",
	 {{A, P, 1, true, 0}},
	 {{A, P, 2, false, 0}},
	 "RR"},
	{"two versions at once: the newest counts",
	 {{A, P, 1, false, 0}},
	 {{A, P, 2, false, 0}, {A, Q, 3, false, 0}},
	 "SSF"},
	{"of two below only the one that counts is superseded anew",
	 {{A, P, 1, false, 0}, {A, P, 2, false, 0}},
	 {{A, Q, 3, false, 0}},
	 "SSF"},
	{"other ids have nothing to do with it",
	 {{A, P, 1, false, 0}},
	 {{"indicator--b", P, 2, false, 0}},
	 "FF"},
	{"a value once more under its source's name is a duplicate",
	 {{NULL, "x.example", 0, false, 0}},
	 {{NULL, "x.example", 0, false, 2}},
	 "FD"},
	{"under another name it is another indicator",
	 {{NULL, "x.example", 0, false, 0}},
	 {{NULL, "x.example", 0, false, 1}},
	 "FF"},
	{"a value is no id",
	 {{NULL, A, 0, false, 0}},
	 {{A, P, 2, false, 0}},
	 "FF"},
};

static unsigned int count_of(const struct item items[2])
{
	return items[0].pattern == NULL ? 0 : items[1].pattern == NULL ? 1 : 2;
}

static void read_statuses(const struct nrs_set *set, char out[8])
{
	static const char letters[NRS_STATUS_COUNT] = {
		[NRS_STATUS_FULL] = 'F',
		[NRS_STATUS_SUPERSEDED] = 'S',
		[NRS_STATUS_REVOKED] = 'R',
		[NRS_STATUS_DUPLICATE] = 'D'};
	unsigned int i = 0;

	for (; i < nrs_set_count(set); i++)
		out[i] = letters[nrs_set_status(set, i)];
	out[i] = '\0';
}

static void what_came_later_is_settled_against_what_was_there(void **state)
{
	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		const struct row *row = &rows[r];
		struct nrs_set *below = made(row->below, count_of(row->below));
		bool is_stale = true;
		char become[8];

		assert_int_equal(nrs_set_settle(below), NRS_OK);
		struct nrs_set *set =
			made_over(below, row->own, count_of(row->own));
		assert_int_equal(nrs_set_settle_over(set, &is_stale), NRS_OK);
		read_statuses(set, become);
		if (strcmp(become, row->become) != 0 || is_stale)
			fail_msg("%s: %s", row->name, become);
		nrs_set_free(set);
		nrs_set_free(below);
	}
}

static void both_settled_at_once_say_the_same(void **state)
{
	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		const struct row *row = &rows[r];
		struct nrs_set *set = made(row->below, count_of(row->below));
		char become[8];

		for (unsigned int i = 0; i < count_of(row->own); i++)
			add(set, &row->own[i]);
		assert_int_equal(nrs_set_settle(set), NRS_OK);
		read_statuses(set, become);
		if (strcmp(become, row->become) != 0)
			fail_msg("%s: %s", row->name, become);
		nrs_set_free(set);
	}
}

static void one_set_is_read_through_the_other(void **state)
{
	static const struct item below[] = {{A, P, 1, false, 1},
					    {NULL, "x.example", 0, false, 0}};
	static const struct item own[] = {{"indicator--b", Q, 7, false, 1},
					  {NULL, "y.example", 0, false, 2}};
	struct nrs_set *under = made(below, 2);
	struct nrs_set *set = made_over(under, own, 2);
	struct nrs_set *other = NULL;
	struct nrs_indicator item;
	int64_t from, until;
	uint64_t identities[4];

	(void)state;
	assert_int_equal(nrs_set_count(set), 4);
	assert_int_equal(nrs_set_first(set), 2);
	assert_ptr_equal(nrs_set_under(set), under);
	nrs_set_get(set, 0, &item);
	assert_true(nrs_span_equal(item.id, nrs_span_of(A)));
	assert_true(nrs_span_equal(nrs_set_at(set, 2)->id,
				   nrs_span_of("indicator--b")));
	assert_true(nrs_span_equal(nrs_set_source_of(set, item.source)->name,
				   nrs_span_of("two")));
	nrs_set_times(set, 3, &from, &until);
	assert_true(from == NRS_TIME_MIN && until == NRS_TIME_MAX);
	for (uint32_t i = 0; i < 4; i++)
		identities[i] = nrs_set_identity(set, i);
	/* The same indicators, when all was compiled anew. */
	assert_int_equal(nrs_set_new(&other), NRS_OK);
	add_sources(other);
	for (unsigned int i = 0; i < 2; i++)
		add(other, &below[i]);
	for (unsigned int i = 0; i < 2; i++)
		add(other, &own[i]);
	for (uint32_t i = 0; i < 4; i++)
		assert_true(identities[i] == nrs_set_identity(other, i));
	assert_int_equal(
		nrs_set_judge(set, 0, NRS_STATUS_REVOKED, "over it is"),
		NRS_OK);
	assert_int_equal(nrs_set_status(set, 0), NRS_STATUS_REVOKED);
	assert_string_equal(nrs_set_reason(set, 0), "over it is");
	assert_int_equal(nrs_set_withdrawn(set)[1], 0);
	assert_int_not_equal(nrs_set_withdrawn(set)[0], 0);
	/* What is below stays as it is. */
	assert_int_equal(nrs_set_status(under, 0), NRS_STATUS_FULL);
	assert_string_equal(nrs_set_reason(set, 1), "");
	nrs_set_free(other);
	nrs_set_free(set);
	nrs_set_free(under);
}

static struct nrs_text digest_of(const struct nrs_set *set)
{
	struct nrs_text text = {0};

	assert_int_equal(nrs_set_digest(set, &text), NRS_OK);
	return text;
}

static void the_digest_is_that_of_all_loaded_together(void **state)
{
	static const struct item below[] = {{A, P, 1, false, 0},
					    {"indicator--c", P, 1, false, 0}};
	static const struct item own[] = {{A, Q, 2, false, 0},
					  {NULL, "x.example", 0, false, 1}};
	struct nrs_set *under = made(below, 2);
	struct nrs_set *both = made(below, 2);
	bool is_stale;

	(void)state;
	assert_int_equal(nrs_set_settle(under), NRS_OK);
	struct nrs_set *set = made_over(under, own, 2);
	assert_int_equal(nrs_set_settle_over(set, &is_stale), NRS_OK);
	for (unsigned int i = 0; i < 2; i++)
		add(both, &own[i]);
	assert_int_equal(nrs_set_settle(both), NRS_OK);
	struct nrs_text one = digest_of(set), other = digest_of(both);
	assert_true(nrs_span_equal(nrs_text_span(&one), nrs_text_span(&other)));
	nrs_text_fini(&one);
	nrs_text_fini(&other);
	nrs_set_free(both);
	nrs_set_free(set);
	nrs_set_free(under);
}

static void a_replaced_source_says_only_what_it_says_now(void **state)
{
	static const struct item below[] = {{NULL, "x.example", 0, false, 0},
					    {NULL, "z.example", 0, false, 0},
					    {A, P, 1, false, 1}};
	static const struct item own[] = {{NULL, "x.example", 0, false, 0}};
	struct nrs_set *under = made(below, 3);
	bool is_stale;

	(void)state;
	assert_int_equal(nrs_set_settle(under), NRS_OK);
	struct nrs_set *set = made_over(under, own, 1);
	assert_int_equal(nrs_set_take_off(set, 0, 2), NRS_OK);
	assert_int_equal(nrs_set_settle_over(set, &is_stale), NRS_OK);
	assert_false(is_stale);
	assert_int_equal(nrs_set_status(set, 0), NRS_STATUS_WITHDRAWN);
	assert_int_equal(nrs_set_status(set, 1), NRS_STATUS_WITHDRAWN);
	assert_int_equal(nrs_set_status(set, 2), NRS_STATUS_FULL);
	assert_int_equal(nrs_set_status(set, 3), NRS_STATUS_FULL);
	nrs_set_free(set);
	nrs_set_free(under);
}

/* The first was superseded by what its source says no more: it counts again,
 * but nobody compiled it. */
static void what_a_withdrawn_one_had_judged_is_told(void **state)
{
	static const struct {
		struct item below[2];
	} cases[] = {{{{A, P, 1, false, 0}, {A, Q, 2, false, 1}}},
		     {{{NULL, "x.example", 0, false, 1},
		       {NULL, "x.example", 0, false, 1}}}};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct item items[2] = {cases[i].below[0], cases[i].below[1]};
		bool is_stale = false;

		if (i == 1) /* the second is a duplicate of the first */
			items[0].source = 2, items[1].source = 0;
		struct nrs_set *under = made(items, 2);
		assert_int_equal(nrs_set_settle(under), NRS_OK);
		struct nrs_set *set = made_over(under, NULL, 0);
		assert_int_equal(
			nrs_set_take_off(set, i == 1 ? 0 : 1, i == 1 ? 1 : 2),
			NRS_OK);
		assert_int_equal(nrs_set_settle_over(set, &is_stale), NRS_OK);
		assert_true(is_stale);
		nrs_set_free(set);
		nrs_set_free(under);
	}
}

static uint32_t held(struct nrs_set *set, uint32_t most, uint32_t expressions)
{
	const struct nrs_engine_room room = {.hyperscan = expressions};
	const struct nrs_build_options options = {.seats = 1, .engines = &room};
	uint32_t waiting;

	assert_int_equal(nrs_db_hold(set, &options, &most, &waiting), NRS_OK);
	return waiting;
}

static void what_is_too_much_for_a_delta_waits(void **state)
{
	static const struct item below[] = {{A, P, 1, false, 0}};
	static const struct item own[] = {
		{"indicator--l1", "[url:value LIKE '%a%']", 1, false, 0},
		{"indicator--l2",
		 "[url:value MATCHES 'b' OR url:value LIKE '%']", 1, false, 0},
		{A, "[url:value MATCHES 'x']", 2, false, 0},
		{"indicator--r", P, 2, true, 0},
		{"indicator--n", P, 2, false, 0}};
	struct nrs_set *under = made(below, 1);
	bool is_stale;

	(void)state;
	assert_int_equal(nrs_set_settle(under), NRS_OK);
	struct nrs_set *set = made_over(under, own, 5);
	assert_int_equal(held(set, 10, 2), 1);
	assert_int_equal(nrs_set_status(set, 1), NRS_STATUS_FULL);
	assert_int_equal(nrs_set_status(set, 2), NRS_STATUS_WAITING);
	nrs_set_free(set);
	/* Nothing takes the place of what is in force before it can fire. */
	set = made_over(under, own + 1, 4);
	assert_int_equal(held(set, 10, 2), 1);
	assert_int_equal(nrs_set_settle_over(set, &is_stale), NRS_OK);
	assert_int_equal(nrs_set_status(set, 2), NRS_STATUS_WAITING);
	assert_int_equal(nrs_set_status(set, 0), NRS_STATUS_FULL);
	nrs_set_free(set);
	set = made_over(under, own, 5);
	assert_int_equal(held(set, 1, 200), 3);
	assert_int_equal(nrs_set_status(set, 4), NRS_STATUS_REVOKED);
	nrs_set_free(set);
	nrs_set_free(under);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_came_later_is_settled_against_what_was_there),
		cmocka_unit_test(both_settled_at_once_say_the_same),
		cmocka_unit_test(one_set_is_read_through_the_other),
		cmocka_unit_test(the_digest_is_that_of_all_loaded_together),
		cmocka_unit_test(a_replaced_source_says_only_what_it_says_now),
		cmocka_unit_test(what_a_withdrawn_one_had_judged_is_told),
		cmocka_unit_test(what_is_too_much_for_a_delta_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
