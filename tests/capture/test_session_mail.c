/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_mail: mails of SMTP, POP3 and IMAP, in segments of any size,
 * several in a connection, cut, with gaps, and with TLS after them. Digests
 * are sha1sum's.
 */
#include "tests/capture/session_bench.h"

#include "capture/session_mail.h"

#define SHA1_FOOBAR "8843d7f92416211de9ebb963ff4ce28125932878"

#define GREETING "220 mx.example ESMTP\r\n"
#define HELLO "EHLO client.example\r\n"
#define ENVELOPE                                                               \
	"MAIL FROM:<A@b.example> SIZE=100\r\nRCPT TO:<c@d.example>\r\n"        \
	"RCPT TO:<e@d.example>\r\nDATA\r\n"
#define SAYS_OK "250 ok\r\n"
#define SAYS_GO "354 go\r\n"
#define HEAD                                                                   \
	"From: \"A, B\" <A@b.example>\r\nTo: C <c@d.example>,\r\n"             \
	" e@d.example\r\nSubject: =?utf-8?q?f=C3=BCr?= you\r\n"                \
	"Date: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <1@b.example>"   \
	"\r\nX-Mailer: pigeon\r\n"
#define BODY                                                                   \
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"             \
	"Content-Type: text/plain\r\n\r\n..see http://c2.example/x.\r\n--b"    \
	"\r\nContent-Disposition: attachment; filename=a.bin\r\n"              \
	"Content-Transfer-Encoding: base64\r\n\r\nZm9v\r\nYmFy\r\n--b--\r\n"
#define OF_ENVELOPE(n)                                                         \
	n " smtp.helo=client.example\n" n " smtp.mail_from=A@b.example\n" n    \
	  " smtp.rcpt_to=c@d.example\n" n " smtp.rcpt_to=e@d.example\n"
#define OF_HEAD(n)                                                             \
	n " email.from=A@b.example\n" n " email.to=c@d.example\n" n            \
	  " email.to=e@d.example\n" n " email.subject=f\xc3\xbcr you\n" n      \
	  " email.date=1997-11-21T15:55:06.000000Z\n" n                        \
	  " email.message_id=<1@b.example>\n" n                                \
	  " email.header=X-Mailer: pigeon\n"
#define OF_TYPE(n)                                                             \
	n " email.content_type=multipart/mixed; boundary=b\n" n                \
	  " email.is_multipart=1\n"
#define OF_BODY(n)                                                             \
	OF_TYPE(n)                                                             \
	n " email.url=http://c2.example/x\n" n                                 \
	  " email.url_host=c2.example\n" n " email.attachment=a.bin\n" n       \
	  " file.name=a.bin\n" n " file.size=6\n" n " file.sha1=" SHA1_FOOBAR  \
	  "\n"

static int setup(void **state)
{
	const int err = bench_setup(state);
	struct session_bench *b = *state;

	if (err != 0)
		return err;
	b->flow.session = NULL; /* of the quota, so that it can end */
	b->env.demand = NRS_MESSAGE_FIELDS | NRS_FIELD_BIT(NRS_F_SMTP_HELO) |
			NRS_FIELD_BIT(NRS_F_SMTP_MAIL_FROM) |
			NRS_FIELD_BIT(NRS_F_SMTP_RCPT_TO) |
			NRS_FIELD_BIT(NRS_F_FILE_NAME) |
			NRS_FIELD_BIT(NRS_F_FILE_SIZE) |
			NRS_FIELD_BIT(NRS_F_FILE_SHA1) |
			NRS_FIELD_BIT(NRS_F_FILE_PARTIAL);
	return 0;
}

/* The connection is over, and another one begins. */
static bool begin_anew(void **state)
{
	struct session_bench *b = *state;

	nrs_session_end(&b->env, &b->flow);
	(void)bench_teardown(state);
	const int err = setup(state);
	assert_int_equal(err, 0);
	return err == 0;
}

static void feed(struct session_bench *b, unsigned int side, const char *text,
		 size_t piece)
{
	const struct nrs_span all = nrs_span_of(text);

	for (size_t at = 0; at < all.len; at += piece)
		nrs_session_bytes(&b->env, &b->flow, side,
				  nrs_span_part(all, at, piece));
}

static void expect(const struct session_bench *b, const char *seen,
		   unsigned int ended)
{
	assert_string_equal(b->seen, seen);
	assert_int_equal(b->ended, ended);
}

static void greet(struct session_bench *b, size_t piece)
{
	feed(b, 1, GREETING, piece);
	feed(b, 0, HELLO, piece);
	feed(b, 1, "250-mx.example\r\n250 PIPELINING\r\n", piece);
}

