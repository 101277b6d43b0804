/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_condition: trees of AND and OR as patterns: what one observation takes,
 * what is left out, what cannot be said; and every cap.
 */
#include "tests/nrs_test.h"

#include "engine/pattern.h"
#include "loaders/condition.h"

/*
 * A tree in one line: "&(" and "|(" open groups, ")" closes one; a letter is a
 * term: n, N ask two values of one name, p a port, f a file, m a mail; "-" is
 * a negation of a port, "!" a refusal, "@x" a reference to what stands in
 * `named`, by its digit.
 */
static const char *const named[] = {"n", "|(nf)", "@2", "@9", "&(@0p)"};

static void add_tree(struct nrs_condition *c, const char *tree);

static void add_test(struct nrs_condition *c, const char *path,
		     const char *text, bool is_equal, bool is_negative)
{
	const struct nrs_condition_test test = {.path = nrs_span_of(path),
						.text = nrs_span_of(text),
						.is_equal = is_equal,
						.is_negative = is_negative};

	nrs_condition_test(c, &test);
}

static void add_letter(struct nrs_condition *c, char letter)
{
	switch (letter) {
	case 'n':
		add_test(c, "domain-name:value", "domain-name:value = 'n'",
			 true, false);
		break;
	case 'N':
		add_test(c, "domain-name:value", "domain-name:value = 'N'",
			 true, false);
		break;
	case 'p':
		add_test(c, "network-traffic:dst_port",
			 "network-traffic:dst_port = 5", true, false);
		break;
	case '-':
		add_test(c, "network-traffic:dst_port",
			 "network-traffic:dst_port != 7", false, true);
		break;
	case 'f':
		add_test(c, "file:name", "file:name = 'f'", true, false);
		break;
	case 'm':
		add_test(c, "email-message:subject",
			 "email-message:subject = 'm'", true, false);
		break;
	default:
		nrs_condition_refuse(c, "not mapped");
	}
}

static void add_tree(struct nrs_condition *c, const char *tree)
{
	for (; *tree != '\0'; tree++) {
		if (*tree == ')') {
			nrs_condition_close(c);
		} else if (*tree == '&' || *tree == '|') {
			nrs_condition_open(c, *tree == '&');
			tree++;
		} else if (*tree == '@') {
			nrs_condition_refer(c, nrs_span(++tree, 1));
		} else {
			add_letter(c, *tree);
		}
	}
}

static struct nrs_condition found[5];

static struct nrs_span find(void *ctx, struct nrs_span id)
{
	const unsigned int at = (unsigned int)(id.ptr[0] - '0');

	(void)ctx;
	if (at >= sizeof(named) / sizeof(*named))
		return nrs_span(NULL, 0);
	nrs_condition_clear(&found[at]);
	add_tree(&found[at], named[at]);
	return nrs_text_span(&found[at].bytes);
}

#define NAME "domain-name:value = 'n'"
#define OTHER "domain-name:value = 'N'"
#define PORT "network-traffic:dst_port = 5"
#define NO_PORT "network-traffic:dst_port != 7"
#define FILE_NAME "file:name = 'f'"
#define MAIL "email-message:subject = 'm'"

