/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_choice: a written policy becomes the rules that are applied, and what
 * cannot be meant is told with its line.
 */
#include "app/choice.h"

#include "app/config_read.h"
#include "loaders/about.h"
#include "tests/nrs_test.h"

static int read_text(struct nrs_config **out, const char *text,
		     struct nrs_text *problems)
{
	const struct nrs_config_input input = {.name = "/etc/n/noroshi.yaml",
					       .text = nrs_span_of(text)};

	return nrs_config_read(out, &input, problems);
}

static bool has(const struct nrs_select_words *words, unsigned int index,
		const char *word)
{
	return words->count > index && strcmp(words->items[index], word) == 0;
}

static void each_key_becomes_its_condition(void **state)
{
	static const char text[] = "home_net: [10.0.0.0/8]\n"
				   "select:\n"
				   "  otherwise: drop\n"
				   "  rules:\n"
				   "    - action: require\n"
				   "      name: ours\n"
				   "      source: [\"isac-a/*\", block]\n"
				   "      type: [ipv4-addr, other]\n"
				   "      kind: attribution\n"
				   "      min_confidence: 0\n"
				   "      max_severity: none\n"
				   "      max_age: 2d\n"
				   "      tlp: [none, red]\n"
				   "      marking: [m]\n"
				   "      label: [l]\n"
				   "      phase: [p]\n"
				   "      sector: [s]\n"
				   "      within: [home_net]\n"
				   "      unknown: yes\n"
				   "    - {action: limit, max: 7}\n";
	struct nrs_config *config = NULL;
	struct nrs_choice *choice = NULL;
	struct nrs_text problems = {0};

	(void)state;
	if (read_text(&config, text, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	assert_int_equal(nrs_choice_new(&choice, config, NULL), NRS_OK);
	const struct nrs_select_policy *policy = nrs_choice_policy(choice);
	assert_non_null(policy);
	assert_non_null(nrs_choice_select(choice));
	assert_int_equal(policy->rule_count, 2);
	assert_int_equal(policy->otherwise, NRS_SELECT_DROP);
	assert_int_equal(policy->home.count, 1);
	const struct nrs_select_rule *rule = policy->rules;
	assert_int_equal(rule->action, NRS_SELECT_REQUIRE);
	assert_string_equal(rule->name, "ours");
	assert_string_equal(rule->where, "noroshi.yaml:5");
	assert_true(has(&rule->words[NRS_SELECT_SOURCE], 0, "isac-a/*"));
	assert_true(has(&rule->words[NRS_SELECT_SOURCE], 1, "block"));
	assert_true(has(&rule->words[NRS_SELECT_KIND], 0, "attribution"));
	assert_true(has(&rule->words[NRS_SELECT_MARKING], 0, "m"));
	assert_true(has(&rule->words[NRS_SELECT_LABEL], 0, "l"));
	assert_true(has(&rule->words[NRS_SELECT_PHASE], 0, "p"));
	assert_true(has(&rule->words[NRS_SELECT_SECTOR], 0, "s"));
	assert_true(has(&rule->words[NRS_SELECT_WITHIN], 0, "home_net"));
	assert_int_equal(rule->types, 1u << 0 | 1u << 18);
	assert_int_equal(rule->markings,
			 1u << NRS_TLP_NONE | 1u << NRS_TLP_RED);
	/* A bound that is 0 is one too, if it was written. */
	assert_true(rule->bounds[NRS_SELECT_CONFIDENCE].has_least);
	assert_false(rule->bounds[NRS_SELECT_CONFIDENCE].has_most);
	assert_false(rule->bounds[NRS_SELECT_SEVERITY].has_least);
	assert_true(rule->bounds[NRS_SELECT_SEVERITY].has_most);
	assert_int_equal(rule->bounds[NRS_SELECT_AGE].most, 172800);
	assert_true(rule->unknown);
	assert_int_equal(rule[1].action, NRS_SELECT_LIMIT);
	assert_int_equal(rule[1].most, 7);
	assert_false(rule[1].unknown);
	nrs_choice_free(choice);
	nrs_config_free(config);
}

static void guards_know_own_networks_and_what_is_allowed(void **state)
{
	struct nrs_config *config = NULL;
	struct nrs_choice *choice = NULL;
	struct nrs_text problems = {0};

	(void)state;
	assert_int_equal(read_text(&config,
				   "home_net: [10.0.0.0/8]\nguards_allow: "
				   "[10.99.0.0/16, Hoster.Example.]\n",
				   &problems),
			 NRS_OK);
	assert_int_equal(nrs_choice_new(&choice, config, NULL), NRS_OK);
	const struct nrs_guard_own own = nrs_choice_guards(choice);
	assert_int_equal(own.count, 1);
	assert_int_equal(own.allowed_count, 1);
	assert_int_equal(own.allowed[0].bits, 112);
	assert_int_equal(own.name_count, 1);
	assert_true(nrs_span_is(own.names[0], "hoster.example"));
	nrs_choice_free(choice);
	nrs_config_free(config);
	/* the default of home_net is no own network of the guards */
	assert_int_equal(read_text(&config, "", &problems), NRS_OK);
	assert_int_equal(nrs_choice_new(&choice, config, NULL), NRS_OK);
	assert_int_equal(nrs_choice_guards(choice).count, 0);
	nrs_choice_free(choice);
	nrs_config_free(config);
	assert_int_equal(
		read_text(&config, "guards_allow: [home_net]\n", &problems),
		NRS_E_FORMAT);
	nrs_text_fini(&problems);
}

static void without_rules_nothing_is_chosen(void **state)
{
	struct nrs_config *config = NULL;
	struct nrs_choice *choice = NULL;
	struct nrs_text problems = {0};

	(void)state;
	assert_int_equal(read_text(&config, "workers: 1\n", &problems), NRS_OK);
	assert_int_equal(nrs_choice_new(&choice, config, NULL), NRS_OK);
	assert_null(nrs_choice_select(choice));
	assert_null(nrs_choice_policy(choice));
	assert_int_equal(config->feeds.shrink_percent, 50);
	assert_int_equal(config->feeds.grow_percent, 400);
	assert_int_equal(config->feeds.least, 1000);
	nrs_choice_free(choice);
	nrs_config_free(config);
}

static const struct {
	const char *name, *rule, *problem;
} bad[] = {
	{"no action", "{label: [x]}", "has no action"},
	{"no such action", "{action: forget}", "'forget' is none of"},
	{"a limit without one", "{action: limit}", "limit wants a max"},
	{"a maximum of nothing", "{action: drop, max: 3}",
	 "select.rules[0].max: max goes with limit"},
	{"nothing can meet both",
	 "{action: drop, min_severity: high, max_severity: low}",
	 "select.rules[0].min_severity: is above max_severity"},
	{"ages", "{action: drop, min_age: 2d, max_age: 1d}", "above max_age"},
	{"no place", "{action: drop, within: [\"a b\"]}",
	 "'a b' is neither a network nor a domain"},
	{"no such type", "{action: drop, type: [ipv5]}", "'ipv5' is none of"},
	{"too sure", "{action: drop, min_confidence: 101}",
	 "101 is not from 0 to 100"},
	{"no such key", "{action: drop, labels: [x]}", "nearest is 'label'"},
};

static void what_cannot_be_meant_is_told_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nrs_config *config = NULL;
		struct nrs_text problems = {0};
		char text[200];

		snprintf(text, sizeof(text), "select:\n  rules:\n    - %s\n",
			 bad[i].rule);
		assert_int_equal(read_text(&config, text, &problems),
				 NRS_E_FORMAT);
		nrs_text_putc(&problems, '\0');
		if (strstr((const char *)problems.ptr, bad[i].problem) ==
			    NULL ||
		    strstr((const char *)problems.ptr, "noroshi.yaml:3: ") ==
			    NULL)
			fail_msg("%s: %s", bad[i].name,
				 (const char *)problems.ptr);
		nrs_text_fini(&problems);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_becomes_its_condition),
		cmocka_unit_test(guards_know_own_networks_and_what_is_allowed),
		cmocka_unit_test(without_rules_nothing_is_chosen),
		cmocka_unit_test(what_cannot_be_meant_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
