/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_made: records of values as a worker tells them.
 */
#pragma once

#include "engine/record_log.h"
#include "tests/nrs_test.h"

#define SEEN_NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */

struct seen_made {
	struct nrs_record_seen seen;
	char value[248];
};

static inline void seen_addr(struct nrs_addr *out, const char *text)
{
	assert_int_equal(nrs_addr_parse(nrs_span_of(text), out), NRS_OK);
}

static inline struct seen_made seen_make(enum nrs_field field,
					 const char *value, const char *src,
					 int64_t ts_ns)
{
	struct seen_made made = {
		.seen = {.head = {.kind = NRS_RECORD_SEEN, .ts_ns = ts_ns},
			 .dst_port = 443,
			 .proto = 6,
			 .field = (uint8_t)field,
			 .txn_kind = NRS_TXN_TLS}};

	seen_addr(&made.seen.src, src);
	seen_addr(&made.seen.dst, "192.0.2.80");
	if (nrs_field_table[field].kind == NRS_VALUE_ADDR) {
		seen_addr((void *)made.value, value);
		made.seen.len = 16;
	} else {
		made.seen.len = (uint32_t)strlen(value);
		assert_true(made.seen.len < sizeof(made.value));
		memcpy(made.value, value, made.seen.len);
	}
	made.seen.head.bytes = sizeof(made);
	return made;
}
