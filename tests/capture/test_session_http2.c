/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_http2: connections put together by RFC 9113 and RFC 7541, in
 * pieces of any size, with gaps and with more than fits.
 */
#include "capture/files.h"
#include "tests/capture/session_feed.h"

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define SETTINGS "\0\0\0\4\0\0\0\0\0"
/* :method GET, :scheme http, :path, :authority into the table, user-agent */
#define REQUEST                                                                \
	"\x82\x86\4\2/a\x41\xa"                                                \
	"c2.example\x0f\x2b\2me"
#define REQUEST_LEN "\x17"
#define OF_REQUEST(n)                                                          \
	n " http2.method=GET\n" n " http2.uri=/a\n" n                          \
	  " http2.host=c2.example\n" n " http2.user_agent=me\n" n              \
	  " http2.request_header=user-agent: me\n" n                           \
	  " http2.url=http://c2.example/a\n"
/* :status 200, content-type */
#define RESPONSE "\x88\x0f\x10\xatext/plain"
#define RESPONSE_LEN "\xe"
#define OF_RESPONSE(n)                                                         \
	n " http2.status=200\n" n " http2.content_type=text/plain\n"

#define CLIENT_FIRST PREFACE SETTINGS "\0\0" REQUEST_LEN "\1\5\0\0\0\1" REQUEST
#define SERVER_FIRST                                                           \
	SETTINGS "\0\0" RESPONSE_LEN "\1\4\0\0\0\1" RESPONSE                   \
		 "\0\0\5\0\1\0\0\0\1hello"

/* Most tests are not about bodies. */
static int setup(void **state)
{
	if (bench_setup(state) != 0)
		return -1;
	((struct session_bench *)*state)->env.demand &= ~NRS_FILE_FIELDS;
	return 0;
}
#define NO_FILES(test)                                                         \
	cmocka_unit_test_setup_teardown(test, setup, bench_teardown)

static void over(struct session_bench *b)
{
	nrs_session_ignore(&b->env, &b->session);
	assert_int_equal(b->pools.http2.taken, 0);
	assert_int_equal(b->pools.states.taken, 0);
	assert_int_equal(b->pools.buffers.taken, 0);
}

static void exchange(struct session_bench *b, size_t piece)
{
	FEED(0, CLIENT_FIRST, piece);
	assert_string_equal(b->seen, OF_REQUEST("1"));
	assert_int_equal(b->ended, 0);
	FEED(1, SERVER_FIRST, piece);
	assert_string_equal(b->seen, OF_REQUEST("1") OF_RESPONSE("1"));
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->counters.value[NRS_C_HTTP2], 2);
	assert_int_equal(b->counters.value[NRS_C_HTTP2_BLIND], 0);
	over(b);
}

static void a_request_and_its_response_are_one_transaction(void **state)
{
	exchange(*state, 1000);
}

static void frames_may_come_octet_by_octet(void **state)
{
	exchange(*state, 1);
}

static void frames_may_come_in_pieces(void **state)
{
	exchange(*state, 7);
}

static void the_server_may_be_heard_first(void **state)
{
	struct session_bench *b = *state;

	FEED(1, SERVER_FIRST, 1000);
	assert_string_equal(b->seen, OF_RESPONSE("1"));
	FEED(0, CLIENT_FIRST, 1000);
	assert_string_equal(b->seen, OF_RESPONSE("1") OF_REQUEST("2"));
}

/* The second and the third take :authority from the table: index 62. */
static void streams_are_told_apart(void **state)
{
	struct session_bench *b = *state;

	FEED(0,
	     CLIENT_FIRST "\0\0\4\1\5\0\0\0\3\x82\x86\x84\xbe"
			  "\0\0\4\1\5\0\0\0\5\x83\x86\x84\xbe",
	     1000);
	FEED(1,
	     SETTINGS "\0\0\1\1\5\0\0\0\5\x88"
		      "\0\0\1\1\5\0\0\0\3\x8d"
		      "\0\0\1\1\5\0\0\0\1\x8c",
	     1000);
	assert_string_equal(b->seen,
			    OF_REQUEST("1") "2 http2.method=GET\n"
					    "2 http2.uri=/\n"
					    "2 http2.host=c2.example\n"
					    "2 http2.url=http://c2.example/\n"
					    "3 http2.method=POST\n"
					    "3 http2.uri=/\n"
					    "3 http2.host=c2.example\n"
					    "3 http2.url=http://c2.example/\n"
					    "3 http2.status=200\n"
					    "2 http2.status=404\n"
					    "1 http2.status=400\n");
	assert_int_equal(b->ended, 3);
}

