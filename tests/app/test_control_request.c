/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_control_request: each request reaches its call, and nothing else does.
 */
#include "app/control_request.h"

#include "tests/app/echo_ops.h"
#include "tests/nrs_test.h"

/* echo_ops says what was called; status returns 1 for JSON. */
static const struct {
	const char *line;
	int status;
	bool is_known;
	const char *text; /* NULL: something, of no call */
} rows[] = {
	{"{\"do\":\"status\"}", 0, true, "status"},
	{"{\"do\":\"status\",\"json\":false}", 0, true, "status"},
	{"{\"do\":\"status\",\"json\":true}", 1, true, "status json"},
	{"{\"json\":true,\"do\":\"status\"}", 1, true, "status json"},
	{"{\"do\":\"reload\"}", 0, true, "reload"},
	{"{\"do\":\"add\",\"values\":[\"192.0.2.1\"]}", 0, true,
	 "add|192.0.2.1"},
	{"{\"do\":\"add\",\"values\":[\"a\",\"b\\u002ec\"]}", 0, true,
	 "add|a|b.c"},
	{"{\"do\":\"add-file\",\"path\":\"/tmp/x\"}", 0, true, "file /tmp/x"},
	{"{\"do\":\"withdraw\",\"values\":[\"a\",\"b\"]}", 0, true,
	 "withdraw|a|b"},
	/* not a request */
	{"{\"do\":\"withdraw\",\"values\":[{}]}", 2, false, NULL},
	{"{\"do\":\"selftest\",\"begin\":true}", 0, true, "begin"},
	{"{\"do\":\"selftest\",\"wire\":true}", 0, true, "ask wire"},
	{"{\"do\":\"posture\"}", 0, true, "posture "},
	{"{\"do\":\"posture\",\"to\":\"heightened\"}", 0, true,
	 "posture heightened"},
	{"{\"do\":\"posture\",\"to\":7}", 0, true, "posture "},
	{"", 2, false, NULL},
	{"status", 2, false, NULL},
	{"[]", 2, false, NULL},
	{"{}", 2, false, NULL},
	{"{\"do\":1}", 2, false, NULL},
	{"{\"do\":\"stat\"}", 2, false, NULL},
	{"{\"do\":\"STATUS\"}", 2, false, NULL},
	{"{\"do\":\"status\"", 2, false, NULL},
	{"{\"do\":\"add\"}", 2, false, NULL},
	{"{\"do\":\"add\",\"values\":[]}", 2, false, NULL},
	{"{\"do\":\"add\",\"values\":\"a\"}", 2, false, NULL},
	{"{\"do\":\"add\",\"values\":[\"a\",1]}", 2, false, NULL},
	{"{\"do\":\"add-file\"}", 2, false, NULL},
	{"{\"do\":\"add-file\",\"path\":\"relative\"}", 2, false, NULL},
	{"{\"do\":\"add-file\",\"path\":\"/a\\u0000b\"}", 2, false, NULL},
};

static void each_request_reaches_its_call(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_text out = {0};
		bool is_known = !rows[i].is_known;
		const int status =
			nrs_control_request(nrs_span_of(rows[i].line),
					    &echo_ops, NULL, &out, &is_known);
		const bool is_right =
			rows[i].text == NULL
				? out.len > 0 && out.ptr[out.len - 1] == '\n' &&
					  nrs_span_find(nrs_text_span(&out),
							'|', 0) == SIZE_MAX
				: nrs_span_is(nrs_text_span(&out),
					      rows[i].text);

		if (status != rows[i].status || is_known != rows[i].is_known ||
		    !is_right)
			fail_msg("%s: %d %d %.*s", rows[i].line, status,
				 is_known, (int)out.len, (char *)out.ptr);
		nrs_text_fini(&out);
	}
}

/* How an addition of @count values ends. */
static int add_many(unsigned int count)
{
	struct nrs_text line = {0}, out = {0};
	bool is_known = false;

	nrs_text_puts(&line, "{\"do\":\"add\",\"values\":[\"v\"");
	for (unsigned int i = 1; i < count; i++)
		nrs_text_puts(&line, ",\"v\"");
	nrs_text_puts(&line, "]}");
	const int status = nrs_control_request(nrs_text_span(&line), &echo_ops,
					       NULL, &out, &is_known);
	assert_int_equal(is_known, status == 0);
	nrs_text_fini(&line);
	nrs_text_fini(&out);
	return status;
}

static void values_are_bounded(void **state)
{
	(void)state;
	assert_int_equal(add_many(NRS_CONTROL_VALUES_MAX), 0);
	assert_int_equal(add_many(NRS_CONTROL_VALUES_MAX + 1), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_reaches_its_call),
		cmocka_unit_test(values_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
