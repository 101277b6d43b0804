/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages as hubs send them, in one piece and byte by byte.
 */
#include "tests/nrs_test.h"

#include "hub/envelope.h"

struct seen {
	char objects[512];
	unsigned int broken;
};

static int on_object(void *ctx, int err, struct nrs_span object,
		     uint64_t number)
{
	struct seen *seen = ctx;
	const size_t at = strlen(seen->objects);

	(void)number;
	if (err != NRS_OK)
		seen->broken++;
	else
		snprintf(seen->objects + at, sizeof(seen->objects) - at,
			 "%.*s;", (int)object.len, (const char *)object.ptr);
	return NRS_OK;
}

static const struct {
	const char *name, *text, *objects;
	unsigned int broken;
	bool more;
	const char *next;
	int err;
} cases[] = {
	{"more and next before",
	 "{\"more\":true,\"next\":\"n1\",\"objects\":"
	 "[{\"a\":1},{\"b\":[{}]}]}",
	 "{\"a\":1};{\"b\":[{}]};", 0, true, "n1", NRS_OK},
	{"more and next behind",
	 "{ \"objects\" : [{\"a\":1}] , \"next\" : \"n\\u0031\\\"\" , "
	 "\"more\" : true }",
	 "{\"a\":1};", 0, true, "n1\"", NRS_OK},
	{"the same names inside objects are not ours",
	 "{\"objects\":[{\"more\":true,\"next\":\"x\"}],\"more\":false}",
	 "{\"more\":true,\"next\":\"x\"};", 0, false, "", NRS_OK},
	{"the same names as values",
	 "{\"a\":\"more\",\"b\":true,\"objects\":[]}", "", 0, false, "",
	 NRS_OK},
	{"a number as next", "{\"objects\":[],\"more\":true,\"next\":100}", "",
	 0, true, "100", NRS_OK},
	{"null as next", "{\"more\":false,\"next\":null,\"objects\":[]}", "", 0,
	 false, "", NRS_OK},
	{"empty", "{}", "", 0, false, "", NRS_OK},
	{"no objects", "{\"more\":false}", "", 0, false, "", NRS_OK},
	{"a bundle in its place",
	 "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{\"a\":1}]}",
	 "{\"a\":1};", 0, false, "", NRS_OK},
	{"a bundle inside",
	 "{\"objects\":[{\"type\":\"bundle\",\"objects\":[{\"a\":1}]},"
	 "{\"b\":2}],\"more\":true}",
	 "{\"a\":1};{\"b\":2};", 0, true, "", NRS_OK},
	{"a bare array", "[{\"a\":1}]", "{\"a\":1};", 0, false, "", NRS_OK},
	{"cut within an object", "{\"more\":true,\"objects\":[{\"a\":1},{\"b\"",
	 "{\"a\":1};", 1, true, "", NRS_E_TRUNCATED},
	{"cut behind an object", "{\"objects\":[{\"a\":1}", "{\"a\":1};", 0,
	 false, "", NRS_E_TRUNCATED},
	{"a bracket closes another", "{\"objects\":[{\"a\":1}}", "{\"a\":1};",
	 0, false, "", NRS_E_FORMAT},
	{"something behind its end", "{\"objects\":[{\"a\":1}]}!{\"b\":2}",
	 "{\"a\":1};{\"b\":2};", 0, false, "", NRS_E_FORMAT},
	{"HTML", "<html><body>401</body></html>", "", 0, false, "",
	 NRS_E_FORMAT},
	{"nothing", "", "", 0, false, "", NRS_E_FORMAT},
};

static int read_page(const char *text, size_t step, struct seen *seen,
		     struct nrs_envelope **envelope,
		     struct nrs_envelope_end *end)
{
	const struct nrs_span page = nrs_span_of(text);
	int err = NRS_OK;

	assert_int_equal(nrs_envelope_new(envelope, on_object, seen), NRS_OK);
	for (size_t i = 0; i < page.len && err == NRS_OK; i += step)
		err = nrs_envelope_push(*envelope,
					nrs_span_part(page, i, step));
	return err == NRS_OK ? nrs_envelope_end(*envelope, end, NULL) : err;
}

static void a_page_gives_its_objects_more_and_next(void **state)
{
	static const size_t steps[] = {1, 7, SIZE_MAX / 2};

	(void)state;
	for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(*cases); i++) {
		const size_t at = i / 3;
		struct nrs_envelope *envelope = NULL;
		struct nrs_envelope_end end = {0};
		struct seen seen = {0};

		print_message("%s, %zu\n", cases[at].name, steps[i % 3]);
		assert_int_equal(read_page(cases[at].text, steps[i % 3], &seen,
					   &envelope, &end),
				 cases[at].err);
		assert_string_equal(seen.objects, cases[at].objects);
		assert_int_equal(seen.broken, cases[at].broken);
		if (cases[at].err == NRS_OK) {
			assert_int_equal(end.more, cases[at].more);
			assert_true(nrs_span_is(end.next, cases[at].next));
			assert_int_equal(end.broken, 0);
		}
		nrs_envelope_free(envelope);
	}
	nrs_envelope_free(NULL);
}

static void a_next_above_its_cap_is_an_error_not_a_cut_one(void **state)
{
	static const struct {
		size_t len;
		int err;
	} lengths[] = {{NRS_ENVELOPE_NEXT_MAX, NRS_OK},
		       {NRS_ENVELOPE_NEXT_MAX + 1, NRS_E_LIMIT}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nrs_envelope *envelope = NULL;
		struct nrs_envelope_end end = {0};
		struct seen seen = {0};
		char text[NRS_ENVELOPE_NEXT_MAX + 64],
			next[NRS_ENVELOPE_NEXT_MAX + 2];

		memset(next, 'n', lengths[i].len);
		next[lengths[i].len] = '\0';
		snprintf(text, sizeof(text), "{\"more\":true,\"next\":\"%s\"}",
			 next);
		assert_int_equal(read_page(text, 1000, &seen, &envelope, &end),
				 lengths[i].err);
		if (lengths[i].err == NRS_OK)
			assert_true(nrs_span_is(end.next, next));
		nrs_envelope_free(envelope);
	}
}

static int refuse(void *ctx, int err, struct nrs_span object, uint64_t number)
{
	(void)ctx, (void)err, (void)object, (void)number;
	return NRS_E_CANCELLED;
}

static void the_callback_can_end_it(void **state)
{
	struct nrs_envelope *envelope = NULL;

	(void)state;
	assert_int_equal(nrs_envelope_new(&envelope, refuse, NULL), NRS_OK);
	assert_int_equal(
		nrs_envelope_push(envelope, nrs_span_of("{\"objects\":[{}]}")),
		NRS_E_CANCELLED);
	nrs_envelope_free(envelope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_gives_its_objects_more_and_next),
		cmocka_unit_test(
			a_next_above_its_cap_is_an_error_not_a_cut_one),
		cmocka_unit_test(the_callback_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
