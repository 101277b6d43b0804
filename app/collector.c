/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collector: a socket that never blocks, and the encoder.
 *
 * UDP: a message is a datagram, sent or lost. That nobody listens is told at
 * the next send (ECONNREFUSED), which then sends nothing: it is tried once
 * more, and templates are told again, because the collector may have restarted.
 *
 * TCP: a connection is a session of its own, with templates once and records
 * counted from 0. What the kernel does not take waits in `pending`; where that
 * is full, flows are lost before they are written, so that the stream stays
 * whole.
 */
#include "app/collector.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/listen.h"
#include "engine/base/clock.h"
#include "engine/base/stamp.h"
#include "engine/base/text.h"

#define RETRY_NS NRS_SECOND_NS
#define FLUSH_NS NRS_SECOND_NS
#define LOOK_NS (50 * INT64_C(1000000)) /* TCP: for room, and its end */
#define PENDING_MAX ((size_t)1 << 20)
#define WAIT_MS 10000	  /* a replay, for the collector to go on */
#define LAST_WAIT_MS 1000 /* a live run, at its end */
#define PACE 32		  /* datagrams of a replay in a millisecond */

struct nrs_collector {
	struct nrs_collector_options options;
	struct sockaddr_storage to;
	socklen_t to_len;
	struct nrs_ipfix *ipfix;
	int fd;
	bool is_connected;
	struct nrs_text pending; /* TCP: from @written on */
	size_t written;
	uint64_t pending_flows;
	int64_t retry_ns, flushed_ns, told_ns, looked_ns;
	/* Written by one thread, read by any; each stands for itself. */
	_Atomic(uint64_t) messages, flows, bytes, lost, refused;
	_Atomic(int) error;
};

static void count(_Atomic(uint64_t) *counter, uint64_t more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static void set_error(struct nrs_collector *c, int error)
{
	atomic_store_explicit(&c->error, error, memory_order_relaxed);
}

/* Also when the clock was put back. */
static bool is_due(int64_t last_ns, int64_t every_ns, int64_t now_ns)
{
	return now_ns < last_ns || now_ns - last_ns >= every_ns;
}

static bool read_server(struct nrs_collector *c)
{
	struct sockaddr_in *v4 = (void *)&c->to;
	struct sockaddr_in6 *v6 = (void *)&c->to;
	struct nrs_addr addr;
	uint16_t port;

	if (nrs_listen_parse(nrs_span_of(c->options.server), &addr, &port) !=
		    NRS_OK ||
	    port == 0)
		return false;
	if (nrs_addr_is_v4(&addr)) {
		*v4 = (struct sockaddr_in){.sin_family = AF_INET,
					   .sin_port = htons(port)};
		memcpy(&v4->sin_addr, addr.bytes + 12, 4);
		c->to_len = sizeof(*v4);
	} else {
		*v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
					    .sin6_port = htons(port)};
		memcpy(&v6->sin6_addr, addr.bytes, 16);
		c->to_len = sizeof(*v6);
	}
	return true;
}

/* The socket is of no use any more. What waited for it may have arrived. */
static void give_up(struct nrs_collector *c, int error, int64_t now_ns)
{
	uint32_t flows = 0;

	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	c->is_connected = false;
	if (c->options.is_tcp) { /* what was begun is of no later session */
		(void)nrs_ipfix_take(c->ipfix, 0, &flows);
		count(&c->lost, c->pending_flows + flows);
	}
	c->pending_flows = 0;
	nrs_text_clear(&c->pending);
	c->written = 0;
	c->retry_ns = now_ns;
	if (error == ECONNREFUSED || error == ECONNRESET)
		count(&c->refused, 1);
	set_error(c, error);
}

/* Ready for @events within @wait_ms. */
static bool is_ready(const struct nrs_collector *c, short events, int wait_ms)
{
	struct pollfd ready = {.fd = c->fd, .events = events};

	return poll(&ready, 1, wait_ms) > 0;
}

static void set_connected(struct nrs_collector *c)
{
	c->is_connected = true;
	set_error(c, 0);
	if (c->options.is_tcp)
		nrs_ipfix_restart(c->ipfix);
	else
		nrs_ipfix_retell(c->ipfix);
}

