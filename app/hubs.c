/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hubs: one thread for each errand, so that a slow hub keeps no other waiting.
 *
 * Synchronisation: the states are copied under a lock after each step. Each
 * thread's file handles are its own; builder and emitter use others. A
 * collection has a file of its own, because a page's transaction lasts as long
 * as its transfer.
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
#include "loaders/misp_pull.h"
#include "loaders/taxii_said.h"
#include "sightings/answers.h"

#define PATH_ROOM 4096
#define WAIT_MAX_MS 60000
#define LATE_AGAIN_NS (2 * NRS_SECOND_NS)
#define ERRANDS_MAX (2 * NRS_HUBS_MAX)

/* A collection to pull, or an audience to post to. */
struct errand {
	struct nrs_hubs *hubs;
	const char *name;
	const struct nrs_post_settings *settings; /* of a post */
	struct nrs_auth *auth;
	struct nrs_http_client *client;
	struct nrs_store *store;    /* of this thread */
	struct nrs_store *answered; /* of a pull, on the spool; or NULL */
	int64_t looked;		    /* at for answers, so far */
	struct nrs_taxii_in *pull;  /* or */
	struct nrs_misp_pull *feed; /* or */
	struct nrs_post_out *post;
	struct nrs_spool *spool;
	int64_t next_ns;
	uint64_t changes_told; /* when the builder was told last */
	unsigned int said;     /* health that people were told last */
	struct nrs_taxii_in_state pull_told; /* for other threads */
	struct nrs_post_state post_told;
	struct nrs_thread *thread;
	int wake; /* eventfd */
	_Atomic(bool) hurry, refresh, ended;
	char folder[PATH_ROOM]; /* of a feed */
};

struct nrs_hubs {
	struct nrs_hubs_options options;
	struct nrs_taxii_where where[NRS_HUBS_MAX];
	/* The builder's, and of who builds aside. */
	struct nrs_store *loading[NRS_HUBS_MAX], *merging[NRS_HUBS_MAX];
	struct errand errands[ERRANDS_MAX];
	unsigned int count; /* pulls first, in the order of the settings */
	struct nrs_lock *lock;
	_Atomic(bool) finish;
};

static struct errand *new_errand(struct nrs_hubs *h, const char *name)
{
	struct errand *e = &h->errands[h->count++];

	e->hubs = h;
	e->name = name;
	e->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return e;
}

static int open_errand(struct errand *e, const struct nrs_auth_config *auth,
		       const struct nrs_http_config *http,
		       struct nrs_diag *diag)
{
	int err = e->wake < 0 ? NRS_E_IO : NRS_OK;

	if (err == NRS_OK && auth->kind != NRS_AUTH_NONE)
		err = nrs_auth_open(&e->auth, auth, diag);
	if (err == NRS_OK)
		err = nrs_http_client_new(&e->client, http, diag);
	return err;
}

static int open_spool(const struct nrs_hubs *h, struct nrs_store **out,
		      struct nrs_diag *diag)
{
	char path[PATH_ROOM];

	(void)snprintf(path, sizeof(path), "%s/spool.db", h->options.state);
	return nrs_store_open(out, path, &nrs_spool_schema,
			      NRS_STORE_SYNC_POWER, diag);
}

static int open_feed(struct nrs_hubs *h, const struct nrs_hub_settings *s,
		     struct errand *e, struct nrs_diag *diag)
{
	const struct nrs_misp_pull_config config = {.url = s->url,
						    .auth = e->auth,
						    .folder = e->folder,
						    .interval_s =
							    s->interval_s};
	int err;

	nrs_pulled_path(s, h->options.state, e->folder, sizeof(e->folder));
	err = nrs_misp_pull_new(&e->feed, &config, diag);
	if (err == NRS_OK)
		e->pull_told = *nrs_misp_pull_state(e->feed);
	return err;
}

static int open_pull(struct nrs_hubs *h, unsigned int index,
		     struct nrs_diag *diag)
{
	const struct nrs_hub_settings *s = &h->options.hubs[index];
	struct errand *e = new_errand(h, s->name);
	char path[PATH_ROOM];
	int err;

