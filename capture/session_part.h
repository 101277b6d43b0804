/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_part: what the session*.c files share, and what a protocol is to
 * them.
 */
#pragma once

#include "capture/session.h"

/*
 * How one protocol is read. What it does not need, its row leaves out.
 *
 * State of a flow that nrs_session has no member for is the protocol's own
 * struct in session->state, at most NRS_SESSION_STATE octets.
 */
struct nrs_dissector {
	/* Not looked for unless one of these is demanded; 0: always. */
	nrs_field_set fields;
	/* The first octets of a side of TCP: NRS_OK it is ours, NRS_E_MORE too
	 * few to say, else it is not. */
	int (*sniff)(const struct nrs_session_env *env,
		     const struct nrs_flow *flow, struct nrs_span bytes);
	/* It goes by the port alone: asked when nothing is too short to say. */
	bool is_guess;
	/* The same of a datagram: NRS_OK or not. */
	int (*sniff_datagram)(const struct nrs_session_env *env,
			      const struct nrs_flow *flow,
			      struct nrs_span payload);
	/* The flow has been found to be ours. */
	void (*begin)(struct nrs_session_env *env, struct nrs_flow *flow);
	/* How many of @bytes are done with; 0: more are needed. Whoever knows
	 * that another protocol begins says nrs_session_become. */
	size_t (*bytes)(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes);
	void (*datagram)(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, struct nrs_span payload);
	/* @len octets of a side will never come. NULL: nothing tells where the
	 * next message begins, and the flow is read no more. */
	void (*gap)(struct nrs_session_env *env, struct nrs_flow *flow,
		    unsigned int side, uint32_t len);
	/* What is kept of a side is all there will be: what can be read of it?
	 * NULL: nothing, and the flow is read no more. */
	void (*cut)(struct nrs_session_env *env, struct nrs_flow *flow,
		    unsigned int side);
	/* The flow has been open for long: look at the transactions that the
	 * session's state holds. */
	void (*overdue)(struct nrs_session_env *env, struct nrs_flow *flow);
	/* Give back what the session's state holds. */
	void (*end)(struct nrs_session_env *env, struct nrs_session *session);
};
extern const struct nrs_dissector nrs_dissectors[NRS_SESSION_KINDS];

/* Nothing more to read in the flow: give back buffers, rooms and state. */
void nrs_session_ignore(struct nrs_session_env *env,
			struct nrs_session *session);
/* What comes next is of another protocol; UNKNOWN: it is looked for anew. */
void nrs_session_become(struct nrs_session_env *env, struct nrs_flow *flow,
			enum nrs_session_kind kind);
/* The protocol's own state, not zeroed, lent until the session ends or becomes
 * another; NULL above the quota, counted. */
void *nrs_session_state(struct nrs_session_env *env,
			struct nrs_session *session);
/* What is kept of a side is done with. */
void nrs_session_give_buffer(struct nrs_session_env *env,
			     struct nrs_session_side *side);

struct nrs_pending *nrs_pending_new(struct nrs_session_env *env,
				    struct nrs_flow *flow,
				    enum nrs_txn_kind kind);
/* The open one begun first; @is_waiting: of those without an answer. */
struct nrs_pending *nrs_pending_oldest(struct nrs_session *session,
				       bool is_waiting);
void nrs_pending_end(struct nrs_session_env *env, struct nrs_pending *pending);
void nrs_session_protocol(struct nrs_session_env *env, struct nrs_flow *flow,
			  enum nrs_txn_kind kind);

/* A value as object 0, if it is demanded and not empty. */
void nrs_session_push(struct nrs_session_env *env, struct nrs_txn *txn,
		      enum nrs_field field, struct nrs_span value);

/* Pieces put together in the text room; false when they do not fit. */
bool nrs_session_join(struct nrs_session_env *env,
		      const struct nrs_span *pieces, unsigned int count,
		      struct nrs_span *out);

/* What the protocols' files give to the table. */
void nrs_session_dns(struct nrs_session_env *env, struct nrs_flow *flow,
		     unsigned int side, struct nrs_span message);
size_t nrs_session_dns_tcp(struct nrs_session_env *env, struct nrs_flow *flow,
			   unsigned int side, struct nrs_span bytes);
void nrs_session_quic_begin(struct nrs_session_env *env, struct nrs_flow *flow);
void nrs_session_quic(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span datagram);
size_t nrs_session_http(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes);
void nrs_session_http_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, uint32_t len);
void nrs_session_http_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side);
/* Does anybody ask for what SSH shows? */
bool nrs_session_ssh_wanted(const struct nrs_session_env *env);
size_t nrs_session_ssh(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes);
void nrs_session_ssh_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, uint32_t len);
void nrs_session_smb_begin(struct nrs_session_env *env, struct nrs_flow *flow);
size_t nrs_session_smb(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes);
void nrs_session_smb_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, uint32_t len);
void nrs_session_smb_overdue(struct nrs_session_env *env,
			     struct nrs_flow *flow);
void nrs_session_smb_end(struct nrs_session_env *env,
			 struct nrs_session *session);
/* Does anybody ask for what handshakes show? */
bool nrs_session_tls_wanted(const struct nrs_session_env *env);
void nrs_session_dtls(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span datagram);
size_t nrs_session_tls(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes);
