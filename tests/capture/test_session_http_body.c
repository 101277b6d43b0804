/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_http_body: bodies of HTTP/1 as files, whatever their framing
 * and coding. Digests of "abc" are those of RFC 1321 (appendix A.5); the packed
 * "abc" is Python's.
 */
#include "capture/session_http.h"

#include "capture/files.h"
#include "tests/capture/session_bench.h"

#define MD5_ABC "file.md5=900150983cd24fb0d6963f7d28e17f72\n"
#define SENT "file.sent_md5="

static const uint8_t gzip_abc[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x4c,
	0x4a, 0x06, 0x00, 0xc2, 0x41, 0x24, 0x35, 0x03, 0x00, 0x00, 0x00};

static void send(struct session_bench *b, unsigned int side, const char *text)
{
	nrs_session_bytes(&b->env, &b->flow, side, nrs_span_of(text));
}

static void send_octets(struct session_bench *b, unsigned int side,
			const void *octets, size_t len)
{
	nrs_session_bytes(&b->env, &b->flow, side, nrs_span(octets, len));
}

static void get(struct session_bench *b, const char *target)
{
	char text[128];

	(void)snprintf(text, sizeof(text),
		       "GET %s HTTP/1.1\r\nHost: a.example\r\n\r\n", target);
	send(b, 0, text);
}

static bool has(const struct session_bench *b, const char *line)
{
	return strstr(b->seen, line) != NULL;
}

/* The session is the bench's: it must not go to the slab. */
static void end(struct session_bench *b)
{
	nrs_session_end(&b->env, &b->flow);
	assert_int_equal(b->pools.files.taken, 0);
	assert_int_equal(b->pools.states.taken, 0);
	assert_int_equal(b->pools.buffers.taken, 0);
	assert_int_equal(b->pools.unpack.small.taken, 0);
}

static int setup(void **state)
{
	const int err = bench_setup(state);
	struct session_bench *b = *state;

	if (err == 0)
		b->flow.session = NULL; /* of the slab, as a worker's */
	return err;
}

