/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_allow_line: values, ends, sources, kinds and remarks of a line.
 */
#include "tests/nrs_test.h"

#include "loaders/allow.h"
#include "loaders/allow_line.h"

#define NAMES (1u << NRS_ALLOW_NAME | 1u << NRS_ALLOW_SUBDOMAINS)
#define URL (1u << NRS_ALLOW_URL)

static const struct {
	const char *line;
	const char *value; /* "" nothing; NULL refused, why is the reason */
	const char *source, *why, *until;
	uint32_t kinds;
	bool is_suffix;
} cases[] = {
	{"", "", "", "", NULL, 0, false},
	{"# a.example", "", "", "", NULL, 0, false},
	{"; a.example", "", "", "", NULL, 0, false},
	{"a.example", "a.example", "", "", NULL, 0, false},
	{" a.example\r", "a.example", "", "", NULL, 0, false},
	{"*.a.example", "a.example", "", "", NULL, 0, true},
	{".a.example", "a.example", "", "", NULL, 0, true},
	{"||a.example^", "a.example", "", "", NULL, 0, true},
	{"@@||a.example^", "a.example", "", "", NULL, 0, true},
	{"a.example # ours", "a.example", "", "ours", NULL, 0, false},
	{"a.example until=2026-01-02", "a.example", "", "",
	 "2026-01-02T00:00:00Z", 0, false},
	{"a.example until=2026-01-02T03:04:05Z # till then", "a.example", "",
	 "till then", "2026-01-02T03:04:05Z", 0, false},
	{"a.example source=isac-*,own kind=name,url", "a.example", "isac-*,own",
	 "", NULL, NAMES | URL, false},
	{"http://a.example/?until=1", "http://a.example/?until=1", "", "", NULL,
	 0, false},
	{"http://a.example/#x", "http://a.example/#x", "", "", NULL, 0, false},
	{"a (dot) example kind=name", "a (dot) example", "", "", NULL, NAMES,
	 false},
	{"a.example until=soon", NULL, "", "an until= that is no time", NULL, 0,
	 false},
	{"a.example kind=nome", NULL, "",
	 "a kind= that is none of address, name, url, email, hash, text", NULL,
	 0, false},
	{"a.example source=", NULL, "", "a source= without a name", NULL, 0,
	 false},
	{"until=2026-01-02", NULL, "", "an exception without a value", NULL, 0,
	 false},
	{"0.0.0.0 a.example", NULL, "",
	 "a line of a hosts file, which lists what is bad", NULL, 0, false},
};

static bool is_right(size_t i)
{
	struct nrs_allow_line got;
	const char *reason = NULL;
	int64_t until = NRS_TIME_MAX;
	const int err =
		nrs_allow_line(nrs_span_of(cases[i].line), &got, &reason);

	if (cases[i].value == NULL)
		return err == NRS_E_FORMAT && strcmp(reason, cases[i].why) == 0;
	if (cases[i].until != NULL)
		assert_int_equal(
			nrs_stamp_parse(nrs_span_of(cases[i].until), &until),
			NRS_OK);
	return err == NRS_OK && nrs_span_is(got.value, cases[i].value) &&
	       nrs_span_is(got.source, cases[i].source) &&
	       nrs_span_is(got.why, cases[i].why) && got.until_ns == until &&
	       got.kinds == cases[i].kinds &&
	       got.is_suffix == cases[i].is_suffix;
}

static void lines_have_their_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (is_right(i))
			continue;
		print_error("'%s'\n", cases[i].line);
		fail();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_their_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
