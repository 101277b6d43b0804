/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blind: why something could not be inspected, in one table, so that "no
 * sighting" has a meaning. The first rows are about packets that never became
 * part of a flow's content; the rest are marks of flows, counted when the flow
 * ends: the packet path pays nothing for them.
 */
#pragma once

#include <stdint.h>

/*
 * name in the output, what it says.
 *
 * Of a mark of flows, packets and bytes are those of all its flows, by their IP
 * headers: at most so much was not seen. Of packets, bytes are those on the
 * wire, of FRAGMENTS and TUNNELS by the IP header, of SNAPLEN only the missing
 * ones.
 */
#define NRS_BLINDS_OF_PACKETS(X)                                               \
	X(LINK, "link_type", "link types that are not decoded")                \
	X(NOT_IP, "not_ip", "no IP in them: ARP, STP, LLDP and the like")      \
	X(ENCAPSULATION, "encapsulation",                                      \
	  "encapsulations that are not known, or encrypted")                   \
	X(HEADERS, "headers", "headers that are broken or cut")                \
	X(FRAGMENTS, "fragments", "fragments whose packet never became whole") \
	X(TUNNELS, "tunnels", "tunnels that are broken, unknown or too deep")  \
	X(SNAPLEN, "snaplen", "captured shorter than they were")
#define NRS_BLINDS_OF_FLOWS(X)                                                 \
	X(ONE_SIDED, "one_sided", "TCP of which one side was seen")            \
	X(LATE, "late", "TCP whose beginning was not seen")                    \
	X(GAPS, "gaps", "bytes missing where content was read")                \
	X(IN_FRAGMENTS, "in_fragments",                                        \
	  "packets of them whose other fragments never came")                  \
	X(CUT, "cut", "content captured shorter than it was")                  \
	X(PROTOCOL, "protocol",                                                \
	  "no protocol that is read for these indicators")                     \
	X(TRANSPORT, "transport", "no transport that is read: ESP, SCTP, ...") \
	X(ENCRYPTED, "encrypted", "encrypted: at most the handshake was read") \
	X(ECH, "ech", "hellos that may hide another name (ECH)")               \
	X(NO_NAME, "no_name", "hellos that name no server")                    \
	X(CERTIFICATE, "certificate", "certificates encrypted (TLS 1.3)")      \
	X(REFUSED, "refused", "messages that are broken or not read")          \
	X(LONG, "too_long", "longer, deeper or more than is read")             \
	X(PARTIAL, "partial", "files or mail of which a part was not seen")    \
	X(AMBIGUOUS, "ambiguous", "said twice, and not the same")              \
	X(POOL, "pool", "no room left to read or keep it")                     \
	X(EVICTED, "evicted", "ended early: the table of flows was full")

enum nrs_blind {
#define X(id, name, text) NRS_B_##id,
	NRS_BLINDS_OF_PACKETS(X) NRS_BLINDS_OF_FLOWS(X)
#undef X
		NRS_B_ALL, /* every flow that ended */
	NRS_B_CLEAR,	   /* of which nothing is marked */
	NRS_BLIND_SUMS
};
#define NRS_B_FIRST_OF_FLOWS NRS_B_ONE_SIDED
#define NRS_BLINDS ((unsigned int)NRS_B_ALL) /* reasons */

/* A flow's marks: bits of the reasons above. */
typedef uint32_t nrs_blind_set;
#define NRS_BLIND_BIT(blind) ((nrs_blind_set)1 << (blind))

struct nrs_blind_sum {
	uint64_t flows; /* 0 for reasons of packets */
	uint64_t packets, bytes;
};

const char *nrs_blind_name(enum nrs_blind which);
const char *nrs_blind_text(enum nrs_blind which);
