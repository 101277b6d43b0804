/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hubs: one thread, one step after the other, the errand that is due first.
 *
 * Synchronisation: the states are copied under a lock after each step. The
 * thread's own file handles are its own; builder and emitter use others.
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
#define ERRANDS_MAX (2 * NRS_HUBS_MAX)

/* A collection to pull, or an audience to post to. */
struct errand {
	const char *name;
	struct nrs_auth *auth;
	struct nrs_http_client *client;
	struct nrs_taxii_in *pull; /* or */
	struct nrs_taxii_out *post;
	int64_t next_ns;
	uint64_t added_told; /* objects, when the builder was told last */
	unsigned int said;   /* health that people were told last */
	struct nrs_taxii_in_state pull_told; /* for other threads */
	struct nrs_taxii_out_state post_told;
};

struct nrs_hubs {
	struct nrs_hubs_options options;
	struct nrs_taxii_where where[NRS_HUBS_MAX];
	struct nrs_store *pulling, *loading; /* the thread's, the builder's */
	struct nrs_store *sending;
	struct nrs_spool *spool;
	struct errand errands[ERRANDS_MAX];
	unsigned int count; /* pulls first, in the order of the settings */
	struct nrs_lock *lock;
	struct nrs_thread *thread;
	int wake; /* eventfd */
	_Atomic(bool) finish, ended;
	_Atomic(bool) all_now;
};

static int open_errand(struct errand *e, const struct nrs_auth_config *auth,
		       const struct nrs_http_config *http,
		       struct nrs_diag *diag)
{
	int err = NRS_OK;

	if (auth->kind != NRS_AUTH_NONE)
		err = nrs_auth_open(&e->auth, auth, diag);
	if (err == NRS_OK)
		err = nrs_http_client_new(&e->client, http, diag);
	return err;
}

static int open_pull(struct nrs_hubs *h, unsigned int index,
		     struct nrs_diag *diag)
{
	const struct nrs_hub_settings *s = &h->options.hubs[index];
	struct errand *e = &h->errands[h->count++];
	int err;

	e->name = s->name;
	h->where[index] = (struct nrs_taxii_where){
		.source = nrs_span_of(s->name),
		.url = nrs_span_of(s->url),
		.collection = nrs_span_of(s->collection)};
	err = open_errand(e, &s->auth, &s->http, diag);
	if (err != NRS_OK)
		return err;
	const struct nrs_taxii_in_config config = {.where = h->where[index],
						   .auth = e->auth,
						   .interval_s = s->interval_s};
	err = nrs_taxii_in_new(&e->pull, &config, h->pulling, diag);
	if (err == NRS_OK)
		e->pull_told = *nrs_taxii_in_state(e->pull);
	return err;
}

static int open_post(struct nrs_hubs *h, unsigned int index,
		     struct nrs_diag *diag)
{
	const struct nrs_post_settings *s = &h->options.posts[index];
	struct errand *e = &h->errands[h->count++];
	int err;

	e->name = s->audience;
	err = open_errand(e, &s->auth, &s->http, diag);
	if (err != NRS_OK)
		return err;
	const struct nrs_taxii_out_config config = {
		.audience = nrs_span_of(s->audience),
		.url = nrs_span_of(s->url),
		.collection = nrs_span_of(s->collection),
		.auth = e->auth};
	err = nrs_taxii_out_new(&e->post, &config, h->spool, diag);
	if (err == NRS_OK)
		e->post_told = *nrs_taxii_out_state(e->post);
	return err;
}

static int open_stores(struct nrs_hubs *h, struct nrs_diag *diag)
{
	const struct nrs_spool_limits limits = {0};
	char path[PATH_ROOM];
	int err;

	(void)snprintf(path, sizeof(path), "%s/pulled.db", h->options.state);
	err = nrs_store_open(&h->pulling, path, &nrs_taxii_schema,
			     NRS_STORE_SYNC_CRASH, diag);
	if (err == NRS_OK)
		err = nrs_store_open(&h->loading, path, &nrs_taxii_schema,
				     NRS_STORE_SYNC_CRASH, diag);
	if (err != NRS_OK || h->options.post_count == 0)
		return err;
	(void)snprintf(path, sizeof(path), "%s/spool.db", h->options.state);
	err = nrs_store_open(&h->sending, path, &nrs_spool_schema,
			     NRS_STORE_SYNC_POWER, diag);
	return err != NRS_OK
		       ? err
		       : nrs_spool_new(&h->spool, h->sending, &limits, diag);
}

