/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_syslog: who has something to say never waits; what is queued arrives in
 * order, also over a server that breaks off; what has no room is counted.
 */
#include "app/syslog.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/threads.h"
#include "tests/nrs_test.h"

static int listener;
static char port[8];
static struct nrs_wire_config config = {.host = "127.0.0.1", .port = port};

static void listen_again(void)
{
	const int on = 1;
	struct sockaddr_in where = {.sin_family = AF_INET};
	socklen_t len = sizeof(where);

	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	where.sin_port = htons((uint16_t)strtol(port, NULL, 10));
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(listener >= 0);
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(listener, (struct sockaddr *)&where, len), 0);
	assert_int_equal(listen(listener, 4), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&where, &len),
			 0);
	if (strcmp(port, "0") == 0) /* later a thread reads it */
		snprintf(port, sizeof(port), "%u",
			 (unsigned int)ntohs(where.sin_port));
}

static int setup(void **state)
{
	(void)state;
	snprintf(port, sizeof(port), "0");
	listen_again();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (listener >= 0)
		(void)close(listener);
	return 0;
}

static void put(struct nrs_syslog *syslog, unsigned int n)
{
	char frame[32];

	snprintf(frame, sizeof(frame), "%06u;", n);
	nrs_syslog_put(syslog, nrs_span_of(frame));
}

/* Read @len octets from the next connection, or the one at @fd. */
static int read_some(int fd, char *out, size_t len)
{
	size_t got = 0;

	if (fd < 0)
		fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	while (got < len) {
		const ssize_t more = recv(fd, out + got, len - got, 0);

		assert_true(more > 0);
		got += (size_t)more;
	}
	out[len] = '\0';
	return fd;
}

static void what_is_queued_arrives_in_its_order(void **state)
{
	struct nrs_syslog *syslog = NULL;
	char text[7 * 100 + 1], want[16];

	(void)state;
	assert_int_equal(nrs_syslog_new(&syslog, &config), NRS_OK);
	for (unsigned int i = 0; i < 100; i++)
		put(syslog, i);
	const int fd = read_some(-1, text, 700);
	for (unsigned int i = 0; i < 100; i++) {
		snprintf(want, sizeof(want), "%06u;", i);
		assert_memory_equal(text + 7 * i, want, 7);
	}
	nrs_syslog_end(syslog, 1000);
	(void)close(fd);
}

static void a_server_that_breaks_off_gets_the_rest_later(void **state)
{
	struct nrs_syslog *syslog = NULL;
	char text[8];
	int fd;

	(void)state;
	assert_int_equal(nrs_syslog_new(&syslog, &config), NRS_OK);
	put(syslog, 1);
	fd = read_some(-1, text, 7);
	assert_string_equal(text, "000001;");
	(void)close(fd);
	/* The end is seen before the next write: nothing is lost. */
	(void)poll(NULL, 0, 50);
	put(syslog, 2);
	fd = read_some(-1, text, 7);
	assert_string_equal(text, "000002;");
	nrs_syslog_end(syslog, 1000);
	(void)close(fd);
}

static void without_a_server_the_queue_is_bounded_and_drops_count(void **state)
{
	static char big[1 << 20];
	struct nrs_syslog *syslog = NULL;
	struct nrs_syslog_figures figures;
	const int64_t begun_ns = nrs_wall_ns();

	(void)state;
	(void)close(listener);
	listener = -1;
	assert_int_equal(nrs_syslog_new(&syslog, &config), NRS_OK);
	for (unsigned int i = 0; i < 20; i++)
		nrs_syslog_put(syslog, nrs_span(big, sizeof(big)));
	assert_true(nrs_wall_ns() - begun_ns < INT64_C(2000000000));
	nrs_syslog_figures(syslog, &figures);
	assert_int_equal(figures.queued, 8);
	assert_int_equal(figures.dropped, 12);
	assert_int_equal(figures.sent, 0);
	for (unsigned int i = 0; i < 100 && figures.message[0] == '\0'; i++) {
		(void)poll(NULL, 0, 20);
		nrs_syslog_figures(syslog, &figures);
	}
	assert_non_null(strstr(figures.message, "127.0.0.1:"));
	nrs_syslog_end(syslog, 0);
}

static void a_server_that_comes_late_gets_all(void **state)
{
	struct nrs_syslog *syslog = NULL;
	char text[8];

	(void)state;
	(void)close(listener);
	assert_int_equal(nrs_syslog_new(&syslog, &config), NRS_OK);
	put(syslog, 7);
	(void)poll(NULL, 0, 100); /* it has tried by now, or will */
	listen_again();
	const int fd = read_some(-1, text, 7);
	assert_string_equal(text, "000007;");
	nrs_syslog_end(syslog, 1000);
	(void)close(fd);
}

static void tls_does_not_begin_with_a_server_that_has_none(void **state)
{
	struct nrs_wire_config tls = config;
	struct nrs_wire *wire = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	tls.is_tls = true;
	tls.timeout_ms = 300;
	assert_int_equal(nrs_wire_open(&wire, &tls, &diag), NRS_E_IO);
	assert_non_null(strstr(diag.text, "no TLS there"));
	tls.ca_file = "/nowhere/ca.pem";
	assert_int_equal(nrs_wire_open(&wire, &tls, &diag), NRS_E_IO);
	assert_non_null(strstr(diag.text, "authorities"));
	tls.host = "no-such-host.invalid";
	assert_int_equal(nrs_wire_open(&wire, &tls, &diag), NRS_E_IO);
	assert_non_null(strstr(diag.text, "no-such-host.invalid:"));
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(what_is_queued_arrives_in_its_order),
		NRS_T(a_server_that_breaks_off_gets_the_rest_later),
		NRS_T(without_a_server_the_queue_is_bounded_and_drops_count),
		NRS_T(a_server_that_comes_late_gets_all),
		NRS_T(tls_does_not_begin_with_a_server_that_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
