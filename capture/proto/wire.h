/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: a reader of big-endian numbers and counted fields that can only run
 * out; once it has, every further read is zero or empty.
 */
#pragma once

#include "engine/base/span.h"

struct nrs_wire {
	struct nrs_span rest;
	bool failed;
};

/* The next @octets (at most 4) as a number. */
static inline uint32_t nrs_wire_number(struct nrs_wire *wire,
				       unsigned int octets)
{
	uint32_t value = 0;

	if (wire->failed || wire->rest.len < octets) {
		wire->failed = true;
		return 0;
	}
	for (unsigned int i = 0; i < octets; i++)
		value = value << 8 | wire->rest.ptr[i];
	wire->rest = nrs_span_from(wire->rest, octets);
	return value;
}

/* The next @len octets as they stand. */
static inline struct nrs_span nrs_wire_take(struct nrs_wire *wire, size_t len)
{
	if (wire->failed || wire->rest.len < len) {
		wire->failed = true;
		return nrs_span(NULL, 0);
	}
	const struct nrs_span taken = nrs_span_part(wire->rest, 0, len);
	wire->rest = nrs_span_from(wire->rest, len);
	return taken;
}

/* The next @len octets; a length of any size fails the same way. */
static inline struct nrs_span nrs_wire_counted(struct nrs_wire *wire,
					       uint64_t len)
{
	if (len > wire->rest.len)
		wire->failed = true;
	return nrs_wire_take(wire, (size_t)len);
}

/* A number of QUIC's variable length (RFC 9000 section 16). */
static inline uint64_t nrs_wire_variable(struct nrs_wire *wire)
{
	const uint32_t first = nrs_wire_number(wire, 1);
	uint64_t value = first & 0x3f;

	for (unsigned int i = 1; i < 1u << (first >> 6); i++)
		value = value << 8 | nrs_wire_number(wire, 1);
	return value;
}