static void one_mail(struct session_bench *b, size_t piece)
{
	greet(b, piece);
	feed(b, 0, ENVELOPE, piece);
	feed(b, 1, SAYS_OK SAYS_OK SAYS_OK SAYS_GO, piece);
	feed(b, 0, HEAD BODY ".\r\nQUIT\r\n", piece);
	expect(b, OF_ENVELOPE("1") OF_HEAD("1") OF_BODY("1"), 1);
	assert_int_equal(b->counters.value[NRS_C_MAIL], 1);
	assert_int_equal(b->counters.value[NRS_C_MAIL_PARTIAL], 0);
	assert_int_equal(b->counters.value[NRS_C_MAIL_AMBIGUOUS], 0);
	assert_int_equal(b->pools.buffers.taken, 0);
	assert_int_equal(b->pools.files.taken, 0);
}

static void a_mail_is_a_transaction(void **state)
{
	one_mail(*state, 4096);
}

static void a_mail_may_come_octet_by_octet(void **state)
{
	one_mail(*state, 1);
}

static void boundaries_may_be_split_over_segments(void **state)
{
	one_mail(*state, 37);
}

static void mails_of_a_connection_are_told_apart(void **state)
{
	struct session_bench *b = *state;

	greet(b, 100);
	feed(b, 0, "MAIL FROM:<a@b.example>\r\n", 100);
	feed(b, 1, SAYS_OK, 100);
	feed(b, 0, "RSET\r\nMAIL FROM:<f@b.example>\r\nDATA\r\n", 100);
	feed(b, 1, SAYS_OK SAYS_OK SAYS_GO, 100);
	feed(b, 0, "Subject: s\r\n\r\nx\r\n.\r\nMAIL FROM:<g@b.example>\r\n",
	     100);
	expect(b,
	       "1 smtp.helo=client.example\n1 smtp.mail_from=a@b.example\n"
	       "2 smtp.helo=client.example\n2 smtp.mail_from=f@b.example\n"
	       "2 email.subject=s\n2 email.is_multipart=0\n"
	       "3 smtp.helo=client.example\n3 smtp.mail_from=g@b.example\n",
	       2);
}

static void a_refused_message_is_none(void **state)
{
	struct session_bench *b = *state;

	greet(b, 100);
	feed(b, 0, "MAIL FROM:<a@b.example>\r\nDATA\r\n", 100);
	feed(b, 1, SAYS_OK "554 no\r\n", 100);
	feed(b, 0, "Subject: this is a command to nobody\r\nQUIT\r\n", 100);
	expect(b, "1 smtp.helo=client.example\n1 smtp.mail_from=a@b.example\n",
	       1);
	assert_int_equal(b->counters.value[NRS_C_MAIL], 0);
}

static void a_message_is_found_where_no_reply_was_seen(void **state)
{
	struct session_bench *b = *state;

	feed(b, 0, HELLO "MAIL FROM:<a@b.example>\r\nDATA\r\n", 100);
	feed(b, 0, "Subject: s\r\n\r\nx\r\n.\r\n", 7);
	expect(b,
	       "1 smtp.helo=client.example\n1 smtp.mail_from=a@b.example\n"
	       "1 email.subject=s\n1 email.is_multipart=0\n",
	       1);
}

static void chunks_are_one_message(void **state)
{
	for (size_t piece = 1; piece < 50; piece += 24) {
		struct session_bench *b = *state;

		greet(b, piece);
		feed(b, 0,
		     "MAIL FROM:<a@b.example>\r\nBDAT 9\r\nSubject: ", piece);
		feed(b, 1, SAYS_OK SAYS_OK, piece);
		feed(b, 0,
		     "BDAT 9 LAST\r\ns\r\n\r\n.\r\n\r\nBDAT -1\r\nRSET\r\n",
		     piece);
		expect(b,
		       "1 smtp.helo=client.example\n"
		       "1 smtp.mail_from=a@b.example\n"
		       "1 email.subject=s\n1 email.is_multipart=0\n",
		       1);
		assert_int_equal(b->counters.value[NRS_C_LINES_REFUSED], 1);
		if (!begin_anew(state))
			return;
	}
}

static void a_bare_end_is_an_end_that_is_told(void **state)
{
	struct session_bench *b = *state;

	greet(b, 100);
	feed(b, 0, "MAIL FROM:<a@b.example>\r\nDATA\r\n", 100);
	feed(b, 1, SAYS_OK SAYS_GO, 100);
	feed(b, 0, "Subject: s\n\nx\n.\nMAIL FROM:<g@b.example>\r\n", 100);
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->counters.value[NRS_C_MAIL_AMBIGUOUS], 1);
}

