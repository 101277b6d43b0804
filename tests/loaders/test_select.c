/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_select: each condition, each action, the order of rules, and the words
 * that tell of a decision.
 */
#include "tests/nrs_test.h"

#include "engine/pattern.h"
#include "loaders/about.h"
#include "loaders/select.h"

#define NOW (INT64_C(1790000000) * NRS_SECOND_NS)
#define DAY (86400 * NRS_SECOND_NS)

static struct nrs_set *new_set(const char *source)
{
	struct nrs_set *set = NULL;
	uint32_t index;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of(source),
					nrs_span_of(source), &index),
			 NRS_OK);
	return set;
}

/* What all cases ask about, unless they say otherwise. */
static const struct nrs_background said = {
	.types = {(const uint8_t *)"malicious-activity\nattribution", 30},
	.labels = {(const uint8_t *)"Phishing\ncampaign:lantern", 25},
	.kill_chain = {(const uint8_t *)"lockheed-martin:delivery", 24},
	.sectors = {(const uint8_t *)"energy\nfinancial-services", 25},
	.markings = {(const uint8_t *)"marking-definition--1", 21},
	.severity = {(const uint8_t *)"medium", 6},
};

static struct nrs_indicator item_of(const struct nrs_indicator_context *context)
{
	return (struct nrs_indicator){
		.id = nrs_span_of("indicator--1"),
		.pattern = nrs_span_of("[domain-name:value = 'c2.example']"),
		.context = context,
		.modified_ns = NOW - 30 * DAY,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.confidence = 50,
		.tlp = NRS_TLP_AMBER,
		.version = NRS_STIX_21};
}

/* A rule of one condition, and whether the indicator above meets it. */
static const struct condition {
	const char *name;
	enum nrs_select_list list; /* with @word */
	const char *word;
	struct nrs_select_rule rule; /* without @word */
	bool meets;
} conditions[] = {
	{"source", NRS_SELECT_SOURCE, "isac-a/alerts", {0}, true},
	{"source by its start", NRS_SELECT_SOURCE, "isac-a/*", {0}, true},
	{"another source", NRS_SELECT_SOURCE, "isac-b/*", {0}, false},
	{"a start that is longer",
	 NRS_SELECT_SOURCE,
	 "isac-a/alerts/x*",
	 {0},
	 false},
	{"any source", NRS_SELECT_SOURCE, "*", {0}, true},
	{"kind", NRS_SELECT_KIND, "attribution", {0}, true},
	{"part of a kind", NRS_SELECT_KIND, "attrib", {0}, false},
	{"another kind", NRS_SELECT_KIND, "anonymization", {0}, false},
	{"label in another case", NRS_SELECT_LABEL, "phishing", {0}, true},
	{"label by its start", NRS_SELECT_LABEL, "Campaign:*", {0}, true},
	{"another label", NRS_SELECT_LABEL, "c2", {0}, false},
	{"phase", NRS_SELECT_PHASE, "delivery", {0}, true},
	{"phase of a chain",
	 NRS_SELECT_PHASE,
	 "lockheed-martin:delivery",
	 {0},
	 true},
	{"any phase of a chain",
	 NRS_SELECT_PHASE,
	 "lockheed-martin:*",
	 {0},
	 true},
	{"phase of another chain", NRS_SELECT_PHASE, "x:delivery", {0}, false},
	{"sector", NRS_SELECT_SECTOR, "energy", {0}, true},
	{"another sector", NRS_SELECT_SECTOR, "health", {0}, false},
	{"marking", NRS_SELECT_MARKING, "marking-definition--1", {0}, true},
	{"another marking",
	 NRS_SELECT_MARKING,
	 "marking-definition--2",
	 {0},
	 false},
	{"a domain above", NRS_SELECT_WITHIN, "example", {0}, true},
	{"the domain itself", NRS_SELECT_WITHIN, "c2.example", {0}, true},
	{"the end of a label", NRS_SELECT_WITHIN, "2.example", {0}, false},
	{"a network", NRS_SELECT_WITHIN, "10.0.0.0/8", {0}, false},
	{"confidence at the bound",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true, .least = 50}},
	 true},
	{"confidence below it",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true, .least = 51}},
	 false},
	{"confidence at the upper bound",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_CONFIDENCE] = {.has_most = true, .most = 50}},
	 true},
	{"confidence above it",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_CONFIDENCE] = {.has_most = true, .most = 49}},
	 false},
	{"severity",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_SEVERITY] = {.has_least = true,
					  .least = NRS_SEVERITY_MEDIUM}},
	 true},
	{"a higher severity",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_SEVERITY] = {.has_least = true,
					  .least = NRS_SEVERITY_HIGH}},
	 false},
	{"age at the bound",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_AGE] = {.has_most = true, .most = 30 * 86400}},
	 true},
	{"older",
	 0,
	 NULL,
	 {.bounds[NRS_SELECT_AGE] = {.has_most = true, .most = 30 * 86400 - 1}},
	 false},
	{"type", 0, NULL, {.types = 1u << 2}, true},
	{"another type", 0, NULL, {.types = 1u << 0}, false},
	{"tlp", 0, NULL, {.markings = 1u << NRS_TLP_AMBER}, true},
	{"another tlp", 0, NULL, {.markings = ~(1u << NRS_TLP_AMBER)}, false},
};

