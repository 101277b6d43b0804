/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_pull: bytes go from the feed into a file beside the real one, which is
 * renamed when they were all there.
 */
#include "loaders/misp_pull.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crypto.h"
#include "engine/base/file.h"
#include "engine/base/json_walk.h"
#include "hub/url.h"
#include "loaders/misp_attribute.h"
#include "loaders/misp_folder.h"

#define MEDIA "application/json"

struct nrs_misp_pull {
	struct nrs_misp_pull_config config;
	struct nrs_taxii_in_state state;
	struct nrs_misp_events events; /* of the feed's manifest */
	size_t at;		       /* looked at so far */
	uint64_t bytes, random;
	int64_t next_ns;
	bool has_manifest, is_ended;
	bool has_changed; /* since the walk began */
	struct nrs_arena *arena;
	/* the download under way */
	struct nrs_json_walk *walk; /* of the manifest; or NULL */
	bool is_entered;
	int fd;
	int local_errno;
};

static int local(struct nrs_misp_pull *p, int64_t now_ns, int number,
		 struct nrs_diag *diag)
{
	p->state.health = NRS_TAXII_IN_LOCAL;
	p->state.failures++;
	(void)snprintf(p->state.message, sizeof(p->state.message), "%.150s: %s",
		       p->config.folder, strerror(number));
	p->next_ns = now_ns + nrs_hub_backoff(p->state.failures, 0);
	return nrs_diag_set(diag, NRS_E_IO, 0, "%s", p->state.message);
}

int nrs_misp_pull_new(struct nrs_misp_pull **out,
		      const struct nrs_misp_pull_config *config,
		      struct nrs_diag *diag)
{
	struct nrs_misp_pull *p;
	int err = NRS_OK;

	if (!nrs_url_is_base(nrs_span_of(config->url)))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "'%.100s' is no URL of a feed",
				    config->url);
	if (mkdir(config->folder, 0700) != 0 && errno != EEXIST)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", config->folder,
				    strerror(errno));
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	p->config = *config;
	if (p->config.interval_s == 0)
		p->config.interval_s = 3600;
	if (p->config.bytes_max == 0)
		p->config.bytes_max = (uint64_t)8 << 30;
	p->fd = -1;
	p->state.pulled_ns = p->state.watermark_ns = NRS_TIME_MIN;
	p->random = config->seed;
	p->arena = nrs_arena_new(0);
	if (p->arena == NULL)
		err = NRS_E_NOMEM;
	if (err == NRS_OK && p->random == 0)
		err = nrs_random(&p->random, sizeof(p->random));
	if (err != NRS_OK) {
		nrs_misp_pull_free(p);
		return nrs_diag_set(diag, err, 0, "%s", nrs_strerror(err));
	}
	*out = p;
	return NRS_OK;
}

void nrs_misp_pull_free(struct nrs_misp_pull *p)
{
	if (p == NULL)
		return;
	free(p->events.items);
	nrs_arena_free(p->arena);
	free(p);
}

const struct nrs_taxii_in_state *
nrs_misp_pull_state(const struct nrs_misp_pull *p)
{
	return &p->state;
}

void nrs_misp_pull_wake(struct nrs_misp_pull *p)
{
	p->next_ns = 0;
}

static uint32_t dice(struct nrs_misp_pull *p)
{
	p->random = p->random * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
	return (uint32_t)(p->random >> 32);
}

/* The manifest, event by event. */
static enum nrs_json_way on_begin(void *ctx, struct nrs_span key, uint8_t first)
{
	struct nrs_misp_pull *p = ctx;

	if (!p->is_entered && first == '{') {
		p->is_entered = true;
		return NRS_JSON_ENTER;
	}
	return first == '{' && nrs_misp_is_uuid(key) ? NRS_JSON_TAKE
						     : NRS_JSON_PASS;
}

static int64_t seconds_of(const struct nrs_json *value)
{
	uint64_t number = 0;
	int64_t seconds = 0;

	if (nrs_json_is(value, NRS_JSON_STRING) &&
	    nrs_span_u64(value->text, &number) == NRS_OK &&
	    number <= INT64_MAX / 2)
		return (int64_t)number;
	return nrs_json_i64(value, &seconds) == NRS_OK && seconds > 0 ? seconds
								      : 0;
}

static int on_value(void *ctx, int err, struct nrs_span key,
		    struct nrs_span text, uint64_t offset)
{
	struct nrs_misp_pull *p = ctx;
	struct nrs_json *json = NULL;

