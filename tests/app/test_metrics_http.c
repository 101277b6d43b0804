/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_metrics_http: what a client of the metrics gets, and that clients who
 * dawdle, flood or talk nonsense hold up nobody. The clock is the test's.
 */
#include "app/metrics_http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/nrs_test.h"

#define SECOND INT64_C(1000000000)

struct bench {
	struct nrs_metrics_http *http;
	int64_t now_ns;
	unsigned int written;
};

static void on_write(void *ctx, struct nrs_text *out)
{
	struct bench *b = ctx;

	nrs_text_printf(out, "noroshi_written %u\n", ++b->written);
}

static void open_at(struct bench *b, const char *listen)
{
	const struct nrs_metrics_http_options options = {
		.listen = listen, .ctx = b, .write = on_write};
	struct nrs_diag diag = {0};

	*b = (struct bench){.now_ns = 100 * SECOND};
	if (nrs_metrics_http_open(&b->http, &options, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	assert_true(nrs_metrics_http_fd(b->http) >= 0);
}

static int call(const struct bench *b, bool is_v6)
{
	const in_port_t port = htons(nrs_metrics_http_port(b->http));
	const struct sockaddr_in v4 = {.sin_family = AF_INET,
				       .sin_port = port,
				       .sin_addr.s_addr =
					       htonl(INADDR_LOOPBACK)};
	const struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
					.sin6_port = port,
					.sin6_addr = IN6ADDR_LOOPBACK_INIT};
	const int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		is_v6 ? connect(fd, (const struct sockaddr *)&v6, sizeof(v6))
		      : connect(fd, (const struct sockaddr *)&v4, sizeof(v4)),
		0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
}

/* All that comes until the other side closes; "" if it does not within some
 * steps (then *@is_open). */
static const char *hear(struct bench *b, int fd, bool *is_open)
{
	static char text[8192];
	size_t len = 0;

	*is_open = true;
	for (unsigned int i = 0; i < 200 && *is_open; i++) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};

		nrs_metrics_http_step(b->http, b->now_ns);
		while (poll(&ready, 1, 1) > 0) {
			const ssize_t got =
				recv(fd, text + len, sizeof(text) - 1 - len, 0);

			if (got <= 0) {
				*is_open = false;
				break;
			}
			len += (size_t)got;
		}
	}
	text[len] = '\0';
	return text;
}

static const char *ask(struct bench *b, const char *request, bool is_v6)
{
	const int fd = call(b, is_v6);
	bool is_open;

	say(fd, request);
	const char *text = hear(b, fd, &is_open);
	assert_false(is_open); /* one request, one connection */
	(void)close(fd);
	return text;
}

#define GET "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"

static void each_request_has_its_answer(void **state)
{
	static const struct {
		const char *request, *status, *part;
	} cases[] = {
		{GET, "HTTP/1.1 200", "\r\n\r\nnoroshi_written "},
		{GET, "HTTP/1.1 200", "text/plain; version=0.0.4"},
		{"GET /metrics?a=b HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200",
		 "noroshi_written"},
		{"GET /metrics HTTP/1.0\r\n\r\n", "HTTP/1.", " 200"},
		{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 404",
		 "/metrics"},
		{"GET /metrics/../etc HTTP/1.1\r\nHost: h\r\n\r\n",
		 "HTTP/1.1 404", ""},
		{"POST /metrics HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n"
		 "\r\n",
		 "HTTP/1.1 405", "Allow: GET"},
		{"GET /metrics HTTP/1.1\r\nHost: h\r\nA: b\r\n c: d\r\n\r\n",
		 "HTTP/1.1 ", ""},
		{"\x16\x03\x01\r\n\r\n", "", ""},
	};
	struct bench b;

	(void)state;
	open_at(&b, "127.0.0.1:0");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = ask(&b, cases[i].request, false);

		if (strncmp(text, cases[i].status, strlen(cases[i].status)) !=
			    0 ||
		    strstr(text, cases[i].part) == NULL)
			fail_msg("%s: %s", cases[i].request, text);
	}
	const char *head =
		ask(&b, "HEAD /metrics HTTP/1.1\r\nHost: h\r\n\r\n", false);
	assert_non_null(strstr(head, "Content-Length: "));
	assert_null(strstr(head, "noroshi_written"));
	nrs_metrics_http_close(b.http);
}

