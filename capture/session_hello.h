/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_hello: what hellos and certificates say, pushed into a transaction:
 * of TLS over TCP, and of QUIC under its own names.
 */
#pragma once

#include "capture/session_part.h"

/* Where each part of a hello goes. */
struct nrs_hello_fields {
	enum nrs_field sni, alpn, ja3, ja4, ja3s;
	char transport; /* of JA4: 't' or 'q' */
};

/* Fields that only certificates have. */
#define NRS_HELLO_OF_CHAIN                                                     \
	(NRS_FIELD_BIT(NRS_F_CERT_MD5) | NRS_FIELD_BIT(NRS_F_CERT_SHA1) |      \
	 NRS_FIELD_BIT(NRS_F_CERT_SHA256) |                                    \
	 NRS_FIELD_BIT(NRS_F_CERT_SUBJECT) |                                   \
	 NRS_FIELD_BIT(NRS_F_CERT_ISSUER) | NRS_FIELD_BIT(NRS_F_CERT_SERIAL) | \
	 NRS_FIELD_BIT(NRS_F_CERT_NOT_BEFORE) |                                \
	 NRS_FIELD_BIT(NRS_F_CERT_NOT_AFTER) |                                 \
	 NRS_FIELD_BIT(NRS_F_CERT_SELF_SIGNED) |                               \
	 NRS_FIELD_BIT(NRS_F_CERT_NAME))

/* Fields that only the server's side has. */
#define NRS_HELLO_OF_SERVER                                                    \
	(NRS_FIELD_BIT(NRS_F_TLS_VERSION) | NRS_FIELD_BIT(NRS_F_TLS_JA3S) |    \
	 NRS_HELLO_OF_CHAIN)

#define NRS_HELLO_OF_CLIENT                                                    \
	(NRS_FIELD_BIT(NRS_F_TLS_SNI) | NRS_FIELD_BIT(NRS_F_TLS_ALPN) |        \
	 NRS_FIELD_BIT(NRS_F_TLS_JA3) | NRS_FIELD_BIT(NRS_F_TLS_JA4))

/* Who asks for one of them asks for TLS, also where STARTTLS begins it. */
#define NRS_HELLO_FIELDS (NRS_HELLO_OF_CLIENT | NRS_HELLO_OF_SERVER)

/* What is demanded of the hello, each part once it is made. */
void nrs_session_client_hello(struct nrs_session_env *env, struct nrs_txn *txn,
			      const struct nrs_tls_client_hello *hello,
			      const struct nrs_hello_fields *fields);
void nrs_session_server_hello(struct nrs_session_env *env, struct nrs_txn *txn,
			      const struct nrs_tls_server_hello *hello,
			      const struct nrs_hello_fields *fields);

/* The certificate at @index of its chain. */
void nrs_session_certificate(struct nrs_session_env *env, struct nrs_txn *txn,
			     unsigned int index, struct nrs_span der);