	h->where[index] = (struct nrs_taxii_where){
		.source = nrs_span_of(s->name),
		.url = nrs_span_of(s->url),
		.collection = nrs_span_of(s->collection)};
	nrs_pulled_path(s, h->options.state, path, sizeof(path));
	err = open_errand(e, &s->auth, &s->http, diag);
	if (err == NRS_OK && s->is_misp_feed)
		return open_feed(h, s, e, diag);
	if (err == NRS_OK)
		err = nrs_store_open(&e->store, path, &nrs_taxii_schema,
				     NRS_STORE_SYNC_CRASH, diag);
	if (err == NRS_OK)
		err = nrs_store_open(&h->loading[index], path,
				     &nrs_taxii_schema, NRS_STORE_SYNC_CRASH,
				     diag);
	if (err == NRS_OK)
		err = nrs_store_open(&h->merging[index], path,
				     &nrs_taxii_schema, NRS_STORE_SYNC_CRASH,
				     diag);
	if (err != NRS_OK)
		return err;
	const struct nrs_taxii_in_config config = {
		.where = h->where[index],
		.auth = e->auth,
		.types = s->types,
		.limit = s->limit,
		.interval_s = s->interval_s,
		.refresh_s = s->refresh_s,
		.overlaps = s->overlaps,
		.is_authoritative = s->is_authoritative,
		.trusts_discovery = s->trusts_discovery};
	err = nrs_taxii_in_new(&e->pull, &config, e->store, diag);
	if (err == NRS_OK && h->options.post_count > 0)
		err = open_spool(h, &e->answered, diag);
	if (err == NRS_OK)
		e->pull_told = *nrs_taxii_in_state(e->pull);
	return err;
}

static int open_post(struct nrs_hubs *h, unsigned int index,
		     struct nrs_diag *diag)
{
	const struct nrs_post_settings *s = &h->options.posts[index];
	const struct nrs_spool_limits limits = {0};
	struct errand *e = new_errand(h, s->audience);

	e->settings = s;
	int err = open_errand(e, &s->auth, &s->http, diag);

	if (err == NRS_OK)
		err = open_spool(h, &e->store, diag);
	if (err == NRS_OK)
		err = nrs_spool_new(&e->spool, e->store, &limits, diag);
	if (err != NRS_OK)
		return err;
	const struct nrs_taxii_out_config config = {
		.audience = nrs_span_of(s->audience),
		.url = nrs_span_of(s->url),
		.collection = nrs_span_of(s->collection),
		.auth = e->auth,
		.trusts_discovery = s->trusts_discovery};
	err = nrs_post_out_new(&e->post, s->way, &config, s->folder, e->spool);
	if (err == NRS_OK)
		e->post_told = *nrs_post_out_state(e->post);
	return err;
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
	err = nrs_lock_new(&h->lock);
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

int nrs_hubs_load(struct nrs_hubs *h, struct nrs_supply_pull *pull,
		  struct nrs_set *set, struct nrs_diag *diag)
{
	const struct nrs_taxii_load from = {
		.store = pull->is_aside ? h->merging[pull->index]
					: h->loading[pull->index],
		.where = &h->where[pull->index],
		.options = &h->options.hubs[pull->index].loading,
		.after = pull->after};
	struct nrs_loader_result result;

	/* A feed is a folder, which the builder watches as such. */
	if (h->options.hubs[pull->index].is_misp_feed)
		return NRS_OK;
	/* What comes meanwhile is seen again, which changes nothing. */
	const int err = nrs_taxii_last(&from, &pull->kept, diag);

