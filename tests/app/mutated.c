/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutated: one worker and one emitter in one thread.
 */
#include "tests/app/mutated.h"

#include "capture/decode/defrag.h"
#include "capture/worker_state.h"
#include "engine/base/stamp.h"
#include "engine/db.h"
#include "sightings/hits_out.h"
#include "tests/engine/empty_set.h"

/* Patterns that much of a capture satisfies, on all lanes. */
static const char *const patterns[] = {
	"[ipv4-addr:value ISSUBSET '0.0.0.0/0']",
	"[ipv6-addr:value LIKE '%']",
	"[domain-name:value LIKE '%.%']",
	"[url:value LIKE '%']",
	"[email-addr:value LIKE '%']",
	"[file:name LIKE '%' AND file:size > 1]",
	"[file:hashes.MD5 != 'd41d8cd98f00b204e9800998ecf8427f']",
	"[file:hashes.'SHA-1' LIKE 'a%']",
	"[file:hashes.'SHA-256' LIKE 'a%']",
	"[email-message:subject LIKE '%']",
	"[x509-certificate:issuer LIKE '%']",
	"[x509-certificate:hashes.'SHA-256' LIKE '%']",
	"[network-traffic:protocols[*] = 'http']",
	"[ipv4-addr:value LIKE '%'] FOLLOWEDBY [url:value LIKE '%']",
	"[network-traffic:src_payload_ref.payload_bin MATCHES 'GET']",
	"[artifact:payload_bin MATCHES 'a.c']",
};

static struct nrs_block *take(void *ctx)
{
	return &((struct mutated *)ctx)->block;
}

static void give(void *ctx, struct nrs_block *block)
{
	struct mutated *m = ctx;

	assert_true(block->used <= NRS_BLOCK_BYTES);
	assert_int_equal(nrs_emitter_take(m->emitter, block), NRS_OK);
	assert_int_equal(nrs_emitter_merge(m->emitter), NRS_OK);
}

static void value(void *ctx, const struct nrs_txn *txn, enum nrs_field field,
		  unsigned int object, struct nrs_span value)
{
	struct mutated *m = ctx;
	uint64_t sum = 0;

	(void)txn, (void)object;
	assert_true(field < NRS_FIELD_COUNT);
	for (size_t i = 0; i < value.len; i++) /* all of it may be read */
		sum += value.ptr[i];
	m->values += sum > 0;
	m->octets += value.len;
}

static int hit(void *ctx, const struct nrs_sighted *s)
{
	static const char *const names[] = {"mutant.pcap"};
	const struct nrs_hits_run run = {.set_digest = nrs_span_of("sha256:0"),
					 .captures = names};
	struct mutated *m = ctx;

	nrs_text_clear(&m->text);
	nrs_hits_line(&m->text, s, &run);
	assert_false(m->text.failed);
	m->hits++;
	m->octets += m->text.len;
	return nrs_aggregate_add(m->aggregate, s);
}

static void set(struct mutated *m)
{
	const struct nrs_build_options options = {.seats = 1, .generation = 1};
	const size_t count = sizeof(patterns) / sizeof(*patterns);
	static char ids[sizeof(patterns) / sizeof(*patterns)][32];

	m->set = empty_set();
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "indicator--%zu", i);
		const struct nrs_indicator item = {
			.id = nrs_span_of(ids[i]),
			.pattern = nrs_span_of(patterns[i]),
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.confidence = -1,
			.version = NRS_STIX_21};
		assert_int_equal(nrs_set_add(m->set, &item), NRS_OK);
	}
	assert_int_equal(nrs_set_settle(m->set), NRS_OK);
	assert_int_equal(nrs_db_build(&m->db, m->set, &options), NRS_OK);
	for (uint32_t i = 0; i < nrs_set_count(m->set); i++)
		assert_int_equal(nrs_set_status(m->set, i), NRS_STATUS_FULL);
}

