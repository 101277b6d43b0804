/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_site: the configuration's assets, rules and verdicts become a judge,
 * and an edited file is seen.
 */
#include "app/site.h"

#include "app/config_read.h"
#include "tests/app/workshop.h"
#include "tests/sightings/made_hit.h"

static struct nrs_config *config_of(const char *text)
{
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir = workshop,
					       .machine = "box"};
	struct nrs_config *config = NULL;
	struct nrs_text problems = {0};

	if (nrs_config_read(&config, &input, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	nrs_text_fini(&problems);
	return config;
}

static const char *class_of(const struct nrs_site *site, const char *own)
{
	struct nrs_judgement judged;
	struct made_hit made;

	made_set(&made, NRS_TLP_AMBER, NULL);
	nrs_judge_sighted(nrs_site_judge(site), made_usual(&made, own, MADE_NS),
			  NRS_OUTCOME_ANSWERED, &judged);
	nrs_set_free(made.set);
	return nrs_class_name(judged.grade);
}

static void assets_rules_and_verdicts_are_read(void **state)
{
	char text[1000];
	struct nrs_site *site = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	(void)workshop_write("assets.csv", "# ours\n10.2.0.0/16, critical\n");
	(void)workshop_write(NRS_SITE_VERDICTS,
			     "{\"indicator\":\"" MADE_ID
			     "\",\"own\":\"10.4.0.0/16\","
			     "\"verdict\":\"false\",\"by\":\"kana\"}\n");
	(void)snprintf(text, sizeof(text),
		       "assets: [\"10.1.0.0/16, high\", \"10.3.0.0/16, low\"]\n"
		       "asset_files: [%s/assets.csv]\n"
		       "classes:\n"
		       "  - {class: watch, direction: out, importance: low,\n"
		       "     max_outcome: answered, source: isac-a/alerts,\n"
		       "     min_confidence: 86}\n"
		       "  - {class: report, direction: \"out, in\",\n"
		       "     importance: critical, match: exact}\n",
		       workshop);
	struct nrs_config *config = config_of(text);
	if (nrs_site_new(&site, config, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	assert_string_equal(class_of(site, "10.1.0.1"), "urgent");
	assert_string_equal(class_of(site, "10.2.0.1"), "report");
	assert_string_equal(class_of(site, "10.3.0.1"), "report");
	assert_string_equal(class_of(site, "10.4.0.1"), "noise");
	assert_string_equal(class_of(site, "10.5.0.1"), "report");
	nrs_site_free(site);
	nrs_config_free(config);
}

static void an_edited_file_is_seen_once(void **state)
{
	struct nrs_config *config;
	struct nrs_site *site = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	(void)remove(workshop_path(NRS_SITE_VERDICTS));
	config = config_of("");
	assert_int_equal(nrs_site_new(&site, config, &diag), NRS_OK);
	assert_false(nrs_site_changed(site));
	(void)workshop_write(NRS_SITE_VERDICTS, "{}\n");
	assert_true(nrs_site_changed(site));
	assert_false(nrs_site_changed(site));
	nrs_site_free(site);
	nrs_config_free(config);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
	static const char *const keys[] = {"asset_files", "suppressions"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nrs_site *site = NULL;
		struct nrs_diag diag = {0};
		char text[100];

		(void)snprintf(text, sizeof(text), "%s: [/nowhere/x]\n",
			       keys[i]);
		struct nrs_config *config = config_of(text);
		assert_int_equal(nrs_site_new(&site, config, &diag), NRS_E_IO);
		assert_non_null(strstr(diag.text, "/nowhere/x: "));
		nrs_config_free(config);
	}
}

static void an_asset_that_is_none_is_an_error(void **state)
{
	struct nrs_site *site = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	struct nrs_config *config = config_of("assets: [\"10.0.0.1\"]\n");
	assert_int_equal(nrs_site_new(&site, config, &diag), NRS_E_SYNTAX);
	assert_non_null(strstr(diag.text, "importance"));
	nrs_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assets_rules_and_verdicts_are_read),
		cmocka_unit_test(an_edited_file_is_seen_once),
		cmocka_unit_test(a_file_that_is_not_there_is_an_error),
		cmocka_unit_test(an_asset_that_is_none_is_an_error),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