	(void)offset;
	nrs_arena_reset(p->arena);
	if (err == NRS_OK)
		err = nrs_json_parse(text, p->arena, &json, NULL);
	if (err != NRS_OK) {
		p->state.refused++;
		return err == NRS_E_NOMEM ? err : NRS_OK;
	}
	return nrs_misp_events_add(&p->events, key,
				   seconds_of(nrs_json_get(json, "timestamp")));
}

static int on_end(void *ctx)
{
	(void)ctx;
	return NRS_OK;
}

static int on_body(void *ctx, const struct nrs_http_response *response,
		   struct nrs_span bytes)
{
	struct nrs_misp_pull *p = ctx;

	(void)response;
	if (p->walk != NULL)
		return nrs_json_walk_push(p->walk, bytes);
	if (nrs_write_all(p->fd, bytes))
		return NRS_OK;
	p->local_errno = errno;
	return NRS_E_IO;
}

/* Ask for NAME.json of the feed. */
static int ask(struct nrs_misp_pull *p, const struct nrs_taxii_peer *peer,
	       const char *name, uint64_t most, struct nrs_taxii_answer *answer)
{
	struct nrs_text url = {0};

	nrs_text_puts(&url, p->config.url);
	if (!nrs_span_ends(nrs_text_span(&url), "/"))
		nrs_text_putc(&url, '/');
	nrs_text_printf(&url, "%s.json", name);
	const int err =
		url.failed
			? NRS_E_NOMEM
			: nrs_hub_exchange(peer,
					   &(struct nrs_taxii_call){
						   .url = nrs_text_span(&url),
						   .on_body = on_body,
						   .ctx = p,
						   .body_cap_bytes = most},
					   MEDIA, answer);
	nrs_text_fini(&url);
	p->state.http_status = answer->status;
	return err;
}

static void trouble(struct nrs_misp_pull *p, int64_t now_ns,
		    const struct nrs_taxii_answer *answer)
{
	p->state.health = NRS_TAXII_IN_TROUBLE;
	p->state.failures++;
	(void)snprintf(p->state.message, sizeof(p->state.message), "%s",
		       answer->message);
	p->next_ns = now_ns + nrs_hub_wait(answer->verdict, p->state.failures,
					   dice(p), answer->retry_ns);
}

static int ask_manifest(struct nrs_misp_pull *p,
			const struct nrs_taxii_peer *peer, int64_t now_ns)
{
	static const struct nrs_json_walk_ops ops = {
		.begin = on_begin, .value = on_value, .end = on_end};
	struct nrs_taxii_answer answer = {.verdict = NRS_HUB_LATER,
					  .retry_ns = -1};
	int err = nrs_json_walk_new(&p->walk, &ops, p);

	if (err != NRS_OK)
		return err;
	p->events.count = p->at = 0;
	p->bytes = 0;
	p->is_entered = p->has_changed = false;
	err = ask(p, peer, "manifest", NRS_MISP_MANIFEST_MAX, &answer);
	if (err == NRS_OK && answer.verdict == NRS_HUB_OK) {
		err = nrs_json_walk_end(p->walk, NULL);
		if (err != NRS_OK || !p->is_entered)
			(void)snprintf(answer.message, sizeof(answer.message),
				       "its manifest is no JSON object, or "
				       "ends in the middle");
		err = p->is_entered ? err : NRS_E_FORMAT;
	}
	nrs_json_walk_free(p->walk);
	p->walk = NULL;
	if (err == NRS_E_CANCELLED || err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK || answer.verdict != NRS_HUB_OK) {
		trouble(p, now_ns, &answer);
		return NRS_OK;
	}
	nrs_misp_events_sort(&p->events);
	p->has_manifest = true;
	p->state.is_walking = true;
	p->state.pages++;
	p->next_ns = now_ns;
	return NRS_OK;
}

/* The next event that is not here yet; NULL: none any more. */
static struct nrs_misp_event *next_event(struct nrs_misp_pull *p)
{
	for (; p->at < p->events.count; p->at++) {
		struct nrs_misp_event *event = &p->events.items[p->at];

		if (!nrs_misp_folder_has(p->config.folder, event, &p->bytes))
			return event;
		p->state.known++;
	}
	return NULL;
}

/* The download becomes the event's file. */
static bool put_event(struct nrs_misp_pull *p, struct nrs_misp_event *event,
		      const char *beside)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_NOW},
					  {.tv_sec = event->changed_s}};
	char path[NRS_MISP_PATH_ROOM];
	struct stat st;

	if (!nrs_misp_folder_path(p->config.folder, event->uuid, ".json",
				  path) ||
	    fstat(p->fd, &st) != 0 || futimens(p->fd, times) != 0 ||
	    rename(beside, path) != 0) {
		p->local_errno = errno;
		return false;
	}
	p->bytes += (uint64_t)st.st_size;
	event->is_here = p->has_changed = true;
	p->state.added++;
	return true;
}

