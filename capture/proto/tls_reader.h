/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_reader: what one side of a TLS connection says in clear (RFC 5246,
 * RFC 8446 section 5.1): hellos and certificates, whatever records and
 * segments they were cut into. Pure; a message that comes whole is given where
 * it stands, another is joined in a room that the caller lends.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* A hello with its head, or a certificate, no longer than this. */
#define NRS_TLS_ROOM ((size_t)16384 + 4)
/* Certificates of a chain beyond these are passed over. */
#define NRS_TLS_CHAIN_MAX 32

enum nrs_tls_unit_kind {
	NRS_TLS_HELLO,	       /* client's or server's, four-octet head first */
	NRS_TLS_CERTIFICATE,   /* DER */
	NRS_TLS_LONG,	       /* a certificate too long, or one too many */
	NRS_TLS_CHAIN_END,     /* of a chain, which may be empty */
	NRS_TLS_DONE,	       /* ServerHelloDone */
	NRS_TLS_CHANGE_CIPHER, /* what follows is encrypted before TLS 1.3 */
	NRS_TLS_ALERT,	       /* fatal or encrypted; warnings are skipped */
	NRS_TLS_DATA,	       /* application data */
};

struct nrs_tls_unit {
	uint8_t kind;	/* enum nrs_tls_unit_kind */
	uint16_t index; /* of a certificate: 0 the first of its chain */
	struct nrs_span bytes;
};

/* Zero it to begin; all but the first two are the reader's own. */
struct nrs_tls_reader {
	uint8_t *room;	  /* NRS_TLS_ROOM octets, or NULL: none lent */
	bool wants_chain; /* else certificates are passed over */
	bool is_begun;
	uint8_t state;
	uint8_t record_type;
	uint8_t head_have;
	uint8_t head[5];
	uint16_t index;
	uint32_t record_left;
	uint32_t have; /* octets in the room; none: it may be taken back */
	uint32_t want; /* of the unit under way */
	uint32_t skip; /* octets of a message to be passed over */
	uint32_t chain_left;
};

/*
 * The next unit in *@bytes, which moves on behind what was taken. @unit's
 * bytes stand in @bytes or in the room until the next call. NRS_E_MORE: all
 * was taken; NRS_E_NOMEM: lend a room and call again; NRS_E_FORMAT,
 * NRS_E_LIMIT (a hello too long): there is nothing more to read.
 */
int nrs_tls_read(struct nrs_tls_reader *reader, struct nrs_span *bytes,
		 struct nrs_tls_unit *unit);
