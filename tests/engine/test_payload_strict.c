/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_payload_strict: patterns on payloads, compiled and fed piece by piece,
 * against the strict evaluator over documents that hold the same octets as
 * artifacts. Random patterns, octets and cuts; NOROSHI_SEED repeats a run.
 */
#include "tests/nrs_test.h"

#include <time.h>

#include "engine/base/crypto.h"
#include "engine/payload.h"
#include "engine/strict.h"
#include "tests/capture/made_db.h"
#include "tests/engine/random_traffic.h"

#ifdef __SANITIZE_ADDRESS__
#define ROUNDS 60u
#else
#define ROUNDS 1500u
#endif
#define FLOWS 20u
#define OCTETS_MAX 9

static const char *const paths[] = {
	"artifact:payload_bin", "artifact:payload_bin",
	"network-traffic:src_payload_ref.payload_bin",
	"network-traffic:dst_payload_ref.payload_bin"};
static const char *const tests[] = {"MATCHES 'a'",
				    "MATCHES '^ab'",
				    "MATCHES 'b$'",
				    "MATCHES 'b\\\\z'",
				    "MATCHES 'a.b'",
				    "MATCHES '\xc3\xa9'",
				    "MATCHES '[^a]b'",
				    "MATCHES 'a{2}'",
				    "MATCHES '^(a|b)+$'",
				    "MATCHES 'b|^\\\\x00'",
				    "MATCHES '\\\\ba'",
				    "MATCHES '(?i)AB'",
				    "MATCHES '\\\\n$'",
				    "MATCHES '\xe2\x82\xac|a'",
				    "= 'ab'",
				    "= h'61e9'",
				    "= b'YWI='",
				    "= 'a\xc3\xa9'",
				    "= '\xe2\x82\xac'",
				    "= 5",
				    "IN ('a', 'b', 'ba')"};
static const char octets[] = {'a', 'b', 'a', 'b', '\n', '\xe9', '\0'};

struct differ {
	struct nrs_chance chance;
	struct nrs_arena *arena;
	struct nrs_slab kept, streams;
	struct nrs_counters counters;
	uint8_t side[2][OCTETS_MAX];
	size_t len[2];
	unsigned int hits, pairs, matches, unsupported;
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct differ *d = ctx;

	(void)hit;
	d->hits++;
}

static void put_test(struct differ *d, struct nrs_text *out)
{
	if (nrs_chance_of(&d->chance, 12) == 0)
		nrs_text_printf(out, "EXISTS %s",
				NRS_CHANCE(&d->chance, paths));
	else
		nrs_text_printf(out, "%s %s", NRS_CHANCE(&d->chance, paths),
				NRS_CHANCE(&d->chance, tests));
}

static void make_pattern(struct differ *d, struct nrs_text *out)
{
	static const char *const joins[] = {"", " AND ", " OR "};
	const char *join = NRS_CHANCE(&d->chance, joins);

	nrs_text_putc(out, '[');
	put_test(d, out);
	nrs_text_puts(out, join);
	if (join[0] != '\0')
		put_test(d, out);
	nrs_text_puts(out, "]");
	nrs_text_putc(out, '\0');
}

static void make_octets(struct differ *d)
{
	for (unsigned int s = 0; s < 2; s++) {
		d->len[s] = nrs_chance_of(&d->chance, OCTETS_MAX + 1);
		for (size_t i = 0; i < d->len[s]; i++)
			d->side[s][i] = (uint8_t)octets[nrs_chance_of(
				&d->chance, sizeof(octets))];
	}
}

/* Both sides in random pieces: does the pattern fire? */
static bool fires(struct differ *d, const struct nrs_db *db)
{
	const struct nrs_match_sink sink = {.ctx = d, .hit = on_hit};
	struct nrs_matcher *m = NULL;
	struct nrs_txn flow;
	const struct nrs_payload_room room = {
		.flow = &flow, .streams = &d->streams, .budget = 100};

	d->hits = 0;
	assert_int_equal(nrs_matcher_new(&m, db, 0, &sink, &d->counters),
			 NRS_OK);
	nrs_matcher_at(m, 1, &d->kept);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
	(void)nrs_txn_renew(m, &flow);
	for (unsigned int s = 0; s < 2 && nrs_matcher_has_payloads(m); s++) {
		struct nrs_payload *stream = NULL;

		for (size_t at = 0; at < d->len[s];) {
			const size_t len = 1 + nrs_chance_of(&d->chance, 3);
			const struct nrs_span rest = nrs_span_part(
				nrs_span(d->side[s], d->len[s]), at, len);

			assert_true(
				nrs_payload_octets(m, &room, s, &stream, rest));
			at += rest.len;
		}
		nrs_payload_end(m, &room, s, &stream);
	}
	nrs_txn_end(m, &flow);
	nrs_matcher_free(m);
	assert_int_equal(d->kept.taken + d->streams.taken, 0);
	return d->hits > 0;
}

