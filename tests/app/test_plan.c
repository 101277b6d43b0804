/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_plan: from a configuration to what may leave: nothing is looser than
 * what was written, and each message names a key that is there.
 */
#include "app/plan.h"

#include "app/config_read.h"
#include "tests/nrs_test.h"

struct bench {
	struct nrs_config *config;
	struct nrs_plan *plan;
};

static void plan_of(struct bench *b, const char *text)
{
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir = "/x",
					       .machine = "box"};
	struct nrs_text problems = {0};

	if (nrs_config_read(&b->config, &input, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	nrs_text_fini(&problems);
	assert_int_equal(nrs_plan_new(&b->plan, b->config, NULL), NRS_OK);
}

static void done(struct bench *b)
{
	nrs_plan_free(b->plan);
	nrs_config_free(b->config);
}

static bool is(struct nrs_span span, const char *text)
{
	return nrs_span_is(span, text);
}

#define HUB                                                                    \
	"hubs:\n  isac-a:\n    url: https://hub.example/taxii2/\n"             \
	"    collections:\n"                                                   \
	"      - {id: x1, name: alerts, audience: wide}\n"                     \
	"reporter: {name: Us, contact: soc@us.example, "                       \
	"sectors: [energy, water]}\n"

static void what_is_not_said_is_the_safe_choice(void **state)
{
	struct bench b;

	(void)state;
	plan_of(&b, HUB "audiences:\n  isac-a: {collection: sightings}\n"
			"  wide: {}\n");
	assert_int_equal(b.plan->policy.audience_count, 1);
	const struct nrs_share_audience *a = &b.plan->policy.audiences[0];
	assert_false(a->is_auto);
	assert_false(a->tells_technique);
	assert_false(a->publishes_values);
	assert_false(a->takes_exercise);
	assert_int_equal(a->max_tlp, NRS_TLP_AMBER);
	assert_int_equal(a->min_class, NRS_CLASS_REPORT);
	assert_int_equal(a->reporter.as, NRS_SHARE_PSEUDONYM);
	assert_int_equal(a->grain_ns, 60 * NRS_SECOND_NS);
	done(&b);
}

static void lifetime_and_scale_go_with_their_source(void **state)
{
	struct bench b;

	(void)state;
	plan_of(&b, "indicators:\n  - {file: a, lifetime: \"url=7d,*=1y\", "
		    "confidence_scale: admiralty}\n  - b\n"
		    "hubs:\n  h:\n    url: https://h.example/\n"
		    "    collections:\n      - {id: x, lifetime: 30d, "
		    "confidence_scale: wep}\n");
	const struct nrs_loader_options *a = &b.plan->files[0].options;
	const struct nrs_loader_options *other = &b.plan->files[1].options;
	const struct nrs_loader_options *pulled = &b.plan->hubs[0].loading;

	assert_true(nrs_span_is(a->lifetime, "url=7d,*=1y"));
	assert_int_equal(a->scale, NRS_SCALE_ADMIRALTY);
	assert_int_equal(other->lifetime.len, 0);
	assert_int_equal(other->scale, NRS_SCALE_PERCENT);
	assert_true(nrs_span_is(pulled->lifetime, "30d"));
	assert_int_equal(pulled->scale, NRS_SCALE_WEP);
	done(&b);
}

static void what_is_said_is_what_is_done(void **state)
{
	struct bench b;

	(void)state;
	plan_of(&b,
		HUB "audiences:\n  isac-a: {collection: sightings, mode: auto, "
		    "max_tlp: red, blocks: [core, technique, provider], "
		    "reporter: named, "
		    "min_class: watch, exercise: yes, publish_indicators: yes, "
		    "within: wide}\n  wide: {}\n"
		    "  gone: {collection: isac-a/other, mode: off}\n");
	assert_int_equal(b.plan->policy.audience_count, 1);
	const struct nrs_share_audience *a = &b.plan->policy.audiences[0];
	assert_true(a->is_auto && a->tells_technique && a->tells_provider &&
		    !a->tells_damage && a->publishes_values &&
		    a->takes_exercise);
	assert_int_equal(a->max_tlp, NRS_TLP_RED);
	assert_int_equal(a->min_class, NRS_CLASS_WATCH);
	assert_int_equal(a->reporter.as, NRS_SHARE_NAMED);
	assert_true(is(a->within, "wide"));
	assert_true(is(a->reporter.contact, "soc@us.example"));
	assert_true(is(a->reporter.sectors, "energy,water"));
	done(&b);
}

static void what_is_urgent_has_ways_of_its_own(void **state)
{
	struct bench b;

	(void)state;
	plan_of(&b, HUB "audiences:\n  isac-a: {collection: sightings, direct: "
			"isac-a/alerts, copy_to: /u, second: ./v, "
			"min_class: watch, opinions: yes, heartbeat: yes}\n"
			"  wide: {}\n");
	const struct nrs_share_audience *a = b.plan->policy.audiences;
	const struct nrs_post_settings *p = b.plan->posts;
	assert_int_equal(b.plan->policy.audience_count, 4);
	assert_true(is(a[0].name, "isac-a") && a[0].of.len == 0);
	assert_int_equal(a[0].min_class, NRS_CLASS_WATCH);
	static const char *const names[] = {"isac-a", "isac-a/direct",
					    "isac-a/copy_to", "isac-a/second"};
	for (unsigned int i = 1; i < 4; i++) {
		assert_true(is(a[i].name, names[i]) && is(a[i].of, "isac-a"));
		assert_string_equal(p[i].audience, names[i]);
		assert_int_equal(a[i].min_class, NRS_CLASS_URGENT);
		assert_false(a[i].is_auto || a[i].takes_opinions ||
			     p[i].tells_heartbeat);
		assert_int_equal(a[i].is_second, i == 3);
	}
	/* a name of ours is the hub's own id there */
	assert_true(is(a[1].collection, "x1") && is(a[1].within, "isac-a"));
	assert_string_equal(p[1].collection, "x1");
	assert_int_equal(p[1].way, NRS_POST_TAXII);
	assert_true(is(a[2].collection, "sightings"));
	assert_int_equal(p[2].way, NRS_POST_FOLDER);
	assert_string_equal(p[2].folder, "/u");
	assert_ptr_equal(p[3].late, &a[0]);
	assert_ptr_equal(p[3].self, &a[3]);
	assert_null(p[2].late);
	done(&b);
}

static void a_files_origin_makes_it_that_collections(void **state)
{
	struct bench b;

	(void)state;
	plan_of(&b,
		HUB "indicators:\n  - {file: a.csv, origin: isac-a/alerts}\n"
		    "  - {file: d/b.csv, redistribute: [x, y]}\n"
		    "audiences: {wide: {}, x: {}, y: {}}\n");
	const struct nrs_share_source *s = b.plan->policy.sources;
	assert_int_equal(b.plan->policy.source_count, 3);
	assert_true(is(s[0].name, "a.csv") && is(s[0].hub, "isac-a") &&
		    is(s[0].collection, "x1") && is(s[0].audience, "wide"));
	assert_true(is(s[0].key, "indicators[0]"));
	assert_true(is(s[1].name, "b.csv") && s[1].hub.len == 0);
	assert_true(is(s[1].redistribute, "x,y"));
	assert_true(is(s[2].name, "isac-a/alerts") &&
		    is(s[2].audience, "wide"));
	assert_true(is(s[2].key, "hubs.isac-a.collections[0]"));
	done(&b);
}

static void a_refusal_names_the_key_as_it_stands_in_the_file(void **state)
{
	struct nrs_share_verdict verdict;
	struct bench b;

	(void)state;
	plan_of(&b, HUB "audiences:\n  isac-a: {collection: sightings}\n"
			"  wide: {}\n");
	const struct nrs_share_item item = {
		.source = nrs_span_of("isac-a/alerts"),
		.grade = NRS_CLASS_REPORT};
	nrs_disclose(&b.plan->policy, 0, &item, &verdict);
	assert_int_equal(verdict.act, NRS_SHARE_REFUSE);
	assert_int_equal(verdict.rule, 2);
	assert_non_null(strstr(verdict.text,
			       "set hubs.isac-a.collections[0].default_tlp"));
	done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_is_the_safe_choice),
		cmocka_unit_test(lifetime_and_scale_go_with_their_source),
		cmocka_unit_test(what_is_said_is_what_is_done),
		cmocka_unit_test(what_is_urgent_has_ways_of_its_own),
		cmocka_unit_test(a_files_origin_makes_it_that_collections),
		cmocka_unit_test(
			a_refusal_names_the_key_as_it_stands_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