int nrs_hubs_new(struct nrs_hubs **out, const struct nrs_hubs_options *options,
		 struct nrs_diag *diag)
{
	struct nrs_hubs *h;
	int err;

	if (options->hub_count > NRS_HUBS_MAX ||
	    options->post_count > NRS_HUBS_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "more than %d collections or audiences",
				    NRS_HUBS_MAX);
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NRS_E_NOMEM;
	h->options = *options;
	h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = h->wake < 0 ? NRS_E_IO : nrs_lock_new(&h->lock);
	if (err == NRS_OK)
		err = open_stores(h, diag);
	for (unsigned int i = 0; i < options->hub_count && err == NRS_OK; i++)
		err = open_pull(h, i, diag);
	for (unsigned int i = 0; i < options->post_count && err == NRS_OK; i++)
		err = open_post(h, i, diag);
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
			.where = &h->where[i],
			.options = &h->options.hubs[i].loading};
		struct nrs_loader_result result;

		err = nrs_taxii_load(&from, set, &result, diag);
	}
	return err;
}

static void say_error(const struct errand *e, int err,
		      const struct nrs_diag *diag)
{
	if (err != NRS_OK && err != NRS_E_CANCELLED)
		nrs_complain("%s: %s", e->name,
			     diag->text[0] != '\0' ? diag->text
						   : nrs_strerror(err));
}

static void say_pull(struct errand *e)
{
	const struct nrs_taxii_in_state *s = nrs_taxii_in_state(e->pull);

	if (s->health == e->said)
		return;
	e->said = s->health;
	if (s->health == NRS_TAXII_IN_WELL)
		nrs_say("%s: pulled, %llu objects", e->name,
			(unsigned long long)s->objects);
	else if (s->health != NRS_TAXII_IN_STARTING)
		nrs_complain("%s: %s: %s", e->name,
			     nrs_taxii_in_health_name(s->health), s->message);
}

static void say_post(struct errand *e)
{
	const struct nrs_taxii_out_state *s = nrs_taxii_out_state(e->post);

	if (s->health == e->said)
		return;
	e->said = s->health;
	if (s->health == NRS_TAXII_OUT_WELL)
		nrs_say("%s: posts are accepted", e->name);
	else if (s->health != NRS_TAXII_OUT_STARTING)
		nrs_complain("%s: %s: %s", e->name,
			     nrs_taxii_out_health_name(s->health), s->message);
}

static void step_pull(struct nrs_hubs *h, struct errand *e)
{
	const struct nrs_http http = nrs_http_client_door(e->client);
	struct nrs_taxii_in_step result = {0};
	struct nrs_diag diag = {0};
	const int err = nrs_taxii_in_step(e->pull, &http, nrs_wall_ns(),
					  &result, &diag);

	e->next_ns = result.next_ns;
	nrs_lock_take(h->lock);
	e->pull_told = *nrs_taxii_in_state(e->pull);
	nrs_lock_give(h->lock);
	say_error(e, err, &diag);
	say_pull(e);
	if (!result.is_end || e->pull_told.added == e->added_told)
		return;
	e->added_told = e->pull_told.added;
	h->options.news(h->options.ctx);
}

static void step_post(struct nrs_hubs *h, struct errand *e)
{
	const struct nrs_http http = nrs_http_client_door(e->client);
	struct nrs_diag diag = {0};
	const int err = nrs_taxii_out_step(e->post, &http, nrs_wall_ns(),
					   &e->next_ns, &diag);

	nrs_lock_take(h->lock);
	e->post_told = *nrs_taxii_out_state(e->post);
	nrs_lock_give(h->lock);
	say_error(e, err, &diag);
	say_post(e);
}

