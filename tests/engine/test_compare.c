/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_compare: what changed from one set to the next.
 */
#include "tests/nrs_test.h"

#include "engine/compare.h"

#define END NRS_TIME_MAX
#define SINCE 100
#define AT 200

struct one {
	const char *id; /* "" for a value of a list */
	const char *pattern;
	int64_t modified, until;
	int8_t confidence;
	uint8_t status;
};

/* Named by what the comparison says of it: "change id: properties". */
static const struct {
	const char *name;
	struct one before[3], after[3];
	const char *want;
} rows[] = {
	{"nothing", {{"a", "p", 1, END, 5, 0}}, {{"a", "p", 1, END, 5, 0}}, ""},
	{"new", {{0}}, {{"a", "p", 1, END, 5, 0}}, "new a:;"},
	{"gone", {{"a", "p", 1, END, 5, 0}}, {{0}}, "gone a:;"},
	{"two properties",
	 {{"a", "p", 1, END, 5, 0}},
	 {{"a", "q", 2, END, 6, 0}},
	 "updated a: pattern confidence;"},
	{"a new version that says the same",
	 {{"a", "p", 1, END, 5, 0}},
	 {{"a", "p", 2, END, 5, 0}},
	 "updated a: modified;"},
	{"revoked",
	 {{"a", "p", 1, END, 5, 0}},
	 {{"a", "p", 2, END, 5, NRS_STATUS_REVOKED}},
	 "revoked a: revoked;"},
	{"revoked before",
	 {{"a", "p", 1, END, 5, NRS_STATUS_REVOKED}},
	 {{"a", "p", 1, END, 5, NRS_STATUS_REVOKED}},
	 ""},
	{"revoked, and forgotten",
	 {{"a", "p", 1, END, 5, NRS_STATUS_REVOKED}},
	 {{0}},
	 ""},
	{"its end came",
	 {{"a", "p", 1, 150, 5, 0}},
	 {{"a", "p", 1, 150, 5, 0}},
	 "expired a:;"},
	{"its end comes at that very moment",
	 {{"a", "p", 1, AT, 5, 0}},
	 {{"a", "p", 1, AT, 5, 0}},
	 "expired a:;"},
	{"its end is to come",
	 {{"a", "p", 1, AT + 1, 5, 0}},
	 {{"a", "p", 1, AT + 1, 5, 0}},
	 ""},
	{"it had ended before",
	 {{"a", "p", 1, SINCE, 5, 0}},
	 {{"a", "p", 1, SINCE, 5, 0}},
	 ""},
	{"an end was put behind us",
	 {{"a", "p", 1, END, 5, 0}},
	 {{"a", "p", 2, 50, 5, 0}},
	 "expired a: valid_until;"},
	{"it ended, and is gone",
	 {{"a", "p", 1, 150, 5, 0}},
	 {{0}},
	 "expired a:;"},
	{"it had ended long ago, and is gone",
	 {{"a", "p", 1, 50, 5, 0}},
	 {{0}},
	 "gone a:;"},
	{"the version that counts is compared",
	 {{"a", "old", 1, END, 5, NRS_STATUS_SUPERSEDED},
	  {"a", "p", 2, END, 5, 0}},
	 {{"a", "p", 2, END, 5, 0},
	  {"a", "p", 2, END, 5, NRS_STATUS_DUPLICATE}},
	 ""},
	{"a broken version does not hide a good one",
	 {{"a", "p", 1, END, 5, 0}},
	 {{"a", "", 9, END, 5, NRS_STATUS_REJECTED}, {"a", "p", 1, END, 5, 0}},
	 ""},
	{"values of lists by what they are",
	 {{"", "x.example", 0, END, -1, 0}, {"", "y.example", 0, END, -1, 0}},
	 {{"", "z.example", 0, END, -1, 0}, {"", "x.example", 0, END, -1, 0}},
	 "gone y.example:;new z.example:;"},
};

static struct nrs_set *make(const struct one ones[3], const char *source)
{
	struct nrs_set *set = NULL;
	uint32_t index;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of(source),
					nrs_span_of(source), &index),
			 NRS_OK);
	for (unsigned int i = 0; i < 3 && ones[i].pattern != NULL; i++) {
		const struct nrs_indicator item = {
			.id = nrs_span_of(ones[i].id),
			.pattern = nrs_span_of(ones[i].pattern),
			.modified_ns = ones[i].modified,
			.valid_from_ns = 1,
			.valid_until_ns = ones[i].until,
			.confidence = ones[i].confidence,
			.shape = ones[i].id[0] == '\0' ? NRS_SHAPE_NAME
						       : NRS_SHAPE_PATTERN,
			.status = ones[i].status};

		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	}
	return set;
}

