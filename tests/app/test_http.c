/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http: exchanges with a server of raw bytes in a thread of this process:
 * what comes back as what (engine/base/http.h).
 */
#include "app/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "app/threads.h"
#include "tests/app/workshop.h"
#include "tests/nrs_test.h"

#define ANSWERS_MAX 6

/* Answers each connection with the next text, whole; then closes it. */
static struct {
	int fd;
	uint16_t port;
	const char *answers[ANSWERS_MAX];
	_Atomic(unsigned int) served;
	char asked[ANSWERS_MAX][1024];
	struct nrs_thread *thread;
	_Atomic(bool) is_over;
} server;

static void read_request(int fd, unsigned int number)
{
	char *asked = server.asked[number];
	size_t len = 0;

	while (len < sizeof(server.asked[0]) - 1 &&
	       strstr(asked, "\r\n\r\n") == NULL) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};

		if (poll(&wait, 1, 5000) <= 0)
			return;
		const ssize_t got = read(fd, asked + len,
					 sizeof(server.asked[0]) - 1 - len);
		if (got <= 0)
			return;
		len += (size_t)got;
		asked[len] = '\0';
	}
}

static void answer(int fd, const char *text)
{
	if (text != NULL)
		(void)!write(fd, text, strlen(text));
	(void)shutdown(fd, SHUT_WR);
}

static void serve(void *arg)
{
	(void)arg;
	while (!atomic_load_explicit(&server.is_over, memory_order_relaxed)) {
		struct pollfd wait = {.fd = server.fd, .events = POLLIN};

		if (poll(&wait, 1, 20) <= 0)
			continue;
		const int fd = accept(server.fd, NULL, NULL);
		const unsigned int number = atomic_load_explicit(
			&server.served, memory_order_relaxed);
		if (fd < 0 || number == ANSWERS_MAX)
			continue;
		read_request(fd, number);
		const char *said = server.answers[number];
		char *text = said == NULL ? NULL : strdup(said);
		/* Before the answer: who has it may begin anew at once. */
		atomic_fetch_add_explicit(&server.served, 1,
					  memory_order_release);
		answer(fd, text);
		free(text);
		(void)close(fd);
	}
}

static int setup(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);

	if (workshop_open(state) != 0)
		return -1;
	server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server.fd < 0 ||
	    bind(server.fd, (struct sockaddr *)&at, len) != 0 ||
	    listen(server.fd, 8) != 0 ||
	    getsockname(server.fd, (struct sockaddr *)&at, &len) != 0)
		return -1;
	server.port = ntohs(at.sin_port);
	return nrs_thread_start(&server.thread, "server", serve, NULL);
}

static int teardown(void **state)
{
	atomic_store_explicit(&server.is_over, true, memory_order_relaxed);
	nrs_thread_join(server.thread);
	(void)close(server.fd);
	return workshop_close(state);
}

struct got {
	int err;
	struct nrs_http_response response;
	struct nrs_diag diag;
	char body[4096];
	size_t len;
	int refuse; /* what the body's taker returns */
};

static int take(void *ctx, const struct nrs_http_response *response,
		struct nrs_span bytes)
{
	struct got *got = ctx;

	(void)response;
	if (got->refuse != NRS_OK)
		return got->refuse;
	assert_true(got->len + bytes.len < sizeof(got->body));
	memcpy(got->body + got->len, bytes.ptr, bytes.len);
	got->len += bytes.len;
	return NRS_OK;
}

/* GET @path of the server, which answers with @answers. */
static void exchange(struct got *got, const char *path, uint64_t cap,
		     const char *const *answers)
{
	const struct nrs_http_config config = {0};
	struct nrs_http_client *client = NULL;
	char url[128];

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
		       (unsigned int)server.port, path);
	memset(server.answers, 0, sizeof(server.answers));
	memset(server.asked, 0, sizeof(server.asked));
	for (unsigned int i = 0; answers[i] != NULL; i++)
		server.answers[i] = answers[i];
	atomic_store_explicit(&server.served, 0, memory_order_relaxed);
	const struct nrs_http_request request = {.method = "GET",
						 .url = url,
						 .on_body = take,
						 .ctx = got,
						 .body_cap_bytes = cap,
						 .total_ms = 10000};
	assert_int_equal(nrs_http_client_new(&client, &config, &got->diag),
			 NRS_OK);
	const struct nrs_http http = nrs_http_client_door(client);
	got->err =
		http.exchange(http.ctx, &request, &got->response, &got->diag);
	nrs_http_client_free(client);
}

