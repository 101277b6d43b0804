/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutated: packets in memory through worker, emitter and what is written, again
 * and again with the same worker; and whether it kept its bounds.
 */
#pragma once

#include "capture/worker.h"
#include "sightings/emitter.h"
#include "sightings/stix_out.h"
#include "tests/capture/mutate.h"

struct mutated {
	struct nrs_hash_key key;
	struct nrs_home_nets home;
	struct nrs_set *set;
	struct nrs_db *db; /* NULL: all is observed */
	struct nrs_match_sink sink;
	struct nrs_worker *worker;
	struct nrs_round round;
	struct nrs_defrag *defrag;
	struct nrs_block block;
	struct nrs_emitter *emitter;
	struct nrs_aggregate *aggregate;
	struct nrs_text text;
	uint32_t session;
	uint64_t hits, values, octets;
};

/* With indicators that much of a capture satisfies; or observing all. */
void mutated_open(struct mutated *m, bool with_set);
void mutated_close(struct mutated *m);

/* All packets as one session. It is over then: fails the test unless each quota
 * is whole again. */
void mutated_replay(struct mutated *m, const struct mutant *from);

/* All hits so far as a bundle, in ->text. */
void mutated_bundle(struct mutated *m);