static void begin(struct nrs_collector *c, int64_t now_ns)
{
	const int type = c->options.is_tcp ? SOCK_STREAM : SOCK_DGRAM;

	c->fd = socket(c->to.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		give_up(c, errno, now_ns);
	else if (connect(c->fd, (const void *)&c->to, c->to_len) == 0)
		set_connected(c);
	else if (errno != EINPROGRESS)
		give_up(c, errno, now_ns);
}

/* Did a connection under way come about? */
static void look(struct nrs_collector *c, int wait_ms, int64_t now_ns)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (!is_ready(c, POLLOUT, wait_ms))
		return;
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error == 0)
		set_connected(c);
	else
		give_up(c, error, now_ns);
}

static bool connected(struct nrs_collector *c, int wait_ms, int64_t now_ns)
{
	if (c->fd < 0 && is_due(c->retry_ns, RETRY_NS, now_ns))
		begin(c, now_ns);
	if (c->fd >= 0 && !c->is_connected)
		look(c, wait_ms, now_ns);
	return c->is_connected;
}

/* TCP: as far as the kernel takes it, or all within @wait_ms for each part. */
static void drain(struct nrs_collector *c, int wait_ms, int64_t now_ns)
{
	while (c->written < c->pending.len) {
		const ssize_t sent =
			send(c->fd, c->pending.ptr + c->written,
			     c->pending.len - c->written, MSG_NOSIGNAL);

		if (sent > 0) {
			c->written += (size_t)sent;
			continue;
		}
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN) {
			give_up(c, errno, now_ns);
			return;
		}
		if (wait_ms == 0)
			return;
		if (!is_ready(c, POLLOUT, wait_ms)) {
			give_up(c, ETIMEDOUT, now_ns);
			return;
		}
	}
	nrs_text_clear(&c->pending);
	c->written = 0;
	count(&c->flows, c->pending_flows);
	c->pending_flows = 0;
}

static void put_stream(struct nrs_collector *c, struct nrs_span message,
		       uint32_t flows, int64_t now_ns)
{
	nrs_text_add(&c->pending, message);
	if (c->pending.failed) {
		count(&c->lost, flows);
		give_up(c, ENOMEM, now_ns);
		return;
	}
	c->pending_flows += flows;
	count(&c->messages, 1);
	count(&c->bytes, message.len);
	drain(c, c->options.may_wait ? WAIT_MS : 0, now_ns);
}

static bool is_sent(struct nrs_collector *c, struct nrs_span message)
{
	return send(c->fd, message.ptr, message.len, MSG_NOSIGNAL) ==
	       (ssize_t)message.len;
}

static void put_datagram(struct nrs_collector *c, struct nrs_span message,
			 uint32_t flows, int64_t now_ns)
{
	bool sent = is_sent(c, message);
	int error = errno;

	if (!sent && error == ECONNREFUSED) {
		count(&c->refused, 1);
		nrs_ipfix_retell(c->ipfix);
		sent = is_sent(c, message);
		error = sent ? ECONNREFUSED : errno;
	} else if (sent) {
		error = 0;
	}
	set_error(c, error);
	if (sent) {
		count(&c->messages, 1);
		count(&c->bytes, message.len);
		count(&c->flows, flows);
		if (c->options.may_wait &&
		    atomic_load_explicit(&c->messages, memory_order_relaxed) %
				    PACE ==
			    0)
			(void)poll(NULL, 0, 1);
		return;
	}
	count(&c->lost, flows);
	nrs_ipfix_retell(c->ipfix); /* it may have told some */
	if (error != EAGAIN && error != ENOBUFS && error != EMSGSIZE)
		give_up(c, error, now_ns);
}

/* TCP: there is something in it only while there is a session. */
static void send_message(struct nrs_collector *c, int64_t now_ns)
{
	uint32_t flows = 0;
	const struct nrs_span message = nrs_ipfix_take(
		c->ipfix, (uint32_t)(now_ns / NRS_SECOND_NS), &flows);

	c->flushed_ns = now_ns;
	if (flows == 0)
		return;
	if (c->options.is_tcp) {
		put_stream(c, message, flows, now_ns);
		return;
	}
	if (connected(c, 0, now_ns))
		put_datagram(c, message, flows, now_ns);
	else
		count(&c->lost, flows);
	if (!is_due(c->told_ns, c->options.retell_ns, now_ns))
		return;
	c->told_ns = now_ns;
	nrs_ipfix_retell(c->ipfix);
}

