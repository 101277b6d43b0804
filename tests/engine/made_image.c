/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_image: see the header. Helpers end the process where a test would fail
 * for a reason that is none of its own.
 */
#include "tests/engine/made_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/matcher.h"
#include "engine/pattern.h"
#include "engine/payload.h"

const uint8_t made_key[NRS_IMAGE_KEY_LEN] = "the key of this machine, 32 oct.";

/* Patterns with ids, then values of a list. */
static const char *const made_patterns[] = {
	"[ipv4-addr:value = '192.0.2.7']",
	"[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
	"[ipv6-addr:value = '2001:db8::7']",
	"[domain-name:value = 'Higan.example']",
	"[domain-name:value LIKE '%.b.example']",
	"[url:value = 'http://h.example/a?b=\\'c\\'']",
	"[url:value MATCHES '^http://[a-z]+\\\\.example/x']",
	"[domain-name:value MATCHES '\\\\p{Lu}\\\\.example$']",
	("[network-traffic:dst_ref.value = '192.0.2.8' AND "
	 "network-traffic:dst_port = 4444]"),
	"[network-traffic:src_byte_count > 1000]",
	("[network-traffic:dst_port IN (7, 8, 9) AND NOT "
	 "network-traffic:src_port = 53]"),
	"[domain-name:value = 'a.example' OR domain-name:value = 'c.example']",
	("[ipv4-addr:value = '192.0.2.9'] START t'2026-01-01T00:00:00Z' STOP "
	 "t'2026-02-01T00:00:00Z'"),
	"[file:ctime = 'x'] OR [domain-name:value = 'd.example']",
	("[domain-name:value = 'd.example'] FOLLOWEDBY "
	 "[url:value = 'http://h.example/x']"),
	"[artifact:payload_bin MATCHES 'evil']",
	"[file:ctime = 'x']",
	"[domain-name:value = ",
	"[domain-name:value = 'higan.example']",
	/* Equal to one above: both run the same code. */
	("[network-traffic:dst_ref.value = '192.0.2.8' AND "
	 "network-traffic:dst_port = 4444]"),
};
#define MADE_PATTERNS (sizeof(made_patterns) / sizeof(*made_patterns))

static const struct {
	enum nrs_shape shape;
	const char *value;
} made_values[] = {
	{NRS_SHAPE_IPV4, "192.0.2.7"},
	{NRS_SHAPE_IPV4, "203.0.113.0/25"},
	{NRS_SHAPE_NAME, "a.example"},
	{NRS_SHAPE_SUBDOMAINS, "e.example"},
	{NRS_SHAPE_URL, "h.example/p.php"},
	{NRS_SHAPE_ADDR_PORT, "192.0.2.1:80"},
	{NRS_SHAPE_IPV6, "2001:DB8::9"},
	{NRS_SHAPE_IPV4, "0.0.0.0/0"},
};
#define MADE_VALUES (sizeof(made_values) / sizeof(*made_values))

static void made_add_pattern(struct nrs_set *set, uint32_t source, uint32_t i)
{
	static const struct nrs_background background = {
		.report_name = {(const uint8_t *)"a report", 8}};
	const struct nrs_indicator_context said = {
		.name = nrs_span_of(i == 0	 ? "host 192.0.2.7"
				    : i == 3	 ? "Higan.example"
				    : i % 2 == 0 ? "one name"
						 : ""),
		.description = nrs_span_of(i % 3 == 0 ? "described" : ""),
		.background = &background};
	struct nrs_indicator item = {.pattern = nrs_span_of(made_patterns[i]),
				     .created_ns = 1700000000000000000 + i,
				     .modified_ns = 1700000001000000000,
				     .valid_from_ns = 1700000002000000000,
				     .valid_until_ns = NRS_TIME_MAX,
				     .source = source,
				     .place = i + 1,
				     .confidence = (int8_t)(i * 5),
				     .tlp = (uint8_t)(i % 5),
				     .version = NRS_STIX_21,
				     .warned = i == 3,
				     .watched = i == 2 || i == 9};
	char id[64];

	(void)snprintf(id, sizeof(id),
		       i == 4 ? "indicator--ABCDEF%02u"
			      : "indicator--00000001-0000-4000-8000-"
				"0000000000%02x",
		       i);
	item.id = nrs_arena_copy(nrs_set_arena(set), nrs_span_of(id));
	if (i % 4 == 1) {
		item.created_ns = item.valid_from_ns = item.modified_ns;
		item.valid_until_ns = 1800000000000000000;
	}
	if (i != 5)
		item.context = nrs_set_context(set, &said);
	if (nrs_set_add(set, &item) != NRS_OK)
		abort();
}

