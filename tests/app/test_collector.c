/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_collector: messages arrive over UDP and TCP; a collector that is not
 * there, goes away or is slow costs flows, which are counted, and no wait.
 */
#include "app/collector.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "engine/base/clock.h"
#include "engine/base/octets.h"
#include "engine/base/stamp.h"
#include "tests/nrs_test.h"

#define HEADER 16u

static char server[32];
static int receiver; /* a datagram socket, or one that listens */

static void open_receiver(int type, uint16_t port)
{
	struct sockaddr_in where = {.sin_family = AF_INET};
	const struct timeval wait = {.tv_sec = 10};
	socklen_t len = sizeof(where);
	const int on = 1;

	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	where.sin_port = htons(port);
	receiver = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_true(receiver >= 0);
	(void)setsockopt(receiver, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &wait,
			 sizeof(wait));
	assert_int_equal(bind(receiver, (void *)&where, len), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(receiver, 4), 0);
	assert_int_equal(getsockname(receiver, (void *)&where, &len), 0);
	snprintf(server, sizeof(server), "127.0.0.1:%u",
		 (unsigned int)ntohs(where.sin_port));
}

static uint16_t port_of_server(void)
{
	return (uint16_t)strtoul(strchr(server, ':') + 1, NULL, 10);
}

static struct nrs_collector *opened(bool is_tcp, bool may_wait)
{
	const struct nrs_collector_options options = {
		.server = server,
		.is_tcp = is_tcp,
		.may_wait = may_wait,
		.retell_ns = 60 * NRS_SECOND_NS,
		.records = {.message_max = 1400}};
	struct nrs_collector *collector = NULL;
	struct nrs_diag diag = {0};