static void a_promise_is_a_request_of_its_own(void **state)
{
	struct session_bench *b = *state;

	FEED(0, PREFACE SETTINGS, 1000);
	FEED(1,
	     SETTINGS "\0\0\x1b\5\4\0\0\0\1\0\0\0\2" REQUEST
		      "\0\0\1\1\5\0\0\0\2\x88",
	     1000);
	assert_string_equal(b->seen, OF_REQUEST("1") "1 http2.status=200\n");
	assert_int_equal(b->ended, 1);
}

/* 103 and its link; the trailer names another status. */
static void
interim_responses_and_trailers_do_not_hide_the_real_one(void **state)
{
	struct session_bench *b = *state;

	FEED(0, CLIENT_FIRST, 1000);
	b->len = 0;
	FEED(1,
	     SETTINGS "\0\0\5\1\4\0\0\0\1\x08\3"
		      "103"
		      "\0\0\5\1\4\0\0\0\1\x08\3"
		      "100"
		      "\0\0\1\1\4\0\0\0\1\x88"
		      "\0\0\1\1\5\0\0\0\1\x8d",
	     1000);
	assert_string_equal(b->seen,
			    "1 http2.status=103\n1 http2.status=200\n");
	assert_int_equal(b->ended, 1);
}

static void who_asks_is_not_part_of_the_host(void **state)
{
	struct session_bench *b = *state;

	FEED(0,
	     PREFACE "\0\0\x1d\1\5\0\0\0\1\x82\x86\x84\1\xfme:pw@host.test"
		     "\x0f\x17\6"
		     "b.test",
	     1000);
	assert_string_equal(b->seen,
			    "1 http2.method=GET\n1 http2.uri=/\n"
			    "1 http2.host=host.test\n1 http2.host=b.test\n"
			    "1 http2.request_header=host: b.test\n"
			    "1 http2.url=http://me:pw@host.test/\n");
}

static void http1_may_become_it(void **state)
{
	struct session_bench *b = *state;

	FEED(0,
	     "GET /up HTTP/1.1\r\nHost: c2.example\r\n"
	     "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
	     "HTTP2-Settings: \r\n\r\n",
	     1000);
	b->len = 0;
	FEED(1,
	     "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
	     "Upgrade: h2c\r\n\r\n" SETTINGS "\0\0\1\1\5\0\0\0\1\x88",
	     7);
	FEED(0, PREFACE SETTINGS "\0\0\4\1\5\0\0\0\3\x82\x86\x84\1", 1000);
	assert_int_equal(b->session.kind, NRS_SESSION_HTTP2);
	assert_string_equal(b->seen, "1 http.status=101\n2 http2.status=200\n"
				     "3 http2.method=GET\n3 http2.uri=/\n");
}

static void a_gap_in_a_body_costs_nothing_else(void **state)
{
	struct session_bench *b = *state;

	FEED(0, CLIENT_FIRST, 1000);
	b->len = 0;
	FEED(1,
	     SETTINGS "\0\0\1\1\4\0\0\0\1\x88"
		      "\0\0\x9\0\1\0\0\0\1hel",
	     1000);
	nrs_session_gap(&b->env, &b->flow, 1, 6);
	assert_int_equal(b->counters.value[NRS_C_HTTP2_BLIND], 0);
	FEED(1, "\0\0\1\1\4\0\0\0\3\x8d", 1000);
	assert_string_equal(b->seen,
			    "1 http2.status=200\n2 http2.status=404\n");
}

static void a_gap_elsewhere_leaves_its_side_blind(void **state)
{
	struct session_bench *b = *state;

	FEED(0, CLIENT_FIRST, 1000);
	FEED(1, SETTINGS, 1000);
	b->len = 0;
	nrs_session_gap(&b->env, &b->flow, 0, 100);
	nrs_session_gap(&b->env, &b->flow, 0, 100);
	assert_int_equal(b->counters.value[NRS_C_HTTP2_BLIND], 1);
	FEED(0, "\0\0\4\1\5\0\0\0\3\x82\x86\x84\xbe", 1000);
	FEED(1, "\0\0\1\1\4\0\0\0\1\x88", 1000);
	assert_string_equal(b->seen, "1 http2.status=200\n");
	nrs_session_gap(&b->env, &b->flow, 1, 1);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->ended, 1);
	over(b);
}

static void what_cannot_be_inflated_leaves_its_side_blind(void **state)
{
	struct session_bench *b = *state;

	FEED(0, CLIENT_FIRST "\0\0\1\1\5\0\0\0\3\x80", 1000);
	assert_int_equal(b->counters.value[NRS_C_HTTP2_BLIND], 1);
	FEED(1, SERVER_FIRST, 1000);
	assert_string_equal(b->seen, OF_REQUEST("1") OF_RESPONSE("1"));
}

