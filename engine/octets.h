/* SPDX-License-Identifier: Apache-2.0 */
/*
 * octets: numbers and texts one after another, as the small sections of an
 * image hold them: written to a text, read back with every length checked.
 */
#pragma once

#include "engine/base/text.h"

/* What is left to read; failed once something was not there. */
struct nrs_octets {
	struct nrs_span rest;
	bool failed;
};

static inline void nrs_octets_put(struct nrs_text *out, uint64_t value)
{
	nrs_text_add(out, nrs_span(&value, sizeof(value)));
}

static inline void nrs_octets_put_span(struct nrs_text *out,
				       struct nrs_span span)
{
	nrs_octets_put(out, span.len);
	if (span.len > 0)
		nrs_text_add(out, span);
}

/* The next @len octets; empty where they are not all there. */
static inline struct nrs_span nrs_octets_take(struct nrs_octets *in,
					      uint64_t len)
{
	struct nrs_span taken = {0};

	if (len > in->rest.len) {
		in->failed = true;
		in->rest = taken;
		return taken;
	}
	taken = nrs_span_part(in->rest, 0, len);
	in->rest = nrs_span_from(in->rest, len);
	return taken;
}

static inline uint64_t nrs_octets_number(struct nrs_octets *in)
{
	const struct nrs_span taken = nrs_octets_take(in, sizeof(uint64_t));
	uint64_t value = 0;

	if (taken.len == sizeof(value))
		memcpy(&value, taken.ptr, sizeof(value));
	return value;
}

/* A number below @end; 0 and failed if it is not. */
static inline uint32_t nrs_octets_below(struct nrs_octets *in, uint64_t end)
{
	const uint64_t value = nrs_octets_number(in);

	if (value < end && value <= UINT32_MAX)
		return (uint32_t)value;
	in->failed = true;
	return 0;
}

static inline struct nrs_span nrs_octets_span(struct nrs_octets *in)
{
	return nrs_octets_take(in, nrs_octets_number(in));
}
