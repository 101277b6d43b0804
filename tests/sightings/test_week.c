/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_week: the whole way from hits to the hub on a clock of our own, with the
 * hub away for a week: what arrives at last is what was seen, or what was given
 * up is counted, and the spool stays within its bounds all the time.
 */
#include <stdlib.h>

#include "engine/base/stamp.h"
#include "sightings/outbox.h"
#include "sightings/taxii_out.h"
#include "tests/base/made_store.h"
#include "tests/sightings/made_hit.h"
#include "tests/sightings/made_share.h"

#define MINUTE (60 * NRS_SECOND_NS)
#define HOUR (60 * MINUTE)
#define WEEK_HOURS (7u * 24u)
#define SMALL (UINT64_C(100) * 1024)

/* A hub that is there or not, and counts what it is told. */
struct hub {
	bool is_up;
	uint64_t asked, sightings, transactions, urgent;
};

struct bench {
	struct made_hit made;
	struct made_share share;
	struct made_store disk; /* the emitter's thread has it, as in a run */
	struct nrs_store *sender;
	struct nrs_outbox *outbox;
	struct nrs_spool *spool;
	struct nrs_taxii_out *out;
	struct nrs_store_query *bytes;
	struct hub hub;
	int64_t now_ns, next_ns;
	uint64_t seen;
};

/* Sums of the numbers behind each `"count":` of @body. */
static void count_sightings(struct hub *hub, struct nrs_span body)
{
	static const char key[] = "\"count\":";
	size_t at;

	while ((at = nrs_span_find_text(body, key)) != SIZE_MAX) {
		uint64_t count = 0;

		body = nrs_span_from(body, at + strlen(key));
		for (size_t i = 0; body.ptr[i] >= '0' && body.ptr[i] <= '9';
		     i++)
			count = 10 * count + (uint64_t)(body.ptr[i] - '0');
		hub->sightings++;
		hub->transactions += count;
	}
}

/* The importance of a host is told of urgent ones alone here. */
static void count_urgent(struct hub *hub, struct nrs_span body)
{
	static const char words[] = "importance of the asset critical";
	size_t at;

	while ((at = nrs_span_find_text(body, words)) != SIZE_MAX) {
		body = nrs_span_from(body, at + strlen(words));
		hub->urgent++;
	}
}

static int exchange(void *ctx, const struct nrs_http_request *request,
		    struct nrs_http_response *response, struct nrs_diag *diag)
{
	static const char root[] =
		"{\"title\":\"r\",\"max_content_length\":100000,"
		"\"versions\":[\"application/taxii+json;version=2.1\"]}";
	static const char collections[] =
		"{\"collections\":[{\"id\":\"c1\",\"title\":\"sightings\","
		"\"can_read\":false,\"can_write\":true}]}";
	static const char complete[] =
		"{\"id\":\"w\",\"status\":\"complete\",\"total_count\":1,"
		"\"success_count\":1,\"failure_count\":0,\"pending_count\":0}";
	struct hub *hub = ctx;
	const bool is_post = strcmp(request->method, "POST") == 0;
	const char *body = is_post ? complete
			   : strstr(request->url, "collections/") != NULL
				   ? collections
				   : root;

	*response = (struct nrs_http_response){0};
	hub->asked++;
	if (!hub->is_up)
		return nrs_diag_set(diag, NRS_E_IO, 0, "hub.example: away");
	if (is_post) {
		count_sightings(hub, request->body);
		count_urgent(hub, request->body);
	}
	response->status = is_post ? 202 : 200;
	snprintf(response->content_type, sizeof(response->content_type),
		 "application/taxii+json;version=2.1");
	return request->on_body(request->ctx, response, nrs_span_of(body));
}

static void open_bench(struct bench *b, uint64_t bytes_max,
		       const struct nrs_judge *judge)
{
	const struct nrs_spool_limits limits = {.bytes_max = bytes_max};
	const struct nrs_taxii_out_config config = {
		.audience = nrs_span_of("isac-a"),
		.url = nrs_span_of("https://hub.example/api1/"),
		.collection = nrs_span_of("sightings"),
		.seed = 1};

	*b = (struct bench){.now_ns = MADE_NS};
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	made_share(&b->share);
	b->share.audience.tells_damage = true;
	b->share.audience.reporter.as = NRS_SHARE_PSEUDONYM;
	made_store_begin(&b->disk, &nrs_spool_schema);
	assert_int_equal(nrs_store_open(&b->sender, b->disk.path,
					&nrs_spool_schema, NRS_STORE_SYNC_CRASH,
					NULL),
			 NRS_OK);
	const struct nrs_outbox_options options = {.store = b->disk.store,
						   .policy = &b->share.policy,
						   .judge = judge,
						   .home = &b->made.home,
						   .sensor = nrs_span_of("s"),
						   .limits = limits};
	assert_int_equal(nrs_outbox_new(&b->outbox, &options, NULL), NRS_OK);
	assert_int_equal(nrs_spool_new(&b->spool, b->sender, &limits, NULL),
			 NRS_OK);
	assert_int_equal(nrs_taxii_out_new(&b->out, &config, b->spool, NULL),
			 NRS_OK);
	assert_int_equal(nrs_store_prepare(b->sender, &b->bytes,
					   "SELECT coalesce(sum(bytes), 0) "
					   "FROM post",
					   NULL),
			 NRS_OK);
}

