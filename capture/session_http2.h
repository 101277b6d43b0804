/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http2: what is kept of an HTTP/2 connection, for the session_http2*.c
 * files, and what they give to the table of protocols.
 */
#pragma once

#include "capture/body.h"
#include "capture/proto/hpack.h"
#include "capture/proto/http2.h"
#include "capture/session_part.h"

#define NRS_HTTP2_STREAMS 24 /* open at once; the oldest ends for a new one */
#define NRS_HTTP2_FIELDS_MAX 256 /* of a block; others are passed over */
#define NRS_HTTP2_HEAP ((size_t)128 * 1024)
#define NRS_HTTP2_NAME_MAX 255
#define NRS_HTTP2_CODING_MAX 61

/* What is known of a body before its first octet comes. */
struct nrs_http2_body {
	struct nrs_body body;
	bool is_begun;
	bool is_206;  /* so that a Content-Range counts */
	bool is_part; /* of a file */
	uint8_t coding_len;
	char coding[NRS_HTTP2_CODING_MAX]; /* Content-Encoding, as a list */
};

struct nrs_http2_stream {
	struct nrs_txn txn;
	uint32_t id;
	bool is_open;
	bool is_tunnel;
	uint8_t heads; /* bit per side: its first block was read */
	uint8_t target_len;
	unsigned int objects;		 /* files told */
	char target[NRS_HTTP2_NAME_MAX]; /* the last part of the path */
	struct nrs_http2_body bodies[2]; /* by side */
};

/* What the block under way has said of its URL. */
struct nrs_http2_text {
	char scheme[16];
	uint8_t authority[1024];
	uint8_t path[6144];
};

/* A block of fields under way. */
struct nrs_http2_block {
	struct nrs_http2_stream *stream; /* NULL: nobody looks at it */
	bool is_request;
	bool is_connect;
	bool is_interim; /* a response before the real one */
	bool is_long;	 /* its URL does not fit */
	uint16_t fields;
	uint16_t scheme, authority, path; /* lengths */
};

struct nrs_http2_side {
	struct nrs_http2_reader reader;
	struct nrs_http2_block block;
	struct nrs_hpack *hpack;
	bool is_blind;
};

/* session->state */
struct nrs_http2_connection {
	struct nrs_http2_room *room;
	struct nrs_heap heap;
	unsigned int client; /* its side */
	struct nrs_http2_side side[2];
};

/* Of the shard's quota. */
struct nrs_http2_room {
	struct nrs_http2_text text[2];
	struct nrs_http2_stream streams[NRS_HTTP2_STREAMS];
	_Alignas(16) uint8_t heap[NRS_HTTP2_HEAP];
};

/* One field of the block that @side is saying. */
void nrs_http2_take_field(struct nrs_session_env *env,
			  struct nrs_http2_connection *connection,
			  unsigned int side,
			  const struct nrs_hpack_field *field);

/* Bodies as files of their streams, where files are asked for. */
void nrs_http2_body_bytes(struct nrs_session_env *env,
			  struct nrs_http2_stream *stream, unsigned int side,
			  struct nrs_span bytes);
/* @len octets of it will not come. */
void nrs_http2_body_gap(struct nrs_session_env *env,
			struct nrs_http2_stream *stream, unsigned int side,
			uint32_t len);
void nrs_http2_body_end(struct nrs_session_env *env,
			struct nrs_http2_stream *stream, unsigned int side,
			bool is_complete);
/* What the path, or a field, says of the body of @side. */
void nrs_http2_body_target(struct nrs_session_env *env,
			   struct nrs_http2_stream *stream,
			   struct nrs_span path);
void nrs_http2_body_field(struct nrs_session_env *env,
			  struct nrs_http2_stream *stream, unsigned int side,
			  const struct nrs_hpack_field *field);

/* The block is whole. */
void nrs_http2_take_head(struct nrs_session_env *env,
			 struct nrs_http2_connection *connection,
			 unsigned int side);

/* Rooms for @quota connections. */
int nrs_session_http2_pool(struct nrs_slab *rooms, uint32_t quota);
size_t nrs_session_http2(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, struct nrs_span bytes);
void nrs_session_http2_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			   unsigned int side, uint32_t len);
void nrs_session_http2_overdue(struct nrs_session_env *env,
			       struct nrs_flow *flow);
void nrs_session_http2_end(struct nrs_session_env *env,
			   struct nrs_session *session);
