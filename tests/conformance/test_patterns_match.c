/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: the strict evaluator gives the verdict of every case of every
 * file of the form stix-pattern-match/1 in the shared folder.
 */
#include "engine/strict.h"
#include "tests/conformance/judged.h"

static const struct nrs_json *member(const struct nrs_json *object,
				     struct nrs_span key)
{
	const struct nrs_json *m = object == NULL ? NULL : object->child;

	while (m != NULL && !nrs_span_equal(m->key, key))
		m = m->next;
	return m;
}

/* "true", "false", "parse" or "eval", and whether the binding is as wanted. */
static const char *verdict(const struct nrs_json *c,
			   const struct nrs_json *sets, struct nrs_arena *arena,
			   bool *is_bound)
{
	const struct nrs_json *set =
		member(sets, nrs_json_text(c, "observations"));
	const enum nrs_stix_version version =
		nrs_span_is(nrs_json_text(c, "stix_version"), "2.1")
			? NRS_STIX_21
			: NRS_STIX_20;
	const struct nrs_json *wanted = nrs_json_get(c, "bound");
	struct nrs_strict_documents documents;
	struct nrs_strict_binding binding = {0};
	struct nrs_pattern pattern;

	int err = nrs_pattern_parse(&pattern, nrs_json_text(c, "pattern"),
				    version, arena, NULL);
	if (err != NRS_OK)
		return err == NRS_E_SYNTAX ? "parse" : "eval";
	err = nrs_strict_load(&documents, nrs_json_get(set, "documents"),
			      version, arena, NULL);
	if (err == NRS_OK)
		err = nrs_strict_match(&documents, &pattern, arena, &binding,
				       NULL);
	if (err < 0)
		return "eval";
	for (const struct nrs_json *id = wanted == NULL ? NULL : wanted->child;
	     id != NULL; id = id->next) {
		bool found = false;

		for (unsigned int i = 0; i < binding.count; i++)
			found |= nrs_span_equal(
				documents.observed[binding.observed[i]].id,
				id->text);
		*is_bound = *is_bound && found;
	}
	return err == 1 ? "true" : "false";
}

static const char *const overlaps[] = {
	[NRS_STRICT_APART] = "none",
	[NRS_STRICT_OVERLAP] = "overlap",
	[NRS_STRICT_TOUCH_INNER] = "touch_inner",
	[NRS_STRICT_TOUCH_OUTER] = "touch_outer",
	[NRS_STRICT_TOUCH_POINT] = "touch_point",
};

static struct nrs_strict_interval interval(const struct nrs_json *pair)
{
	struct nrs_strict_interval out = {0};

	assert_true(nrs_json_is(pair, NRS_JSON_ARRAY));
	assert_non_null(pair->child);
	assert_int_equal(nrs_json_i64(pair->child, &out.first), NRS_OK);
	assert_int_equal(nrs_json_i64(pair->child->next, &out.last), NRS_OK);
	return out;
}

static bool is_interval_right(const struct nrs_json *c)
{
	const struct nrs_json *list = nrs_json_get(c, "intervals");
	struct nrs_strict_interval all[64];
	unsigned int count = 0;
	int64_t duration = 0;

	if (nrs_span_is(nrs_json_text(c, "kind"), "overlap"))
		return nrs_span_is(
			nrs_json_text(c, "expect"),
			overlaps[nrs_strict_overlap(
				interval(nrs_json_get(c, "first")),
				interval(nrs_json_get(c, "second")))]);
	assert_true(nrs_json_is(list, NRS_JSON_ARRAY));
	for (const struct nrs_json *i = list->child; i != NULL && count < 64;
	     i = i->next)
		all[count++] = interval(i);
	assert_int_equal(nrs_json_i64(nrs_json_get(c, "duration"), &duration),
			 NRS_OK);
	return nrs_strict_within(all, count, duration) ==
	       nrs_json_is(nrs_json_get(c, "expect"), NRS_JSON_TRUE);
}

static void run_intervals(const struct nrs_json *list, struct tally *tally)
{
	for (const struct nrs_json *c = list == NULL ? NULL : list->child;
	     c != NULL; c = c->next) {
		tally->count++;
		if (is_interval_right(c))
			continue;
		tally->wrong++;
		fprintf(stderr, "interval case %u is wrong\n", tally->count);
	}
}

static void run_file(void *ctx, const struct nrs_json *root)
{
	struct tally *tally = ctx;
	struct nrs_arena *scratch = nrs_arena_new(0);

	run_intervals(nrs_json_get(root, "intervals"), tally);
	for (const struct nrs_json *c = cases_of(root, "stix-pattern-match/1");
	     c != NULL; c = c->next) {
		const struct nrs_json *match = nrs_json_get(c, "match");
		struct nrs_span want = nrs_json_text(c, "error");
		bool is_bound = true;

		if (nrs_json_is(match, NRS_JSON_TRUE))
			want = nrs_span_of("true");
		else if (nrs_json_is(match, NRS_JSON_FALSE))
			want = nrs_span_of("false");
		nrs_arena_reset(scratch);
		const char *got =
			verdict(c, nrs_json_get(root, "observation_sets"),
				scratch, &is_bound);
		tally->count++;
		if (nrs_span_is(want, got) && is_bound)
			continue;
		tally->wrong++;
		const struct nrs_span id = nrs_json_text(c, "id");
		fprintf(stderr, "%.*s: want %.*s, got %s%s\n", (int)id.len,
			(const char *)id.ptr, (int)want.len,
			(const char *)want.ptr, got,
			is_bound ? "" : ", other binding");
	}
	nrs_arena_free(scratch);
}

static void every_case_gets_its_verdict(void **state)
{
	struct tally tally = {.count = 0};

	for_files(*state, run_file, &tally);
	none_is_wrong(&tally);
}

int main(void)
{
	return RUN_ON_FILES(every_case_gets_its_verdict);
}
