/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picked: the flows of a replay that hit, and what to say at which of their
 * packets: filled while the replay runs, asked in its second pass
 * (--packets). One thread at a time.
 */
#pragma once

#include "capture/packet.h"
#include "sightings/sighted.h"

struct nrs_picked;

/* Flows and hits beyond are left out (nrs_picked_refused). */
#define NRS_PICKED_FLOWS_MAX 1000000u
#define NRS_PICKED_HITS_MAX 4000000u

int nrs_picked_new(struct nrs_picked **out, const struct nrs_hash_key *key);
void nrs_picked_free(struct nrs_picked *picked);

/* A hit; NRS_E_NOMEM. */
int nrs_picked_hit(struct nrs_picked *picked,
		   const struct nrs_sighted *sighted);
/* Its flow is over: only now its range of packets is known. */
void nrs_picked_flow(struct nrs_picked *picked,
		     const struct nrs_record_flow *end);

/* After the replay, before the second pass. */
int nrs_picked_sort(struct nrs_picked *picked);

/*
 * Does the packet belong to such a flow? Then its comment (perhaps empty) is
 * appended to @comment: what hit in it, and at a flow's last packet what was
 * decided when the flow ended.
 */
bool nrs_picked_find(struct nrs_picked *picked, uint32_t session,
		     const struct nrs_datagram *datagram,
		     struct nrs_text *comment);

uint64_t nrs_picked_refused(const struct nrs_picked *picked);
