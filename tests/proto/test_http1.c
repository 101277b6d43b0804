/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http1: heads and body framing by RFC 9112, odd but legal ones too.
 */
#include "tests/nrs_test.h"

#include "capture/proto/http1.h"

static struct nrs_http1_head head;

static int parse(const char *text, size_t *consumed)
{
	return nrs_http1_parse(&head, nrs_span_of(text), consumed);
}

static void a_request_has_its_parts(void **state)
{
	static const char text[] =
		"\r\nPOST /gate.php?id=1 HTTP/1.1\r\nHost: c2.example\r\n"
		"uSER-aGENT:\tlantern \r\nX-Long: a\r\n b\r\n"
		"Content-Length: 5\r\n\r\nhello";
	size_t used = 0;

	(void)state;
	assert_int_equal(parse(text, &used), NRS_OK);
	assert_int_equal(used, sizeof(text) - 1 - 5);
	assert_true(head.is_request);
	assert_true(nrs_span_is(head.method, "POST"));
	assert_true(nrs_span_is(head.target, "/gate.php?id=1"));
	assert_true(nrs_span_is(head.version, "HTTP/1.1"));
	assert_int_equal(head.header_count, 4);
	assert_true(nrs_span_is(nrs_http1_find(&head, "host")->value,
				"c2.example"));
	assert_true(nrs_span_is(nrs_http1_find(&head, "User-Agent")->value,
				"lantern"));
	assert_true(
		nrs_span_starts(nrs_http1_find(&head, "x-long")->value, "a"));
	assert_null(nrs_http1_find(&head, "cookie"));
	assert_int_equal(head.body, NRS_HTTP1_BODY_LENGTH);
	assert_int_equal(head.content_length, 5);
}

static void a_response_says_how_its_body_ends(void **state)
{
	static const struct {
		const char *text;
		uint16_t status;
		enum nrs_http1_body body;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200,
		 NRS_HTTP1_BODY_LENGTH},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200,
		 NRS_HTTP1_BODY_CHUNKED},
		/* RFC 9112 6.3: the transfer coding overrides a length */
		{"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: "
		 "gzip, chunked\r\n\r\n",
		 200, NRS_HTTP1_BODY_CHUNKED},
		{"HTTP/1.0 200 OK\r\n\r\n", 200, NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 204 No Content\r\n\r\n", 204, NRS_HTTP1_BODY_NONE},
		{"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304,
		 NRS_HTTP1_BODY_NONE},
		{"HTTP/1.1 100 Continue\r\n\r\n", 100, NRS_HTTP1_BODY_NONE},
		{"HTTP/1.1 200\n\n", 200, NRS_HTTP1_BODY_CLOSE},
	};
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int err = parse(rows[i].text, &used);

		if (err != NRS_OK || head.is_request ||
		    head.status != rows[i].status || head.body != rows[i].body)
			fail_msg("%s: %d, body %d", rows[i].text, err,
				 (int)head.body);
	}
}

static void what_is_not_whole_waits_and_what_is_broken_is_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"GET / HTTP/1.1\r\nHost: a", NRS_E_MORE},
		{"GET / HTTP/1.1\r\n", NRS_E_MORE},
		{"HTTP/\r\n\r\n", NRS_E_FORMAT},
		{"GET no/path\r\n\r\n", NRS_E_FORMAT},
		{"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", NRS_E_FORMAT},
	};
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int err = parse(rows[i].text, &used);

		if (err != rows[i].err)
			fail_msg("row %zu: %d", i, err);
	}
}

