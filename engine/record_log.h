/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_log: what workers tell for the logs, in blocks among the other
 * records, when somebody wants logs: flows that ended, whatever was in them,
 * values that were seen, and what was asked of servers.
 */
#pragma once

#include "engine/record.h"

/* Bits: what a worker tells. */
enum nrs_keep {
	NRS_KEEP_FLOWS = 1,
	NRS_KEEP_SEEN = 2,
	NRS_KEEP_ASKED = 4,
};

/* What a flow keeps for the logs. Index by side: 0 the initiator. */
struct nrs_flow_log {
	uint32_t shortest[2], longest[2]; /* IP packet; 0: none, or no logs */
	uint32_t file;	  /* capture or interface of its first packet */
	uint16_t refusal; /* type << 8 | code of an ICMP error; 0 none */
	uint8_t spare[2];
};

/* Why a flow ended, by the numbers of IPFIX's flowEndReason (element 136). */
enum nrs_flow_end {
	NRS_FLOW_END_IDLE = 1,
	NRS_FLOW_END_CLOSED = 3, /* by its own packets: FIN, RST */
	NRS_FLOW_END_FORCED = 4, /* with the run, or the session */
	NRS_FLOW_END_EVICTED = 5,
};

struct nrs_record_ended {
	struct nrs_record head;
	struct nrs_flow_info flow;
	int64_t last_ns;
	uint64_t packets[2];
	uint64_t bytes[2]; /* of whole IP packets, by their headers */
	struct nrs_flow_log log;
	uint8_t tcp_flags[2]; /* of all packets */
	uint8_t has_hits;
	uint8_t end_reason; /* enum nrs_flow_end */
	uint8_t spare[4];
};

/* One value of a field, when it was read; its octets are behind. */
struct nrs_record_seen {
	struct nrs_record head;
	struct nrs_addr src, dst; /* of its flow: src is the initiator */
	uint16_t dst_port;	  /* ICMP: code */
	uint8_t proto;
	uint8_t field;
	uint8_t txn_kind;
	uint8_t outcome; /* of its flow, as far as it was known then */
	uint8_t spare[2];
	uint32_t object;
	uint32_t len;
};

static inline struct nrs_span
nrs_record_seen_value(const struct nrs_record_seen *seen)
{
	return nrs_span(seen + 1, seen->len);
}

/* What is counted, one by one. */
enum nrs_ask {
	NRS_ASKED_DNS,	      /* a question of opcode QUERY: its type */
	NRS_ASKED_DNS_ANSWER, /* a response to it: the response code */
	NRS_ASKED_HTTP,	      /* a request */
	NRS_ASKED_TLS,	      /* a handshake */
};

struct nrs_record_asked {
	struct nrs_record head;
	struct nrs_addr client, server; /* who asked whom */
	uint16_t what;
	uint8_t asked; /* enum nrs_ask */
	uint8_t spare[5];
};

/* What an observation log holds: names, addresses, URLs, fingerprints,
 * digests and mail addresses. */
#define NRS_KEEP_LANES                                                         \
	(NRS_L(ADDR) | NRS_L(SRC_ADDR) | NRS_L(DST_ADDR) |                     \
	 NRS_L(RESOLVES_ADDR) | NRS_L(NAME) | NRS_L(DST_NAME) |                \
	 NRS_L(RESOLVES_NAME) | NRS_L(URL) | NRS_L(URL_REST) | NRS_L(JA3) |    \
	 NRS_L(JA3S) | NRS_L(JA4) | NRS_L(HASSH) | NRS_L(HASSH_SERVER) |       \
	 NRS_L(CERT_MD5) | NRS_L(CERT_SHA1) | NRS_L(CERT_SHA256) |             \
	 NRS_L(FILE_MD5) | NRS_L(FILE_SHA1) | NRS_L(FILE_SHA256) |             \
	 NRS_L(EMAIL_ADDR))
