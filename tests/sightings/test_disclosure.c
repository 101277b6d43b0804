/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_disclosure: sharing-rules.md rule 21 over random markings, audiences,
 * policies and hits: no octet that would leave holds an own address or the
 * reporter's name, in any form, unless the audience's rules say so; nothing
 * strict leaves its collection. And a flood: a million hits of one indicator
 * from a thousand hosts.
 */
#include <stdio.h>
#include <sys/resource.h>

#include "engine/base/crypto.h"
#include "sightings/outbox.h"
#include "sightings/own_trace.h"
#include "sightings/stix_parts.h"
#include "tests/sightings/posted.h"

static uint64_t seed = 0x5eed2026;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static const uint8_t sco_namespace[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42,
					  0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2,
					  0x33, 0x15, 0xa9, 0xb7};

#define NAME "Kana Power Ltd"
#define CONTACT "soc@kana-power.example"

struct trial {
	struct posted *posted;
	char own[NRS_ADDR_LEN], peer[NRS_ADDR_LEN];
	enum nrs_tlp tlp;
	enum nrs_direction direction;
	unsigned int released;
	uint64_t told;
};

static void a_host(char out[NRS_ADDR_LEN], bool is_own)
{
	static const char *const nets[] = {"10.%u.%u.%u", "192.168.%u.%u",
					   "fd12:%x::%x:%x"};

	if (!is_own)
		snprintf(out, NRS_ADDR_LEN, "198.51.100.%u", 20 + draw(200));
	else if (draw(3) == 0)
		snprintf(out, NRS_ADDR_LEN, nets[2], 1 + draw(65000),
			 1 + draw(65000), 4096 + draw(60000));
	else
		snprintf(out, NRS_ADDR_LEN, nets[0], 20 + draw(200),
			 20 + draw(200), 20 + draw(200));
}

/* Text in which a value may give the own host away. */
static void a_value(char *out, size_t room, const char *own)
{
	const struct nrs_addr addr = made_addr(own);
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * NRS_SHA256_LEN + 1];

	nrs_hex(nrs_span(addr.bytes, 16), hex);
	switch (draw(6)) {
	case 0:
		snprintf(out, room, "http://%s/x", own);
		break;
	case 1:
		snprintf(out, room, "id=%s&y=1", hex + (draw(2) ? 0 : 24));
		break;
	case 2:
		nrs_base64(nrs_span_of(own), hex);
		snprintf(out, room, "q=%s", hex);
		break;
	case 3:
		nrs_sha256(nrs_span_of(own), sum);
		snprintf(out, room, "c2.example");
		break;
	case 4:
		snprintf(out, room, "%s.c2.example", own);
		break;
	default:
		snprintf(out, room, "c2.example");
		break;
	}
}

static void an_audience(struct nrs_share_audience *a)
{
	a->is_auto = draw(2) == 0;
	a->max_tlp = (enum nrs_tlp)draw(6);
	a->min_class = (enum nrs_class)draw(5);
	a->tells_technique = draw(2) == 0;
	a->tells_damage = draw(2) == 0;
	a->tells_provider = draw(2) == 0;
	a->publishes_values = draw(2) == 0;
	a->own_host = (enum nrs_share_own)draw(3);
	a->grain_ns = draw(2) * 60 * NRS_SECOND_NS;
	a->reporter.as = (enum nrs_share_as)draw(3);
	a->reporter.name = nrs_span_of(NAME);
	a->reporter.contact = nrs_span_of(CONTACT);
	a->collection = nrs_span_of(draw(2) ? "alerts" : "sightings");
}

static void a_hit(struct trial *t)
{
	static const enum nrs_field fields[] = {
		NRS_F_TLS_SNI,	    NRS_F_HTTP_URL,    NRS_F_HTTP_HOST,
		NRS_F_HTTP_HEADER,  NRS_F_DNS_QUERY,   NRS_F_HTTP_URI,
		NRS_F_CERT_SUBJECT, NRS_F_HTTP_REFERER};
	struct made_hit *m = &t->posted->made;
	const bool has_own = draw(8) > 0, is_out = draw(2) == 0;
	char text[300];

	nrs_set_free(m->set);
	t->tlp = (enum nrs_tlp)draw(6);
	made_set(m, t->tlp, draw(3) == 0 ? "c2.example" : NULL);
	a_host(t->own, has_own);
	do
		a_host(t->peer, draw(8) == 0);
	while ((strchr(t->own, ':') == NULL) != (strchr(t->peer, ':') == NULL));
	made_hit(m, is_out ? t->own : t->peer, is_out ? t->peer : t->own,
		 MADE_NS + draw(1000000));
	a_value(text, sizeof(text), t->own);
	made_text(m, fields[draw(8)], text);
	if (draw(2) == 0)
		made_value(m, NRS_F_IP_DST, m->record.hit.flow.dst.bytes, 16);
	m->record.hit.flow.outcome = (uint8_t)draw(5);
	const struct nrs_sighted *s = made_sighted(m);
	t->direction = s->direction;
	/* whichever side it is */
	t->own[nrs_addr_format(nrs_sighted_own(s), t->own)] = '\0';
	t->peer[nrs_addr_format(nrs_sighted_peer(s), t->peer)] = '\0';
}

