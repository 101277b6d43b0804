/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_split: cut the objects out of a JSON document of any size.
 *
 * String-aware, in constant memory: bytes are pushed as they come; every
 * object that stands where objects of interest stand is handed out whole.
 * Wrappers are descended, not handed out: a top-level array, and any object
 * whose first members lead to an array under one of the keys "objects"
 * (bundles, TAXII envelopes, bundles nested inside either) or "response"
 * (MISP). A top-level object without such an array is handed out itself.
 * One broken or oversized object is reported with its byte offset, and the
 * next one still comes (contracts.md section 10).
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

struct nrs_json_split;

/*
 * One cut: @object is the text from { to }, valid during the call;
 * @offset its first byte in the document; @number counts from 1.
 * With @err != NRS_OK the object could not be cut (NRS_E_LIMIT: above
 * NRS_JSON_OBJECT_MAX or NRS_JSON_DEPTH_MAX; NRS_E_SYNTAX; NRS_E_TRUNCATED)
 * and @object holds what is known of it. A non-zero return stops the push.
 */
typedef int nrs_json_split_fn(void *ctx, int err, struct nrs_span object,
			      uint64_t offset, uint64_t number);

int nrs_json_split_new(struct nrs_json_split **out, nrs_json_split_fn *fn,
		       void *ctx);
void nrs_json_split_free(struct nrs_json_split *split);

/* 0, NRS_E_NOMEM, NRS_E_FORMAT (the document is not JSON at all), or what
 * the callback returned. */
int nrs_json_split_push(struct nrs_json_split *split, struct nrs_span bytes);

/* The document ends here. NRS_E_TRUNCATED if it was cut in the middle,
 * NRS_E_FORMAT if it held nothing. */
int nrs_json_split_end(struct nrs_json_split *split, struct nrs_diag *diag);

/*
 * String members of the wrapper that encloses the object just handed out
 * (the innermost): "type", "id", "spec_version"; empty if not seen (yet).
 */
struct nrs_span nrs_json_split_wrapper(const struct nrs_json_split *split,
				       const char *key);

/* How many wrappers are open around the object just handed out. */
unsigned int nrs_json_split_depth(const struct nrs_json_split *split);

/*
 * @fn is called with the context of the split when a wrapper ends, while it
 * still counts as open: its members that stood behind its list are known then.
 */
typedef void nrs_json_split_close_fn(void *ctx);
void nrs_json_split_on_close(struct nrs_json_split *split,
			     nrs_json_split_close_fn *fn);

/*
 * @fn is called with the context of the split for what is no object where only
 * objects belong, once for each value, and for what no JSON has behind a list
 * or behind the document; without @fn it is passed over. It counts in the
 * numbers of the objects; @offset is its first byte. Non-zero stops the push.
 */
typedef int nrs_json_split_stray_fn(void *ctx, uint64_t offset,
				    uint64_t number);
void nrs_json_split_on_stray(struct nrs_json_split *split,
			     nrs_json_split_stray_fn *fn);