static void behind_a_gap_the_next_part_is_read(void **state)
{
	struct session_bench *b = *state;

	greet(b, 100);
	feed(b, 0, ENVELOPE, 100);
	feed(b, 1, SAYS_OK SAYS_OK SAYS_OK SAYS_GO, 100);
	feed(b, 0,
	     HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b"
		  "\r\nContent-Type: text/plain\r\n\r\nhttp://no.exam",
	     1000);
	nrs_session_gap(&b->env, &b->flow, 0, 100);
	feed(b, 0, "ple/\r\n--b\r\nContent-Type: a/b; name=n\r\n\r\nfoo", 1000);
	nrs_session_gap(&b->env, &b->flow, 0, 3);
	feed(b, 0, "bar\r\n--b--\r\n.\r\n", 1000);
	expect(b,
	       OF_ENVELOPE("1") OF_HEAD("1")
		       OF_TYPE("1") "1 email.attachment=n\n1 file.name=n\n"
				    "1 file.partial=6\n",
	       1);
	assert_int_equal(b->counters.value[NRS_C_MAIL_PARTIAL], 1);
}

static void an_end_in_a_gap_is_known_by_the_reply(void **state)
{
	struct session_bench *b = *state;

	greet(b, 100);
	feed(b, 0, "MAIL FROM:<a@b.example>\r\nDATA\r\n", 100);
	feed(b, 1, SAYS_OK SAYS_GO, 100);
	feed(b, 0, "Subject: s\r\n\r\nx", 100);
	nrs_session_gap(&b->env, &b->flow, 0, 100);
	feed(b, 1, SAYS_OK, 100);
	assert_int_equal(b->ended, 1);
	feed(b, 0, "MAIL FROM:<g@b.example>\r\n", 100);
	assert_non_null(strstr(b->seen, "2 smtp.mail_from=g@b.example\n"));
}

static void the_end_of_a_connection_ends_its_mail(void **state)
{
	struct session_bench *b = *state;

	greet(b, 100);
	feed(b, 0, ENVELOPE, 100);
	feed(b, 1, SAYS_OK SAYS_OK SAYS_OK SAYS_GO, 100);
	feed(b, 0, HEAD, 1000);
	nrs_session_end(&b->env, &b->flow);
	expect(b, OF_ENVELOPE("1") OF_HEAD("1") "1 email.is_multipart=0\n", 1);
	assert_int_equal(b->counters.value[NRS_C_MAIL_PARTIAL], 1);
	assert_int_equal(b->pools.buffers.taken, 0);
	assert_int_equal(b->pools.states.taken, 0);
}

/* A ClientHello's first octets are enough to leave the protocol. */
#define HELLO_OF_TLS "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"

static void tls_begins_behind_starttls(void **state)
{
	static const char *const greetings[] = {GREETING, "+OK ready\r\n",
						"* OK IMAP4rev1 ready\r\n"};
	static const char *const commands[] = {HELLO "STARTTLS\r\n", "STLS\r\n",
					       "a STARTTLS\r\n"};
	static const char *const answers[] = {"250 ok\r\n220 go\r\n", "+OK\r\n",
					      "a OK go\r\n"};
	static const char *const idle[] = {HELLO "NOOP\r\n", "NOOP\r\n",
					   "a NOOP\r\n"};

	for (unsigned int round = 0; round < 6; round++) {
		struct session_bench *b = *state;
		const unsigned int i = round % 3;

		b->env.demand |= NRS_FIELD_BIT(NRS_F_TLS_SNI);
		if (round >= 3) /* nobody asks for mail, and it takes long */
			b->env.demand = NRS_FIELD_BIT(NRS_F_TLS_SNI);
		feed(b, 1, greetings[i], 100);
		for (unsigned int n = 0; round >= 3 && n < 10; n++)
			feed(b, 0, idle[i], 1);
		feed(b, 0, commands[i], 100);
		feed(b, 1, answers[i], 100);
		for (size_t at = 0; at < sizeof(HELLO_OF_TLS) - 1; at++)
			nrs_session_bytes(&b->env, &b->flow, 0,
					  nrs_span(HELLO_OF_TLS + at, 1));
		assert_int_equal(b->flow.session->kind, NRS_SESSION_TLS);
		assert_int_equal(b->pools.states.taken, 0);
		if (!begin_anew(state))
			return;
	}
}