static void holds_none(const struct trial *t, struct nrs_span text,
		       const char *addr)
{
	const struct nrs_addr own = made_addr(addr);
	const struct nrs_span raw = nrs_addr_is_v4(&own)
					    ? nrs_span(own.bytes + 12, 4)
					    : nrs_span(own.bytes, 16);
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * NRS_SHA256_LEN + 1], json[128], uuid[NRS_UUID_LEN + 1];

	if (nrs_own_trace_of(text, &own))
		fail_msg("%s leaves: %.*s", addr, (int)text.len,
			 (const char *)text.ptr);
	/* the id of its object, and digests of what it is written as */
	snprintf(json, sizeof(json), "{\"value\":\"%s\"}", addr);
	nrs_uuid5(sco_namespace, nrs_span_of(json), uuid);
	assert_int_equal(nrs_span_find_text(text, uuid), SIZE_MAX);
	for (unsigned int i = 0; i < 2; i++) {
		nrs_sha256(i == 0 ? nrs_span_of(addr) : raw, sum);
		nrs_hex(nrs_span(sum, NRS_SHA256_LEN), hex);
		assert_int_equal(nrs_span_find_text(text, hex), SIZE_MAX);
		nrs_sha1(i == 0 ? nrs_span_of(addr) : raw, sum);
		nrs_hex(nrs_span(sum, NRS_SHA1_LEN), hex);
		assert_int_equal(nrs_span_find_text(text, hex), SIZE_MAX);
	}
	(void)t;
}

static int look(void *ctx, const struct nrs_outbox_shown *shown)
{
	struct trial *t = ctx;
	const struct nrs_share_audience *to = shown->to;
	const struct nrs_span text = shown->objects;
	const enum nrs_tlp ceiling =
		to->max_tlp == NRS_TLP_NONE ? NRS_TLP_AMBER : to->max_tlp;
	const enum nrs_tlp tlp = nrs_stix_tlp(t->tlp);

	t->told++;
	if (shown->verdict->act == NRS_SHARE_REFUSE) {
		assert_int_equal(text.len, 0);
		return NRS_OK;
	}
	t->released++;
	assert_true(tlp <= ceiling);
	if (tlp >= NRS_TLP_AMBER_STRICT) /* back to where it came from alone */
		assert_true(nrs_span_is(to->collection, "alerts"));
	if (nrs_share_as(to) != NRS_SHARE_NAMED) {
		assert_int_equal(nrs_span_find_text(text, "Kana"), SIZE_MAX);
		assert_int_equal(nrs_span_find_text(text, "kana-power"),
				 SIZE_MAX);
	}
	if (to->own_host != NRS_SHARE_OWN_FULL &&
	    t->direction != NRS_DIRECTION_TRANSIT)
		holds_none(t, text, t->own);
	if (to->own_host != NRS_SHARE_OWN_FULL &&
	    t->direction == NRS_DIRECTION_LATERAL)
		holds_none(t, text, t->peer);
	/* every object of its own carries the marking */
	assert_int_not_equal(nrs_span_find_text(text, nrs_stix_marking_id(tlp)),
			     SIZE_MAX);
	return NRS_OK;
}

static void no_random_policy_gives_anything_away(void **state)
{
	struct posted *p = *state;
	struct trial t = {.posted = p};

	for (unsigned int i = 0; i < 20000; i++) {
		struct nrs_outbox *outbox = NULL;
		struct nrs_witness *witness = NULL;
		const struct nrs_outbox_options options = {
			.store = p->disk.store,
			.policy = &p->share.policy,
			.home = &p->made.home,
			.sensor = nrs_span_of("edge-07"),
			.is_past = true,
			.now_ns = MADE_NS,
			.ctx = &t,
			.show = look};

		an_audience(&p->share.audience);
		p->share.source.default_tlp = NRS_TLP_NONE;
		a_hit(&t);
		assert_int_equal(nrs_outbox_new(&outbox, &options, NULL),
				 NRS_OK);
		assert_int_equal(
			nrs_witness_new(&witness, made_sighted(&p->made)),
			NRS_OK);
		assert_int_equal(nrs_outbox_witness(outbox, witness,
						    p->made.sighted.outcome),
				 NRS_OK);
		assert_int_equal(nrs_outbox_step(outbox,
						 MADE_NS + 10 * NRS_SECOND_NS,
						 true, NULL),
				 NRS_OK);
		nrs_witness_free(witness);
		nrs_outbox_free(outbox);
	}
	assert_int_equal(t.told, 20000);
	assert_true(t.released > 1000); /* it was no trial of nothing */
}

