/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry: what a hub's status means for what to do next, and when to come back.
 * (Specification section 5.1, its table of statuses.)
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_hub_verdict {
	NRS_HUB_OK,	     /* 200 to 299 */
	NRS_HUB_LATER,	     /* 408, 425, 429, 5xx, no answer: wait */
	NRS_HUB_DENIED,	     /* 401, 403, 407: alarm, retry hourly */
	NRS_HUB_GONE,	     /* 404, 410: look for it once more */
	NRS_HUB_MEDIA,	     /* 406, 415: does not speak TAXII 2.1 */
	NRS_HUB_TOO_LARGE,   /* 413: smaller batches */
	NRS_HUB_BAD_CONTENT, /* 422: one object is bad; find it */
	NRS_HUB_REFUSED,     /* 400, other 4xx; with `next`: it expired */
	NRS_HUB_MOVED,	     /* 3xx to another place: never followed */
};

enum nrs_hub_verdict nrs_hub_verdict(int status);

/* "denied", for log and status. */
const char *nrs_hub_verdict_name(enum nrs_hub_verdict verdict);

#define NRS_HUB_RETRY_MAX_NS (INT64_C(3600) * 1000000000)
#define NRS_HUB_BACKOFF_MIN_NS INT64_C(1000000000)
#define NRS_HUB_BACKOFF_MAX_NS (INT64_C(300) * 1000000000)

/* The wait that a Retry-After header asks for (seconds or a date), at most an
 * hour; -1 if it says nothing. @now_ns: wall time. */
int64_t nrs_hub_retry_after(struct nrs_span header, int64_t now_ns);

/* When to come again after the @failures-th failure in a row (from 1): an hour
 * where nobody can help but a person, 5 min where the hub says no, else the
 * backoff; never before @retry_ns (-1: not said). */
int64_t nrs_hub_wait(enum nrs_hub_verdict verdict, unsigned int failures,
		     uint32_t random, int64_t retry_ns);

/* @interval_s, 10 % more or less, so that sensors do not come in step. */
int64_t nrs_hub_interval(int64_t interval_s, uint32_t random);

/* The wait after the @failures-th failure in a row (from 1): 1 s doubling up to
 * 5 min, of which @random (any 32 bits) decides the second half. */
int64_t nrs_hub_backoff(unsigned int failures, uint32_t random);
