/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_smtp: commands and replies by RFC 5321, and as clients write them.
 */
#include "tests/nrs_test.h"

#include "capture/proto/smtp.h"

static void a_command_has_its_verb_and_its_argument(void **state)
{
	static const struct {
		const char *line;
		enum nrs_smtp_verb verb;
		const char *text;
	} rows[] = {
		{"EHLO client.example", NRS_SMTP_HELO, "client.example"},
		{"helo  [192.0.2.1] ", NRS_SMTP_HELO, "[192.0.2.1]"},
		{"HELO", NRS_SMTP_HELO, ""},
		{"MAIL FROM:<a@b.example> SIZE=1", NRS_SMTP_MAIL,
		 "a@b.example"},
		{"mail from: <a@b.example>", NRS_SMTP_MAIL, "a@b.example"},
		{"MAIL FROM:a@b.example BODY=8BITMIME", NRS_SMTP_MAIL,
		 "a@b.example"},
		{"MAIL FROM:<>", NRS_SMTP_MAIL, ""},
		{"RCPT TO:<@relay.example,@b.example:c@d.example>",
		 NRS_SMTP_RCPT, "c@d.example"},
		{"RCPT TO:<\"a>b\"@c.example>", NRS_SMTP_RCPT,
		 "\"a>b\"@c.example"},
		{"RCPT TO:<a@b.example", NRS_SMTP_RCPT, "a@b.example"},
		{"RCPT <a@b.example>", NRS_SMTP_OTHER, ""},
		{"DATA", NRS_SMTP_DATA, ""},
		{"data ", NRS_SMTP_DATA, ""},
		{"Data is a word", NRS_SMTP_OTHER, ""},
		{"STARTTLS", NRS_SMTP_STARTTLS, ""},
		{"RSET", NRS_SMTP_RSET, ""},
		{"QUIT", NRS_SMTP_QUIT, ""},
		{"AUTH PLAIN AGEAYg==", NRS_SMTP_NOOP, ""},
		{"AGEAYg==", NRS_SMTP_OTHER, ""},
		{"", NRS_SMTP_OTHER, ""},
	};
	struct nrs_smtp_command command;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		nrs_smtp_command(nrs_span_of(rows[i].line), &command);
		if (command.verb != rows[i].verb ||
		    !nrs_span_is(command.text, rows[i].text))
			fail_msg("%s: verb %d, \"%.*s\"", rows[i].line,
				 (int)command.verb, (int)command.text.len,
				 (const char *)command.text.ptr);
	}
}

static void a_chunk_says_how_long_it_is(void **state)
{
	static const struct {
		const char *line;
		uint64_t size;
		bool is_last, is_bad;
	} rows[] = {
		{"BDAT 86", 86, false, false},
		{"bdat 0 last", 0, true, false},
		{"BDAT 18446744073709551615 LAST", UINT64_MAX, true, false},
		{"BDAT 18446744073709551616 LAST", 0, true, true},
		{"BDAT -1", 0, false, true},
		{"BDAT x", 0, false, true},
		{"BDAT 5 X", 0, false, true},
		{"BDAT", 0, false, true},
	};
	struct nrs_smtp_command command;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		nrs_smtp_command(nrs_span_of(rows[i].line), &command);
		if (command.verb != NRS_SMTP_BDAT ||
		    command.size != rows[i].size ||
		    command.is_last != rows[i].is_last ||
		    command.has_bad_size != rows[i].is_bad)
			fail_msg("%s", rows[i].line);
	}
}

static void a_reply_has_a_code_and_perhaps_more_lines(void **state)
{
	static const struct {
		const char *line;
		bool is_reply, is_last;
		unsigned int code;
	} rows[] = {
		{"250-PIPELINING", true, false, 250},
		{"250 HELP", true, true, 250},
		{"354", true, true, 354},
		{"550 5.1.1 no", true, true, 550},
		{"2500", false, true, 250},
		{"199 x", false, true, 199},
		{"25", false, false, 0},
		{"Subject: x", false, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned int code = 0;
		bool is_last = false;
		const bool is_reply = nrs_smtp_reply(nrs_span_of(rows[i].line),
						     &code, &is_last);

		if (is_reply != rows[i].is_reply ||
		    (is_reply &&
		     (is_last != rows[i].is_last || code != rows[i].code)))
			fail_msg("%s", rows[i].line);
	}
}

static void a_greeting_tells_smtp_from_ftp(void **state)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"EHLO a\r\n", NRS_OK},
		{"mail from:<a@b>\r\n", NRS_OK},
		{"220 mx.example ESMTP\r\n", NRS_OK},
		{"220-mx.example ESmtp Exim\r\n", NRS_OK},
		{"220 files.example ready\r\n", NRS_E_FORMAT},
		{"220 mx.exam", NRS_E_MORE},
		{"EH", NRS_E_MORE},
		{"", NRS_E_MORE},
		{"GET / HTTP/1.1\r\n", NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_smtp_sniff(nrs_span_of(rows[i].text)) != rows[i].err)
			fail_msg("%s", rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_has_its_verb_and_its_argument),
		cmocka_unit_test(a_chunk_says_how_long_it_is),
		cmocka_unit_test(a_reply_has_a_code_and_perhaps_more_lines),
		cmocka_unit_test(a_greeting_tells_smtp_from_ftp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
