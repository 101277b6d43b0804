/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_env: what sessions work with: the shard's quotas, and what a worker
 * has once for all of them.
 */
#pragma once

#include "capture/proto/dns.h"
#include "capture/proto/http1.h"
#include "capture/proto/tls_finger.h"
#include "engine/base/charset.h"
#include "engine/base/unpack.h"
#include "engine/matcher.h"
#include "engine/record_log.h"

/* An address that answered a name: sent to the emitter where it is wanted. */
struct nrs_answer {
	struct nrs_addr client;
	struct nrs_addr addr;
	uint32_t ttl_s;
	struct nrs_span name;
};

/* Flows that others announced (expect.h). */
struct nrs_expectations {
	struct nrs_slab items;
	struct nrs_expected *first;
	uint32_t number; /* of the newest */
};

/* What sessions of one shard live on: quotas that nothing exceeds. */
struct nrs_session_pools {
	struct nrs_slab sessions;
	struct nrs_slab buffers; /* of NRS_SESSION_BUFFER octets */
	struct nrs_slab states;	 /* of NRS_SESSION_STATE octets */
	struct nrs_slab files;	 /* files.h */
	struct nrs_unpack_pools unpack;
	struct nrs_expectations expected;
	struct nrs_slab http2; /* one for each connection */
};
#define NRS_SESSION_STATE ((size_t)4096)

/* NRS_E_NOMEM; @pools can be given to fini then. */
int nrs_session_pools_init(struct nrs_session_pools *pools, uint32_t sessions,
			   uint32_t buffers, uint32_t states, uint32_t files);
void nrs_session_pools_fini(struct nrs_session_pools *pools);

/* What a session needs around it; one per worker, refilled per packet. */
struct nrs_session_env {
	struct nrs_matcher *matcher;
	struct nrs_counters *counters;
	/* Told too when something could not be read; or NULL. */
	void (*lack)(void *ctx, enum nrs_counter which);
	struct nrs_session_pools *pools; /* of the packet's shard */
	nrs_field_set demand;
	int64_t now_ns;
	void *ctx;
	void (*answer)(void *ctx,
		       const struct nrs_answer *answer); /* or NULL */
	/* Something was asked of the other side; @side: whose message it is.
	 * NULL: nobody counts. */
	void (*asked)(void *ctx, enum nrs_ask asked, uint16_t what,
		      unsigned int side);
	/* The flow's outcome cannot be better than this packet shows: a DNS
	 * refusal is no answer. Set by a session, read by the worker. */
	bool is_refusal;
	/* Rooms for the parsers, too large for the stack of a packet. */
	struct nrs_dns_room *dns_room;
	struct nrs_http1_head *http_head;
	uint8_t *text_room; /* for URLs and headers put together */
	uint8_t *quic_room; /* for a packet that was opened */
	uint8_t *body_room; /* for what is unpacked */
	struct nrs_hasher *hasher;
	struct nrs_cipher *cipher;
	struct nrs_charsets *charsets; /* or NULL: no mail is asked for */
};

static inline void nrs_session_asked(struct nrs_session_env *env,
				     enum nrs_ask asked, uint16_t what,
				     unsigned int side)
{
	if (env->asked != NULL)
		env->asked(env->ctx, asked, what, side);
}

/* Count what could not be read, and mark the flow under way with its reason
 * (nrs_counter_blind). */
void nrs_lack(struct nrs_session_env *env, enum nrs_counter which);

#define NRS_SESSION_TEXT_ROOM ((size_t)8192)
#define NRS_SESSION_QUIC_ROOM ((size_t)16384)
#define NRS_SESSION_BODY_ROOM ((size_t)32768)