static void tell(struct nrs_text *out, const struct nrs_comparison *found,
		 const struct nrs_set *before, const struct nrs_set *after)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct nrs_difference *d = &found->items[i];
		const bool is_new = d->after != NRS_COMPARE_NONE;
		const struct nrs_indicator *item = nrs_set_at(
			is_new ? after : before, is_new ? d->after : d->before);

		nrs_text_printf(out, "%s ", nrs_change_name(d->change));
		nrs_text_add(out, item->id.len > 0 ? item->id : item->pattern);
		nrs_text_putc(out, ':');
		for (unsigned int p = 0; p < NRS_COMPARE_PROPERTIES; p++) {
			if ((d->properties >> p & 1) != 0)
				nrs_text_printf(out, " %s",
						nrs_compare_property(p));
		}
		nrs_text_putc(out, ';');
	}
}

static void each_change_is_told_and_nothing_else(void **state)
{
	const struct nrs_compare_times times = {.since_ns = SINCE, .at_ns = AT};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_set *before = make(rows[i].before, "monday.txt");
		struct nrs_set *after = make(rows[i].after, "tuesday.txt");
		struct nrs_comparison found;
		struct nrs_text got = {0};
		uint64_t sum = 0;

		assert_int_equal(nrs_compare(&found, before, after, &times),
				 NRS_OK);
		tell(&got, &found, before, after);
		if (!nrs_span_is(nrs_text_span(&got), rows[i].want)) {
			print_error("%s: %.*s\n", rows[i].name, (int)got.len,
				    (const char *)got.ptr);
			fail();
		}
		for (unsigned int c = 0; c < NRS_CHANGE_COUNT; c++)
			sum += found.counts[c];
		assert_int_equal(sum, found.count);
		nrs_text_fini(&got);
		free(found.items);
		nrs_set_free(before);
		nrs_set_free(after);
	}
}

static void context_is_compared_too(void **state)
{
	const struct nrs_compare_times times = {.since_ns = SINCE, .at_ns = AT};
	const struct one ones[3] = {{"a", "p", 1, END, 5, 0}};
	const struct nrs_background labels = {.labels = nrs_span_of("x\ny")};
	const struct nrs_indicator_context said = {.name = nrs_span_of("N"),
						   .background = &labels};
	struct nrs_set *before = make(ones, "s"), *after = make(ones, "s");
	struct nrs_comparison found;
	struct nrs_text got = {0};

	(void)state;
	nrs_set_edit(after, 0)->context = nrs_set_context(after, &said);
	assert_int_equal(nrs_compare(&found, before, after, &times), NRS_OK);
	tell(&got, &found, before, after);
	assert_true(
		nrs_span_is(nrs_text_span(&got), "updated a: name labels;"));
	nrs_text_clear(&got);
	for (unsigned int p = 0; p < NRS_COMPARE_PROPERTIES; p++) {
		if ((found.items[0].properties >> p & 1) != 0)
			nrs_compare_said(after, 0, p, &got);
	}
	assert_true(nrs_span_is(nrs_text_span(&got), "Nx\ny"));
	nrs_text_fini(&got);
	free(found.items);
	nrs_set_free(before);
	nrs_set_free(after);
}

static void the_newest_time_of_a_set_is_that_of_its_newest_version(void **state)
{
	const struct one ones[3] = {{"a", "p", 7, END, 5, 0},
				    {"b", "p", 9, END, 5, 0}};
	const struct one list[3] = {{"", "x.example", 0, END, -1, 0}};
	struct nrs_set *set = make(ones, "s"), *values = make(list, "l");

	(void)state;
	assert_int_equal(nrs_compare_newest(set), 9);
	assert_true(nrs_compare_newest(values) == NRS_TIME_MIN);
	nrs_set_free(set);
	nrs_set_free(values);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_is_told_and_nothing_else),
		cmocka_unit_test(context_is_compared_too),
		cmocka_unit_test(
			the_newest_time_of_a_set_is_that_of_its_newest_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
