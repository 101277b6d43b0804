/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: what one flow's payload is read as: DNS, HTTP/1, TLS or QUIC, by
 * content; from payload to transactions.
 *
 * TCP payload arrives in order; a message that one segment holds is parsed
 * where it stands, others are joined in a buffer of the shard's quota.
 */
#pragma once

#include "capture/decode/flow.h"
#include "capture/decode/repeat.h"
#include "capture/proto/gquic.h"
#include "capture/proto/http1.h"
#include "capture/proto/quic.h"
#include "capture/proto/tls_reader.h"
#include "capture/session_env.h"

#define NRS_SESSION_BUFFER ((size_t)18432) /* holds NRS_TLS_ROOM */
#define NRS_SESSION_PENDING 8		   /* that wait for an answer */
#define NRS_SESSION_SLOTS 10 /* with those whose bodies are under way */

/* In the order in which they are looked for. */
enum nrs_session_kind {
	NRS_SESSION_UNKNOWN,
	NRS_SESSION_FTP_DATA, /* announced: whatever it looks like */
	NRS_SESSION_FTP,
	NRS_SESSION_TFTP,
	NRS_SESSION_SSH,
	NRS_SESSION_HTTP2,
	NRS_SESSION_HTTP,
	NRS_SESSION_TLS,
	NRS_SESSION_SMB,
	NRS_SESSION_SMTP,
	NRS_SESSION_POP3,
	NRS_SESSION_IMAP,
	NRS_SESSION_DNS,
	NRS_SESSION_QUIC,
	NRS_SESSION_DTLS,
	NRS_SESSION_WATCHED, /* another protocol, in which one may begin */
	NRS_SESSION_IGNORED, /* nothing more to read in it */
	NRS_SESSION_KINDS
};

/* A question or request that waits for its answer. */
struct nrs_pending {
	struct nrs_txn txn;
	uint16_t id; /* DNS; of HTTP the side that asked */
	bool is_open;
	bool is_head; /* HTTP: the response has no body */
	bool is_connect;
	bool is_answered;     /* HTTP: only bodies are missing */
	uint8_t bodies;	      /* under way */
	unsigned int objects; /* files told so far */
};

/* How far both sides of SSH have been read: bits by side. */
struct nrs_ssh_progress {
	uint8_t has_line;
	uint8_t done;	  /* nothing more to read */
	bool is_old;	  /* version 1: lines are all there is */
	uint8_t lines[2]; /* other ones, before */
};

struct nrs_session_side {
	struct nrs_repeat repeat; /* of TCP, kept by who delivers */
	uint8_t *buffer;	  /* of the shard's slab; NULL none */
	uint32_t buffered;
	bool in_body;
	bool has_head; /* HTTP: one was read, or lost */
	struct nrs_http1_framing framing;
	struct nrs_tls_reader tls; /* its room is of the same slab */
};

struct nrs_session {
	uint8_t kind;
	uint8_t tls_done; /* bit per side: nothing more to read */
	bool tls_retry;	  /* both hellos come again */
	uint8_t looks;	  /* segments without TLS */
	uint8_t spoke;	  /* bit per side: in them, and not of SSH */
	void *state;	  /* the protocol's own, of the shard's slab; or NULL */
	struct nrs_ssh_progress ssh;
	struct nrs_quic_connection quic;
	struct nrs_session_side side[2];
	struct nrs_pending pending[NRS_SESSION_SLOTS];
};

/* False: nothing that comes in @flow will be read. */
bool nrs_session_reads(const struct nrs_flow *flow);

/* True: a session reads @flow, and does not only watch for its beginning. */
bool nrs_session_interprets(const struct nrs_flow *flow);

/* Payload of UDP, whole. */
void nrs_session_datagram(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, struct nrs_span payload);

/* The next bytes of a TCP side, in order. */
void nrs_session_bytes(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes);

/* @len bytes of a TCP side will never come. */
void nrs_session_gap(struct nrs_session_env *env, struct nrs_flow *flow,
		     unsigned int side, uint32_t len);

/* The flow has been open for NRS_TXN_OPEN_NS: look which of its transactions
 * have been, too. */
void nrs_session_overdue(struct nrs_session_env *env, struct nrs_flow *flow);

/* The flow is over: end open transactions, give back memory. */
void nrs_session_end(struct nrs_session_env *env, struct nrs_flow *flow);
