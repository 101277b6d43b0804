/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_disclose: sharing-rules.md rules 1 to 8, 10 and 17, sentence by
 * sentence, and that tightening never releases more (rule 21).
 */
#include "sightings/disclose.h"
#include "tests/nrs_test.h"

#define S(text)                                                                \
	{                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                      \
	}

/* The hub isac-a with the collections alerts (pulled) and sightings. */
static const struct nrs_share_audience usual_audience = {
	.name = S("isac-a"),
	.hub = S("hub-a"),
	.collection = S("sightings"),
	.is_auto = true,
	.reporter = {.name = S("Example Ltd"), .contact = S("soc@example.org")},
	.key = S("0123456789abcdef0123456789abcdef")};
static const struct nrs_share_source usual_source = {.name = S("isac-a/alerts"),
						     .hub = S("hub-a"),
						     .collection = S("alerts"),
						     .audience = S("isac-a")};

struct bench {
	struct nrs_share_audience audiences[3];
	struct nrs_share_source source;
	struct nrs_share_item item;
	unsigned int audience_count, source_count;
};

static struct bench usual(void)
{
	struct bench b = {.source = usual_source,
			  .item = {.source = usual_source.name,
				   .tlp = NRS_TLP_AMBER,
				   .grade = NRS_CLASS_REPORT},
			  .audience_count = 1,
			  .source_count = 1};

	b.audiences[0] = usual_audience;
	return b;
}

static struct nrs_share_verdict ask(const struct bench *b)
{
	const struct nrs_share_policy policy = {
		.audiences = b->audiences,
		.audience_count = b->audience_count,
		.sources = &b->source,
		.source_count = b->source_count};
	struct nrs_share_verdict verdict;

	nrs_disclose(&policy, 0, &b->item, &verdict);
	return verdict;
}

static void expect(const struct bench *b, enum nrs_share_act act,
		   unsigned int rule, const char *key)
{
	const struct nrs_share_verdict v = ask(b);

	if (v.act != act || v.rule != rule || strstr(v.text, key) == NULL)
		fail_msg("act %d rule %u: %s", (int)v.act, v.rule, v.text);
}

static void nothing_is_sent_unless_a_destination_is_named(void **state)
{
	struct bench b = usual();

	(void)state;
	expect(&b, NRS_SHARE_RELEASE, 1, "");
	b.audience_count = 0;
	expect(&b, NRS_SHARE_REFUSE, 1, "set audiences");
}

static void a_new_audience_starts_in_hold(void **state)
{
	struct bench b = usual();

	(void)state;
	b.audiences[0].is_auto = false;
	expect(&b, NRS_SHARE_HOLD, 1, "audiences.isac-a.mode");
}

static void
unmarked_is_amber_strict_unless_the_source_has_a_default(void **state)
{
	struct bench b = usual();

	(void)state;
	b.item.tlp = NRS_TLP_NONE;
	b.source.audience = nrs_span(NULL, 0);
	expect(&b, NRS_SHARE_REFUSE, 2, "sources.isac-a/alerts.default_tlp");
	assert_int_equal(ask(&b).tlp, NRS_TLP_AMBER_STRICT);
	b.source.default_tlp = NRS_TLP_GREEN;
	expect(&b, NRS_SHARE_RELEASE, 1, "");
	assert_int_equal(ask(&b).tlp, NRS_TLP_GREEN);
	/* A default never loosens what is marked. */
	b.item.tlp = NRS_TLP_RED;
	expect(&b, NRS_SHARE_REFUSE, 6, "RED");
}

static void a_channel_has_a_ceiling(void **state)
{
	struct bench b = usual();

	(void)state;
	b.audiences[0].max_tlp = NRS_TLP_GREEN;
	expect(&b, NRS_SHARE_REFUSE, 3, "audiences.isac-a.max_tlp");
	b.audiences[0].max_tlp = NRS_TLP_NONE; /* not said: amber */
	b.item.tlp = NRS_TLP_AMBER_STRICT;
	expect(&b, NRS_SHARE_REFUSE, 3, "audiences.isac-a.max_tlp");
	b.audiences[0].max_tlp = NRS_TLP_AMBER_STRICT;
	expect(&b, NRS_SHARE_RELEASE, 1, "");
}

