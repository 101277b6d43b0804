/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ftp: lines of FTP as RFC 959 and RFC 2428 have them, and what is none.
 */
#include "capture/proto/ftp.h"
#include "tests/nrs_test.h"

static const struct {
	const char *name, *octets;
	bool is_port;
	int want;
} fronts[] = {
	{"a greeting that says so", "220 ProFTPD ready\r\n", false, NRS_OK},
	{"a greeting of several lines", "220-FTP of a.example\r\n", false,
	 NRS_OK},
	{"a greeting of mail", "220 mail.example ESMTP\r\n", false,
	 NRS_E_FORMAT},
	{"any greeting, on the port", "220 welcome\r\n", true, NRS_OK},
	{"half a greeting", "220 wel", false, NRS_E_MORE},
	{"a status that greets nobody", "200 ftp\r\n", false, NRS_E_FORMAT},
	{"commands that only FTP has", "PASV\r\n", false, NRS_OK},
	{"half of one", "PA", false, NRS_E_MORE},
	{"half of another protocol's", "GE", false, NRS_E_FORMAT},
	{"a command that POP3 has, too", "USER a\r\n", false, NRS_E_FORMAT},
	{"the same on the port", "USER a\r\n", true, NRS_OK},
	{"a request of HTTP", "GET / HTTP/1.1\r\n", false, NRS_E_FORMAT},
	{"no text", "\x16\x03\x01", true, NRS_E_FORMAT},
	{"nothing", "", true, NRS_E_FORMAT},
};

static void first_octets_tell_ftp(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		const int got = nrs_ftp_sniff(nrs_span_of(fronts[i].octets),
					      fronts[i].is_port);

		if (got != fronts[i].want)
			fail_msg("%s: %d", fronts[i].name, got);
	}
}

static const struct {
	const char *line;
	enum nrs_ftp_verb verb;
	uint16_t port;
	const char *name;
} lines[] = {
	{"USER anonymous", NRS_FTP_OTHER, 0, ""},
	{"RETR a b.txt", NRS_FTP_FILE, 0, "a b.txt"},
	{"stor x", NRS_FTP_FILE, 0, "x"},
	{"STOU", NRS_FTP_FILE, 0, ""},
	{"LIST", NRS_FTP_LIST, 0, ""},
	{"REST 100", NRS_FTP_REST, 0, ""},
	{"REST x", NRS_FTP_OTHER, 0, ""},
	{"PORT 192,0,2,1,4,1", NRS_FTP_PORT, 1025, ""},
	{"PORT 192,0,2,1,4", NRS_FTP_OTHER, 0, ""},
	{"PORT 192,0,2,1,256,1", NRS_FTP_OTHER, 0, ""},
	/* RFC 2428, sections 2 and 3 */
	{"EPRT |1|132.235.1.2|6275|", NRS_FTP_PORT, 6275, ""},
	{"EPRT |2|1080::8:800:200C:417A|5282|", NRS_FTP_PORT, 5282, ""},
	{"EPRT |1|132.235.1.2|62750000|", NRS_FTP_OTHER, 0, ""},
	{"229 Entering Extended Passive Mode (|||6446|)", NRS_FTP_PASV, 6446,
	 ""},
	{"227 Entering Passive Mode (192,0,2,1,4,2).", NRS_FTP_PASV, 1026, ""},
	{"227 Entering Passive Mode 192,0,2,1,4,2", NRS_FTP_PASV, 1026, ""},
	{"227 no", NRS_FTP_OTHER, 0, ""},
	{"234 go on", NRS_FTP_TLS, 0, ""},
	{"230-hello", NRS_FTP_OTHER, 0, ""},
	{"226", NRS_FTP_OTHER, 0, ""},
};

static void lines_say_what_comes(void **state)
{
	struct nrs_ftp_parsed said;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_int_equal(
			nrs_ftp_parse(&said, nrs_span_of(lines[i].line)),
			NRS_OK);
		if (said.verb != lines[i].verb || said.port != lines[i].port ||
		    !nrs_span_is(said.name, lines[i].name) ||
		    said.is_reply != (lines[i].line[0] == '2'))
			fail_msg("%s: %d, port %d", lines[i].line, said.verb,
				 said.port);
	}
	assert_int_equal(nrs_ftp_parse(&said, nrs_span_of("REST 100")), NRS_OK);
	assert_int_equal(said.offset, 100);
}

static void what_is_no_line_is_refused(void **state)
{
	static const char *const bad[] = {"",	  "x",	   "LONGER a",
					  "12 x", "A-B c", "\x16\x03"};
	struct nrs_ftp_parsed said;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (nrs_ftp_parse(&said, nrs_span_of(bad[i])) != NRS_E_FORMAT)
			fail_msg("%s", bad[i]);
	}
}

static void lines_are_cut_at_their_ends(void **state)
{
	static uint8_t octets[NRS_FTP_LINE_MAX + 1];
	struct nrs_span rest = nrs_span_of("QUIT\r\nNOOP\nPW"), line;

	(void)state;
	assert_int_equal(nrs_ftp_line(&rest, &line), NRS_OK);
	assert_true(nrs_span_is(line, "QUIT"));
	assert_int_equal(nrs_ftp_line(&rest, &line), NRS_OK);
	assert_true(nrs_span_is(line, "NOOP"));
	assert_int_equal(nrs_ftp_line(&rest, &line), NRS_E_MORE);
	assert_int_equal(rest.len, 2);
	memset(octets, 'a', sizeof(octets));
	rest = nrs_span(octets, sizeof(octets));
	assert_int_equal(nrs_ftp_line(&rest, &line), NRS_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_octets_tell_ftp),
		cmocka_unit_test(lines_say_what_comes),
		cmocka_unit_test(what_is_no_line_is_refused),
		cmocka_unit_test(lines_are_cut_at_their_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