static void a_whole_answer_is_handed_over(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Type: application/taxii+json\r\n"
		"X-TAXII-Date-Added-First: 2026-01-01T00:00:00.000000Z\r\n"
		"X-TAXII-Date-Added-Last: 2026-01-02T00:00:00.000000Z\r\n"
		"Content-Length: 5\r\n\r\nhello",
		NULL};
	struct got got = {0};

	(void)state;
	exchange(&got, "/x?y=1", 0, answers);
	assert_int_equal(got.err, NRS_OK);
	assert_int_equal(got.response.status, 200);
	assert_string_equal(got.response.content_type,
			    "application/taxii+json");
	assert_string_equal(got.response.date_added_first,
			    "2026-01-01T00:00:00.000000Z");
	assert_string_equal(got.response.date_added_last,
			    "2026-01-02T00:00:00.000000Z");
	assert_string_equal(got.response.location, "");
	assert_int_equal(got.response.body_bytes, 5);
	assert_string_equal(got.body, "hello");
	assert_int_equal(
		strncmp(server.asked[0], "GET /x?y=1 HTTP/1.1\r\n", 21), 0);
}

static void each_trouble_has_its_error(void **state)
{
	static const struct {
		const char *name;
		const char *answers[2];
		uint64_t cap;
		int err;
	} rows[] = {
		{"an error is an answer",
		 {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
		 0,
		 NRS_OK},
		{"a body that ends in the middle",
		 {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"},
		 0,
		 NRS_E_TRUNCATED},
		{"a body above its cap",
		 {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
		 4,
		 NRS_E_LIMIT},
		{"a body that no length announced, above its cap",
		 {"HTTP/1.1 200 OK\r\n\r\nhello"},
		 4,
		 NRS_E_LIMIT},
		{"no HTTP at all",
		 {"SSH-2.0-OpenSSH_9.2\r\n"},
		 0,
		 NRS_E_FORMAT},
		{"compression that is none",
		 {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
		  "Content-Length: 5\r\n\r\nhello"},
		 0,
		 NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct got got = {0};

		exchange(&got, "/", rows[i].cap, rows[i].answers);
		if (got.err != rows[i].err ||
		    (got.err != NRS_OK && got.diag.text[0] == '\0'))
			fail_msg("%s: %d %s", rows[i].name, got.err,
				 got.diag.text);
	}
}

static void who_takes_the_body_may_end_it(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", NULL};
	struct got got = {.refuse = NRS_E_RANGE};

	(void)state;
	exchange(&got, "/", 0, answers);
	assert_int_equal(got.err, NRS_E_RANGE);
}

static void redirects_stay_at_the_same_place(void **state)
{
	char there[128], away[128], loop[128];
	const char *answers[ANSWERS_MAX] = {
		there, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", NULL};
	struct got got = {0};

	(void)state;
	(void)snprintf(there, sizeof(there),
		       "HTTP/1.1 308 Moved\r\nLocation: "
		       "http://127.0.0.1:%u/new\r\nContent-Length: 0\r\n\r\n",
		       (unsigned int)server.port);
	exchange(&got, "/old", 0, answers);
	assert_int_equal(got.err, NRS_OK);
	assert_int_equal(got.response.status, 200);
	assert_string_equal(got.body, "ok");
	assert_int_equal(strncmp(server.asked[1], "GET /new ", 9), 0);
	/* another host comes back as what it is; credentials never go there */
	(void)snprintf(away, sizeof(away),
		       "HTTP/1.1 302 Found\r\nLocation: "
		       "http://other.example/\r\nContent-Length: 0\r\n\r\n");
	answers[0] = away;
	got = (struct got){0};
	exchange(&got, "/", 0, answers);
	assert_int_equal(got.err, NRS_OK);
	assert_int_equal(got.response.status, 302);
	assert_string_equal(got.response.location, "http://other.example/");
	/* and round and round it goes no more than three times */
	(void)snprintf(loop, sizeof(loop),
		       "HTTP/1.1 307 Again\r\nLocation: "
		       "http://127.0.0.1:%u/\r\nContent-Length: 0\r\n\r\n",
		       (unsigned int)server.port);
	for (unsigned int i = 0; i < ANSWERS_MAX - 1; i++)
		answers[i] = loop;
	answers[ANSWERS_MAX - 1] = NULL;
	got = (struct got){0};
	exchange(&got, "/", 0, answers);
	assert_int_equal(got.response.status, 307);
	assert_int_equal(
		atomic_load_explicit(&server.served, memory_order_acquire), 4);
}

static int ask(const struct nrs_http_request *request, bool is_cancelled,
	       struct nrs_diag *diag)
{
	const struct nrs_http_config config = {0};
	struct nrs_http_client *client = NULL;
	struct nrs_http_response response;

	assert_int_equal(nrs_http_client_new(&client, &config, diag), NRS_OK);
	if (is_cancelled)
		nrs_http_client_cancel(client);
	const struct nrs_http http = nrs_http_client_door(client);
	const int err = http.exchange(http.ctx, request, &response, diag);
	nrs_http_client_free(client);
	return err;
}

static void requests_that_make_no_sense_are_not_sent(void **state)
{
	static const struct nrs_http_header bad = {
		"X-Key", {(const uint8_t *)"secret\r\nX: y", 12}};
	static const struct {
		const char *url;
		const struct nrs_http_header *header;
		int err;
	} rows[] = {
		{"file:///etc/passwd", NULL, NRS_E_USAGE},
		{"ftp://127.0.0.1/", NULL, NRS_E_USAGE},
		{"http://user:secret@127.0.0.1/", NULL, NRS_E_USAGE},
		{"nonsense", NULL, NRS_E_USAGE},
		{"http://127.0.0.1:1/", &bad, NRS_E_USAGE},
		/* nobody listens there */
		{"http://127.0.0.1:1/", NULL, NRS_E_IO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_http_request request = {
			.method = "GET",
			.url = rows[i].url,
			.headers = rows[i].header,
			.header_count = rows[i].header != NULL,
			.connect_ms = 2000};
		struct nrs_diag diag = {0};
		const int err = ask(&request, false, &diag);

		if (err != rows[i].err || diag.text[0] == '\0')
			fail_msg("%s: %d %s", rows[i].url, err, diag.text);
		/* secrets stand in no text */
		if (strstr(diag.text, "secret") != NULL)
			fail_msg("%s: %s", rows[i].url, diag.text);
	}
}

static void a_cancelled_client_asks_nobody(void **state)
{
	const struct nrs_http_request request = {.method = "GET",
						 .url = "http://127.0.0.1:1/"};
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(ask(&request, true, &diag), NRS_E_CANCELLED);
}

static void files_of_the_client_are_checked_first(void **state)
{
	const char *key = workshop_write("key.pem", "none");
	struct nrs_http_config config = {.client_key = key};
	struct nrs_http_client *client = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(chmod(key, 0644), 0);
	assert_int_equal(nrs_http_client_new(&client, &config, &diag),
			 NRS_E_USAGE);
	assert_non_null(strstr(diag.text, "chmod 600"));
	assert_int_equal(chmod(key, 0600), 0);
	assert_int_equal(nrs_http_client_new(&client, &config, &diag), NRS_OK);
	nrs_http_client_free(client);
	config = (struct nrs_http_config){.ca_file = "/nonexistent/ca.pem"};
	assert_int_equal(nrs_http_client_new(&client, &config, &diag),
			 NRS_E_USAGE);
	assert_non_null(strstr(diag.text, "/nonexistent/ca.pem"));
	nrs_http_client_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_answer_is_handed_over),
		cmocka_unit_test(each_trouble_has_its_error),
		cmocka_unit_test(who_takes_the_body_may_end_it),
		cmocka_unit_test(redirects_stay_at_the_same_place),
		cmocka_unit_test(requests_that_make_no_sense_are_not_sent),
		cmocka_unit_test(a_cancelled_client_asks_nobody),
		cmocka_unit_test(files_of_the_client_are_checked_first),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
