/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3, RFC 5246),
 * bytes in, fields out. Pure and bounded.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

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

/* Could @bytes begin a side of a TLS connection: a handshake record with a
 * hello, a warning before one, or a ClientHello in the format of SSL 2.0 (RFC
 * 5246 appendix E.2)?
 * NRS_OK, NRS_E_MORE or NRS_E_FORMAT. */
int nrs_tls_sniff(struct nrs_span bytes);

/* Parse a ClientHello message (type octet 1 first). NRS_E_TRUNCATED where the
 * message claims more than it has, NRS_E_FORMAT where it is none. */
int nrs_tls_client_hello(struct nrs_tls_client_hello *hello,
			 struct nrs_span message);

struct nrs_tls_server_hello {
	uint16_t legacy_version;
	uint16_t version; /* of supported_versions where it is there */
	uint16_t cipher_suite;
	bool is_retry; /* a HelloRetryRequest: both hellos come again */
	struct nrs_span extensions;
};

/* The same for a ServerHello message (RFC 8446 section 4.1.3). */
int nrs_tls_server_hello(struct nrs_tls_server_hello *hello,
			 struct nrs_span message);

/* The same for DTLS (RFC 6347 section 4.2.1): @body is what is behind the head
 * of a message that is whole. */
int nrs_dtls_client_hello(struct nrs_tls_client_hello *hello,
			  struct nrs_span body);
int nrs_dtls_server_hello(struct nrs_tls_server_hello *hello,
			  struct nrs_span body);
