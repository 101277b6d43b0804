/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_suppress: what a person called false is quiet within its scope and
 * until it expires (sharing-rules.md rule 20).
 */
#include "sightings/suppress.h"
#include "tests/nrs_test.h"

#define DAY (86400 * NRS_SECOND_NS)
#define T0 (INT64_C(1772366400) * NRS_SECOND_NS) /* 2026-03-01T12:00Z */

static struct nrs_suppressions *read_all(const char *text, uint64_t *refused,
					 struct nrs_diag *diag)
{
	struct nrs_suppressions *all = NULL;

	*refused = 0;
	assert_int_equal(nrs_suppressions_new(&all), NRS_OK);
	assert_int_equal(
		nrs_suppressions_read(all, nrs_span_of(text), refused, diag),
		NRS_OK);
	return all;
}

static bool is_quiet(const struct nrs_suppressions *all, const char *id,
		     int64_t modified_ns, const char *own, int64_t at_ns)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(own), &addr), NRS_OK);
	return nrs_suppressions_find(all, nrs_span_of(id), modified_ns, &addr,
				     at_ns) != NULL;
}

static void a_line_holds_for_its_version_hosts_and_time(void **state)
{
	static const char text[] =
		"{\"indicator\":\"indicator--1\","
		"\"modified\":\"2026-03-01T12:00:00.000Z\","
		"\"until\":\"2026-03-11T12:00:00Z\",\"verdict\":\"false\","
		"\"by\":\"kana\"}\n"
		"{\"indicator\":\"indicator--2\",\"own\":\"10.1.0.0/16\","
		"\"verdict\":\"false\",\"by\":\"kana\"}\n";
	static const struct {
		const char *name, *id, *own;
		int64_t modified_ns, at_ns;
		bool want;
	} cases[] = {
		{"this version", "indicator--1", "10.0.0.1", T0, T0, true},
		{"an older one", "indicator--1", "10.0.0.1", T0 - 1, T0, true},
		{"a newer one", "indicator--1", "10.0.0.1", T0 + 1, T0, false},
		{"before its end", "indicator--1", "10.0.0.1", T0,
		 T0 + 10 * DAY - 1, true},
		{"at its end", "indicator--1", "10.0.0.1", T0, T0 + 10 * DAY,
		 false},
		{"another indicator", "indicator--3", "10.0.0.1", T0, T0,
		 false},
		{"a host of the scope", "indicator--2", "10.1.9.9", T0, T0,
		 true},
		{"a host beside it", "indicator--2", "10.2.0.1", T0, T0, false},
	};
	struct nrs_diag diag = {0};
	uint64_t refused;
	struct nrs_suppressions *all = read_all(text, &refused, &diag);

	(void)state;
	assert_int_equal(refused, 0);
	assert_int_equal(nrs_suppressions_count(all), 2);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (is_quiet(all, cases[i].id, cases[i].modified_ns,
			     cases[i].own, cases[i].at_ns) != cases[i].want)
			fail_msg("%s", cases[i].name);
	}
	nrs_suppressions_free(all);
}

#define SAID(id, own, verdict)                                                 \
	"{\"indicator\":\"" id "\"," own "\"verdict\":\"" verdict              \
	"\",\"by\":\"kana\"}\n"
#define NET "\"own\":\"10.1.0.0/16\","

static void the_later_verdict_of_a_scope_holds(void **state)
{
	static const struct {
		const char *name, *text;
		bool want;
	} cases[] = {
		{"taken back", SAID("i", "", "false") SAID("i", "", "true"),
		 false},
		{"and false once more",
		 SAID("i", "", "false") SAID("i", "", "true")
			 SAID("i", "", "false"),
		 true},
		{"another one's", SAID("i", "", "false") SAID("j", "", "true"),
		 true},
		{"true for some hosts, false for all",
		 SAID("i", "", "false") SAID("i", NET, "true"), true},
		{"true for all takes back some",
		 SAID("i", NET, "false") SAID("i", "", "true"), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_diag diag = {0};
		uint64_t refused;
		struct nrs_suppressions *all =
			read_all(cases[i].text, &refused, &diag);

		if (refused != 0 ||
		    is_quiet(all, "i", T0, "10.1.0.1", T0) != cases[i].want)
			fail_msg("%s", cases[i].name);
		nrs_suppressions_free(all);
	}
}

static void a_bad_line_is_counted_and_the_others_hold(void **state)
{
	static const char *const bad[] = {
		"none",
		"[]",
		"{\"verdict\":\"false\"}",
		"{\"indicator\":\"i\"}",
		"{\"indicator\":\"i\",\"verdict\":\"maybe\"}",
		"{\"indicator\":\"i\",\"verdict\":\"false\",\"own\":\"x\"}",
		"{\"indicator\":\"i\",\"verdict\":\"false\",\"until\":\"now\"}",
		"{\"indicator\":\"i\",\"verdict\":\"false\",\"until\":7}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nrs_diag diag = {0};
		uint64_t refused;
		char text[300];

		snprintf(text, sizeof(text), "%s\n" SAID("j", "", "false"),
			 bad[i]);
		struct nrs_suppressions *all = read_all(text, &refused, &diag);

		if (refused != 1 || strncmp(diag.text, "line 1: ", 8) != 0 ||
		    !is_quiet(all, "j", T0, "10.1.0.1", T0))
			fail_msg("%s: %s", bad[i], diag.text);
		nrs_suppressions_free(all);
	}
}

static void a_written_line_is_read_as_it_was(void **state)
{
	struct nrs_suppression said = {.indicator = nrs_span_of("indicator--1"),
				       .modified_ns = T0 + 123456789,
				       .has_own = true,
				       .until_ns = T0 + DAY,
				       .time_ns = T0,
				       .by = nrs_span_of("ka\"na"),
				       .why = nrs_span_of("a test\n")};
	struct nrs_suppressions *all;
	struct nrs_text line = {0};
	struct nrs_diag diag = {0};
	struct nrs_addr own;
	uint64_t refused = 0;

	(void)state;
	assert_int_equal(
		nrs_prefix_parse(nrs_span_of("10.1.0.0/16"), &said.own),
		NRS_OK);
	nrs_suppression_line(&line, &said);
	nrs_text_putc(&line, '\0');
	all = read_all((const char *)line.ptr, &refused, &diag);
	assert_int_equal(refused, 0);
	assert_int_equal(nrs_addr_parse(nrs_span_of("10.1.2.3"), &own), NRS_OK);
	const struct nrs_suppression *read = nrs_suppressions_find(
		all, said.indicator, said.modified_ns, &own, T0);
	assert_non_null(read);
	assert_true(nrs_span_equal(read->by, said.by) &&
		    nrs_span_equal(read->why, said.why) &&
		    read->modified_ns == said.modified_ns &&
		    read->until_ns == said.until_ns &&
		    read->time_ns == said.time_ns &&
		    nrs_addr_compare(&read->own.addr, &said.own.addr) == 0);
	nrs_suppressions_free(all);
	nrs_text_fini(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_holds_for_its_version_hosts_and_time),
		cmocka_unit_test(the_later_verdict_of_a_scope_holds),
		cmocka_unit_test(a_bad_line_is_counted_and_the_others_hold),
		cmocka_unit_test(a_written_line_is_read_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
