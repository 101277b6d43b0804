/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tftp: datagrams of TFTP (RFC 1350) with its options (RFC 2347, RFC 2348).
 * Pure.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_tftp_op {
	NRS_TFTP_RRQ = 1,
	NRS_TFTP_WRQ,
	NRS_TFTP_DATA,
	NRS_TFTP_ACK,
	NRS_TFTP_ERROR,
	NRS_TFTP_OACK,
};

#define NRS_TFTP_BLOCK 512 /* without the option */

struct nrs_tftp {
	enum nrs_tftp_op op;
	struct nrs_span name; /* RRQ, WRQ */
	uint16_t block;	      /* DATA, ACK */
	struct nrs_span data; /* DATA */
	uint32_t block_bytes; /* RRQ, WRQ, OACK: asked or granted; 0: none */
};

/* NRS_E_FORMAT: no such datagram. A request has a name and a mode that exist:
 * enough to know TFTP by. */
int nrs_tftp_parse(struct nrs_tftp *out, struct nrs_span datagram);
