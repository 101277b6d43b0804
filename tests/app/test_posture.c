/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_posture: which policy holds, by a person's word and a source's, and that
 * a person's survives a restart.
 */
#include "app/posture.h"

#include "app/config_read.h"
#include "tests/app/workshop.h"

#define NOW (INT64_C(1772366400) * NRS_SECOND_NS) /* 2026-03-01T12:00:00Z */
#define RULES                                                                  \
	"select: {rules: [{action: drop, label: [calm]}, {action: drop, "      \
	"label: [x]}]}\n"

struct bench {
	struct nrs_config *config;
	struct nrs_choice *choice;
	struct nrs_posture *posture;
	struct nrs_text said;
};

/* @named: posture: {...} of the configuration, or NULL. */
static int open_bench(struct bench *b, const char *named)
{
	char text[1000];
	struct nrs_text problems = {0};
	struct nrs_diag diag = {0};

	*b = (struct bench){0};
	(void)snprintf(
		text, sizeof(text), "state: {dir: %s}\n%s%s\n", workshop,
		named == NULL ? "" : "posture: ", named == NULL ? "" : named);
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir = workshop,
					       .machine = "box"};
	if (nrs_config_read(&b->config, &input, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	nrs_text_fini(&problems);
	assert_int_equal(nrs_choice_new(&b->choice, b->config, &diag), NRS_OK);
	return nrs_posture_new(&b->posture, b->config, b->choice, &diag);
}

static void close_bench(struct bench *b)
{
	nrs_posture_free(b->posture);
	nrs_choice_free(b->choice);
	nrs_config_free(b->config);
	nrs_text_fini(&b->said);
}

/* posture: {heightened: a file with two rules, more}. */
static void open_two(struct bench *b, const char *more)
{
	char named[600];

	(void)snprintf(named, sizeof(named), "{heightened: %s%s}",
		       workshop_write("danger.yaml", RULES), more);
	assert_int_equal(open_bench(b, named), NRS_OK);
}

static bool set(struct bench *b, const char *word)
{
	nrs_text_clear(&b->said);
	return nrs_posture_set(b->posture, nrs_span_of(word), NOW, &b->said);
}

static bool said(const struct bench *b, const char *word)
{
	return nrs_span_find_text(nrs_text_span(&b->said), word) != SIZE_MAX;
}

static bool is_heightened(struct bench *b, int64_t now_ns)
{
	const struct nrs_select_policy *policy =
		nrs_posture_policy(b->posture, now_ns);
	struct nrs_posture_state now;

	nrs_posture_state(b->posture, &now);
	assert_int_equal(now.is_heightened, policy != NULL);
	/* The normal one has no rules, the other two. */
	assert_true(policy == NULL || policy->rule_count == 2);
	return policy != NULL;
}

static void a_persons_word_switches_and_survives(void **state)
{
	struct nrs_posture_state now;
	struct bench b;

	(void)state;
	open_two(&b, "");
	assert_false(is_heightened(&b, NOW));
	assert_true(set(&b, "heightened"));
	assert_true(said(&b, "posture heightened\n"));
	assert_true(is_heightened(&b, NOW));
	nrs_posture_state(b.posture, &now);
	assert_true(now.is_there && now.by_person && !now.by_source);
	assert_true(now.since_ns == NOW);
	close_bench(&b);
	open_two(&b, "");
	assert_true(is_heightened(&b, NOW + 1));
	assert_true(set(&b, "normal"));
	assert_false(is_heightened(&b, NOW + 2));
	close_bench(&b);
	open_two(&b, "");
	assert_false(is_heightened(&b, NOW + 3));
	close_bench(&b);
}

static void what_cannot_be_is_said(void **state)
{
	struct nrs_posture_state now;
	struct bench b;

	(void)state;
	assert_int_equal(open_bench(&b, NULL), NRS_OK);
	assert_false(set(&b, "heightened"));
	assert_true(said(&b, "set posture.heightened"));
	assert_false(is_heightened(&b, NOW));
	nrs_posture_state(b.posture, &now);
	assert_false(now.is_there);
	close_bench(&b);
	open_two(&b, "");
	assert_false(set(&b, "HIGH"));
	assert_true(said(&b, "normal or heightened"));
	assert_false(is_heightened(&b, NOW));
	close_bench(&b);
}

static void a_file_that_cannot_be_read_is_said_at_the_start(void **state)
{
	char named[600];
	struct bench b;

	(void)state;
	(void)snprintf(named, sizeof(named), "{heightened: %s}",
		       workshop_write("bad.yaml", "select: {rule: 1}\n"));
	assert_int_equal(open_bench(&b, named), NRS_E_FORMAT);
	b.posture = NULL;
	close_bench(&b);
	assert_int_equal(open_bench(&b, "{heightened: /nowhere/x.yaml}"),
			 NRS_E_FORMAT);
	b.posture = NULL;
	close_bench(&b);
}

/* One indicator of @source with @label, valid for the hour from NOW on. */
static struct nrs_set *set_with(const char *source, const char *label,
				enum nrs_status status)
{
	struct nrs_set *made = NULL;
	uint32_t index;

	assert_int_equal(nrs_set_new(&made), NRS_OK);
	struct nrs_background background = {.labels = nrs_span_of(label)};
	struct nrs_indicator_context said = {.background = &background};
	struct nrs_indicator item = {
		.id = nrs_span_of("indicator--1"),
		.pattern = nrs_span_of("[domain-name:value = 'a.example']"),
		.context = nrs_set_context(made, &said),
		.valid_from_ns = NOW,
		.valid_until_ns = NOW + 3600 * NRS_SECOND_NS,
		.status = (uint8_t)status};
	assert_non_null(item.context);
	assert_int_equal(nrs_set_source(made, nrs_span_of(source),
					nrs_span_of("p"), &index),
			 NRS_OK);
	item.source = index;
	assert_int_equal(nrs_set_add(made, &item), NRS_OK);
	return made;
}

static void
a_source_heightens_it_as_long_as_its_indicator_is_valid(void **state)
{
	static const struct {
		const char *name, *source, *label;
		enum nrs_status status;
		bool is_heightened;
	} cases[] = {{"as agreed", "isac-a/alerts", NRS_POSTURE_LABEL,
		      NRS_STATUS_FULL, true},
		     {"among others", "isac-a/alerts", "x\n" NRS_POSTURE_LABEL,
		      NRS_STATUS_FULL, true},
		     {"not matched", "isac-a/alerts", NRS_POSTURE_LABEL,
		      NRS_STATUS_DROPPED, true},
		     {"revoked", "isac-a/alerts", NRS_POSTURE_LABEL,
		      NRS_STATUS_REVOKED, false},
		     {"another label", "isac-a/alerts", "posture:heightene",
		      NRS_STATUS_FULL, false},
		     {"another source", "isac-b/alerts", NRS_POSTURE_LABEL,
		      NRS_STATUS_FULL, false}};
	struct nrs_posture_state now;
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_set *made = set_with(cases[i].source, cases[i].label,
						cases[i].status);

		open_two(&b, ", source: isac-a/alerts");
		nrs_posture_force(b.posture, made);
		if (is_heightened(&b, NOW) != cases[i].is_heightened)
			fail_msg("%s", cases[i].name);
		nrs_posture_state(b.posture, &now);
		assert_int_equal(now.by_source, cases[i].is_heightened);
		assert_false(is_heightened(&b, NOW - 1));
		assert_false(is_heightened(&b, NOW + 3600 * NRS_SECOND_NS));
		nrs_set_free(made);
		close_bench(&b);
	}
}

