/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_http1: what HTTP/1 allows (RFC 9112) and what is written all
 * the same: each exchange whole and octet by octet.
 */
#include "tests/capture/session_feed.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h.example\r\n\r\n"
#define OF_GET(n, target)                                                      \
	n " http.method=GET\n" n " http.host=h.example\n" n                    \
	  " http.uri=" target "\n" n " http.url=http://h.example" target "\n"
#define OK(n) n " http.status=200\n"
#define EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static const struct {
	const char *name, *client, *server, *seen;
} rows[] = {
	{"two requests before an answer", GET("/1") GET("/2"),
	 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	 "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
	 OF_GET("1", "/1") OF_GET("2", "/2") OK("1") "2 http.status=404\n"},
	{"a body between requests, chunked, with a trailer",
	 "POST /1 HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: chunked\r\n"
	 "\r\n4;a=b\r\nGET \r\n0\r\nX: y\r\n\r\n" GET("/2"),
	 EMPTY EMPTY,
	 "1 http.method=POST\n1 http.host=h.example\n1 http.uri=/1\n"
	 "1 http.url=http://h.example/1\n" OF_GET("2", "/2") OK("1") OK("2")},
	{"answers before the real one", GET("/"),
	 "HTTP/1.1 100 Continue\r\n\r\n"
	 "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" EMPTY,
	 OF_GET("1", "/") "1 http.status=103\n" OK("1")},
	{"no body behind HEAD, whatever the head says",
	 "HEAD / HTTP/1.1\r\nHost: h.example\r\n\r\n" GET("/2"),
	 "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" EMPTY,
	 "1 http.method=HEAD\n1 http.host=h.example\n1 http.uri=/\n"
	 "1 http.url=http://h.example/\n" OF_GET("2", "/2") OK("1") OK("2")},
	{"the absolute form counts before the host",
	 "GET http://a.example/x HTTP/1.1\r\nHost: h.example\r\n\r\n", EMPTY,
	 "1 http.method=GET\n1 http.host=a.example\n1 http.host=h.example\n"
	 "1 http.uri=http://a.example/x\n1 http.url=http://a.example/x\n" OK(
		 "1")},
	{"lines that end in LF alone",
	 "GET /lf HTTP/1.1\nHost: h.example\n\n" GET("/2"),
	 "HTTP/1.1 200 OK\nContent-Length: 1\n\nx" EMPTY,
	 OF_GET("1", "/lf") OF_GET("2", "/2") OK("1") OK("2")},
	{"a host in a folded line",
	 "GET / HTTP/1.1\r\nHost:\r\n  h.example\r\n\r\n", EMPTY,
	 OF_GET("1", "/") OK("1")},
	{"blank lines between requests", GET("/1") "\r\n\r\n" GET("/2"),
	 EMPTY EMPTY, OF_GET("1", "/1") OF_GET("2", "/2") OK("1") OK("2")},
	{"another protocol behind an upgrade is not read as this one",
	 "GET / HTTP/1.1\r\nHost: h.example\r\nUpgrade: websocket\r\n\r\n"
	 "\x81\5hello",
	 "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\2hi",
	 OF_GET("1", "/") "1 http.status=101\n"},
	{"an answer until the connection ends", GET("/1"),
	 "HTTP/1.0 200 OK\r\n\r\n" EMPTY, OF_GET("1", "/1") OK("1")},
};

static void demand(struct session_bench *b)
{
	b->env.demand =
		NRS_FIELD_BIT(NRS_F_HTTP_METHOD) |
		NRS_FIELD_BIT(NRS_F_HTTP_HOST) | NRS_FIELD_BIT(NRS_F_HTTP_URI) |
		NRS_FIELD_BIT(NRS_F_HTTP_URL) |
		NRS_FIELD_BIT(NRS_F_HTTP_STATUS) | NRS_FIELD_BIT(NRS_F_TLS_SNI);
}

/* What is upgraded ends with the answer: the client's last octets go before
 * it, as nothing says otherwise. */
static void exchanges_are_read(struct session_bench *b, size_t piece)
{
	demand(b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		b->len = 0;
		b->seen[0] = '\0';
		b->flow.txn_count = 0;
		b->flow.session = NULL;
		b->flow.flags = 0;
		bench_feed(b, 0, rows[i].client, strlen(rows[i].client), piece);
		bench_feed(b, 1, rows[i].server, strlen(rows[i].server), piece);
		if (strcmp(b->seen, rows[i].seen) != 0)
			fail_msg("%s:\n%s", rows[i].name, b->seen);
		nrs_session_end(&b->env, &b->flow);
		assert_int_equal(b->pools.buffers.taken, 0);
		assert_int_equal(b->pools.states.taken, 0);
	}
}

static void exchanges_are_read_whole(void **state)
{
	exchanges_are_read(*state, 10000);
}

static void exchanges_are_read_octet_by_octet(void **state)
{
	exchanges_are_read(*state, 1);
}

/* A hello of TLS 1.2 for t.example. */
#define HELLO                                                                  \
	"\x16\3\1\0\x41\1\0\0\x3d\3\3"                                         \
	"0123456789abcdef0123456789abcdef\0\0\2\xc0\x2f\1\0"                   \
	"\0\x12\0\0\0\xe\0\xc\0\0\x9t.example"

static void a_tunnel_may_hold_tls(void **state)
{
	struct session_bench *b = *state;

	demand(b);
	FEED(0, "CONNECT t.example:443 HTTP/1.1\r\nHost: t.example:443\r\n\r\n",
	     10000);
	FEED(1, "HTTP/1.1 200 Connection established\r\n\r\n", 10000);
	FEED(0, HELLO, 10000);
	assert_string_equal(b->seen, "1 http.method=CONNECT\n"
				     "1 http.host=t.example:443\n"
				     "1 http.uri=t.example:443\n" OK(
					     "1") "2 tls.sni=t.example\n");
}

static void a_refused_tunnel_is_followed_by_another_request(void **state)
{
	struct session_bench *b = *state;

	demand(b);
	FEED(0, "CONNECT t.example:443 HTTP/1.1\r\nHost: t.example:443\r\n\r\n",
	     10000);
	FEED(1, "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", 10000);
	FEED(0, GET("/"), 10000);
	assert_string_equal(b->seen, "1 http.method=CONNECT\n"
				     "1 http.host=t.example:443\n"
				     "1 http.uri=t.example:443\n"
				     "1 http.status=407\n" OF_GET("2", "/"));
}

static void every_header_of_a_name_counts(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_HTTP_HEADER);
	FEED(0,
	     "GET / HTTP/1.1\r\nCookie: a=1\r\nX-Long: one\r\n\ttwo\r\n"
	     "cookie:b=2\r\n\r\n",
	     10000);
	assert_string_equal(b->seen, "1 http.request_header=Cookie: a=1\n"
				     "1 http.request_header=X-Long: one two\n"
				     "1 http.request_header=cookie: b=2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_S(exchanges_are_read_whole),
		NRS_S(exchanges_are_read_octet_by_octet),
		NRS_S(a_tunnel_may_hold_tls),
		NRS_S(a_refused_tunnel_is_followed_by_another_request),
		NRS_S(every_header_of_a_name_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
