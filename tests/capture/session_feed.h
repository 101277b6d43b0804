/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_feed: octets of one side of TCP, in pieces.
 */
#pragma once

#include "tests/capture/session_bench.h"

static inline void bench_feed(struct session_bench *b, unsigned int side,
			      const char *bytes, size_t len, size_t piece)
{
	for (size_t at = 0; at < len; at += piece)
		nrs_session_bytes(
			&b->env, &b->flow, side,
			nrs_span_part(nrs_span(bytes, len), at, piece));
}
#define FEED(side, bytes, n) bench_feed(b, side, bytes, sizeof(bytes) - 1, n)
