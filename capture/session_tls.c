/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_tls: the ClientHello of a connection is one transaction; what
 * follows it is encrypted or not needed, and is not read.
 */
#include "capture/session.h"

size_t nrs_session_tls(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	struct nrs_tls_client_hello hello;
	struct nrs_span message;

	(void)side;
	int err = nrs_tls_handshake(bytes, env->tls_room, &message);
	if (err == NRS_E_MORE)
		return 0;
	/* The server's side may be seen first; the client's still counts. */
	if (err == NRS_OK && message.len > 0 && message.ptr[0] == 2) {
		session->kind = NRS_SESSION_IGNORED;
		return bytes.len;
	}
	if (err == NRS_OK)
		err = nrs_tls_client_hello(&hello, message);
	session->kind = NRS_SESSION_IGNORED;
	if (err != NRS_OK) {
		nrs_count(env->counters, NRS_C_TLS_BAD);
		return bytes.len;
	}
	nrs_count(env->counters, NRS_C_TLS);
	nrs_session_protocol(env, flow, NRS_TXN_TLS);
	if (!hello.has_server_name)
		nrs_count(env->counters, NRS_C_TLS_NO_NAME);
	if (hello.has_encrypted_hello)
		nrs_count(env->counters, NRS_C_TLS_ECH);
	struct nrs_pending *pending = nrs_pending_new(env, flow, NRS_TXN_TLS);
	if (hello.server_name.len > 0)
		nrs_txn_value(env->matcher, &pending->txn, NRS_F_TLS_SNI, 0,
			      hello.server_name);
	nrs_pending_end(env, pending);
	return bytes.len;
}
