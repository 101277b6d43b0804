/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json_walk: what is entered, taken and passed over, in pieces of any
 * size, and what is made of documents that are none.
 */
#include "tests/nrs_test.h"

#include "engine/base/json_walk.h"

/* Enters members called "in" and their like, passes over "no", and takes what
 * else there is; writes down what happened. */
static enum nrs_json_way on_begin(void *ctx, struct nrs_span key, uint8_t first)
{
	(void)ctx;
	if (nrs_span_is(key, "no"))
		return NRS_JSON_PASS;
	return (key.len == 0 || nrs_span_is(key, "in")) &&
			       (first == '{' || first == '[')
		       ? NRS_JSON_ENTER
		       : NRS_JSON_TAKE;
}

static int on_value(void *ctx, int err, struct nrs_span key,
		    struct nrs_span text, uint64_t offset)
{
	nrs_text_printf(ctx, "%.*s=%.*s@%u", (int)key.len,
			(const char *)key.ptr, (int)text.len,
			(const char *)text.ptr, (unsigned int)offset);
	nrs_text_puts(ctx, err == NRS_OK ? ";" : "!;");
	return NRS_OK;
}

static int on_end(void *ctx)
{
	nrs_text_puts(ctx, ".");
	return NRS_OK;
}

static const struct nrs_json_walk_ops ops = {
	.begin = on_begin, .value = on_value, .end = on_end};

static const struct {
	const char *text, *told;
	int err;
} cases[] = {
	{"{\"a\":1}", "a=1@5;.", NRS_OK},
	{"{}", ".", NRS_OK},
	{"{ \"a\" : { \"b\" : [1,\"]\"] } , \"c\" : null }",
	 "a={ \"b\" : [1,\"]\"] }@8;c=null@34;.", NRS_OK},
	{"{\"in\":[1,true,\"x\"],\"a\":-1.5e3}",
	 "=1@7;=true@9;=\"x\"@14;.a=-1.5e3@23;.", NRS_OK},
	{"{\"no\":{\"in\":[1]},\"in\":{\"in\":{\"a\":1}}}", "a=1@33;...",
	 NRS_OK},
	{"[{\"a\":1},{\"a\":2}]", "a=1@6;.a=2@14;..", NRS_OK},
	{"{\"a\":1}\n{\"a\":2}\n", "a=1@5;.a=2@13;.", NRS_OK},
	{"\xef\xbb\xbf{\"a\":1}", "a=1@8;.", NRS_OK},
	{"{\"a\":\"\\\"}\",\"b\\\"\":\"\\\\\"}",
	 "a=\"\\\"}\"@5;b\\\"=\"\\\\\"@17;.", NRS_OK},
	{"", "", NRS_E_FORMAT},
	{"no JSON", "", NRS_E_FORMAT},
	{"{\"a\":\"x", "a=\"x@5!;.", NRS_E_TRUNCATED},
	{"{\"in\":[{\"a\":1},", "a=1@12;...", NRS_E_TRUNCATED},
	{"{\"a\":12", "a=12@5!;.", NRS_E_TRUNCATED},
	{"{\"a", ".", NRS_E_TRUNCATED},
	{"]}{\"a\" 1 :2,,}", "a=2@10;.", NRS_OK},
};

static void values_are_told_however_the_bytes_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_span text = nrs_span_of(cases[i / 3].text);
		const size_t step = (size_t[]){1, 3, 4096}[i % 3];
		struct nrs_json_walk *walk = NULL;
		struct nrs_text told = {0};

		assert_int_equal(nrs_json_walk_new(&walk, &ops, &told), NRS_OK);
		for (size_t at = 0; at < text.len; at += step)
			assert_int_equal(
				nrs_json_walk_push(
					walk, nrs_span_part(text, at, step)),
				NRS_OK);
		const int err = nrs_json_walk_end(walk, NULL);
		if (err != cases[i / 3].err ||
		    !nrs_span_is(nrs_text_span(&told), cases[i / 3].told)) {
			print_error("%s by %zu: %d %.*s\n", cases[i / 3].text,
				    step, err, (int)told.len,
				    (const char *)told.ptr);
			fail();
		}
		nrs_json_walk_free(walk);
		nrs_text_fini(&told);
	}
}

/* Counts what came, and remembers the last error. */
struct sums {
	unsigned int values;
	int err;
	size_t longest;
};

static int count_value(void *ctx, int err, struct nrs_span key,
		       struct nrs_span text, uint64_t offset)
{
	struct sums *sums = ctx;

	(void)key, (void)offset;
	sums->values++;
	sums->err |= err;
	if (text.len > sums->longest)
		sums->longest = text.len;
	return NRS_OK;
}

static int count_end(void *ctx)
{
	(void)ctx;
	return NRS_OK;
}

static const struct nrs_json_walk_ops counting = {
	.begin = on_begin, .value = count_value, .end = count_end};

static void a_value_above_the_cap_costs_no_more_than_it(void **state)
{
	struct sums sums = {0};
	struct nrs_json_walk *walk = NULL;
	char chunk[65536];

	(void)state;
	memset(chunk, 'x', sizeof(chunk));
	assert_int_equal(nrs_json_walk_new(&walk, &counting, &sums), NRS_OK);
	nrs_json_walk_push(walk, nrs_span_of("{\"a\":\""));
	for (unsigned int i = 0; i < 300; i++)
		nrs_json_walk_push(walk, nrs_span(chunk, sizeof(chunk)));
	nrs_json_walk_push(walk, nrs_span_of("\",\"b\":1}"));
	assert_int_equal(nrs_json_walk_end(walk, NULL), NRS_OK);
	assert_int_equal(sums.values, 2);
	assert_int_equal(sums.err, NRS_E_LIMIT);
	assert_true(sums.longest <= NRS_JSON_OBJECT_MAX);
	nrs_json_walk_free(walk);
}

static void brackets_without_end_are_a_limit_and_no_crash(void **state)
{
	struct sums sums = {0};
	struct nrs_json_walk *walk = NULL;
	char chunk[65536];
	int err = NRS_OK;

	(void)state;
	memset(chunk, '[', sizeof(chunk));
	assert_int_equal(nrs_json_walk_new(&walk, &counting, &sums), NRS_OK);
	for (unsigned int i = 0; i < 10 && err == NRS_OK; i++)
		err = nrs_json_walk_push(walk, nrs_span(chunk, sizeof(chunk)));
	assert_int_equal(err, NRS_E_LIMIT);
	nrs_json_walk_free(walk);
	/* Inside what is taken they make that one value a refusal. */
	assert_int_equal(nrs_json_walk_new(&walk, &counting, &sums), NRS_OK);
	nrs_json_walk_push(walk, nrs_span_of("{\"a\":"));
	nrs_json_walk_push(walk, nrs_span(chunk, 100));
	memset(chunk, ']', sizeof(chunk));
	nrs_json_walk_push(walk, nrs_span(chunk, 100));
	nrs_json_walk_push(walk, nrs_span_of(",\"b\":1}"));
	assert_int_equal(nrs_json_walk_end(walk, NULL), NRS_OK);
	assert_int_equal(sums.values, 2);
	assert_int_equal(sums.err, NRS_E_LIMIT);
	nrs_json_walk_free(walk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_told_however_the_bytes_come),
		cmocka_unit_test(a_value_above_the_cap_costs_no_more_than_it),
		cmocka_unit_test(brackets_without_end_are_a_limit_and_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
