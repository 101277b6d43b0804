/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_judge: verdicts without a compiled set, and the shadow of a set: what
 * was dropped, compiled by itself.
 */
#include "tests/engine/empty_set.h"

#include "engine/db.h"
#include "engine/matcher.h"
#include "engine/pattern.h"

static struct nrs_set *set_of(const char *const *patterns, unsigned int count)
{
	struct nrs_set *set = NULL;

	set = empty_set();
	for (unsigned int i = 0; i < count; i++) {
		const struct nrs_indicator item = {
			.pattern = nrs_span_of(patterns[i]),
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.confidence = -1,
			.version = NRS_STIX_21};

		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	}
	return set;
}

/* One of each verdict. */
static const char *const verdicts[] = {
	"[domain-name:value = 'higan.example']",
	"[domain-name:value = 'a.example' OR process:pid = 7]",
	"[process:pid = 7]",
	"[domain-name:value = ",
	"[ipv4-addr:value = '127.0.0.1']",
	"[domain-name:value = 'b.example' OR process:pid = 7]",
};
#define VERDICTS (sizeof(verdicts) / sizeof(*verdicts))

static void a_judgement_says_what_the_build_would_say(void **state)
{
	const struct nrs_build_options options = {.seats = 1, .guards = true};
	struct nrs_set *judged = set_of(verdicts, VERDICTS);
	struct nrs_set *built = set_of(verdicts, VERDICTS);
	struct nrs_db *db = NULL;

	(void)state;
	assert_int_equal(nrs_db_judge(judged, &options), NRS_OK);
	assert_int_equal(nrs_db_build(&db, built, &options), NRS_OK);
	assert_int_equal(nrs_set_at(built, 0)->status, NRS_STATUS_FULL);
	assert_int_equal(nrs_set_at(built, 1)->status, NRS_STATUS_PARTIAL);
	assert_int_equal(nrs_set_at(built, 2)->status, NRS_STATUS_UNSUPPORTED);
	assert_int_equal(nrs_set_at(built, 4)->status, NRS_STATUS_REJECTED);
	for (uint32_t i = 0; i < VERDICTS; i++) {
		assert_int_equal(nrs_set_at(judged, i)->status,
				 nrs_set_at(built, i)->status);
		assert_string_equal(nrs_set_reason(judged, i),
				    nrs_set_reason(built, i));
	}
	nrs_db_free(db);
	nrs_set_free(built);
	nrs_set_free(judged);
}

static void a_shadow_compiles_what_was_dropped_and_judges_nothing(void **state)
{
	const struct nrs_build_options options = {.seats = 1, .shadow = true};
	struct nrs_set *set = set_of(verdicts, VERDICTS);
	struct nrs_db_sizes sizes;
	struct nrs_db *db = NULL;

	(void)state;
	assert_int_equal(nrs_set_judge(set, 0, NRS_STATUS_DROPPED, "rule 1"),
			 NRS_OK);
	assert_int_equal(nrs_set_judge(set, 1, NRS_STATUS_EXCEPTED, "list"),
			 NRS_OK);
	assert_int_equal(nrs_set_judge(set, 2, NRS_STATUS_DROPPED, "rule 2"),
			 NRS_OK);
	assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
	nrs_db_sizes(db, &sizes);
	assert_int_equal(sizes.keys, 2); /* higan.example, a.example */
	assert_int_equal(sizes.prefixes, 0);
	assert_string_equal(nrs_set_reason(set, 0), "rule 1");
	assert_int_equal(nrs_set_at(set, 0)->status, NRS_STATUS_DROPPED);
	assert_string_equal(nrs_set_reason(set, 1), "list");
	assert_int_equal(nrs_set_at(set, 1)->status, NRS_STATUS_EXCEPTED);
	assert_string_equal(nrs_set_reason(set, 2), "rule 2");
	nrs_db_free(db);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_judgement_says_what_the_build_would_say),
		cmocka_unit_test(
			a_shadow_compiles_what_was_dropped_and_judges_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
