/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_params: what stands behind the name of a format.
 */
#include "tests/nrs_test.h"

#include "loaders/params.h"

static const struct {
	const char *format;
	int err;
	const char *value, *diag; /* of key "b"; of the check */
} cases[] = {
	{"", NRS_OK, "", ""},
	{"csv", NRS_OK, "", ""},
	{"csv:", NRS_OK, "", ""},
	{"csv:b=x", NRS_OK, "x", ""},
	{"csv:a=1,b=x:y=z", NRS_OK, "x:y=z", ""},
	{"csv:b=1,b=2", NRS_OK, "2", ""},
	{"csv:b=", NRS_OK, "", ""},
	{"csv:a=1,c=2", NRS_E_USAGE, "", "format csv has no parameter 'c'"},
	{"csv:a=1,loose", NRS_E_USAGE, "", "'loose' is no KEY=VALUE"},
	{"csv:=1", NRS_E_USAGE, "", "'=1' is no KEY=VALUE"},
	{"csv:a=1,,b=2", NRS_E_USAGE, "", "',' is no KEY=VALUE"},
};

static void parameters_are_found_or_named_when_there_are_none(void **state)
{
	static const char *const keys[] = {"a", "b", NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_span format = nrs_span_of(cases[i].format);
		struct nrs_diag diag = {0};
		const int err = nrs_params_check(format, keys, &diag);

		if (err == cases[i].err &&
		    strstr(diag.text, cases[i].diag) != NULL &&
		    nrs_span_is(nrs_params_get(format, "b"), cases[i].value))
			continue;
		print_error("%s: %d '%s'\n", cases[i].format, err, diag.text);
		fail();
	}
	assert_true(
		nrs_span_is(nrs_params_name(nrs_span_of("csv:b=x")), "csv"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			parameters_are_found_or_named_when_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