static const struct {
	const char *name;
	const char *response[4]; /* as segments */
	bool is_closed;		 /* by a FIN */
	const char *seen;
} framings[] = {
	{"a length",
	 {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"},
	 false,
	 "1 file.name=x.bin\n1 file.size=3\n1 " MD5_ABC},
	{"a length, octet by octet",
	 {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na", "b", "c"},
	 false,
	 "1 " MD5_ABC},
	{"chunks",
	 {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	  "1;x=y\r\na\r", "\n02\r\nb", "c\r\n0\r\nX: y\r\n\r\n"},
	 false,
	 "1 " MD5_ABC},
	{"until the end",
	 {"HTTP/1.0 200 OK\r\n\r\nab", "c"},
	 true,
	 "1 " MD5_ABC},
	{"an end that nobody saw",
	 {"HTTP/1.0 200 OK\r\n\r\nab", "c"},
	 false,
	 "1 file.name=x.bin\n1 file.partial=3\n"},
	{"too short for its length",
	 {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc"},
	 true,
	 "1 file.name=x.bin\n1 file.partial=3\n"},
	{"a name of its own",
	 {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Disposition: "
	  "attachment; filename=\"y.exe\"\r\n\r\nabc"},
	 false,
	 "1 file.name=y.exe\n"},
	{"a range",
	 {"HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n"
	  "Content-Range: bytes 0-2/9\r\n\r\nabc"},
	 false,
	 "1 file.name=x.bin\n1 file.partial=3\n"},
	{"no range, which all who receive it take for the whole",
	 {"HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\nabc"},
	 false,
	 "1 " MD5_ABC},
	{"a range that is all",
	 {"HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n"
	  "Content-Range: bytes 0-2/3\r\n\r\nabc"},
	 false,
	 "1 " MD5_ABC},
	{"no head at all",
	 {"{\"a\":1}\n", "{}"},
	 true,
	 "1 file.name=x.bin\n1 file.size=10\n"},
	{"a coding that is none",
	 {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n"
	  "\r\nabc"},
	 false,
	 "1 " MD5_ABC},
};

static void every_framing_gives_the_file(void **state)
{
	struct session_bench *b = *state;

	for (size_t i = 0; i < sizeof(framings) / sizeof(*framings); i++) {
		b->len = 0;
		b->flow.txn_count = 0;
		b->flow.fins = framings[i].is_closed ? 3 : 0;
		get(b, "/a/x.bin?y");
		for (unsigned int s = 0;
		     s < 4 && framings[i].response[s] != NULL; s++)
			send(b, 1, framings[i].response[s]);
		end(b);
		if (!has(b, framings[i].seen))
			fail_msg("%s: %s", framings[i].name, b->seen);
	}
}

static void nothing_is_told_where_nothing_comes(void **state)
{
	struct session_bench *b = *state;

	get(b, "/x");
	send(b, 1, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	get(b, "/x");
	send(b, 1,
	     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
	send(b, 0, "HEAD /x HTTP/1.1\r\n\r\n");
	send(b, 1, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
	assert_int_equal(b->ended, 3);
	end(b);
	assert_false(has(b, "file."));
}

/* A response of 23 octets of gzip, of which nine come. */
static void begin_packed(struct session_bench *b)
{
	get(b, "/x");
	send(b, 1,
	     "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n"
	     "Content-Encoding: gzip\r\n\r\n");
	send_octets(b, 1, gzip_abc, 9);
}

static void a_packed_body_has_both_digests(void **state)
{
	struct session_bench *b = *state;

	begin_packed(b);
	send_octets(b, 1, gzip_abc + 9, sizeof(gzip_abc) - 9);
	assert_true(has(b, "1 " MD5_ABC));
	assert_true(has(b, "1 file.size=3\n"));
	assert_true(has(b, "1 " SENT));
	assert_int_equal(b->ended, 1);
	end(b);
}

/* "abc" packed once, although the head says twice, and with names that nobody
 * knows; and packed twice. */
static void layers_are_undone_as_far_as_there_are_any(void **state)
{
	static const uint8_t twice[] = {
		0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
		0x93, 0xef, 0xe6, 0x60, 0x00, 0x01, 0x26, 0x66, 0x6f, 0x1f,
		0x2f, 0x36, 0x86, 0x43, 0x8e, 0x2a, 0xa6, 0xcc, 0x40, 0x2e,
		0x00, 0xd9, 0x2a, 0x73, 0x50, 0x17, 0x00, 0x00, 0x00};
	static const struct {
		const char *headers;
		const uint8_t *octets;
		size_t len;
	} rows[] = {
		{"Content-Encoding: gzip, gzip", gzip_abc, sizeof(gzip_abc)},
		{"Content-Encoding: identity, x-unknown, gzip", gzip_abc,
		 sizeof(gzip_abc)},
		{"Content-Encoding: gzip,gzip", twice, sizeof(twice)},
		{"Transfer-Encoding: gzip", gzip_abc, sizeof(gzip_abc)},
		{"Content-Encoding: gzip\r\nTransfer-Encoding: gzip", twice,
		 sizeof(twice)},
	};
	struct session_bench *b = *state;
	char head[160];

	nrs_unpack_pools_fini(&b->pools.unpack);
	assert_int_equal(nrs_unpack_pools_init(&b->pools.unpack, 4, 1), NRS_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		b->len = 0;
		b->flow.txn_count = 0;
		get(b, "/x");
		(void)snprintf(head, sizeof(head),
			       "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
			       "%s\r\n\r\n",
			       rows[i].len, rows[i].headers);
		send(b, 1, head);
		send_octets(b, 1, rows[i].octets, rows[i].len);
		end(b);
		if (!has(b, "1 " MD5_ABC))
			fail_msg("%s: %s", rows[i].headers, b->seen);
	}
}

/* Its last octets, a sum and a length, may be missing. */
static void what_is_packed_is_whole_when_it_says_so(void **state)
{
	struct session_bench *b = *state;

	begin_packed(b);
	send_octets(b, 1, gzip_abc + 9, 6);
	b->flow.fins = 3;
	end(b);
	if (!has(b, "1 " MD5_ABC) || has(b, SENT))
		fail_msg("%s", b->seen);
}

static void what_is_packed_and_goes_on_is_partial(void **state)
{
	struct session_bench *b = *state;

	begin_packed(b);
	send_octets(b, 1, gzip_abc + 9, 4);
	b->flow.fins = 3;
	end(b);
	if (has(b, "md5") || !has(b, "1 file.partial="))
		fail_msg("%s", b->seen);
}

/* What is asked for besides changes nothing: packed octets are not counted. */
static void a_gap_in_a_packed_body_leaves_what_was_unpacked(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_FILE_PARTIAL);
	begin_packed(b);
	nrs_session_gap(&b->env, &b->flow, 1, 5);
	send_octets(b, 1, gzip_abc + 14, sizeof(gzip_abc) - 14);
	assert_string_equal(b->seen, "1 file.partial=0\n");
	end(b);
}

static void a_gap_in_a_packed_body_is_no_file(void **state)
{
	struct session_bench *b = *state;

	begin_packed(b);
	nrs_session_gap(&b->env, &b->flow, 1, 5);
	send_octets(b, 1, gzip_abc + 14, sizeof(gzip_abc) - 14);
	assert_int_equal(b->ended, 1);
	assert_true(has(b, "1 file.partial=0"));
	assert_false(has(b, "md5"));
	end(b);
}

/* Nothing of the body comes, nor of the head behind it. */
/* What comes behind is still packed, though nobody follows it as it was sent.
 */
static void nobody_asks_for_what_was_sent_and_a_gap_is_the_same(void **state)
{
	struct session_bench *b = *state;

	b->env.demand &= ~(NRS_FIELD_BIT(NRS_F_FILE_SENT_MD5) |
			   NRS_FIELD_BIT(NRS_F_FILE_SENT_SHA1) |
			   NRS_FIELD_BIT(NRS_F_FILE_SENT_SHA256));
	begin_packed(b);
	nrs_session_gap(&b->env, &b->flow, 1, 5);
	send_octets(b, 1, gzip_abc + 14, sizeof(gzip_abc) - 14);
	assert_true(has(b, "1 file.partial=0"));
	end(b);
}

static void a_body_that_is_lost_keeps_its_name(void **state)
{
	struct session_bench *b = *state;

	get(b, "/x.bin");
	send(b, 1, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
	nrs_session_gap(&b->env, &b->flow, 1, 90);
	assert_true(has(b, "1 file.name=x.bin\n1 file.partial=0\n"));
	end(b);
}

/* The first head is lost: what comes is no HTTP/0.9, and the next head is. */
static void behind_a_gap_nothing_is_a_response_without_a_head(void **state)
{
	struct session_bench *b = *state;

	get(b, "/one");
	get(b, "/two");
	nrs_session_gap(&b->env, &b->flow, 1, 90);
	send(b, 1, "the rest of it\n");
	send(b, 1, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
	if (!has(b, MD5_ABC) || has(b, "file.partial"))
		fail_msg("%s", b->seen);
	end(b);
	assert_false(has(b, "file.partial"));
}

static void an_upload_is_told_with_its_request(void **state)
{
	struct session_bench *b = *state;

	send(b, 0, "PUT /up/a.txt HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
	assert_true(has(b, "1 file.name=a.txt\n"));
	assert_true(has(b, "1 " MD5_ABC));
	assert_int_equal(b->ended, 0);
	send(b, 1, "HTTP/1.1 204 No Content\r\n\r\n");
	assert_int_equal(b->ended, 1);
	end(b);
}

/* The server answers while the body still comes. */
static void an_early_answer_does_not_end_an_upload(void **state)
{
	struct session_bench *b = *state;

	send(b, 0, "PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\na");
	send(b, 1, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(b->ended, 0);
	send(b, 0, "bc");
	assert_int_equal(b->ended, 1);
	assert_true(has(b, "1 " MD5_ABC));
	end(b);
}

static void parts_of_a_form_with_names_are_files(void **state)
{
	struct session_bench *b = *state;
	static const char body[] =
		"--zz\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\n"
		"text\r\n"
		"--zz\r\nContent-Disposition: form-data; name=\"f\"; "
		"filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
		"abc\r\n"
		"--zz\r\nContent-Disposition: form-data; name=\"g\"; "
		"filename=\"b.txt\"\r\n\r\n"
		"cba\r\n--zz--\r\n";
	char head[160];

	(void)snprintf(head, sizeof(head),
		       "POST /up HTTP/1.1\r\nContent-Length: %zu\r\n"
		       "Content-Type: multipart/form-data; boundary=zz\r\n\r\n",
		       sizeof(body) - 1);
	send(b, 0, head);
	for (size_t i = 0; i < sizeof(body) - 1; i++)
		send_octets(b, 0, body + i, 1);
	assert_true(has(b, "1 file.name=a.txt\n1 file.size=3\n1 " MD5_ABC));
	assert_true(has(b, "1 file.name=b.txt\n1 file.size=3\n"));
	assert_int_equal(b->counters.value[NRS_C_FILES], 2);
	assert_int_equal(b->pools.buffers.taken, 0);
	end(b);
}

static void a_part_that_is_cut_is_partial(void **state)
{
	struct session_bench *b = *state;

	send(b, 0,
	     "POST /up HTTP/1.1\r\nContent-Length: 99\r\n"
	     "Content-Type: multipart/form-data; boundary=zz\r\n\r\n"
	     "--zz\r\nContent-Disposition: form-data; name=\"f\"; "
	     "filename=\"a.txt\"\r\n\r\nabc");
	end(b);
	assert_true(has(b, "1 file.name=a.txt\n1 file.partial=3\n"));
}

/* Each response belongs to its request, though bodies keep them open. */
static void pipelined_requests_have_their_own_files(void **state)
{
	struct session_bench *b = *state;

	get(b, "/one");
	get(b, "/two");
	get(b, "/three");
	for (unsigned int i = 0; i < 3; i++) {
		send(b, 1, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
		send(b, 1, "c");
	}
	assert_true(has(b, "1 file.name=one\n1 file.size=3\n1 " MD5_ABC));
	assert_true(has(b, "2 file.name=two\n2 file.size=3\n2 " MD5_ABC));
	assert_true(has(b, "3 file.name=three\n3 file.size=3\n3 " MD5_ABC));
	assert_int_equal(b->ended, 3);
	end(b);
}

static void nobody_asks_and_nothing_is_kept_open(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELDS_ALL & ~NRS_FILE_FIELDS;
	get(b, "/x");
	send(b, 1, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->pools.states.taken, 0);
	send(b, 1, "abc");
	end(b);
	assert_false(has(b, "file."));
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(every_framing_gives_the_file),
		NRS_T(nothing_is_told_where_nothing_comes),
		NRS_T(a_packed_body_has_both_digests),
		NRS_T(layers_are_undone_as_far_as_there_are_any),
		NRS_T(what_is_packed_is_whole_when_it_says_so),
		NRS_T(what_is_packed_and_goes_on_is_partial),
		NRS_T(a_gap_in_a_packed_body_leaves_what_was_unpacked),
		NRS_T(a_gap_in_a_packed_body_is_no_file),
		NRS_T(nobody_asks_for_what_was_sent_and_a_gap_is_the_same),
		NRS_T(a_body_that_is_lost_keeps_its_name),
		NRS_T(behind_a_gap_nothing_is_a_response_without_a_head),
		NRS_T(an_upload_is_told_with_its_request),
		NRS_T(an_early_answer_does_not_end_an_upload),
		NRS_T(parts_of_a_form_with_names_are_files),
		NRS_T(a_part_that_is_cut_is_partial),
		NRS_T(pipelined_requests_have_their_own_files),
		NRS_T(nobody_asks_and_nothing_is_kept_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
