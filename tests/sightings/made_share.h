/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_share: one audience that takes all by itself, and one source that asks
 * for it, as a policy. A test changes of it what it is about.
 */
#pragma once

#include "sightings/disclose.h"

struct made_share {
	struct nrs_share_audience audience;
	struct nrs_share_source source;
	struct nrs_share_policy policy;
};

/* @share must stay where it is: the policy points into it. */
static inline void made_share(struct made_share *share)
{
	share->audience = (struct nrs_share_audience){
		.name = nrs_span_of("isac-a"),
		.hub = nrs_span_of("hub-a"),
		.collection = nrs_span_of("sightings"),
		.is_auto = true,
		.reporter = {.name = nrs_span_of("Example Ltd"),
			     .contact = nrs_span_of("soc@example.org")}};
	share->source =
		(struct nrs_share_source){.name = nrs_span_of("isac-a/alerts"),
					  .hub = nrs_span_of("hub-a"),
					  .collection = nrs_span_of("alerts")};
	share->policy = (struct nrs_share_policy){.audiences = &share->audience,
						  .audience_count = 1,
						  .sources = &share->source,
						  .source_count = 1};
}
