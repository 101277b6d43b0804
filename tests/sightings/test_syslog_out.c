/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_syslog_out: frames as RFC 5424 and RFC 6587 want them.
 */
#include "sightings/syslog_out.h"
#include "tests/nrs_test.h"

#define T0 (INT64_C(1772366400) * NRS_SECOND_NS)

static void a_frame_is_its_length_and_a_message(void **state)
{
	static const struct {
		unsigned int facility;
		enum nrs_class grade;
		const char *host, *text, *want;
	} cases[] = {
		{16, NRS_CLASS_URGENT, "edge-07", "{}",
		 "<130>1 2026-03-01T12:00:00.104233Z edge-07 noroshi - hit "
		 "- \xef\xbb\xbf{}"},
		{0, NRS_CLASS_NOISE, "a b\xc3\xa9", "\xc3\xa9",
		 "<6>1 2026-03-01T12:00:00.104233Z a?b?? noroshi - hit - "
		 "\xef\xbb\xbf\xc3\xa9"},
		{23, NRS_CLASS_REPORT, "", "x",
		 "<188>1 2026-03-01T12:00:00.104233Z - noroshi - hit - "
		 "\xef\xbb\xbfx"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_syslog_message message = {
			.facility = cases[i].facility,
			.grade = cases[i].grade,
			.time_ns = T0 + 104233000,
			.host = nrs_span_of(cases[i].host),
			.what = nrs_span_of("hit"),
			.text = nrs_span_of(cases[i].text)};
		struct nrs_text out = {0};

		nrs_syslog_frame(&out, &message);
		/* The length is of what stands behind the blank. */
		char want[200];
		snprintf(want, sizeof(want), "%zu %s", strlen(cases[i].want),
			 cases[i].want);
		if (!nrs_span_is(nrs_text_span(&out), want))
			fail_msg("%.*s", (int)out.len, (const char *)out.ptr);
		nrs_text_fini(&out);
	}
}

static void a_long_text_is_cut_between_characters(void **state)
{
	struct nrs_text text = {0}, out = {0};

	(void)state;
	nrs_text_putc(&text, 'x');
	while (text.len <= NRS_SYSLOG_TEXT_MAX + 10)
		nrs_text_puts(&text, "\xc3\xa9");
	const struct nrs_syslog_message message = {
		.grade = NRS_CLASS_WATCH, .text = nrs_text_span(&text)};
	nrs_syslog_frame(&out, &message);
	assert_true(nrs_span_ends(nrs_text_span(&out), "\xc3\xa9...(cut)"));
	assert_true(nrs_span_is_utf8(nrs_text_span(&out)));
	assert_true(out.len < NRS_SYSLOG_TEXT_MAX + 200);
	nrs_text_fini(&text);
	nrs_text_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_is_its_length_and_a_message),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
