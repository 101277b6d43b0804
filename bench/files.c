/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files: what digests of files cost. Downloads over HTTP/1 go through a session
 * segment by segment, once where somebody asks for their URLs alone and once
 * for all three digests too; the difference is at most 1.15 times what OpenSSL
 * (EVP) takes for the same octets, file by file in one piece. Processor time,
 * medians of alternating rounds. --gate: exit 1 where it does not hold.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "capture/session_part.h"

#define FILES 64
#define SEGMENT 1460
#define ROUNDS 9
#define CLAIM 1.15
#define BIT(field) NRS_FIELD_BIT(NRS_F_##field)

struct work {
	struct nrs_session_env env;
	struct nrs_match_sink sink;
	struct nrs_counters counters;
	struct nrs_session_pools pools;
	struct nrs_slab kept;
	uint64_t values;
	uint8_t *octets;
	size_t file_len;
};

static void on_value(void *ctx, const struct nrs_txn *txn, enum nrs_field field,
		     unsigned int object, struct nrs_span value)
{
	struct work *w = ctx;

	(void)txn;
	(void)field;
	(void)object;
	w->values += value.len;
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void set_up(struct work *w)
{
	w->sink = (struct nrs_match_sink){.ctx = w, .value = on_value};
	w->env = (struct nrs_session_env){
		.counters = &w->counters,
		.pools = &w->pools,
		.http_head = malloc(sizeof(struct nrs_http1_head)),
		.text_room = malloc(NRS_SESSION_TEXT_ROOM),
		.body_room = malloc(NRS_SESSION_BODY_ROOM)};
	if (w->env.http_head == NULL || w->env.text_room == NULL ||
	    w->env.body_room == NULL ||
	    nrs_session_pools_init(&w->pools, 4, 4, 4, 8) != NRS_OK ||
	    nrs_slab_init(&w->kept, NRS_KEPT_BYTES, 64) != NRS_OK ||
	    nrs_matcher_new(&w->env.matcher, NULL, 0, &w->sink, &w->counters) !=
		    NRS_OK)
		exit(2);
	nrs_matcher_at(w->env.matcher, 1, &w->kept);
}

/* All downloads through one session. */
static double carry(struct work *w, nrs_field_set fields)
{
	struct nrs_flow flow = {.info = {.proto = 6, .dst_port = 80}};
	char head[128];
	const struct nrs_span request =
		nrs_span_of("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n");

	w->sink.fields = fields;
	nrs_matcher_adopt(w->env.matcher, NULL);
	w->env.demand = nrs_matcher_demand(w->env.matcher);
	(void)snprintf(head, sizeof(head),
		       "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
		       w->file_len);
	nrs_txn_begin(&flow.txn, &flow.txn, NRS_TXN_FLOW, 0, 1);
	const double from = now();
	for (unsigned int f = 0; f < FILES; f++) {
		const struct nrs_span body = nrs_span(
			w->octets + (size_t)f * w->file_len, w->file_len);

		nrs_session_bytes(&w->env, &flow, 0, request);
		nrs_session_bytes(&w->env, &flow, 1, nrs_span_of(head));
		for (size_t at = 0; at < body.len; at += SEGMENT)
			nrs_session_bytes(&w->env, &flow, 1,
					  nrs_span_part(body, at, SEGMENT));
	}
	nrs_session_end(&w->env, &flow);
	return now() - from;
}

static double digest(const struct work *w)
{
	const EVP_MD *const kinds[] = {EVP_md5(), EVP_sha1(), EVP_sha256()};
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	const double from = now();

	for (unsigned int f = 0; f < FILES * 3; f++) {
		if (EVP_DigestInit_ex(ctx, kinds[f % 3], NULL) != 1 ||
		    EVP_DigestUpdate(ctx,
				     w->octets + (size_t)(f / 3) * w->file_len,
				     w->file_len) != 1 ||
		    EVP_DigestFinal_ex(ctx, sum, &len) != 1)
			exit(2);
	}
	const double took = now() - from;
	EVP_MD_CTX_free(ctx);
	return took;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* True: the claim holds for files of @len octets. */
static bool measure(struct work *w, size_t len)
{
	const nrs_field_set urls = BIT(HTTP_URL);
	const nrs_field_set all =
		urls | BIT(FILE_MD5) | BIT(FILE_SHA1) | BIT(FILE_SHA256);
	double plain[ROUNDS], with[ROUNDS], openssl[ROUNDS], ratio[ROUNDS];

	w->file_len = len;
	for (unsigned int r = 0; r < ROUNDS; r++) {
		plain[r] = carry(w, urls);
		with[r] = carry(w, all);
		openssl[r] = digest(w);
		ratio[r] = (with[r] - plain[r]) / openssl[r];
	}
	qsort(plain, ROUNDS, sizeof(*plain), compare);
	qsort(with, ROUNDS, sizeof(*with), compare);
	qsort(openssl, ROUNDS, sizeof(*openssl), compare);
	qsort(ratio, ROUNDS, sizeof(*ratio), compare);
	printf("%u files of %zu octets: without %.4f s, with three digests "
	       "%.4f s, OpenSSL alone %.4f s: %.3f times (at most %.2f)\n",
	       FILES, len, plain[ROUNDS / 2], with[ROUNDS / 2],
	       openssl[ROUNDS / 2], ratio[ROUNDS / 2], CLAIM);
	return ratio[ROUNDS / 2] <= CLAIM;
}

int main(int argc, char **argv)
{
	static _Alignas(64) struct work w;
	const bool is_gate = argc > 1 && strcmp(argv[1], "--gate") == 0;
	bool holds = true;
	uint64_t seed = 1;

	set_up(&w);
	w.octets = malloc((size_t)FILES << 20);
	if (w.octets == NULL)
		return 2;
	for (size_t i = 0; i < (size_t)FILES << 20; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		w.octets[i] = (uint8_t)(seed >> 56);
	}
	holds = measure(&w, (size_t)1 << 20) && holds;
	holds = measure(&w, 65536) && holds;
	if (w.values == 0)
		return 2; /* nothing was told: nothing was measured */
	return is_gate && !holds;
}
