/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_feeds: what a source may lose or gain before it is not believed.
 */
#include "tests/nrs_test.h"

#include "app/feeds.h"

/* A set with @count values of a source, @revoked of them revoked. */
static struct nrs_set *set_of(const char *source, uint32_t count,
			      uint32_t revoked)
{
	struct nrs_set *set = NULL;
	uint32_t index;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	for (uint32_t i = 0; i < 3; i++) /* it is not the only one */
		assert_int_equal(nrs_set_source(set, nrs_span_of("other"),
						nrs_span_of("o"), &index),
				 NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of(source),
					nrs_span_of(source), &index),
			 NRS_OK);
	for (uint32_t i = 0; i < count; i++) {
		const struct nrs_indicator item = {
			.source = index,
			.status = i < revoked ? NRS_STATUS_REVOKED
					      : NRS_STATUS_FULL};

		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	}
	return set;
}

static const struct nrs_feed_limits limits = {
	.shrink_percent = 50, .grow_percent = 400, .least = 100};

static const struct {
	const char *name;
	uint32_t before, now, revoked;
	struct nrs_feed_limits limits;
	int want;
	const char *setting;
} rows[] = {
	{"the same", 1000, 1000, 0, {50, 400, 100}, NRS_OK, NULL},
	{"half of it goes", 1000, 500, 0, {50, 400, 100}, NRS_OK, NULL},
	{"one more than half",
	 1000,
	 499,
	 0,
	 {50, 400, 100},
	 NRS_E_LIMIT,
	 "feeds.shrink 50"},
	{"all goes", 1000, 0, 0, {50, 400, 100}, NRS_E_LIMIT, "feeds.shrink"},
	{"all is revoked", 1000, 1000, 1000, {50, 400, 100}, NRS_OK, NULL},
	{"five times as much", 1000, 5000, 0, {50, 400, 100}, NRS_OK, NULL},
	{"one more than that",
	 1000,
	 5001,
	 0,
	 {50, 400, 100},
	 NRS_E_LIMIT,
	 "feeds.grow 400"},
	{"it was empty", 0, 100000, 0, {50, 400, 100}, NRS_OK, NULL},
	{"a small one goes", 99, 1, 0, {50, 400, 100}, NRS_OK, NULL},
	{"a small one becomes large",
	 2,
	 100,
	 0,
	 {50, 400, 100},
	 NRS_E_LIMIT,
	 "feeds.grow"},
	{"nobody minds shrinking", 1000, 1, 0, {0, 400, 100}, NRS_OK, NULL},
	{"nobody minds growing", 1000, 9000, 0, {50, 0, 100}, NRS_OK, NULL},
};

static void a_source_is_believed_within_its_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_set *before = set_of("isac-a", rows[i].before, 0);
		struct nrs_set *now =
			set_of("isac-a", rows[i].now, rows[i].revoked);
		struct nrs_diag diag = {0};
		const int got =
			nrs_feeds_check(before, now, &rows[i].limits, &diag);

		if (got != rows[i].want)
			fail_msg("%s: %d", rows[i].name, got);
		if (rows[i].setting != NULL &&
		    (strstr(diag.text, rows[i].setting) == NULL ||
		     strstr(diag.text, "isac-a: ") == NULL ||
		     strstr(diag.text, "--accept") == NULL))
			fail_msg("%s: %s", rows[i].name, diag.text);
		nrs_set_free(before);
		nrs_set_free(now);
	}
}

static void a_source_that_is_not_there_any_more_has_lost_all(void **state)
{
	struct nrs_set *before = set_of("isac-a", 1000, 0);
	struct nrs_set *now = set_of("isac-b", 1000, 0);
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_feeds_check(before, now, &limits, &diag),
			 NRS_E_LIMIT);
	assert_non_null(strstr(diag.text, "isac-a: 0 indicators where it had "
					  "1000"));
	nrs_set_free(before);
	nrs_set_free(now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_is_believed_within_its_limits),
		cmocka_unit_test(
			a_source_that_is_not_there_any_more_has_lost_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
