/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull_probe: pulls a collection through the real door to libcurl, for
 * tests/e2e/pull.py. One line of JSON says what came of it.
 *
 * pull_probe STORE URL COLLECTION [KEY=VALUE...]; keys: ca, cert, key, proxy,
 * bearer, basic, api_key (files), variable (the token is in it), header,
 * scheme, post (a file, instead of pulling), limit, types, refresh,
 * authoritative, trust, load (anything: do not), walks, seconds (at most),
 * idle_ms, total_ms, cancel_ms, page_bytes.
 */
#include "tests/nrs_test.h"

#include <pthread.h>
#include <time.h>

#include "app/http.h"
#include "hub/taxii_find.h"
#include "loaders/taxii_in.h"

struct probe {
	struct nrs_http door;
	struct nrs_http_client *client;
	uint32_t idle_ms, total_ms;
	long cancel_ms, walks, seconds;
	bool loads; /* what was pulled, and counts it */
};

static const char *option(char **argv, const char *key)
{
	const size_t len = strlen(key);

	for (char **arg = argv + 4; *arg != NULL; arg++)
		if (strncmp(*arg, key, len) == 0 && (*arg)[len] == '=')
			return *arg + len + 1;
	return NULL;
}

static long number(char **argv, const char *key, long standard)
{
	const char *text = option(argv, key);

	return text == NULL ? standard : strtol(text, NULL, 10);
}

static int64_t now(clockid_t clock)
{
	struct timespec at;

	(void)clock_gettime(clock, &at);
	return at.tv_sec * NRS_SECOND_NS + at.tv_nsec;
}

static void sleep_ns(int64_t ns)
{
	const struct timespec wait = {ns / NRS_SECOND_NS, ns % NRS_SECOND_NS};

	if (ns > 0)
		(void)nanosleep(&wait, NULL);
}

static int with_limits(void *ctx, const struct nrs_http_request *request,
		       struct nrs_http_response *response,
		       struct nrs_diag *diag)
{
	const struct probe *probe = ctx;
	struct nrs_http_request limited = *request;

	limited.idle_ms = probe->idle_ms;
	limited.total_ms = probe->total_ms;
	return probe->door.exchange(probe->door.ctx, &limited, response, diag);
}

static void *cancel_later(void *arg)
{
	const struct probe *probe = arg;

	sleep_ns(probe->cancel_ms * 1000000);
	nrs_http_client_cancel(probe->client);
	return NULL;
}

static void tell_string(struct nrs_jsonw *w, const char *key, const char *text)
{
	nrs_jsonw_member(w, key, nrs_span_of(text));
}

static uint64_t indicators(struct nrs_store *store,
			   const struct nrs_taxii_where *where)
{
	const struct nrs_loader_options options = {0};
	const struct nrs_taxii_load from = {
		.store = store, .where = where, .options = &options};
	struct nrs_loader_result result = {0};
	struct nrs_set *set = NULL;
	uint64_t count = 0;

	if (nrs_set_new(&set) == NRS_OK &&
	    nrs_taxii_load(&from, set, &result, NULL) == NRS_OK &&
	    nrs_set_settle(set) == NRS_OK)
		for (uint32_t i = 0; i < nrs_set_count(set); i++)
			count += nrs_set_at(set, i)->status == NRS_STATUS_FULL;
	nrs_set_free(set);
	return count;
}

static int pull(struct probe *probe, const struct nrs_taxii_in_config *config,
		struct nrs_store *store, struct nrs_jsonw *w)
{
	const struct nrs_http http = {with_limits, probe};
	const int64_t end_ns =
		now(CLOCK_MONOTONIC) + probe->seconds * NRS_SECOND_NS;
	struct nrs_taxii_in_step step;
	struct nrs_taxii_in *in = NULL;
	long walks = 0;
	int err = nrs_taxii_in_new(&in, config, store, NULL);

	while (err == NRS_OK && walks < probe->walks &&
	       now(CLOCK_MONOTONIC) < end_ns) {
		err = nrs_taxii_in_step(in, &http, now(CLOCK_REALTIME), &step,
					NULL);
		walks += step.is_end;
		if (step.is_end)
			nrs_taxii_in_wake(in);
		else if (step.next_ns - now(CLOCK_REALTIME) <
			 end_ns - now(CLOCK_MONOTONIC))
			sleep_ns(step.next_ns - now(CLOCK_REALTIME));
		else
			break;
	}
	if (in == NULL)
		return err;
	const struct nrs_taxii_in_state *state = nrs_taxii_in_state(in);
	tell_string(w, "health", nrs_taxii_in_health_name(state->health));
	tell_string(w, "message", state->message);
	nrs_jsonw_member_u64(w, "status", (uint64_t)state->http_status);
	nrs_jsonw_member_u64(w, "objects", state->objects);
	nrs_jsonw_member_u64(w, "pages", state->pages);
	nrs_jsonw_member_u64(w, "added", state->added);
	nrs_jsonw_member_u64(w, "known", state->known);
	nrs_jsonw_member_u64(w, "refused", state->refused);
	nrs_jsonw_member_u64(w, "odd_media", state->odd_media);
	nrs_jsonw_member_u64(w, "expired", state->token_expired);
	nrs_jsonw_member_u64(w, "withdrawn", state->withdrawn);
	nrs_jsonw_member_u64(w, "walks", (uint64_t)walks);
	if (probe->loads)
		nrs_jsonw_member_u64(w, "indicators",
				     indicators(store, &config->where));
	nrs_taxii_in_free(in);
	return err;
}

