/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_place: what a delta has room for: 200 expressions in Hyperscan, 64
 * more in PCRE (contracts.md section 6), and the rest waits.
 */
#include "tests/engine/empty_set.h"

#include "engine/find.h"
#include "engine/set_over.h"

static const struct nrs_engine_room room = {.hyperscan = 200, .pcre = 64};
static const struct nrs_build_options options = {
	.seats = 1, .generation = 1, .engines = &room};

static void add(struct nrs_set *set, const char *pattern)
{
	const struct nrs_span text =
		nrs_arena_copy(nrs_set_arena(set), nrs_span_of(pattern));
	const struct nrs_indicator item = {.pattern = text,
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = NRS_STIX_21};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
}

/* @count patterns; %u in @form is the number of each. */
static void add_many(struct nrs_set *set, unsigned int count,
		     const char *before, const char *behind)
{
	char text[256];

	for (unsigned int i = 0; i < count; i++) {
		(void)snprintf(text, sizeof(text), "%s%u%s", before, i, behind);
		add(set, text);
	}
}

static uint32_t held(struct nrs_set *set, uint32_t rows)
{
	uint32_t waiting = UINT32_MAX;

	assert_int_equal(nrs_db_hold(set, &options, &rows, &waiting), NRS_OK);
	return waiting;
}

static void count_status(const struct nrs_set *set, unsigned int *out)
{
	for (uint32_t i = 0; i < nrs_set_count(set); i++)
		out[nrs_set_status(set, i)]++;
}

/* Of so many patterns of each kind, how many run in which engine. */
static void each_engine_takes_its_share_and_the_rest_waits(void **state)
{
	static const struct {
		const char *name;
		unsigned int plain, unicode, payload; /* how many */
		unsigned int hyperscan, pcre, waiting;
	} cases[] = {
		{"few", 3, 2, 1, 4, 2, 0},
		{"as many as fit", 264, 0, 0, 200, 64, 0},
		{"more than fit", 300, 0, 0, 200, 64, 36},
		{"for PCRE alone", 0, 70, 0, 0, 64, 6},
		{"for PCRE alone, and others", 230, 40, 0, 200, 64, 6},
		{"on payloads, which PCRE cannot run", 0, 0, 210, 200, 0, 10},
		{"payloads and others", 100, 0, 150, 200, 50, 0},
		{"all of it", 150, 50, 100, 200, 64, 36},
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		unsigned int statuses[NRS_STATUS_COUNT] = {0};
		struct nrs_set *set = empty_set();
		struct nrs_db *db = NULL;
		struct nrs_db_sizes sizes;

		print_message("%s\n", cases[c].name);
		add_many(set, cases[c].payload,
			 "[artifact:payload_bin MATCHES 'abc", "']");
		add_many(set, cases[c].plain,
			 "[domain-name:value MATCHES '^plain", "[a-z]+x$']");
		add_many(set, cases[c].unicode, "[file:name MATCHES '^\u72fc",
			 "']");
		assert_int_equal(held(set, 10000), cases[c].waiting);
		assert_int_equal(nrs_set_settle(set), NRS_OK);
		assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
		nrs_db_sizes(db, &sizes);
		assert_int_equal(sizes.hyperscan, cases[c].hyperscan);
		assert_int_equal(sizes.pcre, cases[c].pcre);
		count_status(set, statuses);
		assert_int_equal(statuses[NRS_STATUS_WAITING],
				 cases[c].waiting);
		assert_int_equal(statuses[NRS_STATUS_REJECTED], 0);
		nrs_db_free(db);
		nrs_set_free(set);
	}
}

static void on_found(void *ctx, const struct nrs_find_hit *hit)
{
	uint32_t *indicator = ctx;

	*indicator = hit->indicator;
}

static void what_went_to_pcre_matches_too(void **state)
{
	static const struct {
		const char *value;
		uint32_t indicator;
	} cases[] = {{"plain0ax", 0},
		     {"plain199ax", 199},
		     {"plain200ax", 200},
		     {"plain263ax", 263},
		     {"plain264ax", UINT32_MAX}};
	struct nrs_set *set = empty_set();
	struct nrs_db *db = NULL;

	(void)state;
	add_many(set, 270, "[domain-name:value MATCHES '^plain", "[a-z]+x$']");
	assert_int_equal(held(set, 10000), 6);
	assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		uint32_t indicator = UINT32_MAX;
		const struct nrs_find_question question = {
			.shape = NRS_SHAPE_NAME,
			.value = nrs_span_of(cases[c].value),
			.ctx = &indicator,
			.found = on_found};

		print_message("%s\n", cases[c].value);
		assert_int_equal(nrs_find(db, 0, &question), NRS_OK);
		assert_int_equal(indicator, cases[c].indicator);
	}
	nrs_db_free(db);
	nrs_set_free(set);
}

static void an_expression_that_is_there_already_takes_no_room(void **state)
{
	struct nrs_set *set = empty_set();

	(void)state;
	add_many(set, 264, "[domain-name:value MATCHES '^plain", "x$']");
	add(set, "[domain-name:value MATCHES '^plain7x$' OR "
		 "domain-name:value = 'a.example']");
	add(set, "[domain-name:value MATCHES 'one too many']");
	add(set, "[domain-name:value MATCHES 'one too many']");
	add(set, "[domain-name:value = 'without.example']");
	assert_int_equal(held(set, 10000), 2);
	assert_int_equal(nrs_set_status(set, 264), NRS_STATUS_FULL);
	assert_int_equal(nrs_set_status(set, 265), NRS_STATUS_WAITING);
	assert_int_equal(nrs_set_status(set, 266), NRS_STATUS_WAITING);
	assert_int_equal(nrs_set_status(set, 267), NRS_STATUS_FULL);
	nrs_set_free(set);
}

static void one_that_waits_keeps_no_room_from_others(void **state)
{
	struct nrs_text many = {0};
	struct nrs_set *set = empty_set();

	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		nrs_text_printf(&many, "%sdomain-name:value MATCHES '^of%ux$'",
				i == 0 ? "[" : " OR ", i);
	nrs_text_puts(&many, "]");
	nrs_text_putc(&many, '\0');
	add(set, (const char *)many.ptr);
	add_many(set, 264, "[domain-name:value MATCHES '^plain", "x$']");
	assert_int_equal(held(set, 10000), 1);
	assert_int_equal(nrs_set_status(set, 0), NRS_STATUS_WAITING);
	nrs_text_fini(&many);
	nrs_set_free(set);
}

static void rows_beyond_the_most_wait(void **state)
{
	struct nrs_set *set = empty_set();

	(void)state;
	add_many(set, 12, "[domain-name:value = 'n", ".example']");
	assert_int_equal(held(set, 10), 2);
	assert_int_equal(nrs_set_status(set, 9), NRS_STATUS_FULL);
	assert_int_equal(nrs_set_status(set, 10), NRS_STATUS_WAITING);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_engine_takes_its_share_and_the_rest_waits),
		cmocka_unit_test(what_went_to_pcre_matches_too),
		cmocka_unit_test(
			an_expression_that_is_there_already_takes_no_room),
		cmocka_unit_test(one_that_waits_keeps_no_room_from_others),
		cmocka_unit_test(rows_beyond_the_most_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
