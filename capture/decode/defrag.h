/* SPDX-License-Identifier: Apache-2.0 */
/*
 * defrag: IP fragments into whole packets (contracts.md section 3).
 *
 * 256 tables by the unordered pair of the fragment's own addresses, each with
 * its own cap and clock, so that what is dropped does not depend on who
 * decodes. Where fragments overlap, the octets that came first stay; if others
 * say something else, that is counted. One thread at a time.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/counter.h"
#include "engine/base/err.h"

struct nrs_defrag;

/* Packets under way per table; one more ends the oldest. */
#define NRS_DEFRAG_PENDING 16

/* Pages of 4 KB per table for their payloads; one more ends the oldest too. */
#define NRS_DEFRAG_PAGES 64

/* Seconds of packet time for the rest to come (RFC 8200 section 4.5 says 60,
 * counted from the first; hosts wait 30). */
#define NRS_DEFRAG_TIMEOUT_S 30

/* Room that a whole packet with what stands before it can take. */
#define NRS_DEFRAG_WHOLE_MAX ((size_t)14 + 65535)

/* Memory is reserved here and touched on use. NRS_E_NOMEM. */
int nrs_defrag_new(struct nrs_defrag **out);
void nrs_defrag_free(struct nrs_defrag *defrag);

/*
 * Take @fragment (NRS_DG_FRAGMENT; borrowed). If the packet is whole now, it is
 * written to @room, NRS_DEFRAG_WHOLE_MAX octets: an Ethernet header with the
 * fragment's addresses or zeros, then the packet as if it had never been cut.
 * Its length, or 0: more is needed, or it was refused (counted).
 */
size_t nrs_defrag_add(struct nrs_defrag *defrag,
		      const struct nrs_datagram *fragment, uint8_t *room,
		      struct nrs_counters *counters);

/* @fragments of @bytes, by their headers, never became a packet: counted. */
void nrs_defrag_lose(struct nrs_counters *counters, uint64_t fragments,
		     uint64_t bytes);

/* The session is over: what is not whole never will be; counted. */
void nrs_defrag_end(struct nrs_defrag *defrag, struct nrs_counters *counters);