/* What browsers and other engines take, because servers send it. */
static void odd_responses_have_their_parts(void **state)
{
	static const struct {
		const char *text;
		bool has_status;
		uint16_t status;
		enum nrs_http1_body body;
	} rows[] = {
		{"HTTP/1.1 OK\r\nContent-Type: a/b\r\n\r\n", false, 0,
		 NRS_HTTP1_BODY_CLOSE},
		{"http/1.0 404 no\r\nContent-Type: a/b\r\n\r\n", true, 404,
		 NRS_HTTP1_BODY_CLOSE},
		{" \t\r\n\r\nHTTP/1.1 200 ok\r\nContent-Type: a/b\r\n\r\n",
		 true, 200, NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 20x ok\r\nContent-Type: a/b\r\n\r\n", true, 20,
		 NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 0200\r\nContent-Type: a/b\r\n\r\n", true, 200,
		 NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\rContent-Type: a/b\rX: y\r\n\r\n", true, 200,
		 NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\nContent-Type: a/b\n \n\n", true, 200,
		 NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\nContent-Type: a/b\r\n \r\n\r\n", true, 200,
		 NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\nContent-Type: a/b\r\n\r\r\n\r\n", true,
		 200, NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\nX: y\rContent-Type: a/b\r\n\r\n", true,
		 200, NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\n\r\rContent-Type: a/b\r\n\r\n", true, 200,
		 NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\n\r\r\nContent-Type: a/b\r\n\r\n", true,
		 200, NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\nContent-Type\r\n :a/b\r\n\r\n", true, 200,
		 NRS_HTTP1_BODY_CLOSE},
		{"HTTP/1.1 200 ok\r\nContent-Type: a/b\r\n"
		 "Transfer-Encoding: x\r\nTransfer-Encoding: chUnked\r\n\r\n",
		 true, 200, NRS_HTTP1_BODY_CHUNKED},
		{"HTTP/1.1 200 ok\r\nContent-Type: a/b\r\n"
		 "Transfer-Encoding: \r\n \r\n chunked\r\n\r\n",
		 true, 200, NRS_HTTP1_BODY_CHUNKED},
		{"HTTP/1.1 200 ok\r\nContent-Type: a/b\r\n"
		 "Transfer-Encoding: chunked, identity\r\n\r\n",
		 true, 200, NRS_HTTP1_BODY_CHUNKED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t used = 0;
		const int err = parse(rows[i].text, &used);
		const struct nrs_http1_header *type =
			nrs_http1_find(&head, "content-type");

		if (err != NRS_OK || head.is_request ||
		    used != strlen(rows[i].text) ||
		    head.has_status != rows[i].has_status ||
		    head.status != rows[i].status ||
		    head.body != rows[i].body || type == NULL ||
		    !nrs_span_is(type->value, "a/b"))
			fail_msg("row %zu: %d, status %u, %zu", i, err,
				 (unsigned int)head.status, used);
	}
}

/* The empty line is CR CR LF behind a bare LF, or one blank, and the body
 * follows. */
static void a_head_may_end_oddly(void **state)
{
	static const char *const rows[] = {
		"HTTP/1.1 200 ok\r\nContent-Type: a/b\n\r\r\nx",
		"HTTP/1.1 200 ok\r\nContent-Type: a/b\r\n \nx",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const size_t len = strlen(rows[i]) - 1;
		size_t used = 0;

		if (parse(rows[i], &used) != NRS_OK || used != len ||
		    head.header_count != 1)
			fail_msg("row %zu: %zu", i, used);
		/* What follows says whether it is the end. */
		assert_int_equal(
			nrs_http1_parse(&head, nrs_span(rows[i], len), &used),
			NRS_E_MORE);
	}
}

static void a_line_that_begins_with_nul_goes_on(void **state)
{
	static const char text[] =
		"HTTP/1.1 200 ok\r\nContent-Type:\n\0a/b\r\nX: y\r\n\r\n";
	size_t used = 0;

	(void)state;
	assert_int_equal(
		nrs_http1_parse(&head, nrs_span(text, sizeof(text) - 1), &used),
		NRS_OK);
	assert_int_equal(head.header_count, 2);
	assert_true(nrs_span_equal(nrs_http1_find(&head, "content-type")->value,
				   nrs_span("\0a/b", 4)));
}

static void odd_requests_have_their_parts(void **state)
{
	static const struct {
		const char *text, *method, *target, *host;
		size_t used; /* 0: all */
	} rows[] = {
		/* HTTP/0.9: the line is all */
		{"GET /a\r\n", "GET", "/a", NULL, 0},
		{"GET /a\r\n\xff\xff\n", "GET", "/a", NULL, 8},
		/* a version forgotten */
		{"GET /a\r\nHost: h.example\r\n\r\n", "GET", "/a", "h.example",
		 0},
		{"\xdd\x01 GET /a HTTP/1.1\r\nHost: h.example\r\n\r\n", "GET",
		 "/a", "h.example", 0},
		{"FROB /a HTTP/1.1\r\nHost: h.example\r\n\r\n", "FROB", "/a",
		 "h.example", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t used = 0;
		const struct nrs_span text = nrs_span_of(rows[i].text);
		const int err = parse(rows[i].text, &used);
		const struct nrs_http1_header *host =
			nrs_http1_find(&head, "host");

		if (nrs_http1_sniff(text) != NRS_OK || err != NRS_OK ||
		    !head.is_request ||
		    used != (rows[i].used == 0 ? text.len : rows[i].used) ||
		    !nrs_span_is(head.method, rows[i].method) ||
		    !nrs_span_is(head.target, rows[i].target) ||
		    (host != NULL) != (rows[i].host != NULL) ||
		    (host != NULL && !nrs_span_is(host->value, rows[i].host)))
			fail_msg("row %zu: %d, %zu", i, err, used);
	}
}

/* At the end of a connection, or before a gap. */
static void a_cut_head_has_what_came(void **state)
{
	(void)state;
	assert_int_equal(nrs_http1_parse_cut(
				 &head, nrs_span_of("GET /a HTTP/1.1\r\n"
						    "Host: h.example\r\nUs")),
			 NRS_OK);
	assert_true(nrs_span_is(head.target, "/a"));
	assert_true(
		nrs_span_is(nrs_http1_find(&head, "host")->value, "h.example"));
	/* half a line would be another target */
	assert_int_equal(nrs_http1_parse_cut(&head, nrs_span_of("GET /a HTT")),
			 NRS_E_MORE);
	assert_int_equal(nrs_http1_parse_cut(&head, nrs_span_of("220 hi\n")),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_http1_parse_cut(&head, nrs_span_of("")),
			 NRS_E_MORE);
}

/* A sensor must not lose the host because of a line that servers pass over. */
static void a_broken_line_hides_no_header(void **state)
{
	size_t used;

	(void)state;
	assert_int_equal(parse("GET / HTTP/1.1\r\nno colon\r\n: no name\r\n"
			       "Content-Length: -1\r\nHost: a.example\r\n\r\n",
			       &used),
			 NRS_OK);
	assert_true(
		nrs_span_is(nrs_http1_find(&head, "host")->value, "a.example"));
	assert_false(head.has_content_length);
	assert_int_equal(head.body, NRS_HTTP1_BODY_NONE);
}

static void a_head_without_end_has_a_cap(void **state)
{
	const size_t len = NRS_HTTP1_HEAD_MAX + 100;
	char *text = malloc(len);
	size_t used;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', len);
	memcpy(text, "GET / HTTP/1.1\r\nA: ", 19);
	assert_int_equal(nrs_http1_parse(&head, nrs_span(text, len), &used),
			 NRS_E_LIMIT);
	free(text);
}

static void the_first_bytes_tell(void **state)
{
	(void)state;
	assert_int_equal(nrs_http1_sniff(nrs_span_of("GET / HT")), NRS_OK);
	assert_int_equal(nrs_http1_sniff(nrs_span_of("HTTP/1.1")), NRS_OK);
	assert_int_equal(nrs_http1_sniff(nrs_span_of("GE")), NRS_E_MORE);
	assert_int_equal(nrs_http1_sniff(nrs_span_of("\x16\x03\x01")),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_http1_sniff(nrs_span_of("EHLO a\r\n")),
			 NRS_E_FORMAT);
}

/* Feed @body in pieces; where it ended. */
static size_t feed(const char *top, const char *body, size_t piece, int *err)
{
	struct nrs_http1_framing framing;
	const struct nrs_span bytes = nrs_span_of(body);
	size_t used, at = 0;

	assert_int_equal(parse(top, &used), NRS_OK);
	nrs_http1_framing_init(&framing, &head);
	*err = NRS_OK;
	while (at < bytes.len && *err == NRS_OK &&
	       !nrs_http1_framing_done(&framing)) {
		size_t taken = 0;

		*err = nrs_http1_framing_feed(
			&framing, nrs_span_part(bytes, at, piece), &taken);
		at += taken;
	}
	return nrs_http1_framing_done(&framing) ? at : SIZE_MAX;
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

/* Blanks before a size, anything behind it. */
static void sizes_of_chunks_are_read_as_browsers_do(void **state)
{
	static const char *const chunks[] = {
		"5\r\nhello\r\n0\r\n\r\n",    "\r\n\t5\r\nhello\r\n 0\r\n\r\n",
		"5x\r\nhello\r\n\v0\r\n\r\n", "005 ;a\nhello\n0\n\n",
		"\n5\001\nhello\n\n0x\n\n",
	};
	int err;

	(void)state;
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		for (size_t piece = 1; piece < 20; piece++) {
			const size_t used =
				feed(CHUNKED, chunks[i], piece, &err);

			if (err != NRS_OK || used != strlen(chunks[i]))
				fail_msg("%zu by %zu", i, piece);
		}
	}
}

static void a_body_that_is_not_chunked_is_taken_as_it_comes(void **state)
{
	static const char head_text[] =
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
		"Content-Length: 4\r\n\r\n";
	struct nrs_http1_framing framing;
	struct nrs_span data;
	size_t taken = 0, used = 0;

	(void)state;
	assert_int_equal(parse(head_text, &used), NRS_OK);
	nrs_http1_framing_init(&framing, &head);
	assert_int_equal(nrs_http1_framing_step(&framing,
						nrs_span_of("X5O!NEXT"), &taken,
						&data),
			 NRS_OK);
	assert_true(nrs_span_is(data, "X5O!"));
	assert_true(nrs_http1_framing_done(&framing));
}

static void the_last_chunk_is_all_though_its_end_is_missing(void **state)
{
	struct nrs_http1_framing framing;
	size_t taken = 0, used = 0;

	(void)state;
	assert_int_equal(parse(CHUNKED, &used), NRS_OK);
	nrs_http1_framing_init(&framing, &head);
	assert_int_equal(nrs_http1_framing_feed(
				 &framing, nrs_span_of("1\r\na\r\n"), &taken),
			 NRS_OK);
	assert_false(nrs_http1_framing_is_whole(&framing));
	assert_int_equal(
		nrs_http1_framing_feed(&framing, nrs_span_of("0\r\nx"), &taken),
		NRS_OK);
	assert_false(nrs_http1_framing_done(&framing));
	assert_true(nrs_http1_framing_is_whole(&framing));
}

/* One blank and LF end a head, unless an empty line comes. */
static void an_odd_end_waits_for_what_follows(void **state)
{
	size_t used = 0;

	(void)state;
	assert_int_equal(parse("HTTP/1.1 200 OK\nX: y\n \n", &used),
			 NRS_E_MORE);
	assert_int_equal(parse("HTTP/1.1 200 OK\nX: y\n \nabc", &used), NRS_OK);
	assert_int_equal(used, strlen("HTTP/1.1 200 OK\nX: y\n \n"));
}

static void names_may_hide_behind_nuls(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nTransfer\0-Encoding: "
				   "chu\0nked\r\n\r\n";
	size_t used = 0;

	(void)state;
	assert_int_equal(
		nrs_http1_parse(&head, nrs_span(text, sizeof(text) - 1), &used),
		NRS_OK);
	assert_int_equal(head.body, NRS_HTTP1_BODY_CHUNKED);
	assert_non_null(nrs_http1_find(&head, "transfer-encoding"));
	assert_null(nrs_http1_find(&head, "transfer-encodin"));
	assert_null(nrs_http1_find(&head, "transfer-encodings"));
}

static void bodies_end_where_they_say(void **state)
{
	static const char chunks[] =
		"5;ext=1\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: "
		"x\r\n\r\nNEXT";
	int err;

	(void)state;
	for (size_t piece = 1; piece < 60; piece += 3) {
		assert_int_equal(feed("HTTP/1.1 200 OK\r\nContent-Length: "
				      "5\r\n\r\n",
				      "helloNEXT", piece, &err),
				 5);
		assert_int_equal(feed(CHUNKED, chunks, piece, &err),
				 sizeof(chunks) - 1 - 4);
		assert_int_equal(err, NRS_OK);
	}
	assert_int_equal(feed(CHUNKED, "1\r\na\r\nzz\r\n", 1, &err), SIZE_MAX);
	assert_int_equal(err, NRS_E_FORMAT);
	assert_int_equal(feed(CHUNKED, "fffffffffffffffff\r\n", 3, &err),
			 SIZE_MAX);
	assert_int_equal(err, NRS_E_FORMAT);
}

static void a_gap_within_a_known_length_is_followed(void **state)
{
	struct nrs_http1_framing framing;
	size_t used;

	(void)state;
	assert_int_equal(
		parse("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", &used),
		NRS_OK);
	nrs_http1_framing_init(&framing, &head);
	assert_true(nrs_http1_framing_skip(&framing, 60));
	assert_false(nrs_http1_framing_done(&framing));
	assert_true(nrs_http1_framing_skip(&framing, 40));
	assert_true(nrs_http1_framing_done(&framing));
	nrs_http1_framing_init(&framing, &head);
	assert_false(nrs_http1_framing_skip(&framing, 101));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_has_its_parts),
		cmocka_unit_test(a_response_says_how_its_body_ends),
		cmocka_unit_test(
			what_is_not_whole_waits_and_what_is_broken_is_refused),
		cmocka_unit_test(odd_responses_have_their_parts),
		cmocka_unit_test(a_head_may_end_oddly),
		cmocka_unit_test(a_line_that_begins_with_nul_goes_on),
		cmocka_unit_test(odd_requests_have_their_parts),
		cmocka_unit_test(a_cut_head_has_what_came),
		cmocka_unit_test(a_broken_line_hides_no_header),
		cmocka_unit_test(a_head_without_end_has_a_cap),
		cmocka_unit_test(the_first_bytes_tell),
		cmocka_unit_test(sizes_of_chunks_are_read_as_browsers_do),
		cmocka_unit_test(
			a_body_that_is_not_chunked_is_taken_as_it_comes),
		cmocka_unit_test(
			the_last_chunk_is_all_though_its_end_is_missing),
		cmocka_unit_test(an_odd_end_waits_for_what_follows),
		cmocka_unit_test(names_may_hide_behind_nuls),
		cmocka_unit_test(bodies_end_where_they_say),
		cmocka_unit_test(a_gap_within_a_known_length_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