static void it_listens_where_it_is_told(void **state)
{
	struct bench b;

	(void)state;
	open_at(&b, "[::1]:0");
	assert_non_null(strstr(ask(&b, GET, true), " 200 "));
	nrs_metrics_http_close(b.http);
}

static void what_is_told_is_made_once_a_second(void **state)
{
	struct bench b;

	(void)state;
	open_at(&b, "127.0.0.1:0");
	for (unsigned int i = 0; i < 5; i++)
		assert_non_null(strstr(ask(&b, GET, false), "_written 1\n"));
	b.now_ns += SECOND;
	assert_non_null(strstr(ask(&b, GET, false), "_written 2\n"));
	nrs_metrics_http_close(b.http);
}

/* Sixteen who send a byte now and then fill every place; after their time they
 * are shut out, however busy they seemed, and others are served. */
static void who_dawdles_is_shut_out(void **state)
{
	int slow[NRS_METRICS_CLIENTS_MAX];
	struct bench b;
	bool is_open;

	(void)state;
	open_at(&b, "127.0.0.1:0");
	for (unsigned int i = 0; i < NRS_METRICS_CLIENTS_MAX; i++) {
		slow[i] = call(&b, false);
		say(slow[i], "GET /met");
	}
	for (unsigned int i = 0; i < 50; i++)
		nrs_metrics_http_step(b.http, b.now_ns);
	b.now_ns += 5 * SECOND;
	for (unsigned int i = 0; i < NRS_METRICS_CLIENTS_MAX; i++)
		say(slow[i], "r");
	assert_string_equal(hear(&b, slow[0], &is_open), "");
	assert_true(is_open);
	b.now_ns += (NRS_METRICS_CLIENT_S - 5) * SECOND;
	for (unsigned int i = 0; i < NRS_METRICS_CLIENTS_MAX; i++) {
		(void)hear(&b, slow[i], &is_open);
		assert_false(is_open);
		(void)close(slow[i]);
	}
	assert_non_null(strstr(ask(&b, GET, false), " 200 "));
	nrs_metrics_http_close(b.http);
}

static void a_head_without_end_is_refused(void **state)
{
	struct bench b;
	bool is_open;
	unsigned int sent = 0;

	(void)state;
	open_at(&b, "127.0.0.1:0");
	const int fd = call(&b, false);
	say(fd, "GET /metrics HTTP/1.1\r\n");
	for (unsigned int i = 0; i < 1000; i++) {
		static const char line[] = "A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
					   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";

		if (send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL) < 0)
			break;
		sent++;
		nrs_metrics_http_step(b.http, b.now_ns);
	}
	(void)hear(&b, fd, &is_open);
	assert_false(is_open);
	assert_true(sent < 1000);
	(void)close(fd);
	assert_non_null(strstr(ask(&b, GET, false), " 200 "));
	nrs_metrics_http_close(b.http);
}

static void where_another_listens_it_says_so(void **state)
{
	struct nrs_metrics_http *second = NULL;
	struct nrs_diag diag = {0};
	struct bench b;
	char listen[40];

	(void)state;
	open_at(&b, "127.0.0.1:0");
	(void)snprintf(listen, sizeof(listen), "127.0.0.1:%u",
		       nrs_metrics_http_port(b.http));
	const struct nrs_metrics_http_options options = {
		.listen = listen, .ctx = &b, .write = on_write};
	assert_int_equal(nrs_metrics_http_open(&second, &options, &diag),
			 NRS_E_IO);
	assert_non_null(strstr(diag.text, listen));
	nrs_metrics_http_close(b.http);
	nrs_metrics_http_close(NULL);
	nrs_metrics_http_step(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_has_its_answer),
		cmocka_unit_test(it_listens_where_it_is_told),
		cmocka_unit_test(what_is_told_is_made_once_a_second),
		cmocka_unit_test(who_dawdles_is_shut_out),
		cmocka_unit_test(a_head_without_end_is_refused),
		cmocka_unit_test(where_another_listens_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