struct nrs_set *made_set(void)
{
	struct nrs_set *set = NULL;
	uint32_t stix = 0, list = 0;

	(void)nrs_set_new(&set);
	(void)nrs_set_source(set, nrs_span_of("feed"), nrs_span_of("f.json"),
			     &stix);
	(void)nrs_set_source(set, nrs_span_of("list"), nrs_span_of("l.txt"),
			     &list);
	for (uint32_t i = 0; i < MADE_PATTERNS; i++)
		made_add_pattern(set, stix, i);
	for (uint32_t i = 0; i < MADE_VALUES; i++) {
		const struct nrs_indicator item = {
			.pattern = nrs_span_of(made_values[i].value),
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.source = list,
			.place = i + 1,
			.confidence = -1,
			.shape = (uint8_t)made_values[i].shape,
			.version = NRS_STIX_21};

		(void)nrs_set_add(set, &item);
	}
	(void)nrs_set_refuse(set, list, 99, "x y: no value");
	(void)nrs_set_settle(set);
	return set;
}

struct nrs_image_options made_options(void)
{
	const struct nrs_image_options options = {
		.building = {.seats = 1, .generation = 9, .guards = true},
		.key = {made_key, sizeof(made_key)}};

	return options;
}

/* The image of @db as octets aligned to 64, from the heap. */
uint8_t *made_octets(const struct nrs_db *db, struct nrs_span key, size_t *len)
{
	char path[] = "/tmp/nrs-image-XXXXXX";
	struct nrs_diag diag = {0};
	struct stat st;
	const int fd = mkstemp(path);

	(void)close(fd);
	if (fd < 0 || nrs_image_write(path, db, key, &diag) != NRS_OK)
		abort();
	FILE *file = fopen(path, "rb");
	if (file == NULL || fstat(fileno(file), &st) != 0)
		abort();
	*len = (size_t)st.st_size;
	uint8_t *octets = aligned_alloc(64, (*len + 63) / 64 * 64);
	if (octets == NULL || fread(octets, 1, *len, file) != *len)
		abort();
	(void)fclose(file);
	(void)unlink(path);
	return octets;
}

/* A copy that can be spoiled. */
uint8_t *made_copy(const uint8_t *octets, size_t len)
{
	uint8_t *copy = aligned_alloc(64, (len + 64) / 64 * 64);

	if (copy == NULL)
		abort();
	memcpy(copy, octets, len);
	return copy;
}

/* The image of made_set. */
uint8_t *made_good_octets(size_t *len)
{
	const struct nrs_image_options options = made_options();
	struct nrs_set *set = made_set();
	struct nrs_db *db = NULL;

	if (nrs_db_build(&db, set, &options.building) != NRS_OK)
		abort();
	uint8_t *octets = made_octets(db, options.key, len);
	nrs_db_free(db);
	nrs_set_free(set);
	return octets;
}

/* Change an image: five octets of @edits each, three of place, the first of
 * which may point into the head, and two that are written there. Then seal. */
void made_spoil(uint8_t *octets, size_t len, struct nrs_span edits)
{
	for (size_t i = 0; i + 5 <= edits.len; i += 5) {
		const uint8_t *e = edits.ptr + i;
		const size_t at =
			((size_t)e[0] << 16 | (size_t)e[1] << 8 | e[2]) %
			(len - 1);

		octets[at] = e[3];
		octets[at + 1] = e[4];
	}
	(void)nrs_image_seal(octets, len);
}

static void made_count_hit(void *ctx, const struct nrs_hit *hit)
{
	unsigned int *hits = ctx;

	*hits += hit->value_count + 1;
}