/* Is the one indicator of a set still there after @rule? */
static bool survives(const struct nrs_select_rule *rule,
		     const struct nrs_indicator *item)
{
	const struct nrs_select_policy policy = {.rules = rule,
						 .rule_count = 1};
	struct nrs_set *set = new_set("isac-a/alerts");
	struct nrs_select *select = NULL;

	assert_int_equal(nrs_set_add(set, item), NRS_OK);
	assert_int_equal(nrs_select_new(&select, &policy, NULL), NRS_OK);
	assert_int_equal(nrs_select_run(select, set, NOW), NRS_OK);
	const bool is_there = nrs_set_at(set, 0)->status == NRS_STATUS_FULL;
	nrs_select_free(select);
	nrs_set_free(set);
	return is_there;
}

static void each_condition_is_met_by_what_it_says(void **state)
{
	const struct nrs_indicator_context context = {.background = &said};
	const struct nrs_indicator item = item_of(&context);

	(void)state;
	for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++) {
		const struct condition *c = &conditions[i];
		struct nrs_select_rule rule = c->rule;

		if (c->word != NULL)
			rule.words[c->list] =
				(struct nrs_select_words){&c->word, 1};
		rule.action = NRS_SELECT_REQUIRE;
		if (survives(&rule, &item) != c->meets)
			fail_msg("%s, required", c->name);
		rule.action = NRS_SELECT_DROP;
		if (survives(&rule, &item) == c->meets)
			fail_msg("%s, dropped", c->name);
	}
}

static void what_is_not_said_is_decided_by_unknown(void **state)
{
	static const char *const word = "energy";
	struct nrs_indicator item = item_of(NULL);
	struct nrs_select_rule rows[] = {
		{.words[NRS_SELECT_SECTOR] = {&word, 1}},
		{.words[NRS_SELECT_LABEL] = {&word, 1}},
		{.bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true}},
		{.bounds[NRS_SELECT_SEVERITY] = {.has_most = true, .most = 4}},
		{.bounds[NRS_SELECT_AGE] = {.has_least = true}},
	};

	(void)state;
	item.confidence = -1;
	item.modified_ns = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		rows[i].action = NRS_SELECT_REQUIRE;
		assert_false(survives(&rows[i], &item));
		rows[i].action = NRS_SELECT_DROP;
		assert_true(survives(&rows[i], &item));
		rows[i].unknown = true;
		assert_false(survives(&rows[i], &item));
		rows[i].action = NRS_SELECT_REQUIRE;
		assert_true(survives(&rows[i], &item));
	}
}