void mutated_open(struct mutated *m, bool with_set)
{
	memset(m, 0, sizeof(*m));
	nrs_hash_key_init(&m->key, 0);
	nrs_home_nets_default(&m->home);
	if (with_set)
		set(m);
	else
		assert_int_equal(nrs_set_new(&m->set), NRS_OK);
	m->sink = (struct nrs_match_sink){.ctx = m, .value = value};
	const struct nrs_worker_options options = {
		.workers = 1,
		.db = m->db,
		.key = &m->key,
		.flows_total = 1u << 16,
		.want_answers = with_set,
		.observer = with_set ? NULL : &m->sink,
		.blocks_ctx = m,
		.take = take,
		.give = give};
	const struct nrs_emitter_options emitting = {.workers = 1,
						     .set = m->set,
						     .home = &m->home,
						     .held_max = 10000,
						     .ctx = m,
						     .hit = hit};
	assert_int_equal(nrs_round_init(&m->round, 1), NRS_OK);
	assert_int_equal(nrs_defrag_new(&m->defrag), NRS_OK);
	assert_int_equal(nrs_worker_new(&m->worker, &options), NRS_OK);
	assert_int_equal(nrs_emitter_new(&m->emitter, &emitting), NRS_OK);
	assert_int_equal(nrs_aggregate_new(&m->aggregate), NRS_OK);
}

void mutated_close(struct mutated *m)
{
	nrs_aggregate_free(m->aggregate);
	nrs_emitter_free(m->emitter);
	nrs_worker_free(m->worker);
	nrs_defrag_free(m->defrag);
	nrs_round_fini(&m->round);
	nrs_db_free(m->db);
	nrs_set_free(m->set);
	nrs_text_fini(&m->text);
}

static void empty(const struct nrs_slab *slab, const char *name,
		  unsigned int shard)
{
	if (slab->taken != 0)
		fail_msg("shard %u: %u %s are still taken", shard, slab->taken,
			 name);
}

/* A session is over: each quota is whole again, and none was exceeded. */
static void bounds(const struct mutated *m)
{
	for (unsigned int s = 0; s < NRS_SHARDS; s++) {
		const struct nrs_worker_shard *shard = m->worker->shards[s];

		empty(&shard->flows.flows, "flows", s);
		empty(&shard->kept, "kept values", s);
		empty(&shard->payloads, "payload streams", s);
		empty(&shard->streams.streams, "streams", s);
		empty(&shard->streams.segments, "segments", s);
		empty(&shard->pools.sessions, "sessions", s);
		empty(&shard->pools.buffers, "buffers", s);
		empty(&shard->pools.states, "states", s);
		empty(&shard->pools.files, "files", s);
		empty(&shard->pools.http2, "HTTP/2 rooms", s);
	}
}

void mutated_replay(struct mutated *m, const struct mutant *from)
{
	struct nrs_counters counters = {0};
	int64_t clock_ns = from->count > 0 ? from->packets[0].ts_ns : 0;
	uint32_t at = 0;

	m->session++;
	do {
		uint32_t end = at + NRS_ROUND_PACKETS;

		end = end > from->count ? from->count : end;
		nrs_round_begin(&m->round, m->session);
		m->round.last_ordinal = end;
		for (; at < end; at++) {
			struct nrs_packet p = from->packets[at];
			const int64_t limit = clock_ns + 3600 * NRS_SECOND_NS;

			p.ordinal = at;
			p.frame = at + 1;
			p.file = 0;
			if (p.ts_ns > clock_ns)
				clock_ns = p.ts_ns < limit ? p.ts_ns : limit;
			(void)nrs_round_add(&m->round, &p, &m->key, m->defrag,
					    &counters);
		}
		m->round.is_session_end = at == from->count;
		m->round.clock_ns = clock_ns;
		nrs_worker_step(m->worker, &m->round);
	} while (at < from->count);
	nrs_defrag_end(m->defrag, &counters);
	bounds(m);
}

void mutated_bundle(struct mutated *m)
{
	const struct nrs_stix_run run = {
		.set = m->set,
		.home = &m->home,
		.key = nrs_span("0123456789abcdef", 16)};

	assert_int_equal(nrs_emitter_finish(m->emitter), NRS_OK);
	nrs_text_clear(&m->text);
	assert_int_equal(nrs_stix_bundle(&m->text, m->aggregate, &run), NRS_OK);
	assert_false(m->text.failed);
}
