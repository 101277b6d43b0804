/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json_split: objects out of bundles, envelopes and arrays, whatever the
 * pieces they come in; one bad object never takes the next with it.
 */
#include "tests/nrs_test.h"

#include "engine/base/json_split.h"

#define CUTS_MAX 16

struct cuts {
	unsigned int count;
	char text[CUTS_MAX][200];
	int err[CUTS_MAX];
	uint64_t offset[CUTS_MAX];
};

static int on_cut(void *ctx, int err, struct nrs_span object, uint64_t offset,
		  uint64_t number)
{
	struct cuts *cuts = ctx;

	assert_true(cuts->count < CUTS_MAX);
	assert_int_equal(number, cuts->count + 1);
	cuts->err[cuts->count] = err;
	cuts->offset[cuts->count] = offset;
	snprintf(cuts->text[cuts->count++], sizeof(cuts->text[0]), "%.*s",
		 (int)object.len, (const char *)object.ptr);
	return NRS_OK;
}

/* Push @text in pieces of @piece octets; what the end said. */
static int split(struct cuts *cuts, struct nrs_span text, size_t piece)
{
	struct nrs_json_split *s = NULL;
	struct nrs_diag diag = {0};
	int err = NRS_OK;

	memset(cuts, 0, sizeof(*cuts));
	assert_int_equal(nrs_json_split_new(&s, on_cut, cuts), NRS_OK);
	for (size_t at = 0; at < text.len && err == NRS_OK; at += piece)
		err = nrs_json_split_push(s, nrs_span_part(text, at, piece));
	if (err == NRS_OK)
		err = nrs_json_split_end(s, &diag);
	nrs_json_split_free(s);
	return err;
}

static const struct {
	const char *name, *text;
	int err;
	unsigned int count;
	const char *objects[4];
} rows[] = {
	{"a bundle",
	 "{\"type\":\"bundle\",\"id\":\"b\",\"objects\":[{\"a\":1},{\"b\":"
	 "\"}{\"}]}",
	 NRS_OK,
	 2,
	 {"{\"a\":1}", "{\"b\":\"}{\"}"}},
	{"an array",
	 " [ {\"a\":{\"b\":[]}} , {\"c\":2} ] ",
	 NRS_OK,
	 2,
	 {"{\"a\":{\"b\":[]}}", "{\"c\":2}"}},
	{"an envelope with more behind",
	 "{\"more\":true,\"next\":\"x\","
	 "\"objects\":[{\"a\":1}],\"z\":[{\"no\":1}]}",
	 NRS_OK,
	 1,
	 {"{\"a\":1}"}},
	{"a bundle in a bundle",
	 "{\"objects\":[{\"type\":\"bundle\",\"objects\":[{\"a\":1}]},{\"b\":"
	 "2}]}",
	 NRS_OK,
	 2,
	 {"{\"a\":1}", "{\"b\":2}"}},
	{"one object alone",
	 "{\"type\":\"indicator\",\"x\":1}",
	 NRS_OK,
	 1,
	 {"{\"type\":\"indicator\",\"x\":1}"}},
	{"an escaped quote",
	 "[{\"a\":\"\\\\\\\"}\"}]",
	 NRS_OK,
	 1,
	 {"{\"a\":\"\\\\\\\"}\"}"}},
	{"an empty bundle", "{\"objects\":[]}", NRS_OK, 0, {NULL}},
	{"a list of MISP",
	 "{\"response\":[{\"a\":1}]}",
	 NRS_OK,
	 1,
	 {"{\"a\":1}"}},
	{"escapes before the list",
	 "{\"n\":\"\\\\\\\"\",\"objects\":[{\"a\":1}]}",
	 NRS_OK,
	 1,
	 {"{\"a\":1}"}},
	{"a list's key deeper inside",
	 "[{\"a\":{\"objects\":[{\"x\":1}]}}]",
	 NRS_OK,
	 1,
	 {"{\"a\":{\"objects\":[{\"x\":1}]}}"}},
	{"a list's key as a value",
	 "[{\"a\":\"objects\",\"b\":[{\"x\":1}]}]",
	 NRS_OK,
	 1,
	 {"{\"a\":\"objects\",\"b\":[{\"x\":1}]}"}},
	{"a key that begins like a list's",
	 "{\"objects_\":[{\"a\":1}]}",
	 NRS_OK,
	 1,
	 {"{\"objects_\":[{\"a\":1}]}"}},
};