static void severities_are_words_or_rates(void **state)
{
	static const struct {
		const char *text;
		int is; /* -1: nothing that we know */
	} rows[] = {{"Critical", 4}, {"HIGH", 3}, {"moderate", 2},   {"low", 1},
		    {"info", 0},     {"9.8", 4},  {"7", 3},	     {"6.9", 2},
		    {"3.9", 1},	     {"0.1", 1},  {"0", 0},	     {"95", 4},
		    {"42", 2},	     {"101", -1}, {"severe-ish", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_background row = {
			.severity = nrs_span_of(rows[i].text)};
		const struct nrs_indicator_context context = {.background =
								      &row};
		const struct nrs_indicator item = item_of(&context);
		const struct nrs_select_rule rule = {
			.action = NRS_SELECT_REQUIRE,
			.bounds[NRS_SELECT_SEVERITY] = {.has_least = true,
							.has_most = true,
							.least = rows[i].is,
							.most = rows[i].is}};

		if (survives(&rule, &item) != (rows[i].is >= 0))
			fail_msg("%s", rows[i].text);
	}
}

static void add(struct nrs_set *set, uint32_t source, int confidence,
		int64_t modified_ns)
{
	struct nrs_indicator item = item_of(NULL);

	item.source = source;
	item.confidence = (int8_t)confidence;
	item.modified_ns = modified_ns;
	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
}

/* Statuses of a set as letters: full, watched, dropped. */
static void letters(const struct nrs_set *set, char *out)
{
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const struct nrs_indicator *item = nrs_set_at(set, i);

		*out++ = item->status == NRS_STATUS_DROPPED ? 'd'
			 : item->watched		    ? 'w'
							    : 'f';
	}
	*out = '\0';
}

static void the_first_rule_that_decides_counts(void **state)
{
	const struct nrs_select_rule rules[] = {
		{.action = NRS_SELECT_REQUIRE,
		 .bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true,
						   .least = 10}},
		{.action = NRS_SELECT_KEEP,
		 .bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true,
						   .least = 90}},
		{.action = NRS_SELECT_WATCH,
		 .bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true,
						   .least = 70}},
		{.action = NRS_SELECT_DROP,
		 .bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true,
						   .least = 50}},
	};
	struct nrs_select_policy policy = {.rules = rules, .rule_count = 4};
	static const struct {
		enum nrs_select_action otherwise;
		const char *want;
	} rows[] = {{NRS_SELECT_KEEP, "dfdwf"},
		    {NRS_SELECT_DROP, "dddwf"},
		    {NRS_SELECT_WATCH, "dwdwf"}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nrs_set *set = new_set("a");
		struct nrs_select *select = NULL;
		char got[8];

		for (int confidence = 5; confidence <= 97; confidence += 23)
			add(set, 0, confidence, NOW); /* 5, 28, 51, 74, 97 */
		policy.otherwise = rows[i].otherwise;
		assert_int_equal(nrs_select_new(&select, &policy, NULL),
				 NRS_OK);
		assert_int_equal(nrs_select_run(select, set, NOW), NRS_OK);
		letters(set, got);
		assert_string_equal(got, rows[i].want);
		assert_int_equal(nrs_select_dropped(select, 0), 1);
		assert_int_equal(nrs_select_dropped(select, 3), 1);
		assert_int_equal(nrs_select_dropped(select, 4),
				 rows[i].otherwise == NRS_SELECT_DROP);
		nrs_select_free(select);
		nrs_set_free(set);
	}
}

static void a_limit_keeps_the_best_of_each_source(void **state)
{
	const struct nrs_select_rule rules[] = {
		{.action = NRS_SELECT_KEEP,
		 .bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true,
						   .least = 99}},
		{.action = NRS_SELECT_LIMIT, .most = 2}};
	const struct nrs_select_policy policy = {.rules = rules,
						 .rule_count = 2};
	struct nrs_set *set = new_set("a");
	struct nrs_select *select = NULL;
	struct nrs_text why = {0}, remedy = {0};
	uint32_t other;
	char got[16];

	(void)state;
	assert_int_equal(
		nrs_set_source(set, nrs_span_of("b"), nrs_span_of("b"), &other),
		NRS_OK);
	add(set, 0, 50, 1); /* the third best: the older one of equals */
	add(set, 0, 50, 2);
	add(set, 0, -1, 9);
	add(set, 0, 80, 1);
	add(set, 0, 99, 1); /* kept before: takes no place */
	add(set, other, 10, 1);
	add(set, other, 10, 1);
	add(set, other, 10, 1); /* of equals the one that came last */
	assert_int_equal(nrs_select_new(&select, &policy, NULL), NRS_OK);
	assert_int_equal(nrs_select_run(select, set, NOW), NRS_OK);
	letters(set, got);
	assert_string_equal(got, "dfdffffd");
	nrs_select_why(select, set, 2, &why, &remedy);
	assert_true(nrs_span_is(nrs_text_span(&why),
				"rule 2, beyond 2 of a source"));
	assert_true(nrs_span_is(nrs_text_span(&remedy), "max >= 4"));
	nrs_text_fini(&why);
	nrs_text_fini(&remedy);
	nrs_select_free(select);
	nrs_set_free(set);
}