/* What the feed does not give: the rest still comes. */
static bool is_gone(int err, const struct nrs_taxii_answer *answer)
{
	return err == NRS_E_LIMIT || answer->verdict == NRS_HUB_GONE ||
	       answer->verdict == NRS_HUB_REFUSED;
}

static int ask_event(struct nrs_misp_pull *p, const struct nrs_taxii_peer *peer,
		     struct nrs_misp_event *event, int64_t now_ns,
		     struct nrs_diag *diag)
{
	struct nrs_taxii_answer answer = {.verdict = NRS_HUB_LATER,
					  .retry_ns = -1};
	char beside[NRS_MISP_PATH_ROOM];

	p->local_errno = 0;
	p->fd = nrs_misp_folder_begin(p->config.folder, beside);
	if (p->fd < 0)
		return local(p, now_ns, errno, diag);
	const int err = ask(p, peer, event->uuid, NRS_MISP_EVENT_MAX, &answer);
	const bool is_whole = err == NRS_OK && answer.verdict == NRS_HUB_OK &&
			      put_event(p, event, beside);
	(void)close(p->fd);
	p->fd = -1;
	if (!is_whole)
		(void)unlink(beside);
	if (p->local_errno != 0)
		return local(p, now_ns, p->local_errno, diag);
	if (err == NRS_E_CANCELLED)
		return err;
	if (!is_whole && !is_gone(err, &answer)) {
		trouble(p, now_ns, &answer);
		return NRS_OK;
	}
	p->state.refused += !is_whole;
	p->at++;
	p->next_ns = now_ns;
	return NRS_OK;
}

static int end_walk(struct nrs_misp_pull *p, int64_t now_ns,
		    struct nrs_diag *diag)
{
	uint64_t here = 0, missing, gone;

	if (!nrs_misp_folder_write(p->config.folder, &p->events))
		return local(p, now_ns, errno, diag);
	gone = nrs_misp_folder_withdraw(p->config.folder, &p->events);
	p->state.withdrawn += gone;
	p->has_changed |= gone > 0;
	for (size_t i = 0; i < p->events.count; i++)
		here += p->events.items[i].is_here;
	missing = p->events.count - here;
	p->state.objects = here;
	p->state.bytes = p->bytes;
	p->state.pulled_ns = now_ns;
	p->state.failures = 0;
	p->state.is_walking = p->has_manifest = false;
	p->state.health = NRS_TAXII_IN_WELL;
	p->state.message[0] = '\0';
	if (p->at < p->events.count) {
		p->state.health = NRS_TAXII_IN_FULL;
		(void)snprintf(p->state.message, sizeof(p->state.message),
			       "the feed is larger than what may be kept of "
			       "it");
	} else if (missing > 0) {
		p->state.health = NRS_TAXII_IN_STUCK;
		(void)snprintf(p->state.message, sizeof(p->state.message),
			       "its manifest names %llu events that it does "
			       "not give",
			       (unsigned long long)missing);
	}
	p->is_ended = true;
	p->next_ns = now_ns + nrs_hub_interval(p->config.interval_s, dice(p));
	return NRS_OK;
}

static int go_on(struct nrs_misp_pull *p, const struct nrs_taxii_peer *peer,
		 int64_t now_ns, struct nrs_diag *diag)
{
	struct nrs_misp_event *event;

	if (!p->has_manifest)
		return ask_manifest(p, peer, now_ns);
	event = next_event(p);
	return event == NULL || p->bytes >= p->config.bytes_max
		       ? end_walk(p, now_ns, diag)
		       : ask_event(p, peer, event, now_ns, diag);
}

int nrs_misp_pull_step(struct nrs_misp_pull *p, const struct nrs_http *http,
		       int64_t now_ns, struct nrs_taxii_in_step *step,
		       struct nrs_diag *diag)
{
	const struct nrs_taxii_peer peer = {
		.http = *http, .auth = p->config.auth, .now_ns = now_ns};
	int err = NRS_OK;

	p->is_ended = false;
	/* A clock that was set back must not make us wait for years. */
	if (p->next_ns - now_ns >
	    2 * NRS_HUB_RETRY_MAX_NS + 2 * p->config.interval_s * NRS_SECOND_NS)
		p->next_ns = now_ns;
	if (now_ns >= p->next_ns)
		err = go_on(p, &peer, now_ns, diag);
	*step = (struct nrs_taxii_in_step){.has_new = p->has_changed,
					   .is_end = p->is_ended,
					   .next_ns = p->next_ns};
	return err;
}