	if (nrs_collector_open(&collector, &options, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	return collector;
}

static void end(struct nrs_collector *collector)
{
	nrs_collector_end(collector);
	nrs_collector_free(collector);
	(void)close(receiver);
}

/* GRE: a set of 44 octets with its template, a record of 43. */
static void add(struct nrs_collector *collector, unsigned int count)
{
	static const uint8_t one[4] = {192, 0, 2, 1}, two[4] = {192, 0, 2, 2};
	struct nrs_record_ended ended = {
		.flow = {.proto = 47, .start_ns = NRS_SECOND_NS},
		.last_ns = NRS_SECOND_NS,
		.end_reason = NRS_FLOW_END_IDLE};

	ended.flow.src = nrs_addr_from_v4(one);
	ended.flow.dst = nrs_addr_from_v4(two);
	for (unsigned int i = 0; i < count; i++)
		nrs_collector_add(collector, &ended);
}

struct message {
	uint8_t octets[65536];
	size_t len;
	uint32_t sequence;
	bool has_template;
	unsigned int flows;
};

/* Sets of a message, one behind the other up to its end. */
static void read_sets(struct message *m)
{
	m->has_template = false;
	m->flows = 0;
	assert_int_equal(nrs_u16(m->octets), 10);
	assert_int_equal(nrs_u16(m->octets + 2), m->len);
	m->sequence = nrs_u32(m->octets + 8);
	for (size_t at = HEADER; at < m->len;) {
		const uint16_t id = nrs_u16(m->octets + at);
		const uint16_t len = nrs_u16(m->octets + at + 2);

		assert_true(len >= 4 && at + len <= m->len);
		m->has_template |= id == 2;
		if (id >= 512)
			m->flows += (len - 4u) / 43u;
		at += len;
	}
}

static void receive(struct message *m)
{
	const ssize_t got = recv(receiver, m->octets, sizeof(m->octets), 0);

	assert_true(got > 0);
	m->len = (size_t)got;
	read_sets(m);
}

static void receive_all(int fd, uint8_t *to, size_t len)
{
	for (size_t have = 0; have < len;) {
		const ssize_t got = recv(fd, to + have, len - have, 0);

		assert_true(got > 0);
		have += (size_t)got;
	}
}

static void read_stream(int fd, struct message *m)
{
	receive_all(fd, m->octets, HEADER);
	m->len = nrs_u16(m->octets + 2);
	assert_true(m->len > HEADER && m->len < sizeof(m->octets));
	receive_all(fd, m->octets + HEADER, m->len - HEADER);
	read_sets(m);
}

static struct nrs_collector_figures figures_of(struct nrs_collector *collector)
{
	struct nrs_collector_figures figures;

	nrs_collector_figures(collector, &figures);
	return figures;
}

static void a_full_message_is_sent_and_the_rest_after_a_second(void **state)
{
	static struct message m;

	(void)state;
	open_receiver(SOCK_DGRAM, 0);
	struct nrs_collector *collector = opened(false, false);
	/* 16 + 44 + 4 + 31 * 43 = 1397 */
	add(collector, 32);
	receive(&m);
	assert_int_equal(m.len, 1397);
	assert_true(m.has_template);
	assert_int_equal(m.sequence, 0);
	nrs_collector_step(collector, nrs_wall_ns());
	assert_int_equal(figures_of(collector).flows, 31);
	nrs_collector_step(collector, nrs_wall_ns() + 2 * NRS_SECOND_NS);
	receive(&m);
	assert_int_equal(m.len, HEADER + 4 + 43);
	assert_int_equal(m.sequence, 31);
	assert_false(m.has_template);
	const struct nrs_collector_figures figures = figures_of(collector);
	assert_int_equal(figures.messages, 2);
	assert_int_equal(figures.flows, 32);
	assert_int_equal(figures.bytes, 1397 + HEADER + 4 + 43);
	assert_int_equal(figures.lost + figures.refused, 0);
	assert_int_equal(figures.error, 0);
	end(collector);
}

static void over_udp_templates_are_told_again_after_a_while(void **state)
{
	static struct message m;
	int64_t now_ns = nrs_wall_ns();

	(void)state;
	open_receiver(SOCK_DGRAM, 0);
	struct nrs_collector *collector = opened(false, false);
	for (unsigned int i = 0; i < 4; i++) {
		/* sent at 25, 50, 75 s: behind that a minute is over */
		add(collector, 1);
		now_ns += 25 * NRS_SECOND_NS;
		nrs_collector_step(collector, now_ns);
		receive(&m);
		assert_int_equal(m.has_template, i == 0 || i == 3);
	}
	end(collector);
}

static void what_is_left_is_sent_at_the_end(void **state)
{
	static struct message m;

	(void)state;
	open_receiver(SOCK_DGRAM, 0);
	struct nrs_collector *collector = opened(false, true);
	add(collector, 3);
	nrs_collector_end(collector);
	receive(&m);
	assert_int_equal(m.flows, 3);
	assert_int_equal(figures_of(collector).flows, 3);
	nrs_collector_free(collector);
	(void)close(receiver);
}

/* The first datagram brings the ICMP error that the second send tells of. */
static void
where_nobody_listens_it_is_counted_and_templates_follow(void **state)
{
	static struct message m;

	(void)state;
	open_receiver(SOCK_DGRAM, 0);
	(void)close(receiver);
	struct nrs_collector *collector = opened(false, false);
	int64_t now_ns = nrs_wall_ns();
	for (unsigned int i = 0; i < 2; i++) {
		add(collector, 1);
		now_ns += 2 * NRS_SECOND_NS;
		nrs_collector_step(collector, now_ns);
	}
	assert_int_equal(figures_of(collector).refused, 1);
	assert_int_equal(figures_of(collector).error, ECONNREFUSED);
	open_receiver(SOCK_DGRAM, port_of_server());
	add(collector, 1);
	nrs_collector_step(collector, now_ns + 2 * NRS_SECOND_NS);
	receive(&m);
	assert_true(m.has_template);
	assert_int_equal(m.sequence, 2);
	end(collector);
}

static void over_tcp_a_session_has_its_template_once(void **state)
{
	static struct message m;

	(void)state;
	open_receiver(SOCK_STREAM, 0);
	struct nrs_collector *collector = opened(true, true);
	const int fd = accept(receiver, NULL, NULL);
	add(collector, 63);
	nrs_collector_end(collector);
	read_stream(fd, &m);
	assert_true(m.has_template);
	assert_int_equal(m.flows, 31);
	read_stream(fd, &m);
	assert_false(m.has_template);
	assert_int_equal(m.sequence, 31);
	assert_int_equal(m.flows, 32);
	assert_int_equal(figures_of(collector).flows, 63);
	assert_int_equal(figures_of(collector).lost, 0);
	(void)close(fd);
	end(collector);
}

static void
a_session_that_ends_is_followed_by_one_that_counts_anew(void **state)
{
	static struct message m;
	int64_t now_ns = nrs_wall_ns();

	(void)state;
	open_receiver(SOCK_STREAM, 0);
	struct nrs_collector *collector = opened(true, false);
	int fd = accept(receiver, NULL, NULL);
	assert_true(fd >= 0);
	nrs_collector_step(collector, now_ns); /* it is connected */
	add(collector, 1);
	nrs_collector_step(collector, now_ns += 2 * NRS_SECOND_NS);
	read_stream(fd, &m);
	(void)close(fd);
	add(collector, 2); /* in a message of the session that is over */
	nrs_collector_step(collector, now_ns += NRS_SECOND_NS / 2);
	assert_int_equal(figures_of(collector).lost, 2);
	assert_int_equal(figures_of(collector).refused, 1);
	add(collector, 3);
	assert_int_equal(figures_of(collector).lost, 5);
	nrs_collector_step(collector, now_ns += 2 * NRS_SECOND_NS);
	fd = accept(receiver, NULL, NULL);
	assert_true(fd >= 0);
	nrs_collector_step(collector, now_ns);
	add(collector, 1);
	nrs_collector_step(collector, now_ns + 2 * NRS_SECOND_NS);
	read_stream(fd, &m);
	assert_true(m.has_template);
	assert_int_equal(m.sequence, 0);
	assert_int_equal(figures_of(collector).flows, 2);
	(void)close(fd);
	end(collector);
}

/* Nobody reads: the kernel's room and ours fill up, then flows are lost; what
 * was written is whole. */
static void a_slow_collector_costs_flows_and_no_wait(void **state)
{
	static struct message m;
	int64_t now_ns = nrs_wall_ns();
	uint64_t got = 0;

	(void)state;
	open_receiver(SOCK_STREAM, 0);
	struct nrs_collector *collector = opened(true, false);
	const int fd = accept(receiver, NULL, NULL);
	assert_true(fd >= 0);
	nrs_collector_step(collector, now_ns);
	while (figures_of(collector).lost == 0)
		add(collector, 1000);
	const uint64_t lost = figures_of(collector).lost;
	const uint64_t messages = figures_of(collector).messages;
	for (uint64_t i = 0; i < messages; i++) {
		read_stream(fd, &m);
		assert_int_equal(m.sequence, got);
		got += m.flows;
		nrs_collector_step(collector, now_ns += NRS_SECOND_NS);
	}
	assert_int_equal(figures_of(collector).flows, got);
	assert_int_equal(figures_of(collector).lost, lost);
	(void)close(fd);
	end(collector);
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const wrong[] = {"collector.example:4739",
					    "192.0.2.1", "2001:db8::1:4739",
					    "192.0.2.1:0", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const struct nrs_collector_options options = {
			.server = wrong[i], .records = {.message_max = 1400}};
		struct nrs_collector *collector = NULL;
		struct nrs_diag diag = {0};

		if (nrs_collector_open(&collector, &options, &diag) !=
		    NRS_E_USAGE)
			fail_msg("%s", wrong[i]);
	}
}

static void a_replay_that_finds_nobody_there_says_so_at_once(void **state)
{
	struct nrs_collector *collector = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	open_receiver(SOCK_STREAM, 0);
	(void)close(receiver);
	const struct nrs_collector_options options = {
		.server = server,
		.is_tcp = true,
		.may_wait = true,
		.records = {.message_max = 1400}};
	assert_int_equal(nrs_collector_open(&collector, &options, &diag),
			 NRS_E_IO);
	assert_non_null(strstr(diag.text, strerror(ECONNREFUSED)));
	assert_null(collector);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_full_message_is_sent_and_the_rest_after_a_second),
		cmocka_unit_test(
			over_udp_templates_are_told_again_after_a_while),
		cmocka_unit_test(what_is_left_is_sent_at_the_end),
		cmocka_unit_test(
			where_nobody_listens_it_is_counted_and_templates_follow),
		cmocka_unit_test(over_tcp_a_session_has_its_template_once),
		cmocka_unit_test(
			a_session_that_ends_is_followed_by_one_that_counts_anew),
		cmocka_unit_test(a_slow_collector_costs_flows_and_no_wait),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(
			a_replay_that_finds_nobody_there_says_so_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