static void own_networks_stand_for_home_net(void **state)
{
	static const char *const words[] = {"home_net", "power.example"};
	static const struct {
		const char *pattern;
		enum nrs_shape shape;
		bool is_within;
	} rows[] = {
		{"[ipv4-addr:value = '10.1.2.3']", 0, true},
		{"[ipv4-addr:value = '10.0.0.0/8']", 0, true},
		{"[ipv4-addr:value = '8.0.0.0/5']", 0, true},
		{"[ipv4-addr:value = '11.1.2.3']", 0, false},
		{"[url:value = 'http://user@10.1.2.3:8080/x']", 0, true},
		{"[url:value = 'http://www.power.example/x']", 0, true},
		{"[url:value = 'http://www.example/power.example']", 0, false},
		{"[email-addr:value = 'ceo@Power.Example']", 0, true},
		{"[email-addr:value = 'power@example.org']", 0, false},
		{"[domain-name:value = 'power.example.org']", 0, false},
		{"[domain-name:value != 'power.example']", 0, false},
		{"[network-traffic:dst_ref.type = 'ipv4-addr' AND "
		 "network-traffic:dst_ref.value = '10.9.9.9']",
		 0, true},
		{"10.1.2.3:443", NRS_SHAPE_ADDR_PORT, true},
		{"a.power.example", NRS_SHAPE_NAME, true},
		{"10.1.0.0/16", NRS_SHAPE_IPV4, true},
		{"2001:db8::1", NRS_SHAPE_IPV6, false},
		{"http://power.example/", NRS_SHAPE_URL, true},
	};
	const struct nrs_select_rule rule = {
		.action = NRS_SELECT_DROP,
		.words[NRS_SELECT_WITHIN] = {words, 2}};
	struct nrs_prefix home;
	const struct nrs_select_policy policy = {
		.rules = &rule, .rule_count = 1, .home = {&home, 1}};
	struct nrs_select *select = NULL;

	(void)state;
	assert_int_equal(nrs_prefix_parse(nrs_span_of("10.0.0.0/8"), &home),
			 NRS_OK);
	assert_int_equal(nrs_select_new(&select, &policy, NULL), NRS_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_set *set = new_set("a");
		struct nrs_indicator item = item_of(NULL);

		item.pattern = nrs_span_of(rows[i].pattern);
		item.shape = (uint8_t)rows[i].shape;
		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
		assert_int_equal(nrs_select_run(select, set, NOW), NRS_OK);
		if ((nrs_set_at(set, 0)->status == NRS_STATUS_DROPPED) !=
		    rows[i].is_within)
			fail_msg("%s", rows[i].pattern);
		nrs_set_free(set);
	}
	nrs_select_free(select);
}

static void a_place_that_is_none_is_refused(void **state)
{
	static const char *const word = "not a place";
	const struct nrs_select_rule rule = {
		.words[NRS_SELECT_WITHIN] = {&word, 1}};
	const struct nrs_select_policy policy = {.rules = &rule,
						 .rule_count = 1};
	const struct nrs_select_policy many = {
		.rules = &rule, .rule_count = NRS_SELECT_RULES_MAX + 1};
	struct nrs_select *select = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_select_new(&select, &policy, &diag), NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, word));
	assert_int_equal(nrs_select_new(&select, &many, &diag), NRS_E_LIMIT);
}

/* What is told of one indicator under two rules. */
static void tells(const struct nrs_select_rule *rules, unsigned int count,
		  const char *want_why, const char *want_remedy)
{
	const struct nrs_select_policy policy = {.rules = rules,
						 .rule_count = count};
	const struct nrs_indicator_context context = {.background = &said};
	const struct nrs_indicator item = item_of(&context);
	struct nrs_set *set = new_set("isac-a/alerts");
	struct nrs_select *select = NULL;
	struct nrs_text why = {0}, remedy = {0};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	assert_int_equal(nrs_select_new(&select, &policy, NULL), NRS_OK);
	assert_int_equal(nrs_select_run(select, set, NOW), NRS_OK);
	nrs_select_why(select, set, 0, &why, &remedy);
	nrs_text_putc(&why, '\0');
	nrs_text_putc(&remedy, '\0');
	assert_string_equal((const char *)why.ptr, want_why);
	assert_string_equal((const char *)remedy.ptr, want_remedy);
	nrs_text_fini(&why);
	nrs_text_fini(&remedy);
	nrs_select_free(select);
	nrs_set_free(set);
}

