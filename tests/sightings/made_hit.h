/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_hit: hits for tests, as the emitter would give them.
 */
#pragma once

#include "sightings/sighted.h"
#include "tests/nrs_test.h"

#define MADE_NS (INT64_C(1772366400) * NRS_SECOND_NS) /* 2026-03-01T12:00Z */
#define MADE_ID "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"

struct made_hit {
	struct nrs_set *set;
	struct nrs_home_nets home;
	struct nrs_sighted sighted;
	union {
		struct nrs_record_hit hit;
		_Alignas(8) uint8_t bytes[1024];
	} record;
};

static inline struct nrs_addr made_addr(const char *text)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	return addr;
}

/* A set of one indicator: a pattern, or with @value a list's name. */
static inline void made_set(struct made_hit *m, enum nrs_tlp tlp,
			    const char *value)
{
	uint32_t source;
	struct nrs_indicator item = {
		.id = nrs_span_of(value == NULL ? MADE_ID : ""),
		.pattern = nrs_span_of(
			value == NULL ? "[domain-name:value = 'c2.example']"
				      : value),
		.modified_ns = MADE_NS - 1000 * NRS_SECOND_NS,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.confidence = 85,
		.tlp = (uint8_t)tlp,
		.shape = value == NULL ? NRS_SHAPE_PATTERN : NRS_SHAPE_NAME,
		.status = NRS_STATUS_FULL};

	assert_int_equal(nrs_set_new(&m->set), NRS_OK);
	assert_int_equal(nrs_set_source(m->set, nrs_span_of("isac-a/alerts"),
					nrs_span_of("hub"), &source),
			 NRS_OK);
	item.source = source;
	assert_int_equal(nrs_set_add(m->set, &item), NRS_OK);
	nrs_home_nets_default(&m->home);
}

/* The hit of @value in @field, from @src to @dst at @ns. */
static inline void made_hit(struct made_hit *m, const char *src,
			    const char *dst, int64_t ns)
{
	memset(&m->record, 0, sizeof(m->record));
	m->record.hit = (struct nrs_record_hit){
		.head = {.bytes = sizeof(struct nrs_record_hit),
			 .kind = NRS_RECORD_HIT,
			 .ts_ns = ns},
		.flow = {.src = made_addr(src),
			 .dst = made_addr(dst),
			 .start_ns = ns,
			 .id = 1,
			 .src_port = 51234,
			 .dst_port = 443,
			 .proto = 6,
			 .outcome = NRS_OUTCOME_ATTEMPTED},
		.txn_start_ns = ns};
}

static inline void made_value(struct made_hit *m, enum nrs_field field,
			      const void *value, size_t len)
{
	struct nrs_record_hit *hit = &m->record.hit;
	const struct nrs_record_value head = {.field = (uint8_t)field,
					      .how = NRS_HOW_EXACT,
					      .len = (uint32_t)len};

	assert_true(hit->head.bytes + sizeof(head) + len + 8 <=
		    sizeof(m->record.bytes));
	memcpy(m->record.bytes + hit->head.bytes, &head, sizeof(head));
	memcpy(m->record.bytes + hit->head.bytes + sizeof(head), value, len);
	hit->head.bytes += (uint32_t)(sizeof(head) + (len + 7) / 8 * 8);
	hit->value_count++;
}

static inline void made_text(struct made_hit *m, enum nrs_field field,
			     const char *value)
{
	made_value(m, field, value, strlen(value));
}

static inline const struct nrs_sighted *made_sighted(struct made_hit *m)
{
	nrs_sighted_read(&m->sighted, &m->record.hit, m->set, &m->home);
	return &m->sighted;
}

/* All at once: an own client asks for c2.example. */
static inline const struct nrs_sighted *made_usual(struct made_hit *m,
						   const char *own, int64_t ns)
{
	made_hit(m, own, "198.51.100.23", ns);
	made_text(m, NRS_F_TLS_SNI, "c2.example");
	return made_sighted(m);
}
