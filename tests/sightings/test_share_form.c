/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_share_form: what waits was written under the policy of its day; a
 * tighter one of today does not let it leave (sharing-rules.md rules 13, 16 to
 * 18 and 21).
 */
#include "sightings/share_form.h"

#include "tests/sightings/posted.h"

/* Everything is told. */
static struct nrs_share_audience open_one(void)
{
	return (struct nrs_share_audience){.name = nrs_span_of("isac-a"),
					   .tells_technique = true,
					   .tells_damage = true,
					   .tells_provider = true,
					   .own_host = NRS_SHARE_OWN_FULL,
					   .reporter = {.as = NRS_SHARE_NAMED}};
}

static void each_key_that_tells_less_is_named(void **state)
{
	static const struct {
		const char *key;
		unsigned int rule;
		struct nrs_share_audience now;
	} cases[] = {
		{NULL,
		 0,
		 {.tells_technique = true,
		  .tells_damage = true,
		  .tells_provider = true,
		  .own_host = NRS_SHARE_OWN_FULL}},
		{"own_host",
		 13,
		 {.tells_technique = true,
		  .tells_damage = true,
		  .tells_provider = true,
		  .own_host = NRS_SHARE_OWN_TOKEN}},
		{"time",
		 16,
		 {.tells_technique = true,
		  .tells_damage = true,
		  .tells_provider = true,
		  .own_host = NRS_SHARE_OWN_FULL,
		  .grain_ns = 60 * NRS_SECOND_NS}},
		{"reporter",
		 17,
		 {.tells_technique = true,
		  .tells_damage = true,
		  .tells_provider = true,
		  .own_host = NRS_SHARE_OWN_FULL,
		  .reporter = {.as = NRS_SHARE_PSEUDONYM}}},
		/* Without block provider nobody is named. */
		{"reporter",
		 17,
		 {.tells_technique = true,
		  .tells_damage = true,
		  .own_host = NRS_SHARE_OWN_FULL}},
		{"blocks",
		 18,
		 {.tells_damage = true,
		  .tells_provider = true,
		  .own_host = NRS_SHARE_OWN_FULL}},
		{"blocks",
		 18,
		 {.tells_technique = true,
		  .tells_provider = true,
		  .own_host = NRS_SHARE_OWN_FULL}},
	};
	const struct nrs_share_audience wide = open_one();

	(void)state;
	assert_int_equal(nrs_share_form(&wide), NRS_SHARE_FORM_UNKNOWN);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned int rule = 0;
		const char *key = nrs_share_form_tightened(
			nrs_share_form(&wide), &cases[i].now, &rule);

		if (cases[i].key == NULL) {
			assert_null(key);
			continue;
		}
		assert_non_null(key);
		assert_string_equal(key, cases[i].key);
		assert_int_equal(rule, cases[i].rule);
		/* The other way round nothing is tighter. */
		assert_null(nrs_share_form_tightened(
			nrs_share_form(&cases[i].now), &wide, &rule));
	}
}

static bool waits(struct posted *p, const char *what)
{
	assert_int_equal(nrs_spool_batch(p->spool, p->share.audience.name,
					 &p->batch, NULL),
			 NRS_OK);
	return p->batch.count > 0 &&
	       nrs_span_find_text(nrs_text_span(&p->batch.envelope), what) !=
		       SIZE_MAX;
}

static void own_hosts_that_wait_stay_when_they_are_hidden(void **state)
{
	struct posted *p = *state;
	uint64_t withheld = 0;

	p->share.audience.own_host = NRS_SHARE_OWN_FULL;
	posted_hit(p, 7);
	assert_true(waits(p, "10.1.0.7"));
	p->share.audience.own_host = NRS_SHARE_OWN_OMIT;
	assert_int_equal(nrs_spool_screen(p->disk.store, &p->share.policy,
					  MADE_NS, &withheld, NULL),
			 NRS_OK);
	assert_int_equal(withheld, 1);
	assert_false(waits(p, "10.1.0.7"));
}

static void a_person_cannot_release_what_tells_too_much_today(void **state)
{
	struct posted *p = *state;
	const struct nrs_spool_decision decision = {
		.release = true, .policy = &p->share.policy, .now_ns = MADE_NS};
	struct nrs_spool_decided decided;

	p->share.audience.is_auto = false;
	p->share.audience.grain_ns = 0;
	posted_hit(p, 7);
	p->share.audience.grain_ns = 60 * NRS_SECOND_NS;
	assert_int_equal(
		nrs_spool_decide(p->disk.store, &decision, &decided, NULL),
		NRS_OK);
	assert_int_equal(decided.released, 0);
	assert_int_equal(decided.kept, 1);
	assert_true(strstr(decided.why, "audiences.isac-a.time") != NULL);
	/* Told more than on its day, it may leave. */
	p->share.audience.grain_ns = 0;
	p->share.audience.own_host = NRS_SHARE_OWN_TOKEN;
	assert_int_equal(
		nrs_spool_decide(p->disk.store, &decision, &decided, NULL),
		NRS_OK);
	assert_int_equal(decided.released, 1);
}

/* Not even a person's release: somebody has to answer for it (rule 17). */
static void without_a_contact_nobody_can_release_it(void **state)
{
	struct posted *p = *state;
	const struct nrs_spool_decision decision = {
		.release = true, .policy = &p->share.policy, .now_ns = MADE_NS};
	const struct nrs_span contact = p->share.audience.reporter.contact;
	struct nrs_spool_decided decided;

	p->share.audience.is_auto = false;
	p->share.audience.reporter.contact = nrs_span(NULL, 0);
	posted_hit(p, 7);
	assert_int_equal(
		nrs_spool_decide(p->disk.store, &decision, &decided, NULL),
		NRS_OK);
	assert_int_equal(decided.released, 0);
	assert_true(strstr(decided.why, "reporter.contact") != NULL);
	p->share.audience.reporter.contact = contact;
	assert_int_equal(
		nrs_spool_decide(p->disk.store, &decision, &decided, NULL),
		NRS_OK);
	assert_int_equal(decided.released, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_that_tells_less_is_named),
		cmocka_unit_test_setup_teardown(
			own_hosts_that_wait_stay_when_they_are_hidden,
			posted_setup, posted_teardown),
		cmocka_unit_test_setup_teardown(
			a_person_cannot_release_what_tells_too_much_today,
			posted_setup, posted_teardown),
		cmocka_unit_test_setup_teardown(
			without_a_contact_nobody_can_release_it, posted_setup,
			posted_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