/* What passes the wire where an image is looked at. */
static const struct {
	enum nrs_field field;
	const char *text;
} made_traffic[] = {
	{NRS_F_DNS_QUERY, "higan.example"},
	{NRS_F_DNS_QUERY, "www.b.example"},
	{NRS_F_DNS_QUERY, "d.example"},
	{NRS_F_HTTP_HOST, "x.e.example"},
	{NRS_F_HTTP_URL, "http://h.example/x"},
	{NRS_F_HTTP_URL, "http://h.example/a?b='c'"},
	{NRS_F_HTTP_URI, "/p.php"},
};

static void made_push(struct nrs_matcher *m, struct nrs_txn *flow,
		      struct nrs_txn *exchange)
{
	static const char *const addresses[] = {"192.0.2.7", "192.0.2.8",
						"198.51.100.9", "2001:db8::7",
						"192.0.2.9"};
	static const int64_t ports[] = {4444, 80, 8};
	const struct nrs_payload_datagram datagram = {
		.octets = nrs_span_of("an evil one")};
	const int64_t many = 5000;
	struct nrs_addr addr;

	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		(void)nrs_addr_parse(nrs_span_of(addresses[i]), &addr);
		nrs_txn_value(m, flow, NRS_F_IP_DST, 1,
			      nrs_span(addr.bytes, sizeof(addr.bytes)));
	}
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		nrs_txn_value(m, flow, NRS_F_DST_PORT, 0,
			      nrs_span(&ports[i], sizeof(*ports)));
	for (size_t i = 0; i < sizeof(made_traffic) / sizeof(*made_traffic);
	     i++)
		nrs_txn_value(m, exchange, made_traffic[i].field, 0,
			      nrs_span_of(made_traffic[i].text));
	nrs_txn_value(m, flow, NRS_F_SRC_BYTES, 0,
		      nrs_span(&many, sizeof(many)));
	if (nrs_matcher_has_payloads(m))
		nrs_payload_datagram(m, flow, &datagram);
}

/* Traffic against @db: a number that tells hits and their values. */
unsigned int made_match(const struct nrs_db *db)
{
	unsigned int hits = 0;
	const struct nrs_match_sink sink = {.ctx = &hits,
					    .hit = made_count_hit};
	struct nrs_counters counters = {0};
	struct nrs_matcher *matcher = NULL;
	struct nrs_txn flow, exchange;
	struct nrs_slab slab;

	if (nrs_matcher_new(&matcher, db, 0, &sink, &counters) != NRS_OK ||
	    nrs_slab_init(&slab, NRS_KEPT_BYTES, 256) != NRS_OK)
		abort();
	nrs_matcher_at(matcher, 1768000000000000000, &slab);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1768000000000000000);
	nrs_txn_begin(&exchange, &flow, NRS_TXN_HTTP, 1, 1768000000000000000);
	made_push(matcher, &flow, &exchange);
	nrs_txn_end(matcher, &exchange);
	nrs_txn_end(matcher, &flow);
	nrs_matcher_free(matcher);
	nrs_slab_fini(&slab);
	return hits;
}

/* Read everything that can be asked of a set; a sum of it. */
uint64_t made_look(const struct nrs_set *set)
{
	struct nrs_text text = {0};
	uint64_t sum = 0;

	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const struct nrs_indicator *item = nrs_set_at(set, i);
		const struct nrs_background *background =
			nrs_indicator_background(item);
		int64_t from, until;

		nrs_set_times(set, i, &from, &until);
		sum += nrs_set_identity(set, i) + (uint64_t)from +
		       (uint64_t)until + nrs_set_status(set, i) +
		       nrs_set_tlp(set, i);
		nrs_set_id(set, i, &text);
		nrs_set_pattern(set, i, &text);
		nrs_text_puts(&text, nrs_set_reason(set, i));
		nrs_text_add(&text, nrs_set_source_of(set, item->source)->name);
		if (item->context != NULL) {
			nrs_text_add(&text, item->context->name);
			nrs_text_add(&text, item->context->description);
		}
		for (size_t m = 0; m < NRS_BACKGROUND_MEMBERS; m++)
			nrs_text_add(&text, nrs_background_get(background, m));
	}
	for (size_t i = 0; i < text.len; i++)
		sum = sum * 31 + text.ptr[i];
	nrs_text_fini(&text);
	return sum;
}

void made_image_free(struct nrs_image *image)
{
	nrs_db_free(image->db);
	nrs_set_free(image->set);
	*image = (struct nrs_image){0};
}