static void more_streams_than_fit_end_the_oldest(void **state)
{
	struct session_bench *b = *state;
	char frame[] = "\0\0\1\1\5\0\0\0\1\x82";

	b->env.demand = NRS_FIELD_BIT(NRS_F_HTTP2_STATUS);
	FEED(0, PREFACE SETTINGS, 1000);
	for (unsigned int i = 0; i < 25; i++) {
		frame[8] = (char)(2 * i + 1);
		FEED(0, frame, 1000);
	}
	assert_int_equal(b->counters.value[NRS_C_HTTP2_CUT], 1);
	assert_int_equal(b->ended, 1);
	FEED(0, "\0\0\4\3\0\0\0\0\3\0\0\0\x8", 1000);
	assert_int_equal(b->ended, 2);
	FEED(1, SETTINGS "\0\0\1\1\5\0\0\0\5\x88", 1000);
	assert_string_equal(b->seen, "3 http2.status=200\n");
	over(b);
	assert_int_equal(b->ended, 25);
}

static void fields_beyond_the_cap_are_passed_over(void **state)
{
	static char frame[9 + 300] = "\0\1\x2c\1\5\0\0\0\1";
	struct session_bench *b = *state;

	memset(frame + 9, 0x83, 299); /* :method POST */
	frame[9 + 299] = '\x84';      /* :path / */
	b->env.demand = NRS_FIELD_BIT(NRS_F_HTTP2_URI);
	FEED(0, PREFACE SETTINGS, 1000);
	bench_feed(b, 0, frame, sizeof(frame), 1000);
	assert_string_equal(b->seen, "");
	FEED(0, "\0\0\1\1\5\0\0\0\3\x84", 1000);
	assert_string_equal(b->seen, "2 http2.uri=/\n");
}

static void without_room_a_connection_is_blind(void **state)
{
	struct session_bench *b = *state;
	void *taken[8];
	unsigned int count = 0;

	while ((taken[count] = nrs_slab_take(&b->pools.http2)) != NULL)
		count++;
	FEED(0, CLIENT_FIRST, 1000);
	assert_string_equal(b->seen, "");
	assert_int_equal(b->counters.value[NRS_C_HTTP2_BLIND], 1);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->pools.states.taken, 0);
	while (count > 0)
		nrs_slab_give(&b->pools.http2, taken[--count]);
}

#define DIGEST "1 file.md5=5d41402abc4b2a76b9719d911017c592\n"

static void bodies_are_files(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_FILE_NAME) |
			NRS_FIELD_BIT(NRS_F_FILE_SIZE) |
			NRS_FIELD_BIT(NRS_F_FILE_MD5) |
			NRS_FIELD_BIT(NRS_F_FILE_SENT_MD5);
	FEED(0, CLIENT_FIRST, 3);
	FEED(1, SERVER_FIRST, 3);
	assert_string_equal(b->seen, "1 file.name=a\n1 file.size=5\n" DIGEST);
	over(b);
}

/* "hello" as Python's gzip packs it, 25 octets, whose MD5 is SENT. */
#define PACKED_FRONT "\x1f\x8b\x08\0\0\0\0\0\2\3\xcb\x48"
#define PACKED_REST "\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\5\0\0\0"
#define SENT "1 file.sent_md5=72d44bf130f666bedb0dda4ab494757b\n"

static void a_packed_body_has_both_digests(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_FILE_MD5) |
			NRS_FIELD_BIT(NRS_F_FILE_SENT_MD5);
	FEED(0, CLIENT_FIRST, 1000);
	FEED(1,
	     SETTINGS "\0\0\x8\1\4\0\0\0\1\x88\x0f\x0b\4gzip"
		      "\0\0\0\0\0\0\0\0\1"
		      "\0\0\xc\0\0\0\0\0\1" PACKED_FRONT
		      "\0\0\1\1\4\0\0\0\3\x88"
		      "\0\0\2\0\1\0\0\0\3no"
		      "\0\0\xd\0\1\0\0\0\1" PACKED_REST,
	     5);
	assert_non_null(strstr(b->seen, DIGEST));
	assert_non_null(strstr(b->seen, SENT));
	assert_int_equal(b->ended, 2);
	assert_int_equal(b->pools.unpack.small.taken, 0);
	over(b);
}

