/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pop3: what answers are long, by RFC 1939.
 */
#include "tests/nrs_test.h"

#include "capture/proto/pop3.h"

static void a_command_tells_what_its_answer_is(void **state)
{
	static const struct {
		const char *line;
		enum nrs_pop3_answer answer;
	} rows[] = {
		{"RETR 1", NRS_POP3_MESSAGE}, {"retr 2 ", NRS_POP3_MESSAGE},
		{"RETR", NRS_POP3_LINE},      {"TOP 1 10", NRS_POP3_TOP},
		{"LIST", NRS_POP3_LINES},     {"LIST 1", NRS_POP3_LINE},
		{"UIDL\t", NRS_POP3_LINES},   {"UIDL 1", NRS_POP3_LINE},
		{"CAPA", NRS_POP3_LINES},     {"USER a", NRS_POP3_LINE},
		{"STAT", NRS_POP3_LINE},      {"", NRS_POP3_LINE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_pop3_answer_of(nrs_span_of(rows[i].line)) !=
		    rows[i].answer)
			fail_msg("%s", rows[i].line);
	}
}

static void a_status_is_good_or_bad_or_none(void **state)
{
	bool octets = false;

	(void)state;
	assert_int_equal(
		nrs_pop3_status(nrs_span_of("+OK 120 octets"), &octets),
		NRS_OK);
	assert_true(octets);
	assert_int_equal(
		nrs_pop3_status(nrs_span_of("+OK 2 messages (320 octets)"),
				&octets),
		NRS_OK);
	assert_false(octets);
	assert_int_equal(nrs_pop3_status(nrs_span_of("-ERR no"), &octets),
			 NRS_E_NOTFOUND);
	assert_int_equal(nrs_pop3_status(nrs_span_of("text"), &octets),
			 NRS_E_FORMAT);
}

static void a_greeting_is_told_by_its_first_word(void **state)
{
	(void)state;
	assert_int_equal(nrs_pop3_sniff(nrs_span_of("+OK ready\r\n")), NRS_OK);
	assert_int_equal(nrs_pop3_sniff(nrs_span_of("+O")), NRS_E_MORE);
	assert_int_equal(nrs_pop3_sniff(nrs_span_of("+OKAY")), NRS_E_FORMAT);
	assert_int_equal(nrs_pop3_sniff(nrs_span_of("GET /")), NRS_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_tells_what_its_answer_is),
		cmocka_unit_test(a_status_is_good_or_bad_or_none),
		cmocka_unit_test(a_greeting_is_told_by_its_first_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