/* The errand that is due first; posts only, when the run is at its end. */
static struct errand *first_due(struct nrs_hubs *h, bool posts_only)
{
	struct errand *first = NULL;

	for (unsigned int i = 0; i < h->count; i++) {
		struct errand *e = &h->errands[i];

		if (posts_only && e->post == NULL)
			continue;
		if (first == NULL || e->next_ns < first->next_ns)
			first = e;
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

static void hurry(struct nrs_hubs *h)
{
	for (unsigned int i = 0; i < h->count; i++) {
		if (h->errands[i].pull != NULL)
			nrs_taxii_in_wake(h->errands[i].pull);
		h->errands[i].next_ns = 0;
	}
}

static void step(struct nrs_hubs *h, struct errand *e)
{
	if (e->pull != NULL)
		step_pull(h, e);
	else
		step_post(h, e);
}

/* What the last hits left in the spool, once for each audience. */
static void post_the_rest(struct nrs_hubs *h)
{
	const int64_t begun_ns = nrs_wall_ns();
	struct errand *e;

	hurry(h);
	while ((e = first_due(h, true)) != NULL && e->next_ns <= begun_ns)
		step(h, e);
}

static void talk(void *arg)
{
	struct nrs_hubs *h = arg;

	while (!atomic_load_explicit(&h->finish, memory_order_acquire)) {
		if (atomic_exchange_explicit(&h->all_now, false,
					     memory_order_relaxed))
			hurry(h);
		struct errand *due = first_due(h, false);

		if (due->next_ns <= nrs_wall_ns())
			step(h, due);
		else
			wait_for(h, due->next_ns);
	}
	post_the_rest(h);
	atomic_store_explicit(&h->ended, true, memory_order_release);
}

int nrs_hubs_start(struct nrs_hubs *h)
{
	return h->count == 0 ? NRS_OK
			     : nrs_thread_start(&h->thread, "hubs", talk, h);
}

static void wake(const struct nrs_hubs *h)
{
	const uint64_t one = 1;

	(void)!write(h->wake, &one, sizeof(one));
}

void nrs_hubs_stop(struct nrs_hubs *h, unsigned int grace_ms)
{
	const int64_t until_ns = nrs_wall_ns() + (int64_t)grace_ms * 1000000;
	unsigned int idle = 0;

	if (h == NULL || h->thread == NULL)
		return;
	atomic_store_explicit(&h->finish, true, memory_order_release);
	wake(h);
	while (!atomic_load_explicit(&h->ended, memory_order_acquire) &&
	       nrs_wall_ns() < until_ns)
		nrs_pause(&idle);
	for (unsigned int i = 0; i < h->count; i++)
		nrs_http_client_cancel(h->errands[i].client);
	nrs_thread_join(h->thread);
	h->thread = NULL;
}

void nrs_hubs_free(struct nrs_hubs *h)
{
	if (h == NULL)
		return;
	for (unsigned int i = 0; i < h->count; i++) {
		nrs_taxii_in_free(h->errands[i].pull);
		nrs_taxii_out_free(h->errands[i].post);
		nrs_http_client_free(h->errands[i].client);
		nrs_auth_close(h->errands[i].auth);
	}
	nrs_spool_free(h->spool);
	nrs_store_close(h->sending);
	nrs_store_close(h->pulling);
	nrs_store_close(h->loading);
	nrs_lock_free(h->lock);
	if (h->wake >= 0)
		(void)close(h->wake);
	free(h);
}

void nrs_hubs_wake(struct nrs_hubs *h)
{
	atomic_store_explicit(&h->all_now, true, memory_order_relaxed);
	wake(h);
}

void nrs_hubs_state(struct nrs_hubs *h, unsigned int index,
		    struct nrs_taxii_in_state *out)
{
	nrs_lock_take(h->lock);
	*out = h->errands[index].pull_told;
	nrs_lock_give(h->lock);
}

void nrs_hubs_post_state(struct nrs_hubs *h, unsigned int index,
			 struct nrs_taxii_out_state *out)
{
	nrs_lock_take(h->lock);
	*out = h->errands[h->options.hub_count + index].post_told;
	nrs_lock_give(h->lock);
}
