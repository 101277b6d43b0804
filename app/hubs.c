/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hubs: one thread, one step after the other, the hub that is due first.
 *
 * Synchronisation: the states are copied under a lock after each step. The
 * thread's own file handle is its own; the builder reads through another.
 */
#include "app/hubs.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/command.h"
#include "app/threads.h"

#define PATH_ROOM 4096
#define WAIT_MAX_MS 60000

struct one_hub {
	struct nrs_auth *auth;
	struct nrs_http_client *client;
	struct nrs_taxii_in *pull;
	struct nrs_taxii_where where;
	int64_t next_ns;
	enum nrs_taxii_in_health said;	/* what people were told last */
	struct nrs_taxii_in_state told; /* for other threads */
};

struct nrs_hubs {
	struct nrs_hubs_options options;
	struct nrs_store *pulling, *loading; /* the thread's, the builder's */
	struct one_hub hubs[NRS_HUBS_MAX];
	struct nrs_lock *lock;
	struct nrs_thread *thread;
	int wake; /* eventfd */
	_Atomic(bool) stop;
	_Atomic(bool) poll_now;
};

static int open_hub(struct nrs_hubs *h, unsigned int index,
		    struct nrs_diag *diag)
{
	const struct nrs_hub_settings *s = &h->options.hubs[index];
	struct one_hub *hub = &h->hubs[index];
	int err = NRS_OK;

	hub->where = (struct nrs_taxii_where){
		.source = nrs_span_of(s->name),
		.url = nrs_span_of(s->url),
		.collection = nrs_span_of(s->collection)};
	if (s->auth.kind != NRS_AUTH_NONE)
		err = nrs_auth_open(&hub->auth, &s->auth, diag);
	if (err == NRS_OK)
		err = nrs_http_client_new(&hub->client, &s->http, diag);
	if (err != NRS_OK)
		return err;
	const struct nrs_taxii_in_config config = {.where = hub->where,
						   .auth = hub->auth,
						   .interval_s = s->interval_s};
	err = nrs_taxii_in_new(&hub->pull, &config, h->pulling, diag);
	if (err == NRS_OK)
		hub->told = *nrs_taxii_in_state(hub->pull);
	return err;
}

static int open_stores(struct nrs_hubs *h, struct nrs_diag *diag)
{
	char path[PATH_ROOM];
	int err;

	(void)snprintf(path, sizeof(path), "%s/pulled.db", h->options.state);
	err = nrs_store_open(&h->pulling, path, &nrs_taxii_schema,
			     NRS_STORE_SYNC_CRASH, diag);
	if (err == NRS_OK)
		err = nrs_store_open(&h->loading, path, &nrs_taxii_schema,
				     NRS_STORE_SYNC_CRASH, diag);
	return err;
}

int nrs_hubs_new(struct nrs_hubs **out, const struct nrs_hubs_options *options,
		 struct nrs_diag *diag)
{
	struct nrs_hubs *h = calloc(1, sizeof(*h));
	int err;

	if (h == NULL)
		return NRS_E_NOMEM;
	h->options = *options;
	h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = h->wake < 0 ? NRS_E_IO : nrs_lock_new(&h->lock);
	if (err == NRS_OK)
		err = open_stores(h, diag);
	for (unsigned int i = 0; i < options->hub_count && err == NRS_OK; i++)
		err = open_hub(h, i, diag);
	if (err != NRS_OK) {
		nrs_hubs_free(h);
		return err;
	}
	*out = h;
	return NRS_OK;
}

int nrs_hubs_load(struct nrs_hubs *h, struct nrs_set *set,
		  struct nrs_diag *diag)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < h->options.hub_count && err == NRS_OK;
	     i++) {
		const struct nrs_taxii_load from = {
			.store = h->loading,
			.where = &h->hubs[i].where,
			.options = &h->options.hubs[i].loading};
		struct nrs_loader_result result;

		err = nrs_taxii_load(&from, set, &result, diag);
	}
	return err;
}

static void say_health(const struct nrs_hubs *h, unsigned int index)
{
	struct one_hub *hub = (struct one_hub *)&h->hubs[index];
	const struct nrs_taxii_in_state *s = nrs_taxii_in_state(hub->pull);

	if (s->health == hub->said)
		return;
	hub->said = s->health;
	if (s->health == NRS_TAXII_IN_WELL)
		nrs_say("%s: pulled, %llu objects", h->options.hubs[index].name,
			(unsigned long long)s->objects);
	else if (s->health != NRS_TAXII_IN_STARTING)
		nrs_say("%s: %s: %s", h->options.hubs[index].name,
			nrs_taxii_in_health_name(s->health), s->message);
}

