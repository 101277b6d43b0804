/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names: international domain names and public suffixes (the only door to
 * libidn2 and libpsl).
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_NAME_MAX                                                           \
	253 /* characters of a domain name without its last dot                \
	     */

/*
 * UTF-8 name to A-label form by IDNA 2008 with UTS 46 mapping, lower case.
 * NRS_E_FORMAT if it has none. Allocates: not for the packet path, where
 * names are ASCII already.
 */
int nrs_names_to_ascii(struct nrs_span name, char out[NRS_NAME_MAX + 1],
		       size_t *len);

/* True if the canonical @name is a public suffix ("com", "co.uk"). */
bool nrs_names_is_public_suffix(struct nrs_span name);

/*
 * As above, but only what stands there for everybody: a suffix of a registry,
 * or one that is listed by its own name. Under a hoster's wildcard
 * ("*.hoster.example") every suffix is one customer's host, and is none here.
 */
bool nrs_names_is_everybodys(struct nrs_span name);