/* The file, posted as it is, and its status polled once. */
static int post(struct probe *probe, const struct nrs_taxii_in_config *config,
		const char *path, struct nrs_jsonw *w)
{
	const struct nrs_taxii_peer peer = {.http = {with_limits, probe},
					    .auth = config->auth};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_taxii_place place = {0};
	struct nrs_taxii_answer answer = {0};
	struct nrs_taxii_status status = {0};
	struct nrs_text url = {0};
	struct nrs_json *json = NULL;
	static uint8_t body[1 << 20];
	FILE *file = fopen(path, "r");
	size_t len = 0;

	if (file != NULL) {
		len = fread(body, 1, sizeof(body), file);
		(void)fclose(file);
	}
	int err = nrs_taxii_find(&peer, config->where.url,
				 config->where.collection, &place, &answer);
	if (err == NRS_OK && answer.verdict == NRS_HUB_OK)
		err = nrs_taxii_objects_url(&url, nrs_text_span(&place.root),
					    nrs_text_span(&place.collection),
					    NULL);
	if (err == NRS_OK && answer.verdict == NRS_HUB_OK)
		err = nrs_taxii_ask(&peer,
				    &(struct nrs_taxii_call){
					    .url = nrs_text_span(&url),
					    .envelope = nrs_span(body, len)},
				    arena, &json, &answer);
	if (json != NULL &&
	    nrs_taxii_parse_status(json, arena, &status) == NRS_OK) {
		nrs_jsonw_member_u64(w, "success", status.success);
		nrs_jsonw_member_u64(w, "failure", status.failure);
		tell_string(w, "complete", status.is_complete ? "yes" : "no");
	}
	tell_string(w, "message", answer.message);
	nrs_jsonw_member_u64(w, "status", (uint64_t)answer.status);
	nrs_jsonw_member_u64(w, "max", place.max_content_length);
	nrs_taxii_place_fini(&place);
	nrs_text_fini(&url);
	nrs_arena_free(arena);
	return err;
}

static struct nrs_auth *auth_of(char **argv)
{
	const char *bearer = option(argv, "bearer");
	const char *basic = option(argv, "basic");
	const char *key = option(argv, "api_key");
	const char *variable = option(argv, "variable");
	const struct nrs_auth_config config = {
		.kind = key != NULL	? NRS_AUTH_API_KEY
			: basic != NULL ? NRS_AUTH_BASIC
					: NRS_AUTH_BEARER,
		.secret_file = bearer != NULL  ? bearer
			       : basic != NULL ? basic
					       : key,
		.secret_variable = variable,
		.header = option(argv, "header"),
		.scheme = option(argv, "scheme"),
	};
	struct nrs_auth *auth = NULL;
	struct nrs_diag diag = {0};

	if ((config.secret_file != NULL || variable != NULL) &&
	    nrs_auth_open(&auth, &config, &diag) != NRS_OK) {
		fprintf(stderr, "%s\n", diag.text);
		exit(2);
	}
	return auth;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	const struct nrs_http_config http = {.ca_file = option(argv, "ca"),
					     .client_certificate =
						     option(argv, "cert"),
					     .client_key = option(argv, "key"),
					     .proxy = option(argv, "proxy")};
	struct probe probe = {.idle_ms = (uint32_t)number(argv, "idle_ms", 0),
			      .total_ms = (uint32_t)number(argv, "total_ms", 0),
			      .cancel_ms = number(argv, "cancel_ms", 0),
			      .walks = number(argv, "walks", 1),
			      .seconds = number(argv, "seconds", 20),
			      .loads = option(argv, "load") == NULL};
	struct nrs_auth *auth = auth_of(argv);
	const struct nrs_taxii_in_config config = {
		.where = {nrs_span_of("probe"), nrs_span_of(argv[2]),
			  nrs_span_of(argv[3])},
		.auth = auth,
		.types = option(argv, "types"),
		.limit = (uint32_t)number(argv, "limit", 0),
		.refresh_s = (uint32_t)number(argv, "refresh", 0),
		.is_authoritative = option(argv, "authoritative") != NULL,
		.trusts_discovery = option(argv, "trust") != NULL,
		.page_bytes = (uint64_t)number(argv, "page_bytes", 0)};
	struct nrs_text out = {0};
	struct nrs_jsonw w = {.out = &out};
	struct nrs_store *store = NULL;
	struct nrs_diag diag = {0};
	pthread_t canceller = 0;
	const int64_t begin_ns = now(CLOCK_MONOTONIC);

	if (nrs_store_open(&store, argv[1], &nrs_taxii_schema,
			   NRS_STORE_SYNC_CRASH, &diag) != NRS_OK ||
	    nrs_http_client_new(&probe.client, &http, &diag) != NRS_OK) {
		fprintf(stderr, "%s\n", diag.text);
		return 2;
	}
	probe.door = nrs_http_client_door(probe.client);
	if (probe.cancel_ms > 0 &&
	    pthread_create(&canceller, NULL, cancel_later, &probe) != 0)
		return 2;
	nrs_jsonw_open(&w, '{');
	const char *file = option(argv, "post");
	const int err = file != NULL ? post(&probe, &config, file, &w)
				     : pull(&probe, &config, store, &w);
	tell_string(&w, "error", nrs_strerror(err));
	nrs_jsonw_member_u64(&w, "ms",
			     (uint64_t)(now(CLOCK_MONOTONIC) - begin_ns) /
				     1000000);
	nrs_jsonw_close(&w, '}');
	printf("%.*s\n", (int)out.len, (const char *)out.ptr);
	if (probe.cancel_ms > 0)
		(void)pthread_join(canceller, NULL);
	nrs_text_fini(&out);
	nrs_http_client_free(probe.client);
	nrs_store_close(store);
	nrs_auth_close(auth);
	return 0;
}