#define OF_MESSAGE(n) OF_HEAD(n) OF_BODY(n)

static void pop3_gives_messages(void **state)
{
	for (size_t piece = 1; piece < 1100; piece += 549) {
		struct session_bench *b = *state;

		feed(b, 1, "+OK ready\r\n", piece);
		feed(b, 0, "USER a\r\nPASS b\r\nLIST\r\nRETR 1\r\nDELE 1\r\n",
		     piece);
		feed(b, 1, "+OK\r\n+OK\r\n+OK 1 messages\r\n1 100\r\n.\r\n",
		     piece);
		feed(b, 1, "+OK 100 octets\r\n" HEAD BODY ".\r\n+OK\r\n",
		     piece);
		feed(b, 0, "TOP 2 1\r\n", piece);
		feed(b, 1,
		     "+OK\r\nSubject: s\r\n\r\nhttp://x.example/ \r\n.\r\n",
		     piece);
		expect(b,
		       OF_MESSAGE("1") "2 email.subject=s\n"
				       "2 email.is_multipart=0\n"
				       "2 email.url=http://x.example/\n"
				       "2 email.url_host=x.example\n",
		       2);
		if (!begin_anew(state))
			return;
	}
}

static void pop3_without_its_client_goes_by_the_status(void **state)
{
	struct session_bench *b = *state;

	feed(b, 1, "+OK ready\r\n", 100);
	feed(b, 1, "+OK 100 octets\r\nSubject: s\r\n\r\n.\r\n-ERR\r\n", 5);
	expect(b, "1 email.subject=s\n1 email.is_multipart=0\n", 1);
}

static void feed_literal(struct session_bench *b, unsigned int side,
			 const char *line, const char *message, size_t piece)
{
	char text[2048];

	(void)snprintf(text, sizeof(text), "%s{%zu%s}\r\n%s", line,
		       strlen(message), side == 0 ? "+" : "", message);
	feed(b, side, text, piece);
}

/* "hello hello" */
#define MD5_HELLO "f52d885484f1215ea500a805a86ff443"

/* "abc", whose MD5 RFC 1321 gives (appendix A.5), in base64 and as it is: the
 * client asks for parts of a message. */
static void imap_gives_parts(void **state)
{
	static const char mime[] = "Content-Type: text/plain; name=a.txt\r\n"
				   "Content-Transfer-Encoding: base64\r\n\r\n";
	static const char link[] = "see http://c2.example/ and more of it";

	for (size_t piece = 1; piece < 1100; piece += 549) {
		struct session_bench *b = *state;

		b->env.demand = NRS_FIELD_BIT(NRS_F_FILE_NAME) |
				NRS_FIELD_BIT(NRS_F_FILE_MD5) |
				NRS_FIELD_BIT(NRS_F_FILE_PARTIAL) |
				NRS_FIELD_BIT(NRS_F_EMAIL_CONTENT_TYPE) |
				NRS_FIELD_BIT(NRS_F_EMAIL_HEADER) |
				NRS_FIELD_BIT(NRS_F_EMAIL_MULTIPART) |
				NRS_FIELD_BIT(NRS_F_EMAIL_URL);
		feed(b, 1, "* OK ready\r\n", piece);
		feed_literal(b, 1, "* 1 FETCH (BODY[2.1.MIME] ", mime, piece);
		feed_literal(b, 1, " BODY[2.1] ", "YWJj\r\n", piece);
		feed_literal(b, 1, " BODY[1] ", link, piece);
		feed(b, 1, ")\r\n", piece);
		feed_literal(b, 1, "* 2 FETCH (BINARY[3] ~", "abc", piece);
		feed(b, 1, ")\r\n", piece);
		feed_literal(b, 1, "* 2 FETCH (BODY[4] ",
			     "aGVsbG8gaGVsbG8=", piece);
		feed(b, 1, ")\r\n", piece);
		feed_literal(b, 1, "* 3 FETCH (BODY[2.MIME] ", mime, piece);
		feed_literal(b, 1, " BODY[3]<0> ", "aGVsbG8gaGVsbG8=", piece);
		feed(b, 1, ")\r\n", piece);
		expect(b,
		       "1 file.name=a.txt\n"
		       "1 file.md5=900150983cd24fb0d6963f7d28e17f72\n"
		       "2 email.url=http://c2.example/\n"
		       "3 file.md5=900150983cd24fb0d6963f7d28e17f72\n"
		       "4 file.md5=" MD5_HELLO "\n"
		       "5 file.name=a.txt\n"
		       "5 file.partial=0\n"
		       "6 file.partial=11\n",
		       6);
		if (!begin_anew(state))
			return;
	}
}