static void only_the_hub_that_supplied_it_or_a_named_audience(void **state)
{
	struct bench b = usual();

	(void)state;
	b.audiences[0].hub = nrs_span_of("hub-b");
	expect(&b, NRS_SHARE_REFUSE, 5, "sources.isac-a/alerts.redistribute");
	b.source.redistribute = nrs_span_of("other, isac-a");
	expect(&b, NRS_SHARE_RELEASE, 1, "");
}

static void a_file_without_origin_never_leaves(void **state)
{
	struct bench b = usual();

	(void)state;
	b.source.hub = nrs_span(NULL, 0);
	expect(&b, NRS_SHARE_REFUSE, 5, "sources.isac-a/alerts.origin");
	b.source = usual_source;
	b.source_count = 0; /* nobody said anything about it */
	expect(&b, NRS_SHARE_REFUSE, 5, "under indicators, with an origin");
}

static void strict_markings_want_the_audience_or_a_narrower_one(void **state)
{
	static const enum nrs_tlp strict[] = {NRS_TLP_AMBER_STRICT,
					      NRS_TLP_RED};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct bench b = usual();

		b.item.tlp = strict[i];
		b.audiences[0].max_tlp = NRS_TLP_RED;
		expect(&b, NRS_SHARE_RELEASE, 1, ""); /* the same audience */
		b.source.audience = nrs_span_of("isac-world");
		/* The same hub is not enough. */
		expect(&b, NRS_SHARE_REFUSE, 6, "audiences.isac-a.within");
		b.audiences[0].within = nrs_span_of("isac-world");
		expect(&b, NRS_SHARE_RELEASE, 1, "");
		/* Reached in two steps. */
		b.audiences[0].within = nrs_span_of("isac-eu");
		expect(&b, NRS_SHARE_REFUSE, 6, "audiences.isac-a.within");
		b.audiences[1] = usual_audience;
		b.audiences[1].name = nrs_span_of("isac-eu");
		b.audiences[1].within = nrs_span_of("isac-world");
		b.audience_count = 2;
		expect(&b, NRS_SHARE_RELEASE, 1, "");
		/* Narrower is one-way. */
		b.audiences[0].within = nrs_span(NULL, 0);
		b.audiences[1].within = nrs_span_of("isac-a");
		expect(&b, NRS_SHARE_REFUSE, 6, "audiences.isac-a.within");
		/* The very collection that supplied it. */
		b.source.collection = nrs_span_of("sightings");
		expect(&b, NRS_SHARE_RELEASE, 1, "");
	}
}

static void a_ring_of_audiences_ends(void **state)
{
	struct bench b = usual();

	(void)state;
	b.item.tlp = NRS_TLP_RED;
	b.source.audience = nrs_span_of("elsewhere");
	b.audiences[0].within = nrs_span_of("ring");
	b.audiences[1] = usual_audience;
	b.audiences[1].name = nrs_span_of("ring");
	b.audiences[1].within = nrs_span_of("isac-a");
	b.audience_count = 2;
	expect(&b, NRS_SHARE_REFUSE, 6, "audiences.isac-a.within");
}

static void an_exercise_goes_only_where_exercises_are_taken(void **state)
{
	struct bench b = usual();

	(void)state;
	b.item.is_exercise = true;
	expect(&b, NRS_SHARE_REFUSE, 8, "audiences.isac-a.exercise");
	b.audiences[0].takes_exercise = true;
	expect(&b, NRS_SHARE_RELEASE, 1, "");
}

static void only_report_and_above_leave_by_default(void **state)
{
	struct bench b = usual();

	(void)state;
	b.item.grade = NRS_CLASS_WATCH;
	expect(&b, NRS_SHARE_REFUSE, 10, "audiences.isac-a.min_class");
	b.audiences[0].min_class = NRS_CLASS_WATCH;
	expect(&b, NRS_SHARE_RELEASE, 1, "");
}