	return err == NRS_OK ? nrs_taxii_load(&from, set, &result, diag) : err;
}

static void say_error(const struct errand *e, int err,
		      const struct nrs_diag *diag)
{
	if (err != NRS_OK && err != NRS_E_CANCELLED)
		nrs_complain("%s: %s", e->name,
			     diag->text[0] != '\0' ? diag->text
						   : nrs_strerror(err));
}

static const struct nrs_taxii_in_state *pull_state(const struct errand *e)
{
	return e->feed != NULL ? nrs_misp_pull_state(e->feed)
			       : nrs_taxii_in_state(e->pull);
}

static void say_pull(struct errand *e)
{
	const struct nrs_taxii_in_state *s = pull_state(e);

	if (s->health == e->said)
		return;
	e->said = s->health;
	if (s->health == NRS_TAXII_IN_WELL)
		nrs_say("%s: pulled, %llu %s", e->name,
			(unsigned long long)s->objects,
			e->feed != NULL ? "events" : "objects");
	else if (s->health != NRS_TAXII_IN_STARTING)
		nrs_complain("%s: %s: %s", e->name,
			     nrs_taxii_in_health_name(s->health), s->message);
}

static void say_post(struct errand *e)
{
	const struct nrs_post_state *s = nrs_post_out_state(e->post);

	if (s->health == e->said)
		return;
	e->said = s->health;
	if (s->health == NRS_POST_WELL)
		nrs_say("%s: posts are accepted", e->name);
	else if (s->health != NRS_POST_STARTING)
		nrs_complain("%s: %s: %s", e->name,
			     nrs_post_health_name(s->health), s->message);
}

struct answering {
	struct errand *errand;
	struct nrs_diag diag;
	unsigned int count;
};

static int take_answer(void *ctx, const struct nrs_json *object)
{
	struct answering *a = ctx;
	unsigned int count;
	const int err =
		nrs_answers_take(a->errand->answered, object, &count, &a->diag);

	a->count += count;
	return err;
}

/* What is new in the collection may be about what we reported. After a
 * failure it is looked at again. */
static void take_answers(struct nrs_hubs *h, struct errand *e)
{
	struct answering a = {.errand = e};
	const struct nrs_taxii_said from = {.store = e->store,
					    .where = &h->where[e - h->errands],
					    .fn = take_answer,
					    .ctx = &a};

	if (e->answered == NULL || e->pull == NULL)
		return;
	const int err = nrs_taxii_said(&from, &e->looked, &a.diag);
	say_error(e, err, &a.diag);
	if (a.count > 0)
		nrs_say("%s: %u sightings of ours are answered", e->name,
			a.count);
}

static void step_pull(struct nrs_hubs *h, struct errand *e)
{
	const struct nrs_http http = nrs_http_client_door(e->client);
	struct nrs_taxii_in_step result = {0};
	struct nrs_diag diag = {0};
	const int err =
		e->feed != NULL
			? nrs_misp_pull_step(e->feed, &http, nrs_wall_ns(),
					     &result, &diag)
			: nrs_taxii_in_step(e->pull, &http, nrs_wall_ns(),
					    &result, &diag);

	e->next_ns = result.next_ns;
	nrs_lock_take(h->lock);
	e->pull_told = *pull_state(e);
	nrs_lock_give(h->lock);
	say_error(e, err, &diag);
	say_pull(e);
	const uint64_t changes = e->pull_told.added + e->pull_told.withdrawn;
	if (!result.is_end || changes == e->changes_told)
		return;
	e->changes_told = changes;
	take_answers(h, e);
	h->options.news(h->options.ctx);
}

/* What another audience's hub did not confirm in time. */
static int fetch_late(struct errand *e, struct nrs_diag *diag)
{
	const struct nrs_share_policy *policy = e->hubs->options.policy;
	uint64_t moved = 0;

	if (e->settings->late == NULL)
		return NRS_OK;
	const struct nrs_spool_late late = {
		.policy = policy,
		.from = (unsigned int)(e->settings->late - policy->audiences),
		.to = (unsigned int)(e->settings->self - policy->audiences),
		.now_ns = nrs_wall_ns()};
	const int err = nrs_spool_late(e->spool, &late, &moved, diag);
	if (err == NRS_OK && moved > 0)
		nrs_complain("%s: %llu urgent sightings were not confirmed in "
			     "5 minutes: they go by the second way",
			     e->name, (unsigned long long)moved);
	return err;
}

static void step_post(struct nrs_hubs *h, struct errand *e)
{
	const struct nrs_http http = nrs_http_client_door(e->client);
	struct nrs_diag diag = {0};
	int err = fetch_late(e, &diag);

	if (err == NRS_OK)
		err = nrs_post_out_step(e->post, &http, nrs_wall_ns(),
					&e->next_ns, &diag);
	else
		e->next_ns = nrs_wall_ns() + LATE_AGAIN_NS;

	nrs_lock_take(h->lock);
	e->post_told = *nrs_post_out_state(e->post);
	nrs_lock_give(h->lock);
	say_error(e, err, &diag);
	say_post(e);
}

static void wait_for(struct errand *e, int64_t until_ns)
{
	struct pollfd wake = {.fd = e->wake, .events = POLLIN};
	int64_t left_ms = (until_ns - nrs_wall_ns()) / 1000000 + 1;
	uint64_t times;

	if (left_ms <= 0)
		return;
	if (left_ms > WAIT_MAX_MS)
		left_ms = WAIT_MAX_MS;
	if (poll(&wake, 1, (int)left_ms) > 0)
		(void)!read(e->wake, &times, sizeof(times));
}

static void step(struct errand *e)
{
	if (e->post != NULL)
		step_post(e->hubs, e);
	else
		step_pull(e->hubs, e);
}

/* What the last hits left in the spool. */
static void post_the_rest(struct errand *e)
{
	const int64_t begun_ns = nrs_wall_ns();

	e->next_ns = 0;
	while (e->next_ns <= begun_ns)
		step(e);
}

static void hurry(struct errand *e)
{
	if (e->pull != NULL)
		nrs_taxii_in_wake(e->pull);
	if (e->pull != NULL &&
	    atomic_exchange_explicit(&e->refresh, false, memory_order_relaxed))
		nrs_taxii_in_refresh(e->pull);
	if (e->feed != NULL)
		nrs_misp_pull_wake(e->feed);
}

/* A step that is not due does nothing, but it may find that the clock was set
 * back: so one is made after each wait, however short it was cut. */
static void talk(void *arg)
{
	struct errand *e = arg;

	while (!atomic_load_explicit(&e->hubs->finish, memory_order_acquire)) {
		if (atomic_exchange_explicit(&e->hurry, false,
					     memory_order_relaxed))
			hurry(e);
		step(e);
		if (!atomic_load_explicit(&e->hubs->finish,
					  memory_order_acquire))
			wait_for(e, e->next_ns);
	}
	if (e->post != NULL)
		post_the_rest(e);
	atomic_store_explicit(&e->ended, true, memory_order_release);
}

int nrs_hubs_start(struct nrs_hubs *h)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < h->count && err == NRS_OK; i++)
		err = nrs_thread_start(&h->errands[i].thread,
				       h->errands[i].post != NULL ? "post"
								  : "pull",
				       talk, &h->errands[i]);
	return err;
}