/* --- the flood --- */

/* Of the process, from a tenth of the hits on. Sanitizers keep what is freed
 * for a while: there the keys alone are counted. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GROWTH_KB_MAX (4L << 20)
#else
#define GROWTH_KB_MAX (32L << 10)
#endif

#define HITS 1000000u
#define HOSTS 1000u

struct flood {
	uint64_t messages, transactions, raised;
};

static int number_of(struct nrs_span text, const char *key)
{
	const size_t at = nrs_span_find_text(text, key);

	return at == SIZE_MAX
		       ? 0
		       : (int)strtol((const char *)text.ptr + at + strlen(key),
				     NULL, 10);
}

static int count(void *ctx, const struct nrs_outbox_shown *shown)
{
	struct flood *f = ctx;

	f->messages++;
	f->transactions += (uint64_t)number_of(shown->objects, "\"count\":");
	f->raised += nrs_span_find_text(shown->objects,
					"outcome established") != SIZE_MAX;
	return NRS_OK;
}

static long memory_kb(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* In ten hours; one of a host's many attempts is answered for good. */
static void a_million_hits_are_few_messages_and_hide_nothing(void **state)
{
	struct posted *p = *state;
	struct flood flood = {0};
	const struct nrs_outbox_options options = {
		.store = p->disk.store,
		.policy = &p->share.policy,
		.home = &p->made.home,
		.sensor = nrs_span_of("edge-07"),
		.is_past = true,
		.now_ns = MADE_NS,
		.ctx = &flood,
		.show = count};
	struct nrs_outbox *outbox = NULL;
	struct nrs_outbox_figures figures;
	long before_kb = 0;

	p->share.audience.min_class = NRS_CLASS_WATCH;
	p->share.audience.tells_technique = true;
	assert_int_equal(nrs_outbox_new(&outbox, &options, NULL), NRS_OK);
	for (unsigned int i = 0; i < HITS; i++) {
		const int64_t ns = MADE_NS + (int64_t)i * 36000000;
		const enum nrs_outcome outcome =
			i == 777777 ? NRS_OUTCOME_ESTABLISHED
				    : NRS_OUTCOME_ATTEMPTED;
		struct nrs_witness *witness = NULL;
		char own[NRS_ADDR_LEN];

		snprintf(own, sizeof(own), "10.3.%u.%u", i % HOSTS / 200,
			 i % 200 + 1);
		assert_int_equal(nrs_witness_new(&witness,
						 made_usual(&p->made, own, ns)),
				 NRS_OK);
		assert_int_equal(nrs_outbox_witness(outbox, witness, outcome),
				 NRS_OK);
		nrs_witness_free(witness);
		if (i % 10000 == 0)
			assert_int_equal(
				nrs_outbox_step(outbox, ns, false, NULL),
				NRS_OK);
		if (i == HITS / 10)
			before_kb = memory_kb();
	}
	assert_true(memory_kb() - before_kb < GROWTH_KB_MAX);
	nrs_outbox_figures(outbox, &figures);
	assert_int_equal(figures.windows.keys, HOSTS + 1);
	assert_int_equal(nrs_outbox_step(outbox,
					 MADE_NS + 100 * 3600 * NRS_SECOND_NS,
					 true, NULL),
			 NRS_OK);
	nrs_outbox_figures(outbox, &figures);
	assert_int_equal(flood.transactions, HITS);
	assert_int_equal(figures.windows.lost, 0);
	/* of each host: the first, five minutes, an hour, a day and what the
	 * day's border cuts */
	assert_in_range(flood.messages, HOSTS, 6 * HOSTS);
	assert_int_equal(flood.raised, 1);
	nrs_outbox_free(outbox);
}

#define NRS_T(name)                                                            \
	cmocka_unit_test_setup_teardown(name, posted_setup, posted_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(no_random_policy_gives_anything_away),
		NRS_T(a_million_hits_are_few_messages_and_hide_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
