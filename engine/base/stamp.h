/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: points in time as text. Time is int64_t nanoseconds since 1970 UTC
 * (contracts.md section 1); text is RFC 3339 with upper-case T and Z.
 */
#pragma once

#include "engine/base/span.h"

#define NRS_SECOND_NS INT64_C(1000000000)
#define NRS_TIME_MIN INT64_MIN /* "no lower bound" */
#define NRS_TIME_MAX INT64_MAX /* "no upper bound" */

/* Longest text written by nrs_stamp_format, with its NUL. */
#define NRS_STAMP_LEN 36

/*
 * Strict: YYYY-MM-DDThh:mm:ss[.digits]Z, 1 to 9 significant fraction digits
 * (further ones are read and cut), second 60 counts as 59.999999999 would:
 * the next minute. NRS_E_SYNTAX, NRS_E_DATE (2024-02-30) or NRS_E_RANGE
 * (before 1678 or after 2261).
 */
int nrs_stamp_parse(struct nrs_span text, int64_t *out_ns);

/*
 * What a person types: the strict form, also with a blank for T, without Z,
 * with +hh:mm, a date alone (midnight), or @unix-seconds[.fraction].
 */
int nrs_stamp_parse_human(struct nrs_span text, int64_t *out_ns);

/* @digits fraction digits (0 to 9), cut not rounded. Returns the length. */
size_t nrs_stamp_format(int64_t ns, unsigned int digits,
			char out[NRS_STAMP_LEN]);