static const struct {
	const char *tree;
	const char *pattern; /* "!" and the reason: refused */
	const char *joined;  /* with joins, where it differs */
	const char *left_out;
} cases[] = {
	{"n", "[" NAME "]", NULL, NULL},
	{"|(np)", "[" NAME "] OR [" PORT "]", NULL, NULL},
	{"|(n|(pf))", "[" NAME "] OR [" PORT "] OR [" FILE_NAME "]", NULL,
	 NULL},
	{"&(np)", "[" NAME " AND " PORT "]", NULL, NULL},
	{"&(p|(nN))", "[" PORT " AND (" NAME " OR " OTHER ")]", NULL, NULL},
	{"&(|(nN)|(pn))",
	 "[(" NAME " OR " OTHER ") AND (" PORT " OR " NAME ")]", NULL, NULL},
	{"&(n|(p&(pN)))",
	 "[" NAME " AND (" PORT " OR (" PORT " AND " OTHER "))]", NULL, NULL},
	{"|(n&(np)f)",
	 "[" NAME "] OR [" NAME " AND " PORT "] OR [" FILE_NAME "]", NULL,
	 NULL},
	{"&(n-)", "[" NAME " AND " NO_PORT "]", NULL, NULL},
	{"&(-n)", "[" NO_PORT " AND " NAME "]", NULL, NULL},
	/* A group in one of its kind adds nothing but its terms. */
	{"&(n&(p))", "[" NAME " AND " PORT "]", NULL, NULL},
	{"&(p|(n|(N)))", "[" PORT " AND (" NAME " OR " OTHER ")]", NULL, NULL},
	{"&(n&())", "!no term at all", NULL, NULL},
	{"&(n&(!))", "!not mapped", NULL, NULL},
	{"&(&(n)&(N))", "!joins terms that no single transaction shows",
	 "([" NAME "] AND [" OTHER "])", NULL},
	{"&(|(n)|(N))", "!joins terms that no single transaction shows",
	 "([" NAME "] AND [" OTHER "])", NULL},
	{"&(f&(n-))", "!joins terms that no single transaction shows",
	 "([" FILE_NAME "] AND [" NAME " AND " NO_PORT "])", NULL},
	/* Sides that cannot be said. */
	{"|(n!)", "[" NAME "]", NULL, "not mapped"},
	{"|(!n!)", "[" NAME "]", NULL, "not mapped"},
	{"&(p|(n!))", "[" PORT " AND " NAME "]", NULL, "not mapped"},
	{"|(n&(p!))", "[" NAME "]", NULL, "not mapped"},
	{"&(n!)", "!not mapped", NULL, NULL},
	{"&(n|(!!))", "!not mapped", NULL, NULL},
	{"|(!)", "!not mapped", NULL, NULL},
	{"!", "!not mapped", NULL, NULL},
	{"|()", "!no term at all", NULL, NULL},
	{"&()", "!no term at all", NULL, NULL},
	{"", "!no term at all", NULL, NULL},
	/* Negations never alone. */
	{"-", "!a negation alone would match nearly everything", NULL, NULL},
	{"|(n-)", "[" NAME "]", NULL,
	 "a negation alone would match nearly everything"},
	{"&(--)", "!only negations, which match nearly everything", NULL, NULL},
	{"&(f-)", "!only negations, which match nearly everything", NULL, NULL},
	{"&(n|(p-))", "[" NAME " AND " PORT "]", NULL,
	 "a negation alone would match nearly everything"},
	/* What no single transaction shows. */
	{"&(nf)", "!joins terms that no single transaction shows",
	 "([" NAME "] AND [" FILE_NAME "])", NULL},
	{"&(nN)", "!joins terms that no single transaction shows",
	 "([" NAME "] AND [" OTHER "])", NULL},
	{"&(nfpm)", "!joins terms that no single transaction shows",
	 "([" NAME " AND " PORT "] AND [" FILE_NAME "] AND [" MAIL "])", NULL},
	{"|(m&(nf))", "[" MAIL "]",
	 "[" MAIL "] OR ([" NAME "] AND [" FILE_NAME "])",
	 "joins terms that no single transaction shows"},
	{"&(p|(nf))", "!joins terms that are not seen together", NULL, NULL},
	/* References. */
	{"@0", "[" NAME "]", NULL, NULL},
	{"&(p@0)", "[" PORT " AND " NAME "]", NULL, NULL},
	{"|(p@1)", "[" PORT "] OR [" NAME "] OR [" FILE_NAME "]", NULL, NULL},
	{"@4", "[" NAME " AND " PORT "]", NULL, NULL},
	{"@9", "!refers to what is not in the file", NULL, NULL},
	{"|(n@3)", "[" NAME "]", NULL, "refers to what is not in the file"},
	{"@2", "!refers in a circle, or too deep", NULL, NULL},
};

static bool parses(struct nrs_span pattern)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_pattern parsed;

	assert_non_null(arena);
	const int err =
		nrs_pattern_parse(&parsed, pattern, NRS_STIX_21, arena, NULL);
	nrs_arena_free(arena);
	return err == NRS_OK;
}