static void it_tells_why_and_what_would_have_kept_it(void **state)
{
	static const char *const health = "health";
	static const char *const phishing = "phishing";
	const struct nrs_select_rule low = {
		.action = NRS_SELECT_REQUIRE,
		.bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true,
						  .least = 70}};
	const struct nrs_select_rule sector = {
		.action = NRS_SELECT_REQUIRE,
		.words[NRS_SELECT_SECTOR] = {&health, 1}};
	const struct nrs_select_rule old = {
		.action = NRS_SELECT_DROP,
		.words[NRS_SELECT_LABEL] = {&phishing, 1},
		.bounds[NRS_SELECT_AGE] = {.has_least = true,
					   .least = 20 * 86400}};
	const struct nrs_select_rule keep = {.action = NRS_SELECT_KEEP};
	const struct nrs_select_rule both[] = {low, sector};
	const struct nrs_select_rule kept[] = {low, keep, sector};

	(void)state;
	tells(&low, 1, "rule 1, confidence 50 < 70", "min_confidence <= 50");
	tells(&sector, 1, "rule 1, sector energy, financial-services",
	      "sector has energy, financial-services");
	tells(&old, 1,
	      "rule 1, label Phishing, campaign:lantern, age 30d >= 20d",
	      "label leaves out Phishing, campaign:lantern");
	tells(both, 2, "rule 1, confidence 50 < 70",
	      "min_confidence <= 50 and sector has energy, "
	      "financial-services (rule 2)");
	tells(kept, 3, "rule 1, confidence 50 < 70", "min_confidence <= 50");
}

static void a_rule_is_named_by_what_it_drops(void **state)
{
	static const char *const word = "energy";
	const struct nrs_select_rule rules[] = {
		{.action = NRS_SELECT_REQUIRE,
		 .bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true,
						   .least = 70}},
		{.action = NRS_SELECT_REQUIRE,
		 .words[NRS_SELECT_SECTOR] = {&word, 1}},
		{.action = NRS_SELECT_DROP,
		 .bounds[NRS_SELECT_AGE] = {.has_least = true,
					    .least = 90 * 86400}},
		{.action = NRS_SELECT_DROP, .name = "old scanners"},
		{.action = NRS_SELECT_LIMIT, .most = 5},
		{.action = NRS_SELECT_DROP},
		{.action = NRS_SELECT_REQUIRE,
		 .bounds[NRS_SELECT_SEVERITY] = {.has_least = true,
						 .least = NRS_SEVERITY_LOW}}};
	static const char *const want[] = {
		"confidence < 70",	"sector",
		"age >= 90d",		"old scanners",
		"beyond 5 of a source", "everything",
		"severity < low",	"no rule keeps it"};
	const struct nrs_select_policy policy = {.rules = rules,
						 .rule_count = 7};

	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		struct nrs_text label = {0};

		nrs_select_label(&policy, i, &label);
		if (!nrs_span_is(nrs_text_span(&label), want[i]))
			fail_msg("%u: %.*s", i, (int)label.len,
				 (const char *)label.ptr);
		nrs_text_fini(&label);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_condition_is_met_by_what_it_says),
		cmocka_unit_test(what_is_not_said_is_decided_by_unknown),
		cmocka_unit_test(severities_are_words_or_rates),
		cmocka_unit_test(the_first_rule_that_decides_counts),
		cmocka_unit_test(a_limit_keeps_the_best_of_each_source),
		cmocka_unit_test(own_networks_stand_for_home_net),
		cmocka_unit_test(a_place_that_is_none_is_refused),
		cmocka_unit_test(it_tells_why_and_what_would_have_kept_it),
		cmocka_unit_test(a_rule_is_named_by_what_it_drops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
