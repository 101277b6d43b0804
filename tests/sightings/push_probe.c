/* SPDX-License-Identifier: Apache-2.0 */
/*
 * push_probe: hits into the outbox, and the spool to a hub through the real
 * door to libcurl, for tests/e2e/push.py.
 *
 * push_probe STORE URL COLLECTION FIRST COUNT SECONDS: COUNT hits from number
 * FIRST on, each of another own host, a line with its number when it is
 * durable; then posts, for at most SECONDS; at last one line of JSON.
 */
#include <time.h>

#include "app/http.h"
#include "engine/base/json.h"
#include "sightings/outbox.h"
#include "sightings/taxii_out.h"
#include "tests/sightings/made_hit.h"
#include "tests/sightings/made_share.h"

#define PEER "198.51.100.23"

struct probe {
	struct made_hit made;
	struct made_share share;
	struct nrs_store *store;
};

static int64_t now(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_REALTIME, &at);
	return at.tv_sec * NRS_SECOND_NS + at.tv_nsec;
}

static void sleep_ms(int64_t ms)
{
	const struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&wait, NULL);
}

/* Different kinds by turns: a name, an address, a URL that names the own host,
 * a request, IPv6. */
static void make(struct probe *p, unsigned int n)
{
	char own[NRS_ADDR_LEN], url[256];
	const struct nrs_addr peer = made_addr(PEER);
	const int64_t ns = MADE_NS + n * NRS_SECOND_NS;

	snprintf(own, sizeof(own), "10.%u.%u.%u", n / 40000 % 250,
		 n / 200 % 200, n % 200 + 1);
	made_hit(&p->made, own, PEER, ns);
	if (n % 5 == 4) {
		snprintf(own, sizeof(own), "fd00::%x:%x", n / 65536 + 1,
			 n % 65536 + 1);
		made_hit(&p->made, own, "2001:db8::23", ns);
	}
	snprintf(url, sizeof(url), "http://c2.example/gate?from=%s", own);
	if (n % 5 == 1) {
		made_value(&p->made, NRS_F_IP_DST, peer.bytes, 16);
	} else if (n % 5 == 2) {
		made_text(&p->made, NRS_F_HTTP_URL, url);
	} else if (n % 5 == 3) {
		made_text(&p->made, NRS_F_HTTP_URI, "/gate.php");
		made_text(&p->made, NRS_F_HTTP_METHOD, "POST");
		made_text(&p->made, NRS_F_HTTP_HEADER, "User-Agent: bot/1");
	} else {
		made_text(&p->made, NRS_F_TLS_SNI, "c2.example");
	}
	p->made.record.hit.flow.outcome = NRS_OUTCOME_ESTABLISHED;
	p->made.record.hit.flow.protocols = (uint8_t)(1u << NRS_TXN_HTTP);
	p->made.record.hit.flow.id = n;
}

static void feed(struct probe *p, unsigned int first, unsigned int count)
{
	const struct nrs_outbox_options options = {
		.store = p->store,
		.policy = &p->share.policy,
		.home = &p->made.home,
		.sensor = nrs_span_of("edge-07")};
	struct nrs_outbox *outbox = NULL;
	struct nrs_diag diag = {0};

	if (nrs_outbox_new(&outbox, &options, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	for (unsigned int n = first; n < first + count; n++) {
		make(p, n);
		nrs_outbox_hit(outbox, made_sighted(&p->made), now());
		if (nrs_outbox_step(outbox, now(), false, &diag) != NRS_OK)
			fail_msg("%s", diag.text);
		printf("%u\n", n);
		(void)fflush(stdout);
	}
	if (nrs_outbox_step(outbox, now(), true, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	nrs_outbox_free(outbox);
}

static bool is_done(struct nrs_spool *spool, struct nrs_span audience,
		    struct nrs_spool_counts *counts)
{
	assert_int_equal(nrs_spool_counts(spool, audience, counts, NULL),
			 NRS_OK);
	return counts->states[NRS_SPOOL_QUEUED] == 0 &&
	       counts->states[NRS_SPOOL_SENT] == 0;
}

static void tell(const struct nrs_post_state *state,
		 const struct nrs_spool_counts *counts)
{
	struct nrs_text line = {0};
	struct nrs_jsonw w = {.out = &line};

	nrs_jsonw_open(&w, '{');
	for (unsigned int i = 0; i < NRS_SPOOL_STATES; i++)
		nrs_jsonw_member_u64(
			&w, nrs_spool_state_name((enum nrs_spool_state)i),
			counts->states[i]);
	nrs_jsonw_member_u64(&w, "posts", state->posts);
	nrs_jsonw_member(&w, "health",
			 nrs_span_of(nrs_post_health_name(state->health)));
	nrs_jsonw_member(&w, "message", nrs_span_of(state->message));
	nrs_jsonw_close(&w, '}');
	printf("%.*s\n", (int)line.len, (const char *)line.ptr);
	nrs_text_fini(&line);
}

static void post(struct probe *p, char **argv)
{
	const struct nrs_spool_limits limits = {0};
	const struct nrs_http_config door_config = {0};
	const struct nrs_taxii_out_config config = {
		.audience = p->share.audience.name,
		.url = nrs_span_of(argv[2]),
		.collection = nrs_span_of(argv[3]),
		.batch = 7};
	const int64_t until = now() + strtol(argv[6], NULL, 10) * NRS_SECOND_NS;
	struct nrs_spool_counts counts;
	struct nrs_http_client *client = NULL;
	struct nrs_spool *spool = NULL;
	struct nrs_taxii_out *out = NULL;
	struct nrs_diag diag = {0};
	int64_t next = 0;

	assert_int_equal(nrs_spool_new(&spool, p->store, &limits, &diag),
			 NRS_OK);
	assert_int_equal(nrs_taxii_out_new(&out, &config, spool, &diag),
			 NRS_OK);
	assert_int_equal(nrs_http_client_new(&client, &door_config, &diag),
			 NRS_OK);
	const struct nrs_http http = nrs_http_client_door(client);
	while (!is_done(spool, p->share.audience.name, &counts) &&
	       now() < until) {
		if (nrs_taxii_out_step(out, &http, now(), &next, &diag) !=
		    NRS_OK)
			fail_msg("%s", diag.text);
		if (next > now())
			sleep_ms(20);
	}
	tell(nrs_taxii_out_state(out), &counts);
	nrs_taxii_out_free(out);
	nrs_spool_free(spool);
	nrs_http_client_free(client);
}

int main(int argc, char **argv)
{
	struct probe *p;
	struct nrs_diag diag = {0};

	if (argc != 7)
		return 2;
	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	made_set(&p->made, NRS_TLP_AMBER, NULL);
	made_share(&p->share);
	p->share.audience.collection = nrs_span_of(argv[3]);
	p->share.audience.tells_technique = true;
	p->share.audience.reporter.sectors = nrs_span_of("energy");
	if (nrs_store_open(&p->store, argv[1], &nrs_spool_schema,
			   NRS_STORE_SYNC_CRASH, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	feed(p, (unsigned int)strtoul(argv[4], NULL, 10),
	     (unsigned int)strtoul(argv[5], NULL, 10));
	post(p, argv);
	nrs_store_close(p->store);
	nrs_set_free(p->made.set);
	free(p);
	return 0;
}
