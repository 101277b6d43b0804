/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_context: what other objects of a file say about its indicators:
 * markings, reports, what they indicate. Collected as it comes, joined at the
 * end, because any object may stand before or behind the one it names.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/set.h"

/* Names of others are kept to this length: a report's name goes to each of
 * its indicators, and a hostile one must not multiply. */
#define NRS_STIX_NAME_MAX 256u

/* How many names of what it indicates an indicator carries. */
#define NRS_STIX_INDICATES_MAX 16u

struct nrs_stix_context;

int nrs_stix_context_new(struct nrs_stix_context **out);
void nrs_stix_context_free(struct nrs_stix_context *context);

/* Take what @object (not an indicator) says. Unknown types say nothing. */
int nrs_stix_context_take(struct nrs_stix_context *context,
			  const struct nrs_json *object);

/* Complete the indicators of @set from index @first on. */
int nrs_stix_context_join(struct nrs_stix_context *context, struct nrs_set *set,
			  uint32_t first, enum nrs_tlp default_tlp);