static void a_lists_value_needs_its_indicator_at_the_hub(void **state)
{
	struct bench b = usual();

	(void)state;
	b.item.is_value = true;
	expect(&b, NRS_SHARE_REFUSE, 5, "audiences.isac-a.publish_indicators");
	b.audiences[0].publishes_values = true;
	expect(&b, NRS_SHARE_RELEASE, 1, "");
}

static void a_report_must_have_a_contact(void **state)
{
	struct bench b = usual();

	(void)state;
	b.audiences[0].reporter.contact = nrs_span(NULL, 0);
	expect(&b, NRS_SHARE_HOLD, 17, "reporter.contact");
}

/* --- rule 21: tightening never releases more --- */

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

static struct nrs_span name(uint64_t *seed)
{
	static const char *const names[] = {"", "isac-a", "isac-b", "world"};

	return nrs_span_of(names[draw(seed, 4)]);
}

static struct bench any(uint64_t *seed)
{
	struct bench b = usual();

	b.audience_count = 3;
	for (unsigned int i = 0; i < 3; i++) {
		struct nrs_share_audience *a = &b.audiences[i];

		*a = usual_audience;
		a->name = i == 0   ? nrs_span_of("isac-a")
			  : i == 1 ? nrs_span_of("isac-b")
				   : nrs_span_of("world");
		a->hub = name(seed);
		a->collection = name(seed);
		a->within = name(seed);
		a->is_auto = draw(seed, 2) == 0;
		a->takes_exercise = draw(seed, 2) == 0;
		a->publishes_values = draw(seed, 2) == 0;
		a->max_tlp = (enum nrs_tlp)draw(seed, 6);
		a->min_class = (enum nrs_class)draw(seed, 5);
		if (draw(seed, 4) == 0)
			a->reporter.contact = nrs_span(NULL, 0);
	}
	b.source.hub = name(seed);
	b.source.collection = name(seed);
	b.source.audience = name(seed);
	b.source.redistribute = name(seed);
	b.source.default_tlp = (enum nrs_tlp)draw(seed, 6);
	b.item.tlp = (enum nrs_tlp)draw(seed, 6);
	b.item.grade = (enum nrs_class)(1 + draw(seed, 4));
	b.item.is_exercise = draw(seed, 2) == 0;
	b.item.is_value = draw(seed, 2) == 0;
	return b;
}

static enum nrs_tlp strictness(enum nrs_tlp tlp, enum nrs_tlp unsaid)
{
	return tlp == NRS_TLP_NONE ? unsaid : tlp;
}

/* One step tighter; false: it cannot be told. */
static bool tighten(struct bench *b, uint64_t *seed)
{
	struct nrs_share_audience *a = &b->audiences[0];
	enum nrs_tlp tlp;

	switch (draw(seed, 11)) {
	case 0:
		a->is_auto = false;
		return true;
	case 1:
		a->takes_exercise = false;
		return true;
	case 2:
		a->publishes_values = false;
		return true;
	case 3:
		tlp = strictness(a->max_tlp, NRS_TLP_AMBER);
		a->max_tlp = tlp > NRS_TLP_CLEAR ? (enum nrs_tlp)(tlp - 1)
						 : NRS_TLP_CLEAR;
		return true;
	case 4:
		if (a->min_class == NRS_CLASS_UNSAID)
			a->min_class = NRS_CLASS_REPORT;
		if (a->min_class < NRS_CLASS_URGENT)
			a->min_class = (enum nrs_class)(a->min_class + 1);
		return true;
	case 5:
		b->audiences[draw(seed, 3)].within = nrs_span(NULL, 0);
		return true;
	case 6:
		b->source.redistribute = nrs_span(NULL, 0);
		return true;
	case 7:
		b->source.hub = nrs_span(NULL, 0);
		return true;
	case 8:
		b->source.audience = nrs_span(NULL, 0);
		return true;
	case 9:
		tlp = strictness(b->source.default_tlp, NRS_TLP_AMBER_STRICT);
		b->source.default_tlp =
			tlp < NRS_TLP_RED ? (enum nrs_tlp)(tlp + 1) : tlp;
		return true;
	default:
		a->reporter.contact = nrs_span(NULL, 0);
		return true;
	}
}

