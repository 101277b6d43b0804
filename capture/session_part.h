/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_part: what the session*.c files share.
 */
#pragma once

#include "capture/session.h"

/* Nothing more to read in the flow: give back buffers and rooms. */
void nrs_session_ignore(struct nrs_session_env *env,
			struct nrs_session *session);
struct nrs_pending *nrs_pending_new(struct nrs_session_env *env,
				    struct nrs_flow *flow,
				    enum nrs_txn_kind kind);
void nrs_pending_end(struct nrs_session_env *env, struct nrs_pending *pending);
void nrs_session_protocol(struct nrs_session_env *env, struct nrs_flow *flow,
			  enum nrs_txn_kind kind);
void nrs_session_dns(struct nrs_session_env *env, struct nrs_flow *flow,
		     unsigned int side, struct nrs_span message);
/* How many octets of @bytes are done with. */
size_t nrs_session_dns_tcp(struct nrs_session_env *env, struct nrs_flow *flow,
			   unsigned int side, struct nrs_span bytes);
void nrs_session_quic(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span datagram);
size_t nrs_session_http(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes);
/* What is kept of a head that will not be completed. */
void nrs_session_http_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side);
/* Does anybody ask for what handshakes show? */
bool nrs_session_tls_wanted(const struct nrs_session_env *env);
size_t nrs_session_tls(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes);