static void imap_gives_and_takes_messages(void **state)
{
	for (size_t piece = 1; piece < 1100; piece += 549) {
		struct session_bench *b = *state;

		feed(b, 1, "* OK ready\r\n", piece);
		feed(b, 0, "a LOGIN {1+}\r\nx {1+}\r\ny\r\n", piece);
		feed_literal(b, 1, "* 1 FETCH (UID 7 BODY[] ", HEAD BODY,
			     piece);
		feed(b, 1, ")\r\na OK\r\n", piece);
		feed_literal(b, 1, "* 2 FETCH (BODY[1] ", "Subject: no\r\n\r\n",
			     piece);
		feed_literal(b, 1, " BODY[HEADER] ", "Subject: s\r\n\r\n",
			     piece);
		feed(b, 1, ")\r\n", piece);
		feed_literal(b, 0, "b APPEND x ", "Subject: t\r\n\r\n", piece);
		expect(b,
		       OF_MESSAGE("1") "3 email.subject=s\n"
				       "3 email.is_multipart=0\n"
				       "4 email.subject=t\n"
				       "4 email.is_multipart=0\n",
		       4);
		if (!begin_anew(state))
			return;
	}
}

static void an_append_that_is_refused_has_no_message(void **state)
{
	struct session_bench *b = *state;

	feed(b, 1, "* OK ready\r\n", 100);
	feed(b, 0, "b APPEND x {16}\r\n", 100);
	feed(b, 1, "b NO full\r\n", 100);
	feed_literal(b, 0, "c APPEND y ", "Subject: t\r\n\r\n", 100);
	assert_non_null(
		strstr(b->seen, "2 email.subject=t\n2 email.is_multipart=0\n"));
	assert_int_equal(b->ended, 2);
}

static void endless_lines_are_passed_over(void **state)
{
	struct session_bench *b = *state;
	static char line[10000];

	memset(line, 'x', sizeof(line) - 1);
	greet(b, 100);
	feed(b, 0, line, 1000);
	feed(b, 0, "\r\nMAIL FROM:<g@b.example>\r\n", 1000);
	assert_non_null(strstr(b->seen, "1 smtp.mail_from=g@b.example\n"));
	assert_int_equal(b->counters.value[NRS_C_LINES_REFUSED], 1);
}

static void above_the_quota_messages_are_refused_and_counted(void **state)
{
	struct session_bench *b = *state;

	while (nrs_slab_take(&b->pools.buffers) != NULL)
		;
	greet(b, 100);
	feed(b, 0, ENVELOPE, 100);
	feed(b, 1, SAYS_OK SAYS_OK SAYS_OK SAYS_GO, 100);
	feed(b, 0, HEAD BODY ".\r\nRSET\r\n", 2000);
	expect(b, OF_ENVELOPE("1"), 1);
	assert_int_equal(b->counters.value[NRS_C_MAIL_REFUSED], 1);
}

static void what_nobody_asks_for_is_not_looked_for(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_DNS_QUERY);
	feed(b, 1, GREETING, 100);
	assert_int_equal(b->flow.session->kind, NRS_SESSION_IGNORED);
}

#define NRS_M(test) cmocka_unit_test_setup_teardown(test, setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_M(a_mail_is_a_transaction),
		NRS_M(a_mail_may_come_octet_by_octet),
		NRS_M(boundaries_may_be_split_over_segments),
		NRS_M(mails_of_a_connection_are_told_apart),
		NRS_M(a_refused_message_is_none),
		NRS_M(a_message_is_found_where_no_reply_was_seen),
		NRS_M(chunks_are_one_message),
		NRS_M(a_bare_end_is_an_end_that_is_told),
		NRS_M(behind_a_gap_the_next_part_is_read),
		NRS_M(an_end_in_a_gap_is_known_by_the_reply),
		NRS_M(the_end_of_a_connection_ends_its_mail),
		NRS_M(tls_begins_behind_starttls),
		NRS_M(pop3_gives_messages),
		NRS_M(pop3_without_its_client_goes_by_the_status),
		NRS_M(imap_gives_and_takes_messages),
		NRS_M(imap_gives_parts),
		NRS_M(an_append_that_is_refused_has_no_message),
		NRS_M(endless_lines_are_passed_over),
		NRS_M(above_the_quota_messages_are_refused_and_counted),
		NRS_M(what_nobody_asks_for_is_not_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
