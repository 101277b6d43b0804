/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_imap: literals and what they hold, by RFC 9051 and its examples.
 */
#include "tests/nrs_test.h"

#include "capture/proto/imap.h"

static void a_literal_says_how_long_it_is_and_of_what(void **state)
{
	static const struct {
		const char *line;
		bool is_client, is_message;
		enum nrs_imap_content content;
		uint64_t size;
		bool is_waited, is_part;
	} rows[] = {
		{"* 12 FETCH (BODY[HEADER] {342}", false, true, NRS_IMAP_HEADER,
		 342, false, false},
		{"* 1 FETCH (UID 7 RFC822.SIZE 44 BODY[] {44}", false, true,
		 NRS_IMAP_MESSAGE, 44, false, false},
		{"* 1 FETCH (RFC822 {9}", false, true, NRS_IMAP_MESSAGE, 9,
		 false, false},
		{"* 1 FETCH (BODY[]<0> {9}", false, true, NRS_IMAP_MESSAGE, 9,
		 false, true},
		{"* 1 FETCH (BODY[]<2048> {9}", false, true, NRS_IMAP_OTHER, 9,
		 false, true},
		{"* 1 FETCH (BODY[HEADER.FIELDS (DATE FROM)] {9}", false, true,
		 NRS_IMAP_HEADER, 9, false, false},
		{"* 1 FETCH (BODY[1.2] ~{9}", false, true, NRS_IMAP_PART, 9,
		 false, false},
		{"* 1 FETCH (body[2]<0> {9}", false, true, NRS_IMAP_PART, 9,
		 false, true},
		{"* 1 FETCH (BODY[2]<9> {9}", false, true, NRS_IMAP_OTHER, 9,
		 false, true},
		{"* 1 FETCH (BODY[1.2.MIME] {9}", false, true,
		 NRS_IMAP_PART_HEADER, 9, false, false},
		{"* 1 FETCH (BODY[1.2.HEADER] {9}", false, true, NRS_IMAP_OTHER,
		 9, false, false},
		{"* 1 FETCH (BODY[TEXT] {9}", false, true, NRS_IMAP_OTHER, 9,
		 false, false},
		{"* 1 FETCH (BINARY[10] ~{9}", false, true, NRS_IMAP_OCTETS, 9,
		 false, false},
		{"* 1 FETCH (BINARY[] ~{9}", false, true, NRS_IMAP_OTHER, 9,
		 false, false},
		{" BODY[] ~{0}", false, true, NRS_IMAP_MESSAGE, 0, false,
		 false},
		{"* LIST () \"/\" {3}", false, false, NRS_IMAP_OTHER, 3, false,
		 false},
		{"a APPEND saved (\\Seen) {310}", true, true, NRS_IMAP_MESSAGE,
		 310, true, false},
		{"a APPEND saved {310+}", true, true, NRS_IMAP_MESSAGE, 310,
		 false, false},
		{"a LOGIN {4}", true, false, NRS_IMAP_OTHER, 4, true, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_imap_literal l = {0};

		if (!nrs_imap_literal(nrs_span_of(rows[i].line),
				      rows[i].is_client, rows[i].is_message,
				      &l) ||
		    l.content != rows[i].content || l.size != rows[i].size ||
		    l.is_waited != rows[i].is_waited ||
		    l.is_part != rows[i].is_part)
			fail_msg("%s: %d", rows[i].line, (int)l.content);
	}
}

static void other_lines_have_none(void **state)
{
	static const char *const rows[] = {
		"* 1 FETCH (FLAGS ())",	  "x}", "{}", "{-1}",
		"{18446744073709551616}", ""};
	struct nrs_imap_literal l;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_imap_literal(nrs_span_of(rows[i]), false, true, &l))
			fail_msg("%s", rows[i]);
	}
}

static void fetched_and_appended_messages_are_told_from_others(void **state)
{
	(void)state;
	assert_true(
		nrs_imap_has_message(nrs_span_of("* 1 FETCH (UID 7"), false));
	assert_false(nrs_imap_has_message(nrs_span_of("* LIST ()"), false));
	assert_false(
		nrs_imap_has_message(nrs_span_of("a FETCH 1 BODY[]"), true));
	assert_true(nrs_imap_has_message(nrs_span_of("a append x {3}"), true));
	assert_true(nrs_imap_is_refusal(nrs_span_of("a NO [TRYCREATE] x")));
	assert_false(nrs_imap_is_refusal(nrs_span_of("* NO x")));
	assert_false(nrs_imap_is_refusal(nrs_span_of("a OK done")));
}

static void a_server_is_told_by_its_first_line(void **state)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"* OK IMAP4rev1 ready\r\n", NRS_OK},
		{"* PREAUTH x\r\n", NRS_OK},
		{"* 3 EXISTS\r\n", NRS_OK},
		{"* 12 FETCH (FLAGS ())\r\n", NRS_OK},
		{"* O", NRS_E_MORE},
		{"* a list of things\r\n", NRS_E_FORMAT},
		{"** bold\r\n", NRS_E_FORMAT},
		{"+OK\r\n", NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_imap_sniff(nrs_span_of(rows[i].text)) != rows[i].err)
			fail_msg("%s", rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_literal_says_how_long_it_is_and_of_what),
		cmocka_unit_test(other_lines_have_none),
		cmocka_unit_test(
			fetched_and_appended_messages_are_told_from_others),
		cmocka_unit_test(a_server_is_told_by_its_first_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