static void nobody_may_who_was_not_named(void **state)
{
	struct nrs_set *made =
		set_with("isac-a/alerts", NRS_POSTURE_LABEL, NRS_STATUS_FULL);
	struct bench b;

	(void)state;
	open_two(&b, "");
	nrs_posture_force(b.posture, made);
	assert_false(is_heightened(&b, NOW));
	close_bench(&b);
	nrs_set_free(made);
}

static void a_person_cannot_calm_what_the_source_says(void **state)
{
	struct nrs_set *made =
		set_with("isac-a/alerts", NRS_POSTURE_LABEL, NRS_STATUS_FULL);
	struct bench b;

	(void)state;
	open_two(&b, ", source: isac-a/alerts");
	nrs_posture_force(b.posture, made);
	assert_true(set(&b, "normal"));
	assert_true(said(&b, "as long as isac-a/alerts says so"));
	assert_true(is_heightened(&b, NOW));
	close_bench(&b);
	nrs_set_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_persons_word_switches_and_survives),
		cmocka_unit_test(what_cannot_be_is_said),
		cmocka_unit_test(
			a_file_that_cannot_be_read_is_said_at_the_start),
		cmocka_unit_test(
			a_source_heightens_it_as_long_as_its_indicator_is_valid),
		cmocka_unit_test(nobody_may_who_was_not_named),
		cmocka_unit_test(a_person_cannot_calm_what_the_source_says),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
