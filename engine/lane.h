/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lane: what a STIX path asks for, as the tables know it.
 *
 * Many paths mean the same thing on the wire and many fields can show it; a
 * lane is the meeting point. One path maps to one lane (path.h), one field
 * feeds some lanes (field.h), and every table is keyed by lane.
 */
#pragma once

#include "engine/base/span.h"
#include "engine/value_kind.h"

enum nrs_lane {
	NRS_LANE_ADDR,	   /* ipv4-addr:value, ipv6-addr:value */
	NRS_LANE_SRC_ADDR, /* network-traffic:src_ref.value */
	NRS_LANE_DST_ADDR,
	NRS_LANE_RESOLVES_ADDR, /* domain-name:resolves_to_refs[*].value */
	NRS_LANE_NAME,		/* domain-name:value */
	NRS_LANE_DST_NAME,	/* dst_ref.value where it is a name */
	NRS_LANE_RESOLVES_NAME,
	NRS_LANE_URL,
	NRS_LANE_URL_REST, /* url:value without a scheme: host/target */
	NRS_LANE_REQUEST_VALUE,
	NRS_LANE_METHOD,
	NRS_LANE_HTTP_VERSION,
	NRS_LANE_HEADER, /* "name\0value", name in lower case */
	NRS_LANE_BODY_LENGTH,
	NRS_LANE_MAC,
	NRS_LANE_SRC_MAC,
	NRS_LANE_DST_MAC,
	NRS_LANE_SRC_PORT,
	NRS_LANE_DST_PORT,
	NRS_LANE_PROTOCOL,
	NRS_LANE_START,
	NRS_LANE_END,
	NRS_LANE_ACTIVE,
	NRS_LANE_SRC_BYTES,
	NRS_LANE_DST_BYTES,
	NRS_LANE_SRC_PACKETS,
	NRS_LANE_DST_PACKETS,
	NRS_LANE_SRC_FLAGS,
	NRS_LANE_DST_FLAGS,
	NRS_LANE_ICMP_TYPE,
	NRS_LANE_ICMP_CODE,
	NRS_LANE_JA3,
	NRS_LANE_JA3S,
	NRS_LANE_JA4,
	NRS_LANE_HASSH,
	NRS_LANE_HASSH_SERVER,
	NRS_LANE_CERT_MD5, /* x509-certificate:hashes.MD5 */
	NRS_LANE_CERT_SHA1,
	NRS_LANE_CERT_SHA256,
	NRS_LANE_CERT_SERIAL,
	NRS_LANE_CERT_ISSUER,
	NRS_LANE_CERT_SUBJECT,
	NRS_LANE_CERT_NOT_BEFORE,
	NRS_LANE_CERT_NOT_AFTER,
	NRS_LANE_CERT_SELF_SIGNED,
	NRS_LANE_FILE_MD5, /* file:hashes.MD5 */
	NRS_LANE_FILE_SHA1,
	NRS_LANE_FILE_SHA256,
	NRS_LANE_FILE_NAME,
	NRS_LANE_FILE_SIZE,
	NRS_LANE_FILE_TYPE,   /* file:mime_type */
	NRS_LANE_PAYLOAD,     /* artifact:payload_bin: of either side */
	NRS_LANE_SRC_PAYLOAD, /* network-traffic:src_payload_ref.payload_bin */
	NRS_LANE_DST_PAYLOAD,
	NRS_LANE_EMAIL_ADDR,
	NRS_LANE_MAIL_FROM, /* email-message:from_ref.value */
	NRS_LANE_MAIL_SENDER,
	NRS_LANE_MAIL_TO,
	NRS_LANE_MAIL_CC,
	NRS_LANE_MAIL_BCC,
	NRS_LANE_MAIL_SUBJECT,
	NRS_LANE_MAIL_DATE,
	NRS_LANE_MAIL_ID,
	NRS_LANE_MAIL_TYPE,
	NRS_LANE_MAIL_MULTIPART,
	NRS_LANE_MAIL_RECEIVED,
	NRS_LANE_MAIL_HEADER, /* additional_header_fields, as HEADER */
	NRS_LANE_ATTACHMENT,  /* body_multipart[*].body_raw_ref.name */
	NRS_LANE_COUNT
};

/* A set of lanes: bit l for lane l. */
__extension__ typedef unsigned __int128 nrs_lane_set;
#define NRS_LANE_BIT(lane) ((nrs_lane_set)1 << (lane))
#define NRS_L(lane) NRS_LANE_BIT(NRS_LANE_##lane)
#define NRS_LANES_ALL (NRS_LANE_BIT(NRS_LANE_COUNT) - 1)

/* Octets without an end in sight: looked for where they pass (payload.h),
 * never pushed. Their expressions are all in the tables of the first. */
#define NRS_L_SRC_PAYLOADS (NRS_L(PAYLOAD) | NRS_L(SRC_PAYLOAD))
#define NRS_L_DST_PAYLOADS (NRS_L(PAYLOAD) | NRS_L(DST_PAYLOAD))
#define NRS_L_PAYLOADS (NRS_L_SRC_PAYLOADS | NRS_L_DST_PAYLOADS)

/* The kind of value that a lane compares. */
enum nrs_value_kind nrs_lane_kind(enum nrs_lane lane);

/* Is it of a property that is a list of values? (A header is one, too.) */
static inline bool nrs_lane_is_list(enum nrs_lane lane)
{
	return lane == NRS_LANE_PROTOCOL || lane == NRS_LANE_MAIL_RECEIVED;
}

/* Its name for messages: "domain name". */
const char *nrs_lane_name(enum nrs_lane lane);
