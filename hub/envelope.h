/* SPDX-License-Identifier: Apache-2.0 */
/*
 * envelope: a page of a TAXII collection, object by object as its bytes come,
 * in constant memory (TAXII 2.1 section 3.7: more, next, objects). Bundles
 * that some hubs put in its place, or inside it, are opened (specification
 * section 5.4).
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_ENVELOPE_NEXT_MAX 2048u

/*
 * One object of the page, its text valid during the call. @err as in
 * json_split.h: an object that could not be cut. @number counts from 1. A
 * non-zero return ends the push, which then returns it.
 */
typedef int nrs_envelope_fn(void *ctx, int err, struct nrs_span object,
			    uint64_t number);

struct nrs_envelope;

int nrs_envelope_new(struct nrs_envelope **out, nrs_envelope_fn *fn, void *ctx);
void nrs_envelope_free(struct nrs_envelope *envelope);

/* 0, NRS_E_FORMAT (not JSON), NRS_E_NOMEM, or what the callback returned. */
int nrs_envelope_push(struct nrs_envelope *envelope, struct nrs_span bytes);

/* What stood around the objects. */
struct nrs_envelope_end {
	uint64_t objects;     /* whole ones, handed out */
	uint64_t broken;      /* handed out with an error */
	bool more;	      /* the hub has more than this page */
	struct nrs_span next; /* opaque; empty: none. Lives until the free */
};

/*
 * The page ends here. An empty envelope, {}, is a page without objects.
 * NRS_E_TRUNCATED; NRS_E_FORMAT: no JSON object or array, or brackets that
 * do not match, so that objects may be missing; NRS_E_LIMIT: `next`
 * above its cap; NRS_E_NOMEM.
 */
int nrs_envelope_end(struct nrs_envelope *envelope,
		     struct nrs_envelope_end *end, struct nrs_diag *diag);