static void objects_come_whole_in_any_pieces(void **state)
{
	static const size_t pieces[] = {1, 2, 3, 7, 100000};
	struct cuts cuts;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t p = 0; p < 5; p++) {
			const int err = split(&cuts, nrs_span_of(rows[i].text),
					      pieces[p]);

			if (err != rows[i].err || cuts.count != rows[i].count)
				fail_msg("%s: %d, %u objects", rows[i].name,
					 err, cuts.count);
			for (unsigned int o = 0; o < cuts.count; o++) {
				assert_int_equal(cuts.err[o], NRS_OK);
				assert_string_equal(cuts.text[o],
						    rows[i].objects[o]);
				/* the offset is where it stands */
				assert_memory_equal(
					rows[i].text + cuts.offset[o],
					cuts.text[o], strlen(cuts.text[o]));
			}
		}
	}
}

static void a_cut_document_gives_what_came_before(void **state)
{
	static const char text[] = "{\"objects\":[{\"a\":1},{\"b\":";
	struct cuts cuts;

	(void)state;
	assert_int_equal(split(&cuts, nrs_span_of(text), 5), NRS_E_TRUNCATED);
	assert_true(cuts.count >= 1);
	assert_int_equal(cuts.err[0], NRS_OK);
	assert_string_equal(cuts.text[0], "{\"a\":1}");
	if (cuts.count == 2)
		assert_int_equal(cuts.err[1], NRS_E_TRUNCATED);
}

static void what_is_no_json_is_said(void **state)
{
	static const char *const texts[] = {"hello", "", "   ",
					    "\x7f"
					    "ELF"};
	struct cuts cuts;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (split(&cuts, nrs_span_of(texts[i]), 3) != NRS_E_FORMAT)
			fail_msg("%s", texts[i]);
		assert_int_equal(cuts.count, 0);
	}
}

static void too_deep_an_object_is_named_and_the_next_one_comes(void **state)
{
	char text[1024];
	struct cuts cuts;
	size_t len = 0;

	(void)state;
	len += (size_t)snprintf(text, sizeof(text), "[{\"a\":");
	for (unsigned int i = 0; i < 80; i++)
		text[len++] = '[';
	for (unsigned int i = 0; i < 80; i++)
		text[len++] = ']';
	len += (size_t)snprintf(text + len, sizeof(text) - len, "},{\"b\":2}]");
	assert_int_equal(split(&cuts, nrs_span(text, len), 9), NRS_OK);
	assert_int_equal(cuts.count, 2);
	assert_int_equal(cuts.err[0], NRS_E_LIMIT);
	assert_int_equal(cuts.offset[0], 1);
	assert_int_equal(cuts.err[1], NRS_OK);
	assert_string_equal(cuts.text[1], "{\"b\":2}");
}

static void too_large_an_object_is_named_in_constant_memory(void **state)
{
	struct nrs_json_split *s = NULL;
	static char filler[4096];
	struct cuts cuts = {0};

	(void)state;
	memset(filler, 'x', sizeof(filler));
	assert_int_equal(nrs_json_split_new(&s, on_cut, &cuts), NRS_OK);
	assert_int_equal(nrs_json_split_push(s, nrs_span_of("[{\"a\":\"")),
			 NRS_OK);
	for (size_t i = 0; i < ((size_t)20 << 20) / sizeof(filler); i++)
		assert_int_equal(nrs_json_split_push(s, nrs_span(filler, 4096)),
				 NRS_OK);
	assert_int_equal(nrs_json_split_push(s, nrs_span_of("\"},{\"b\":2}]")),
			 NRS_OK);
	assert_int_equal(nrs_json_split_end(s, NULL), NRS_OK);
	nrs_json_split_free(s);
	assert_int_equal(cuts.count, 2);
	assert_int_equal(cuts.err[0], NRS_E_LIMIT);
	assert_string_equal(cuts.text[1], "{\"b\":2}");
}

struct wrapped {
	struct nrs_json_split *split;
	unsigned int count;
};

static int on_wrapped(void *ctx, int err, struct nrs_span object,
		      uint64_t offset, uint64_t number)
{
	struct wrapped *w = ctx;

	(void)err, (void)object, (void)offset, (void)number;
	assert_true(nrs_span_is(nrs_json_split_wrapper(w->split, "type"),
				"bundle"));
	assert_true(nrs_span_is(
		nrs_json_split_wrapper(w->split, "spec_version"), "2.0"));
	w->count++;
	return NRS_OK;
}