static void close_bench(struct bench *b)
{
	nrs_store_query_free(b->bytes);
	nrs_taxii_out_free(b->out);
	nrs_spool_free(b->spool);
	nrs_outbox_free(b->outbox);
	nrs_store_close(b->sender);
	made_store_end(&b->disk);
	nrs_set_free(b->made.set);
}

static void see(struct bench *b, const char *own)
{
	(void)made_usual(&b->made, own, b->now_ns);
	b->made.record.hit.flow.outcome = NRS_OUTCOME_ESTABLISHED;
	b->made.record.hit.flow.id = (uint32_t)b->seen++;
	nrs_outbox_hit(b->outbox, made_sighted(&b->made), b->now_ns);
}

static uint64_t spool_bytes(struct bench *b)
{
	bool row = false;

	assert_int_equal(nrs_store_step(b->bytes, &row, NULL), NRS_OK);
	const uint64_t bytes = (uint64_t)nrs_store_i64(b->bytes, 0);
	nrs_store_reset(b->bytes);
	return bytes;
}

/* Five minutes: both threads step when they are due. */
static void pass(struct bench *b)
{
	const struct nrs_http http = {exchange, &b->hub};

	assert_int_equal(nrs_outbox_step(b->outbox, b->now_ns, false, NULL),
			 NRS_OK);
	b->now_ns += 5 * MINUTE;
	for (unsigned int i = 0; i < 100 && b->next_ns < b->now_ns; i++)
		assert_int_equal(nrs_taxii_out_step(b->out, &http, b->now_ns,
						    &b->next_ns, NULL),
				 NRS_OK);
}

/* Each hour another host, and one that goes on and on. */
static void pass_a_week(struct bench *b, uint64_t bytes_max)
{
	for (unsigned int h = 0; h < WEEK_HOURS; h++) {
		char own[NRS_ADDR_LEN];

		for (unsigned int k = 0; k < 4; k++) {
			snprintf(own, sizeof(own), "10.2.%u.%u", h, k + 1);
			see(b, own);
		}
		for (unsigned int k = 0; k < 12; k++) {
			see(b, "10.3.0.1");
			pass(b);
		}
		if (bytes_max > 0)
			assert_in_range(spool_bytes(b), 0, bytes_max);
	}
}

/* The hub is back, all windows close: until nothing waits. */
static void recover(struct bench *b)
{
	struct nrs_spool_counts counts;

	b->hub.is_up = true;
	for (unsigned int i = 0; i < 30 * 12; i++)
		pass(b);
	assert_int_equal(nrs_outbox_step(b->outbox, b->now_ns, true, NULL),
			 NRS_OK);
	for (unsigned int i = 0; i < 12; i++)
		pass(b);
	assert_int_equal(nrs_spool_counts(b->spool, b->share.audience.name,
					  &counts, NULL),
			 NRS_OK);
	assert_int_equal(counts.states[NRS_SPOOL_QUEUED], 0);
	assert_int_equal(counts.states[NRS_SPOOL_FAILED], 0);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_WELL);
}

static void
after_a_week_without_the_hub_each_transaction_arrives_once(void **st)
{
	struct nrs_spool_losses lost;
	struct bench b;

	(void)st;
	open_bench(&b, 0, NULL);
	pass_a_week(&b, 0);
	assert_int_equal(b.hub.sightings, 0);
	/* asked ever more rarely: every five minutes at least, not a flood */
	assert_in_range(b.hub.asked, WEEK_HOURS * 6, WEEK_HOURS * 12 + 100);
	assert_int_equal(nrs_taxii_out_state(b.out)->health, NRS_POST_TROUBLE);
	recover(&b);
	assert_int_equal(b.hub.transactions, b.seen);
	/* hosts told apart; the one that went on did so in growing windows */
	assert_in_range(b.hub.sightings, 4 * WEEK_HOURS, 4 * WEEK_HOURS + 40);
	assert_int_equal(nrs_spool_losses(b.spool, &lost, NULL), NRS_OK);
	assert_int_equal(lost.sightings + lost.details, 0);
	close_bench(&b);
}

static void a_spool_that_is_too_small_for_it_counts_what_it_gives_up(void **st)
{
	struct nrs_outbox_figures figures;
	struct nrs_spool_losses lost;
	struct nrs_assets *assets = NULL;
	struct nrs_judge judge = {.rule_count = 0};
	struct bench b;

	(void)st;
	assert_int_equal(nrs_assets_new(&assets), NRS_OK);
	assert_int_equal(nrs_assets_add(assets,
					nrs_span_of("10.9.0.0/24, critical"),
					NULL),
			 NRS_OK);
	nrs_assets_seal(assets);
	judge.assets = assets;
	open_bench(&b, SMALL, &judge);
	/* The oldest of all, but the last that would be given up. */
	for (unsigned int k = 0; k < 5; k++) {
		char own[NRS_ADDR_LEN];

		snprintf(own, sizeof(own), "10.9.0.%u", k + 1);
		see(&b, own);
	}
	pass_a_week(&b, SMALL);
	recover(&b);
	nrs_outbox_figures(b.outbox, &figures);
	assert_int_equal(nrs_spool_losses(b.spool, &lost, NULL), NRS_OK);
	assert_true(lost.sightings > 0 && b.hub.sightings > 0);
	assert_int_equal(b.hub.sightings + lost.sightings, figures.put);
	assert_int_equal(b.hub.urgent, 5);
	close_bench(&b);
	nrs_assets_free(assets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			after_a_week_without_the_hub_each_transaction_arrives_once),
		cmocka_unit_test(
			a_spool_that_is_too_small_for_it_counts_what_it_gives_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