static void put_document(const struct differ *d, struct nrs_text *out)
{
	static const char *const sides[] = {"src", "dst"};
	char text[4 * OCTETS_MAX];

	nrs_text_puts(out, "{\"type\":\"bundle\",\"objects\":[");
	for (unsigned int s = 0; s < 2; s++) {
		if (d->len[s] == 0)
			continue;
		nrs_base64(nrs_span(d->side[s], d->len[s]), text);
		nrs_text_printf(
			out,
			"{\"type\":\"artifact\",\"id\":\"artifact--%s\","
			"\"payload_bin\":\"%s\"},",
			sides[s], text);
	}
	nrs_text_puts(out, "{\"type\":\"network-traffic\","
			   "\"id\":\"network-traffic--1\"");
	for (unsigned int s = 0; s < 2; s++) {
		if (d->len[s] > 0)
			nrs_text_printf(out,
					",\"%s_payload_ref\":\"artifact--%s\"",
					sides[s], sides[s]);
	}
	nrs_text_puts(
		out,
		"},{\"type\":\"observed-data\",\"id\":\"observed-data--1\","
		"\"first_observed\":\"2026-01-01T00:00:00Z\","
		"\"last_observed\":\"2026-01-01T00:00:01Z\","
		"\"number_observed\":1,\"object_refs\":["
		"\"network-traffic--1\"");
	for (unsigned int s = 0; s < 2; s++) {
		if (d->len[s] > 0)
			nrs_text_printf(out, ",\"artifact--%s\"", sides[s]);
	}
	nrs_text_puts(out, "]}]}");
}

static int strict_says(struct differ *d, const char *pattern)
{
	struct nrs_strict_documents documents;
	struct nrs_pattern parsed;
	struct nrs_json *json = NULL;
	struct nrs_text text = {0};

	nrs_arena_reset(d->arena);
	put_document(d, &text);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&text), d->arena, &json, NULL),
		NRS_OK);
	assert_int_equal(
		nrs_strict_load(&documents, json, NRS_STIX_21, d->arena, NULL),
		NRS_OK);
	assert_int_equal(nrs_pattern_parse(&parsed, nrs_span_of(pattern),
					   NRS_STIX_21, d->arena, NULL),
			 NRS_OK);
	nrs_text_fini(&text);
	return nrs_strict_match(&documents, &parsed, d->arena, NULL, NULL);
}

static void try_pattern(struct differ *d, const char *pattern)
{
	const struct nrs_build_options options = {
		.seats = 1, .generation = 1, .strict = true};
	struct nrs_set *set = NULL;
	struct nrs_db *db = build_by(&set, pattern, &options);
	const enum nrs_status status =
		(enum nrs_status)nrs_set_at(set, 0)->status;

	d->unsupported += status != NRS_STATUS_FULL;
	for (unsigned int i = 0; i < FLOWS && status == NRS_STATUS_FULL; i++) {
		make_octets(d);
		const int want = strict_says(d, pattern);
		const bool is_hit = fires(d, db);

		assert_true(want >= 0);
		d->pairs++;
		d->matches += want == 1;
		if (is_hit != (want == 1)) {
			struct nrs_text text = {0};

			put_document(d, &text);
			fail_msg("%s: strict %d, compiled %d\n%.*s", pattern,
				 want, is_hit, (int)text.len,
				 (const char *)text.ptr);
		}
	}
	nrs_db_free(db);
	nrs_set_free(set);
}

static void pieces_say_what_documents_say(void **state)
{
	static struct differ d;
	const char *seed = getenv("NOROSHI_SEED");

	(void)state;
	d.chance.state =
		seed != NULL ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	printf("NOROSHI_SEED=%llu\n", (unsigned long long)d.chance.state);
	d.arena = nrs_arena_new(0);
	assert_int_equal(nrs_slab_init(&d.kept, NRS_KEPT_BYTES, 64), NRS_OK);
	assert_int_equal(nrs_slab_init(&d.streams, NRS_PAYLOAD_BYTES, 2),
			 NRS_OK);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct nrs_text pattern = {0};

		make_pattern(&d, &pattern);
		try_pattern(&d, (const char *)pattern.ptr);
		nrs_text_fini(&pattern);
	}
	printf("%u pairs, %u match; %u patterns not whole\n", d.pairs,
	       d.matches, d.unsupported);
	assert_true(d.matches > d.pairs / 20);
	assert_true(d.unsupported < ROUNDS / 2);
	nrs_slab_fini(&d.kept);
	nrs_slab_fini(&d.streams);
	nrs_arena_free(d.arena);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(pieces_say_what_documents_say),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