static void the_wrapper_tells_its_members(void **state)
{
	struct wrapped w = {0};

	(void)state;
	assert_int_equal(nrs_json_split_new(&w.split, on_wrapped, &w), NRS_OK);
	assert_int_equal(
		nrs_json_split_push(
			w.split,
			nrs_span_of("{\"type\":\"bundle\",\"spec_version\":"
				    "\"2.0\",\"objects\":[{\"a\":1}]}")),
		NRS_OK);
	assert_int_equal(nrs_json_split_end(w.split, NULL), NRS_OK);
	nrs_json_split_free(w.split);
	assert_int_equal(w.count, 1);
}

static int on_stray(void *ctx, uint64_t offset, uint64_t number)
{
	struct cuts *cuts = ctx;

	assert_true(cuts->count < CUTS_MAX);
	assert_int_equal(number, cuts->count + 1);
	cuts->err[cuts->count] = NRS_E_FORMAT;
	cuts->offset[cuts->count++] = offset;
	return NRS_OK;
}

/* Where ^ stands below it something begins that is no object. */
static const struct {
	const char *text, *marks;
} strays[] = {
	{"{\"objects\":[{\"a\":1},7,null,\"x\",-1e5 ]}",
	 "                    ^ ^    ^   ^"},
	{"[1,{\"a\":\",1,\"},[2,[\"{\"]] 3]", " ^              ^  ^     ^"},
	{"{\"objects\":[{\"a\":1}] 12, \"more\":true, \"n\":[1,\"x\"]}",
	 "                     ^"},
	{"{\"objects\":[{\"a\":1}]} junk \"x\"",
	 "                      ^    ^"},
	{"{\"objects\":[{\"a\":1}},{\"b\":2}]}]",
	 "                   ^          ^"},
	{"{\"a\":1}\n{\"b\":[1,\"x\"]}\r\n,\x1e{\"c\":2}\n", ""},
	{"\xef\xbb\xbf{\"n\":12,\"objects\":[],\"b\":false,\"c\":-1}", ""},
};

static void check_strays(const char *text, const char *marks, size_t piece)
{
	struct nrs_json_split *s = NULL;
	struct cuts cuts = {0};
	unsigned int at = 0;

	assert_int_equal(nrs_json_split_new(&s, on_cut, &cuts), NRS_OK);
	nrs_json_split_on_stray(s, on_stray);
	for (size_t i = 0; i < strlen(text); i += piece)
		assert_int_equal(
			nrs_json_split_push(
				s, nrs_span_part(nrs_span_of(text), i, piece)),
			NRS_OK);
	nrs_json_split_free(s);
	for (size_t i = 0; i < strlen(marks); i++) {
		while (at < cuts.count && cuts.err[at] == NRS_OK)
			at++;
		if (marks[i] == '^' &&
		    (at == cuts.count || cuts.offset[at++] != i))
			fail_msg("%s: none at %zu", text, i);
	}
	while (at < cuts.count && cuts.err[at] == NRS_OK)
		at++;
	if (at < cuts.count)
		fail_msg("%s: one at %d", text, (int)cuts.offset[at]);
}

static void what_is_no_object_among_them_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strays) / sizeof(*strays); i++) {
		check_strays(strays[i].text, strays[i].marks, 1);
		check_strays(strays[i].text, strays[i].marks, 3);
		check_strays(strays[i].text, strays[i].marks, 4096);
	}
}

static int stop(void *ctx, int err, struct nrs_span object, uint64_t offset,
		uint64_t number)
{
	(void)ctx, (void)err, (void)object, (void)offset, (void)number;
	return NRS_E_LIMIT;
}

static void the_callback_can_stop_it(void **state)
{
	struct nrs_json_split *s = NULL;

	(void)state;
	assert_int_equal(nrs_json_split_new(&s, stop, NULL), NRS_OK);
	assert_int_equal(nrs_json_split_push(s, nrs_span_of("[{},{}]")),
			 NRS_E_LIMIT);
	nrs_json_split_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_come_whole_in_any_pieces),
		cmocka_unit_test(a_cut_document_gives_what_came_before),
		cmocka_unit_test(what_is_no_json_is_said),
		cmocka_unit_test(
			too_deep_an_object_is_named_and_the_next_one_comes),
		cmocka_unit_test(
			too_large_an_object_is_named_in_constant_memory),
		cmocka_unit_test(the_wrapper_tells_its_members),
		cmocka_unit_test(
			what_is_no_object_among_them_is_told_with_its_place),
		cmocka_unit_test(the_callback_can_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
