/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url: the few things about URLs that a client of hubs must get right, because
 * credentials go where a URL points.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

#define NRS_URL_MAX 2048u

/*
 * True for http or https with a host; without user name, query, fragment,
 * blanks or control characters, and not above NRS_URL_MAX.
 */
bool nrs_url_is_base(struct nrs_span url);

/* scheme://host:port of @url, as it stands there; empty if it has none. */
struct nrs_span nrs_url_origin(struct nrs_span url);

/* The same scheme, host and port; a port that is its scheme's is the same as
 * none. */
bool nrs_url_same_origin(struct nrs_span a, struct nrs_span b);

/*
 * What @reference means on @base (absolute, "/path" or "path"), appended to
 * @out with a slash at its end. NRS_E_SYNTAX: not a base URL then.
 */
int nrs_url_join(struct nrs_text *out, struct nrs_span base,
		 struct nrs_span reference);

/* Append @text percent-encoded, all but unreserved characters (RFC 3986). */
void nrs_url_encode(struct nrs_text *out, struct nrs_span text);
