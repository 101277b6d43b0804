/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtls: handshake messages in datagrams in clear (RFC 6347 section 4, RFC 9147
 * section 5.2), in the fragments that they come in. Versions 1.0 to 1.3, and
 * the one of before that some still speak. Pure and bounded.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_dtls_type {
	NRS_DTLS_CLIENT_HELLO = 1,
	NRS_DTLS_SERVER_HELLO = 2,
	NRS_DTLS_CERTIFICATE = 11,
};

struct nrs_dtls_fragment {
	uint8_t type;	   /* of the message; enum nrs_dtls_type or another */
	uint16_t sequence; /* of the message */
	uint32_t length;   /* of the message's body, without any head */
	uint32_t offset;   /* in that body */
	struct nrs_span bytes;
};

/* What is left of a datagram. */
struct nrs_dtls_datagram {
	struct nrs_span records, messages;
	bool is_over; /* what follows of this side is encrypted */
};

/* Could a datagram begin a connection, or a server's side of one? */
bool nrs_dtls_sniff(struct nrs_span datagram);

/* Is it one of those that peers exchange to find a way before (STUN, RFC 8489
 * section 5)? */
bool nrs_dtls_is_prelude(struct nrs_span datagram);

void nrs_dtls_open(struct nrs_dtls_datagram *d, struct nrs_span datagram);

/* The next fragment in clear. NRS_E_NOTFOUND: no more; NRS_E_FORMAT: what
 * stands there is no DTLS, or breaks its rules. */
int nrs_dtls_next(struct nrs_dtls_datagram *d,
		  struct nrs_dtls_fragment *fragment);

/* The next certificate of the chain in a Certificate's @body, which moves on;
 * *@index counts them from 0: begin with it. False: no more, or broken. */
bool nrs_dtls_next_certificate(struct nrs_span *body, unsigned int *index,
			       struct nrs_span *der);