static void check(const char *tree, const char *expected, bool joins,
		  const char *left_out)
{
	const struct nrs_condition_rules rules = {.joins = joins, .find = find};
	struct nrs_condition c = {0};
	struct nrs_condition_result result;
	struct nrs_text out = {0};

	nrs_text_puts(&out, "x"); /* what was there stays */
	add_tree(&c, tree);
	const int err = nrs_condition_write(nrs_text_span(&c.bytes), &rules,
					    &out, &result);
	const struct nrs_span got = nrs_span_from(nrs_text_span(&out), 1);
	const bool is_right =
		expected[0] == '!'
			? err == NRS_E_UNSUPPORTED && got.len == 0 &&
				  strcmp(result.reason, expected + 1) == 0
			: err == NRS_OK && nrs_span_is(got, expected) &&
				  parses(got) &&
				  result.is_partial == (left_out != NULL) &&
				  (left_out == NULL ||
				   strcmp(result.reason, left_out) == 0);
	if (!is_right) {
		print_error("'%s': %d %.*s (%s)\n", tree, err, (int)got.len,
			    (const char *)got.ptr, result.reason);
		fail();
	}
	nrs_text_fini(&out);
	nrs_condition_fini(&c);
}

static void trees_are_written_as_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const bool differs = cases[i].joined != NULL;

		check(cases[i].tree, cases[i].pattern, false,
		      cases[i].left_out);
		check(cases[i].tree,
		      differs ? cases[i].joined : cases[i].pattern, true,
		      differs ? NULL : cases[i].left_out);
	}
	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		nrs_condition_fini(&found[i]);
}

static void groups_too_deep_make_it_too_large(void **state)
{
	struct nrs_condition c = {0};

	(void)state;
	for (unsigned int i = 0; i < NRS_CONDITION_DEPTH_MAX; i++)
		nrs_condition_open(&c, i % 2 == 0);
	assert_false(c.is_too_large);
	nrs_condition_open(&c, true);
	assert_true(c.is_too_large);
	nrs_condition_fini(&c);
}

static void a_tree_beyond_the_cap_is_too_large(void **state)
{
	struct nrs_condition c = {0};

	(void)state;
	for (unsigned int i = 0; i < 200000 && !c.is_too_large; i++)
		add_letter(&c, 'n');
	assert_true(c.is_too_large);
	assert_true(c.bytes.len <= NRS_CONDITION_LEN_MAX);
	nrs_condition_fini(&c);
}

/* Each name stands for eight of itself, sixteen times over. */
static struct nrs_condition doubling;

static struct nrs_span find_double(void *ctx, struct nrs_span id)
{
	(void)ctx, (void)id;
	return nrs_text_span(&doubling.bytes);
}

static void references_cannot_grow_without_end(void **state)
{
	const struct nrs_condition_rules rules = {.find = find_double};
	struct nrs_condition_result result;
	struct nrs_text out = {0};

	(void)state;
	add_tree(&doubling, "|(n@0@0@0@0@0@0@0@0)");
	assert_int_equal(nrs_condition_write(nrs_text_span(&doubling.bytes),
					     &rules, &out, &result),
			 NRS_E_UNSUPPORTED);
	assert_string_equal(result.reason, "larger than a pattern may be");
	assert_int_equal(out.len, 0);
	nrs_text_fini(&out);
	nrs_condition_fini(&doubling);
}

/* Ten conditions of a file refer to the same large one: together they may be
 * as long as the budget says, and no longer. */
static void references_of_a_file_share_what_they_may_grow_to(void **state)
{
	uint64_t budget = 1000;
	const struct nrs_condition_rules rules = {.find = find_double,
						  .budget = &budget};
	struct nrs_condition one = {0};
	struct nrs_condition_result result;
	struct nrs_text out = {0};
	unsigned int written = 0;

	(void)state;
	add_tree(&doubling, "|(nNp)");
	add_tree(&one, "@0");
	for (unsigned int i = 0; i < 10; i++)
		written += nrs_condition_write(nrs_text_span(&one.bytes),
					       &rules, &out, &result) == NRS_OK;
	/* |, three terms and ) cost 5 * 16 octets and the texts: 17 + 23 twice,
	 * 24 + 28; the reference 17: 229. */
	assert_int_equal(written, 4);
	assert_string_equal(result.reason, "larger than a pattern may be");
	assert_true(budget < 229);
	nrs_text_fini(&out);
	nrs_condition_fini(&one);
	nrs_condition_fini(&doubling);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_are_written_as_patterns),
		cmocka_unit_test(groups_too_deep_make_it_too_large),
		cmocka_unit_test(a_tree_beyond_the_cap_is_too_large),
		cmocka_unit_test(references_cannot_grow_without_end),
		cmocka_unit_test(
			references_of_a_file_share_what_they_may_grow_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
