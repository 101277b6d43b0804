/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aggregate: hits folded by (indicator and version, own host or pair,
 * direction, outcome): sharing-rules.md rule 11. One window: the whole run.
 */
#pragma once

#include "sightings/sighted.h"

struct nrs_sighting {
	uint32_t indicator;
	struct nrs_addr own, peer; /* peer: of the first transaction */
	enum nrs_direction direction;
	enum nrs_outcome outcome;
	int64_t first_ns, last_ns;
	uint64_t count;	  /* transactions */
	enum nrs_how how; /* the weakest that occurred */
	uint32_t protocols;
	struct nrs_record_hit *first; /* copy of the first hit */
	struct nrs_text parts; /* of its pattern's observations, if several */
};

struct nrs_aggregate;

int nrs_aggregate_new(struct nrs_aggregate **out);
void nrs_aggregate_free(struct nrs_aggregate *aggregate);

int nrs_aggregate_add(struct nrs_aggregate *aggregate,
		      const struct nrs_sighted *sighted);

/* All sightings in the order of their first hit. */
size_t nrs_aggregate_list(const struct nrs_aggregate *aggregate,
			  const struct nrs_sighting **first);
