/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco: what was observed as STIX 2.1 cyber-observable objects with their
 * deterministic ids (specification, section 4.2). Not for the packet path.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/record.h"

#define NRS_SCO_ID_LEN 64

/* Id of an object given as a tree; false if its type has no contributing
 * property here (such objects get a random id, which we never make). */
bool nrs_sco_id(const struct nrs_json *object, char out[NRS_SCO_ID_LEN]);

/* Objects of one observation, each once. */
struct nrs_sco_list {
	struct nrs_text objects; /* JSON objects, a comma between */
	struct nrs_text refs;	 /* their ids as JSON strings, likewise */
	unsigned int count;
	struct nrs_span further; /* inside: members of what is written now */
};
void nrs_sco_list_fini(struct nrs_sco_list *list);

/* A flow: its addresses and network-traffic. @values may add the HTTP request
 * extension; @protocols: see nrs_flow_protocols. */
void nrs_sco_add_flow(struct nrs_sco_list *list,
		      const struct nrs_flow_info *flow, uint32_t protocols,
		      const struct nrs_hit_value *values, unsigned int count);

/* A flow of which only a part may be said. */
struct nrs_sco_traffic {
	const struct nrs_flow_info *flow;
	uint32_t protocols;
	const struct nrs_hit_value *values; /* as above */
	unsigned int count;
	bool hides_src, hides_dst;   /* address and port; not both */
	bool is_peer_only;	     /* no network-traffic: addresses alone */
	const char *encapsulated_by; /* id of the tunnel's traffic, or NULL */
	char *id; /* NRS_SCO_ID_LEN for that of network-traffic, or NULL */
	int64_t start_ns;
	/* Further members of each object, like `"a":["b"]`, or empty. */
	struct nrs_span extra;
};
void nrs_sco_add_traffic(struct nrs_sco_list *list,
			 const struct nrs_sco_traffic *traffic);

/* The objects of values whose fields have one of their own. Values of one
 * certificate are one object; without digest and serial it has no id, and is
 * left out. */
void nrs_sco_add_values(struct nrs_sco_list *list,
			const struct nrs_hit_value *values, unsigned int count);

/* The same; the objects of values that are not to the letter what was looked
 * for (nrs_how: a subdomain, a prefix, a pattern) get @extra, as above. */
void nrs_sco_add_values_with(struct nrs_sco_list *list,
			     const struct nrs_hit_value *values,
			     unsigned int count, struct nrs_span extra);
