/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syslog: a list of frames under a lock. The first one stays in it until it
 * was written; it is written again on the next connection when this one broke.
 * TCP tells nobody what a dead server had read: that a connection ended is
 * looked for before each write, so that little is lost, and never silently
 * more than what was under way.
 */
#include "app/syslog.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/threads.h"

#define WAIT_FIRST_MS 500u
#define WAIT_LAST_MS 60000u
#define IDLE_MS 1000

struct frame {
	struct frame *next;
	size_t len;
	uint8_t octets[];
};

struct nrs_syslog {
	const struct nrs_wire_config *config;
	struct nrs_lock *lock;
	struct nrs_thread *thread;
	struct frame *first, *last; /* under the lock, and what follows */
	size_t bytes;
	struct nrs_syslog_figures figures;
	struct nrs_wire *wire; /* the thread's */
	int wake;	       /* eventfd */
	_Atomic(int64_t) until_ns;
};

static bool is_time_over(const struct nrs_syslog *s)
{
	return nrs_wall_ns() >=
	       atomic_load_explicit(&s->until_ns, memory_order_relaxed);
}

static void wait_ms(const struct nrs_syslog *s, unsigned int ms)
{
	struct pollfd wake = {.fd = s->wake, .events = POLLIN};
	uint64_t times;

	if (poll(&wake, 1, (int)ms) > 0)
		(void)!read(s->wake, &times, sizeof(times));
}

static void say(struct nrs_syslog *s, const char *text)
{
	nrs_lock_take(s->lock);
	(void)snprintf(s->figures.message, sizeof(s->figures.message), "%s",
		       text);
	nrs_lock_give(s->lock);
}

/* The first frame stays where it is: only this thread takes frames out. */
static struct frame *head_of(struct nrs_syslog *s)
{
	struct frame *first;

	nrs_lock_take(s->lock);
	first = s->first;
	nrs_lock_give(s->lock);
	return first;
}

static void take_out(struct nrs_syslog *s, struct frame *frame)
{
	nrs_lock_take(s->lock);
	s->first = frame->next;
	if (s->first == NULL)
		s->last = NULL;
	s->bytes -= frame->len;
	s->figures.queued--;
	s->figures.sent++;
	nrs_lock_give(s->lock);
	free(frame);
}

static bool send_first(struct nrs_syslog *s, struct frame *frame)
{
	struct nrs_diag diag = {0};
	int err = NRS_OK;

	if (s->wire != NULL && nrs_wire_is_over(s->wire)) {
		nrs_wire_close(s->wire);
		s->wire = NULL;
	}
	if (s->wire == NULL)
		err = nrs_wire_open(&s->wire, s->config, &diag);
	if (err == NRS_OK)
		err = nrs_wire_write(
			s->wire, nrs_span(frame->octets, frame->len), &diag);
	if (err == NRS_OK) {
		take_out(s, frame);
		return true;
	}
	nrs_wire_close(s->wire);
	s->wire = NULL;
	say(s, diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	return false;
}

static void run(void *arg)
{
	struct nrs_syslog *s = arg;
	unsigned int pause_ms = WAIT_FIRST_MS;
	bool is_failing = false;

	while (!is_time_over(s)) {
		struct frame *frame = head_of(s);
		const bool is_ending =
			atomic_load_explicit(&s->until_ns,
					     memory_order_relaxed) != INT64_MAX;

		if (frame == NULL && is_ending)
			break;
		if (frame == NULL) {
			wait_ms(s, IDLE_MS);
		} else if (send_first(s, frame)) {
			if (is_failing)
				say(s, "");
			is_failing = false;
			pause_ms = WAIT_FIRST_MS;
		} else {
			is_failing = true;
			wait_ms(s, is_ending ? 50 : pause_ms);
			if (pause_ms < WAIT_LAST_MS)
				pause_ms *= 2;
		}
	}
	nrs_wire_close(s->wire);
	s->wire = NULL;
}

int nrs_syslog_new(struct nrs_syslog **out,
		   const struct nrs_wire_config *config)
{
	struct nrs_syslog *s = calloc(1, sizeof(*s));
	int err;

	if (s == NULL)
		return NRS_E_NOMEM;
	s->config = config;
	atomic_init(&s->until_ns, INT64_MAX);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = s->wake < 0 ? NRS_E_IO : nrs_lock_new(&s->lock);
	if (err == NRS_OK)
		err = nrs_thread_start(&s->thread, "syslog", run, s);
	if (err != NRS_OK) {
		nrs_syslog_end(s, 0);
		return err;
	}
	*out = s;
	return NRS_OK;
}

static void wake(const struct nrs_syslog *s)
{
	const uint64_t one = 1;

	(void)!write(s->wake, &one, sizeof(one));
}

void nrs_syslog_end(struct nrs_syslog *s, unsigned int grace_ms)
{
	if (s == NULL)
		return;
	atomic_store_explicit(&s->until_ns,
			      nrs_wall_ns() + (int64_t)grace_ms * 1000000,
			      memory_order_relaxed);
	if (s->wake >= 0)
		wake(s);
	nrs_thread_join(s->thread);
	while (s->first != NULL) {
		struct frame *next = s->first->next;

		free(s->first);
		s->first = next;
	}
	nrs_lock_free(s->lock);
	if (s->wake >= 0)
		(void)close(s->wake);
	free(s);
}

void nrs_syslog_put(struct nrs_syslog *s, struct nrs_span octets)
{
	struct frame *frame = malloc(sizeof(*frame) + octets.len);
	bool is_first = false;

	if (frame != NULL) {
		frame->next = NULL;
		frame->len = octets.len;
		memcpy(frame->octets, octets.ptr, octets.len);
	}
	nrs_lock_take(s->lock);
	if (frame == NULL || s->bytes + octets.len > NRS_SYSLOG_QUEUE_BYTES) {
		s->figures.dropped++;
		nrs_lock_give(s->lock);
		free(frame);
		return;
	}
	is_first = s->first == NULL;
	if (is_first)
		s->first = frame;
	else
		s->last->next = frame;
	s->last = frame;
	s->bytes += octets.len;
	s->figures.queued++;
	nrs_lock_give(s->lock);
	if (is_first)
		wake(s);
}

void nrs_syslog_figures(struct nrs_syslog *s, struct nrs_syslog_figures *out)
{
	nrs_lock_take(s->lock);
	*out = s->figures;
	nrs_lock_give(s->lock);
}
