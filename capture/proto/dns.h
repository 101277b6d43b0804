/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns: one DNS message (RFC 1035; EDNS RFC 6891), bytes in, records out.
 *
 * Pure and bounded: no allocation, compression pointers only go backwards and
 * at most 64 are followed per name, a message is read once from front to end.
 * The same form serves mDNS and LLMNR, and DNS over TCP behind its length.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* 255 octets of wire name, every one escaped, and a NUL. */
#define NRS_DNS_NAME_ROOM 1024

enum nrs_dns_section {
	NRS_DNS_QUESTION,
	NRS_DNS_ANSWER,
	NRS_DNS_AUTHORITY,
	NRS_DNS_ADDITIONAL,
};

enum nrs_dns_type {
	NRS_DNS_A = 1,
	NRS_DNS_NS = 2,
	NRS_DNS_CNAME = 5,
	NRS_DNS_SOA = 6,
	NRS_DNS_NULL = 10,
	NRS_DNS_PTR = 12,
	NRS_DNS_MX = 15,
	NRS_DNS_TXT = 16,
	NRS_DNS_AAAA = 28,
	NRS_DNS_SRV = 33,
	NRS_DNS_OPT = 41,
	NRS_DNS_SSHFP = 44,
	NRS_DNS_SVCB = 64,
	NRS_DNS_HTTPS = 65,
};

struct nrs_dns {
	struct nrs_span message;
	uint16_t id;
	bool is_response;
	bool is_truncated;
	uint8_t opcode;
	uint8_t rcode;
	uint16_t count[4]; /* by section, as the header claims */
	/* position of the reader */
	size_t offset;
	uint8_t section;
	uint16_t taken;
};

struct nrs_dns_record {
	enum nrs_dns_section section;
	uint16_t type;
	uint16_t class_; /* without the mDNS cache-flush and unicast bits */
	uint32_t ttl_s;
	/* Presentation form: labels as on the wire with their case, joined by
	 * dots; a dot or backslash within a label gets a backslash. The root
	 * is the empty text. Points into @name_room of the caller. */
	struct nrs_span name;
	struct nrs_span rdata; /* in the message; empty for questions */
	/* The name inside the data of NS, CNAME, SOA (primary), PTR, MX, SRV,
	 * SVCB and HTTPS; else empty. Points into @target_room. */
	struct nrs_span target;
	/* TXT: the strings one after another as in @rdata, each behind its
	 * length octet: take them with nrs_dns_txt. */
};

/* The two texts that a record needs; the caller's, reused per record. */
struct nrs_dns_room {
	uint8_t name[NRS_DNS_NAME_ROOM];
	uint8_t target[NRS_DNS_NAME_ROOM];
};

/*
 * Read the header. NRS_E_TRUNCATED below 12 octets; NRS_E_FORMAT where no
 * DNS message could look like this (opcode above 6, more than 1 question in
 * a response of opcode 0 is fine, counts that cannot fit the length).
 */
int nrs_dns_open(struct nrs_dns *dns, struct nrs_span message);

/*
 * The next record. NRS_E_NOTFOUND at the regular end; NRS_E_TRUNCATED or
 * NRS_E_FORMAT when the message breaks (what came before is good).
 */
int nrs_dns_next(struct nrs_dns *dns, struct nrs_dns_record *record,
		 struct nrs_dns_room *room);

/* Cut the next character string off @rest (starts as rdata of TXT). */
bool nrs_dns_txt(struct nrs_span *rest, struct nrs_span *string);