static void tightening_never_releases_more(void **state)
{
	unsigned int released = 0;

	(void)state;
	for (uint64_t i = 0; i < 200000; i++) {
		uint64_t seed = i * 2654435761u + 1;
		struct bench b = any(&seed);
		const struct nrs_share_verdict before = ask(&b);

		released += before.act == NRS_SHARE_RELEASE;
		for (unsigned int steps = 1 + draw(&seed, 3); steps > 0;
		     steps--)
			assert_true(tighten(&b, &seed));
		const struct nrs_share_verdict after = ask(&b);
		if (after.act > before.act || after.tlp < before.tlp)
			fail_msg("seed %llu: %s, then %s",
				 (unsigned long long)i, before.text,
				 after.text);
	}
	assert_true(released > 1000); /* the draw is not empty */
}

static void what_may_not_be_read_is_told_by_its_id_alone(void **state)
{
	struct bench b = usual();

	(void)state;
	b.item.is_hidden = true;
	expect(&b, NRS_SHARE_RELEASE, 1, "");
	/* a list's value has none that the hub knows */
	b.item.is_value = true;
	b.audiences[0].publishes_values = true;
	expect(&b, NRS_SHARE_REFUSE, 4, "run and not read");
}

/* An urgent one's further way is a way, not an exemption (rule 9). */
static void a_further_way_is_under_the_rules_of_its_audience(void **state)
{
	struct bench b = usual();

	(void)state;
	b.item.grade = NRS_CLASS_URGENT;
	b.audiences[1] = b.audiences[0];
	b.audiences[0].name = nrs_span_of("isac-a/direct");
	b.audiences[0].of = b.audiences[1].name;
	b.audiences[0].within = b.audiences[1].name;
	b.audiences[0].collection = nrs_span_of("urgent");
	b.audience_count = 2;
	expect(&b, NRS_SHARE_RELEASE, 1, "audiences.isac-a.mode");
	b.item.tlp = NRS_TLP_AMBER_STRICT;
	expect(&b, NRS_SHARE_REFUSE, 3, "audiences.isac-a.max_tlp");
	b.audiences[0].max_tlp = NRS_TLP_RED;
	expect(&b, NRS_SHARE_RELEASE, 1, ""); /* the same people */
	b.source.audience = nrs_span_of("others");
	expect(&b, NRS_SHARE_REFUSE, 6, "audiences.isac-a.within");
	b.item.tlp = NRS_TLP_GREEN;
	b.audiences[0].is_auto = false;
	expect(&b, NRS_SHARE_HOLD, 1, "audiences.isac-a.mode");
	b.audiences[0].hub = nrs_span_of("hub-b");
	expect(&b, NRS_SHARE_REFUSE, 5, "audience isac-a");
	b.source.redistribute = nrs_span_of("isac-a");
	expect(&b, NRS_SHARE_HOLD, 1, "audiences.isac-a.mode");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_sent_unless_a_destination_is_named),
		cmocka_unit_test(a_new_audience_starts_in_hold),
		cmocka_unit_test(
			unmarked_is_amber_strict_unless_the_source_has_a_default),
		cmocka_unit_test(a_channel_has_a_ceiling),
		cmocka_unit_test(
			only_the_hub_that_supplied_it_or_a_named_audience),
		cmocka_unit_test(a_file_without_origin_never_leaves),
		cmocka_unit_test(
			strict_markings_want_the_audience_or_a_narrower_one),
		cmocka_unit_test(a_ring_of_audiences_ends),
		cmocka_unit_test(
			an_exercise_goes_only_where_exercises_are_taken),
		cmocka_unit_test(only_report_and_above_leave_by_default),
		cmocka_unit_test(a_lists_value_needs_its_indicator_at_the_hub),
		cmocka_unit_test(a_report_must_have_a_contact),
		cmocka_unit_test(tightening_never_releases_more),
		cmocka_unit_test(what_may_not_be_read_is_told_by_its_id_alone),
		cmocka_unit_test(
			a_further_way_is_under_the_rules_of_its_audience),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