/* Of a stream nothing may be missing: no flow is written that cannot be kept
 * until it is sent. */
static bool has_room(struct nrs_collector *c)
{
	return !c->options.is_tcp ||
	       (c->is_connected && c->pending.len < PENDING_MAX);
}

void nrs_collector_add(struct nrs_collector *c,
		       const struct nrs_record_ended *ended)
{
	if (!has_room(c)) {
		count(&c->lost, 1);
		return;
	}
	if (nrs_ipfix_add(c->ipfix, ended))
		return;
	send_message(c, nrs_wall_ns());
	if (!has_room(c) || !nrs_ipfix_add(c->ipfix, ended))
		count(&c->lost, 1);
}

/* A collector says nothing; that it has ended is read. */
static bool is_over(const struct nrs_collector *c)
{
	uint8_t octets[256];
	const ssize_t got = recv(c->fd, octets, sizeof(octets), 0);
	return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

void nrs_collector_step(struct nrs_collector *c, int64_t now_ns)
{
	if (c->options.is_tcp && connected(c, 0, now_ns) &&
	    is_due(c->looked_ns, LOOK_NS, now_ns)) {
		c->looked_ns = now_ns;
		if (is_over(c))
			give_up(c, ECONNRESET, now_ns);
		else
			drain(c, 0, now_ns);
	}
	if (is_due(c->flushed_ns, FLUSH_NS, now_ns))
		send_message(c, now_ns);
}

/* In a replay there is nobody but the collector to wait for. */
static int reach(struct nrs_collector *c, struct nrs_diag *diag)
{
	const int64_t now_ns = nrs_wall_ns();
	const bool must = c->options.may_wait && c->options.is_tcp;

	c->flushed_ns = c->told_ns = now_ns;
	c->retry_ns = now_ns - RETRY_NS;
	if (connected(c, must ? WAIT_MS : 0, now_ns) || !must)
		return NRS_OK;
	const int error = atomic_load_explicit(&c->error, memory_order_relaxed);
	return nrs_diag_set(diag, NRS_E_IO, 0, "collector %s: %s",
			    c->options.server,
			    strerror(error == 0 ? ETIMEDOUT : error));
}

int nrs_collector_open(struct nrs_collector **out,
		       const struct nrs_collector_options *options,
		       struct nrs_diag *diag)
{
	struct nrs_collector *c = calloc(1, sizeof(*c));
	int err = NRS_OK;

	if (c == NULL)
		return NRS_E_NOMEM;
	c->options = *options;
	c->fd = -1;
	if (!read_server(c))
		err = nrs_diag_set(diag, NRS_E_USAGE, 0,
				   "collector '%s' is no ADDRESS:PORT",
				   options->server);
	if (err == NRS_OK)
		err = nrs_ipfix_new(&c->ipfix, &options->records);
	if (err == NRS_OK)
		err = reach(c, diag);
	if (err != NRS_OK) {
		nrs_collector_free(c);
		return err;
	}
	*out = c;
	return NRS_OK;
}

void nrs_collector_end(struct nrs_collector *c)
{
	const int64_t now_ns = nrs_wall_ns();

	send_message(c, now_ns);
	if (c->written < c->pending.len && is_ready(c, POLLOUT, LAST_WAIT_MS))
		drain(c, 0, now_ns);
	count(&c->lost, c->pending_flows);
	c->pending_flows = 0;
}

void nrs_collector_free(struct nrs_collector *c)
{
	if (c == NULL)
		return;
	if (c->fd >= 0)
		(void)close(c->fd);
	nrs_ipfix_free(c->ipfix);
	nrs_text_fini(&c->pending);
	free(c);
}

void nrs_collector_figures(const struct nrs_collector *c,
			   struct nrs_collector_figures *out)
{
	*out = (struct nrs_collector_figures){
		.messages = atomic_load_explicit(&c->messages,
						 memory_order_relaxed),
		.flows = atomic_load_explicit(&c->flows, memory_order_relaxed),
		.bytes = atomic_load_explicit(&c->bytes, memory_order_relaxed),
		.lost = atomic_load_explicit(&c->lost, memory_order_relaxed),
		.refused =
			atomic_load_explicit(&c->refused, memory_order_relaxed),
		.error = atomic_load_explicit(&c->error, memory_order_relaxed)};
}
