/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_heart_open: a run has a heart only where the settings want one, and it
 * writes the file that they name.
 */
#include "app/heart_open.h"

#include "app/config_read.h"
#include "tests/app/workshop.h"

struct bench {
	struct nrs_config *config;
	struct nrs_plan *plan;
	struct nrs_hearts *hearts;
};

static void open_with(struct bench *b, const char *text)
{
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir = workshop,
					       .machine = "box"};
	struct nrs_text problems = {0};

	if (nrs_config_read(&b->config, &input, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	nrs_text_fini(&problems);
	assert_int_equal(nrs_plan_new(&b->plan, b->config, NULL), NRS_OK);
	assert_int_equal(nrs_heart_open(&b->hearts, b->plan), NRS_OK);
}

static void done(struct bench *b)
{
	nrs_heart_close(b->hearts);
	nrs_plan_free(b->plan);
	nrs_config_free(b->config);
}

static void nobody_who_wants_none_gets_one(void **state)
{
	struct bench b;

	(void)state;
	open_with(&b, "sensor: {name: edge-07}\n");
	assert_null(b.hearts);
	nrs_heart_force(b.hearts, NULL);
	nrs_heart_beat(b.hearts, NULL);
	done(&b);
}

static void the_file_that_is_named_is_written(void **state)
{
	const struct nrs_supply_options options = {0};
	struct nrs_supply *supply = NULL;
	struct nrs_set *set = NULL;
	struct bench b;
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof(text),
		       "sensor: {name: edge-07}\nout: {heartbeat: %s}\n",
		       workshop_path("beat.json"));
	open_with(&b, text);
	assert_non_null(b.hearts);
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	nrs_heart_force(b.hearts, set);
	nrs_heart_beat(b.hearts, supply);
	assert_non_null(
		strstr(workshop_read("beat.json"), "\"sensor\":\"edge-07\""));
	nrs_set_free(set);
	nrs_supply_free(supply);
	done(&b);
}

static void an_audience_that_wants_notes_needs_the_spool(void **state)
{
	struct bench b;

	(void)state;
	open_with(&b, "hubs:\n  isac-a: {url: https://hub.example/taxii2/}\n"
		      "reporter: {name: Us, contact: soc@us.example}\n"
		      "audiences:\n"
		      "  isac-a: {collection: sightings, heartbeat: yes}\n");
	assert_non_null(b.hearts);
	assert_int_equal(access(workshop_path("spool.db"), F_OK), 0);
	done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_who_wants_none_gets_one),
		cmocka_unit_test(the_file_that_is_named_is_written),
		cmocka_unit_test(an_audience_that_wants_notes_needs_the_spool),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