static void step(struct nrs_hubs *h, unsigned int index)
{
	struct one_hub *hub = &h->hubs[index];
	const struct nrs_http http = nrs_http_client_door(hub->client);
	struct nrs_taxii_in_step result = {0};
	struct nrs_diag diag = {0};
	const int err = nrs_taxii_in_step(hub->pull, &http, nrs_wall_ns(),
					  &result, &diag);

	hub->next_ns = result.next_ns;
	nrs_lock_take(h->lock);
	hub->told = *nrs_taxii_in_state(hub->pull);
	nrs_lock_give(h->lock);
	if (err != NRS_OK && err != NRS_E_CANCELLED)
		nrs_say("%s: %s", h->options.hubs[index].name,
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	say_health(h, index);
	if (result.is_end && hub->told.added > 0)
		h->options.news(h->options.ctx);
}

/* The hub that is due first. */
static unsigned int first_due(const struct nrs_hubs *h)
{
	unsigned int first = 0;

	for (unsigned int i = 1; i < h->options.hub_count; i++) {
		if (h->hubs[i].next_ns < h->hubs[first].next_ns)
			first = i;
	}
	return first;
}

static void wait_for(struct nrs_hubs *h, int64_t until_ns)
{
	struct pollfd wake = {.fd = h->wake, .events = POLLIN};
	int64_t left_ms = (until_ns - nrs_wall_ns()) / 1000000 + 1;
	uint64_t times;

	if (left_ms <= 0)
		return;
	if (left_ms > WAIT_MAX_MS)
		left_ms = WAIT_MAX_MS;
	if (poll(&wake, 1, (int)left_ms) > 0)
		(void)!read(h->wake, &times, sizeof(times));
}

static void talk(void *arg)
{
	struct nrs_hubs *h = arg;

	while (!atomic_load_explicit(&h->stop, memory_order_acquire)) {
		const unsigned int due = first_due(h);

		if (atomic_exchange_explicit(&h->poll_now, false,
					     memory_order_relaxed)) {
			for (unsigned int i = 0; i < h->options.hub_count;
			     i++) {
				nrs_taxii_in_wake(h->hubs[i].pull);
				h->hubs[i].next_ns = 0;
			}
		}
		if (h->hubs[due].next_ns <= nrs_wall_ns())
			step(h, due);
		else
			wait_for(h, h->hubs[due].next_ns);
	}
}

int nrs_hubs_start(struct nrs_hubs *h)
{
	return h->options.hub_count == 0
		       ? NRS_OK
		       : nrs_thread_start(&h->thread, "hubs", talk, h);
}

static void wake(const struct nrs_hubs *h)
{
	const uint64_t one = 1;

	(void)!write(h->wake, &one, sizeof(one));
}

void nrs_hubs_stop(struct nrs_hubs *h)
{
	if (h == NULL)
		return;
	atomic_store_explicit(&h->stop, true, memory_order_release);
	for (unsigned int i = 0; i < h->options.hub_count; i++) {
		if (h->hubs[i].client != NULL)
			nrs_http_client_cancel(h->hubs[i].client);
	}
	wake(h);
	nrs_thread_join(h->thread);
	h->thread = NULL;
}

void nrs_hubs_free(struct nrs_hubs *h)
{
	if (h == NULL)
		return;
	for (unsigned int i = 0; i < h->options.hub_count; i++) {
		nrs_taxii_in_free(h->hubs[i].pull);
		nrs_http_client_free(h->hubs[i].client);
		nrs_auth_close(h->hubs[i].auth);
	}
	nrs_store_close(h->pulling);
	nrs_store_close(h->loading);
	nrs_lock_free(h->lock);
	if (h->wake >= 0)
		(void)close(h->wake);
	free(h);
}

void nrs_hubs_wake(struct nrs_hubs *h)
{
	atomic_store_explicit(&h->poll_now, true, memory_order_relaxed);
	wake(h);
}

void nrs_hubs_state(struct nrs_hubs *h, unsigned int index,
		    struct nrs_taxii_in_state *out)
{
	nrs_lock_take(h->lock);
	*out = h->hubs[index].told;
	nrs_lock_give(h->lock);
}