static void wake(const struct errand *e)
{
	const uint64_t one = 1;

	(void)!write(e->wake, &one, sizeof(one));
}

static bool has_ended(struct errand *e)
{
	return e->thread == NULL ||
	       atomic_load_explicit(&e->ended, memory_order_acquire);
}

void nrs_hubs_stop(struct nrs_hubs *h, unsigned int grace_ms)
{
	const int64_t until_ns = nrs_wall_ns() + (int64_t)grace_ms * 1000000;
	unsigned int idle = 0;

	if (h == NULL)
		return;
	atomic_store_explicit(&h->finish, true, memory_order_release);
	for (unsigned int i = 0; i < h->count; i++) {
		/* What was pulled is durable: no page is worth waiting for. */
		if (h->errands[i].post == NULL)
			nrs_http_client_cancel(h->errands[i].client);
		wake(&h->errands[i]);
	}
	for (unsigned int i = 0; i < h->count; i++) {
		struct errand *e = &h->errands[i];

		while (!has_ended(e) && nrs_wall_ns() < until_ns)
			nrs_pause(&idle);
		nrs_http_client_cancel(e->client);
		nrs_thread_join(e->thread);
		e->thread = NULL;
	}
}

static void close_errand(struct errand *e)
{
	nrs_taxii_in_free(e->pull);
	nrs_misp_pull_free(e->feed);
	nrs_post_out_free(e->post);
	nrs_spool_free(e->spool);
	nrs_store_close(e->answered);
	nrs_store_close(e->store);
	nrs_http_client_free(e->client);
	nrs_auth_close(e->auth);
	if (e->wake >= 0)
		(void)close(e->wake);
}

void nrs_hubs_free(struct nrs_hubs *h)
{
	if (h == NULL)
		return;
	for (unsigned int i = 0; i < h->count; i++)
		close_errand(&h->errands[i]);
	for (unsigned int i = 0; i < NRS_HUBS_MAX; i++) {
		nrs_store_close(h->loading[i]);
		nrs_store_close(h->merging[i]);
	}
	nrs_lock_free(h->lock);
	free(h);
}

void nrs_hubs_wake(struct nrs_hubs *h)
{
	for (unsigned int i = 0; i < h->count; i++) {
		atomic_store_explicit(&h->errands[i].hurry, true,
				      memory_order_relaxed);
		wake(&h->errands[i]);
	}
}

/* Seen with the wake that follows. */
void nrs_hubs_refresh(struct nrs_hubs *h)
{
	for (unsigned int i = 0; i < h->count; i++)
		atomic_store_explicit(&h->errands[i].refresh, true,
				      memory_order_relaxed);
	nrs_hubs_wake(h);
}

void nrs_hubs_state(struct nrs_hubs *h, unsigned int index,
		    struct nrs_taxii_in_state *out)
{
	nrs_lock_take(h->lock);
	*out = h->errands[index].pull_told;
	nrs_lock_give(h->lock);
}

void nrs_hubs_post_state(struct nrs_hubs *h, unsigned int index,
			 struct nrs_post_state *out)
{
	nrs_lock_take(h->lock);
	*out = h->errands[h->options.hub_count + index].post_told;
	nrs_lock_give(h->lock);
}