/* Two fields of 60 octets: more than is kept of the list of codings. */
static void a_list_of_codings_that_is_too_long_is_counted(void **state)
{
	struct session_bench *b = *state;
	static char frame[9 + 128] = "\0\0\x7f\1\4\0\0\0\1\x88";

	for (unsigned int i = 0; i < 2; i++) {
		memcpy(frame + 10 + (size_t)i * 63, "\x0f\x0b\x3c", 3);
		memset(frame + 13 + (size_t)i * 63, 'x', 60);
	}
	b->env.demand = NRS_FIELD_BIT(NRS_F_FILE_MD5);
	FEED(0, CLIENT_FIRST, 1000);
	FEED(1, SETTINGS, 1000);
	bench_feed(b, 1, frame, 9 + 127, 1000);
	FEED(1, "\0\0\5\0\1\0\0\0\1hello", 1000);
	assert_string_equal(b->seen, DIGEST);
	assert_int_equal(b->counters.value[NRS_C_FILES_PACKED], 1);
	over(b);
}

static void
a_body_is_named_by_its_disposition_and_its_range_is_read(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
		const char *seen;
	} rows[] = {
#define ROW(what, frame, said)                                                 \
	{what, SETTINGS frame, sizeof(SETTINGS frame) - 1, said}
		ROW("a name",
		    "\0\0\x18\1\4\0\0\0\1\x88\x0f\x0a\x14"
		    "inline; filename=\"b\""
		    "\0\0\5\0\1\0\0\0\1hello",
		    "1 file.name=b\n1 file.size=5\n"),
		ROW("a part",
		    "\0\0\x10\1\4\0\0\0\1\x8a\x0f\x0f\xc"
		    "bytes 1-5/6\t"
		    "\0\0\5\0\1\0\0\0\1hello",
		    "1 file.name=a\n1 file.partial=5\n"),
		ROW("all of it",
		    "\0\0\xf\1\4\0\0\0\1\x8a\x0f\x0f\xb"
		    "bytes 0-4/5"
		    "\0\0\5\0\1\0\0\0\1hello",
		    "1 file.name=a\n1 file.size=5\n"),
		ROW("no range",
		    "\0\0\1\1\4\0\0\0\1\x8a"
		    "\0\0\5\0\1\0\0\0\1hello",
		    "1 file.name=a\n1 file.size=5\n"),
	};
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_FILE_NAME) |
			NRS_FIELD_BIT(NRS_F_FILE_SIZE) |
			NRS_FIELD_BIT(NRS_F_FILE_PARTIAL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		b->session = (struct nrs_session){0};
		b->len = 0;
		b->flow.txn_count = 0;
		FEED(0, CLIENT_FIRST, 1000);
		bench_feed(b, 1, rows[i].bytes, rows[i].len, 3);
		over(b);
		if (strcmp(b->seen, rows[i].seen) != 0)
			fail_msg("%s: %s", rows[i].name, b->seen);
	}
}

static void what_is_not_whole_of_a_body_is_partial(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FILE_FIELDS;
	FEED(0,
	     PREFACE SETTINGS "\0\0\x6\1\4\0\0\0\1\x83\x86\4\2/a"
			      "\0\0\x8\0\0\0\0\0\1he",
	     1000);
	nrs_session_gap(&b->env, &b->flow, 0, 6);
	FEED(1, SETTINGS "\0\0\1\1\5\0\0\0\1\x88", 1000);
	assert_string_equal(b->seen, "1 file.name=a\n1 file.partial=2\n");
	over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NO_FILES(a_request_and_its_response_are_one_transaction),
		NO_FILES(frames_may_come_octet_by_octet),
		NO_FILES(frames_may_come_in_pieces),
		NO_FILES(the_server_may_be_heard_first),
		NO_FILES(streams_are_told_apart),
		NO_FILES(a_promise_is_a_request_of_its_own),
		NO_FILES(
			interim_responses_and_trailers_do_not_hide_the_real_one),
		NO_FILES(who_asks_is_not_part_of_the_host),
		NO_FILES(http1_may_become_it),
		NO_FILES(a_gap_in_a_body_costs_nothing_else),
		NO_FILES(a_gap_elsewhere_leaves_its_side_blind),
		NO_FILES(what_cannot_be_inflated_leaves_its_side_blind),
		NO_FILES(more_streams_than_fit_end_the_oldest),
		NO_FILES(fields_beyond_the_cap_are_passed_over),
		NO_FILES(without_room_a_connection_is_blind),
		NO_FILES(bodies_are_files),
		NO_FILES(a_packed_body_has_both_digests),
		NO_FILES(a_list_of_codings_that_is_too_long_is_counted),
		NO_FILES(
			a_body_is_named_by_its_disposition_and_its_range_is_read),
		NO_FILES(what_is_not_whole_of_a_body_is_partial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
