/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3, RFC 5246),
 * bytes in, fields out. Pure and bounded.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* A handshake message longer than this is refused. */
#define NRS_TLS_HELLO_MAX ((size_t)16384)

struct nrs_tls_client_hello {
	uint16_t legacy_version;
	struct nrs_span session_id;
	struct nrs_span cipher_suites; /* pairs of octets */
	struct nrs_span extensions;    /* the whole block, may be empty */
	struct nrs_span server_name;   /* host_name as sent; empty if none */
	struct nrs_span alpn;	       /* the ProtocolNameList's entries */
	struct nrs_span supported_versions; /* pairs of octets */
	struct nrs_span groups;		    /* pairs of octets */
	struct nrs_span point_formats;	    /* octets */
	struct nrs_span signatures;	    /* pairs of octets */
	bool has_server_name;
	bool has_encrypted_hello; /* extension 0xfe0d */
};

/* Could @bytes begin a TLS connection's client side (a handshake record)?
 * NRS_OK, NRS_E_MORE or NRS_E_FORMAT. */
int nrs_tls_sniff(struct nrs_span bytes);

/*
 * Join the first handshake message out of the records at the start of @bytes.
 * *@message is the message with its four-octet head: inside @bytes where one
 * record holds it, else joined in @room (NRS_TLS_HELLO_MAX + 4 octets).
 * NRS_E_MORE, NRS_E_FORMAT, NRS_E_LIMIT.
 */
int nrs_tls_handshake(struct nrs_span bytes, uint8_t *room,
		      struct nrs_span *message);

/* Parse a ClientHello message (type octet 1 first). NRS_E_TRUNCATED where the
 * message claims more than it has, NRS_E_FORMAT where it is none. */
int nrs_tls_client_hello(struct nrs_tls_client_hello *hello,
			 struct nrs_span message);

struct nrs_tls_server_hello {
	uint16_t legacy_version;
	uint16_t version; /* of supported_versions where it is there */
	uint16_t cipher_suite;
	struct nrs_span extensions;
};

/* The same for a ServerHello message (RFC 8446 section 4.1.3). */
int nrs_tls_server_hello(struct nrs_tls_server_hello *hello,
			 struct nrs_span message);
