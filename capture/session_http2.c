/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http2: a stream of a connection is a transaction: a request and its
 * response. Blocks of fields are inflated as they come, in a heap of the
 * shard's quota; what breaks the inflater of a side, or is lost of it, leaves
 * that side blind.
 */
#include "capture/session_http2.h"

#include <assert.h>

static_assert(sizeof(struct nrs_http2_connection) <= NRS_SESSION_STATE,
	      "what is kept of a connection fits");

int nrs_session_http2_pool(struct nrs_slab *rooms, uint32_t quota)
{
	return nrs_slab_init(rooms, sizeof(struct nrs_http2_room), quota);
}

static void end_stream(struct nrs_session_env *env,
		       struct nrs_http2_connection *c,
		       struct nrs_http2_stream *stream)
{
	if (stream == NULL || !stream->is_open)
		return;
	for (unsigned int i = 0; i < 2; i++) {
		if (c->side[i].block.stream == stream)
			c->side[i].block.stream = NULL;
	}
	for (unsigned int side = 0; side < 2; side++)
		nrs_http2_body_end(env, stream, side, false);
	nrs_txn_end(env->matcher, &stream->txn);
	stream->is_open = false;
}

void nrs_session_http2_end(struct nrs_session_env *env,
			   struct nrs_session *session)
{
	struct nrs_http2_connection *c = session->state;

	if (c == NULL || c->room == NULL)
		return;
	for (unsigned int i = 0; i < NRS_HTTP2_STREAMS; i++)
		end_stream(env, c, &c->room->streams[i]);
	nrs_slab_give(&env->pools->http2, c->room);
	c->room = NULL;
}

void nrs_session_http2_overdue(struct nrs_session_env *env,
			       struct nrs_flow *flow)
{
	struct nrs_http2_connection *c = flow->session->state;

	for (unsigned int i = 0;
	     c != NULL && c->room != NULL && i < NRS_HTTP2_STREAMS; i++) {
		struct nrs_http2_stream *s = &c->room->streams[i];

		if (s->is_open &&
		    env->now_ns - s->txn.start_ns >= NRS_TXN_OPEN_NS)
			nrs_txn_overdue(env->matcher, &s->txn);
	}
}

static struct nrs_http2_stream *find(struct nrs_http2_connection *c,
				     uint32_t id)
{
	for (unsigned int i = 0; i < NRS_HTTP2_STREAMS; i++) {
		if (c->room->streams[i].is_open && c->room->streams[i].id == id)
			return &c->room->streams[i];
	}
	return NULL;
}

/* A place for another stream: a free one, or that of the oldest. */
static struct nrs_http2_stream *place(struct nrs_session_env *env,
				      struct nrs_http2_connection *c)
{
	struct nrs_http2_stream *oldest = &c->room->streams[0];

	for (unsigned int i = 0; i < NRS_HTTP2_STREAMS; i++) {
		if (!c->room->streams[i].is_open)
			return &c->room->streams[i];
		if (c->room->streams[i].txn.number < oldest->txn.number)
			oldest = &c->room->streams[i];
	}
	nrs_lack(env, NRS_C_HTTP2_CUT);
	end_stream(env, c, oldest);
	return oldest;
}

static struct nrs_http2_stream *stream_of(struct nrs_session_env *env,
					  struct nrs_flow *flow, uint32_t id)
{
	struct nrs_http2_connection *c = flow->session->state;
	struct nrs_http2_stream *stream = find(c, id);

	if (stream != NULL)
		return stream;
	nrs_session_protocol(env, flow, NRS_TXN_HTTP);
	stream = place(env, c);
	*stream = (struct nrs_http2_stream){.id = id, .is_open = true};
	nrs_txn_begin(&stream->txn, &flow->txn, NRS_TXN_HTTP, ++flow->txn_count,
		      env->now_ns);
	return stream;
}

static void begin_block(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, const struct nrs_http2_unit *unit)
{
	struct nrs_http2_connection *c = flow->session->state;
	const bool is_promise = unit->kind == NRS_HTTP2_PROMISE;
	const bool is_request = is_promise || side == c->client;
	struct nrs_http2_stream *stream = stream_of(env, flow, unit->stream);
	const unsigned int head = is_request ? c->client : 1 - c->client;

	/* Behind the head of its side: a trailer, which says nothing new. */
	if ((stream->heads & 1u << head) != 0)
		stream = NULL;
	c->side[side].block = (struct nrs_http2_block){
		.stream = stream, .is_request = is_request};
}

static int inflate(struct nrs_session_env *env, struct nrs_http2_connection *c,
		   unsigned int side, struct nrs_span bytes, bool is_end)
{
	struct nrs_hpack_field field;
	int err;

	while ((err = nrs_hpack_next(c->side[side].hpack, &bytes, is_end,
				     &field)) == NRS_OK)
		nrs_http2_take_field(env, c, side, &field);
	return err == NRS_E_MORE || err == NRS_E_NOTFOUND ? NRS_OK : err;
}

static int take(struct nrs_session_env *env, struct nrs_flow *flow,
		unsigned int side, const struct nrs_http2_unit *unit)
{
	struct nrs_http2_connection *c = flow->session->state;
	int err = NRS_OK;

	switch ((enum nrs_http2_unit_kind)unit->kind) {
	case NRS_HTTP2_FIELDS:
	case NRS_HTTP2_PROMISE:
		begin_block(env, flow, side, unit);
		break;
	case NRS_HTTP2_BLOCK:
		return inflate(env, c, side, unit->bytes, false);
	case NRS_HTTP2_BLOCK_END:
		err = inflate(env, c, side, nrs_span(NULL, 0), true);
		if (err == NRS_OK)
			nrs_http2_take_head(env, c, side);
		return err;
	case NRS_HTTP2_DATA:
		nrs_http2_body_bytes(env, find(c, unit->stream), side,
				     unit->bytes);
		break;
	case NRS_HTTP2_STREAM_END:
		nrs_http2_body_end(env, find(c, unit->stream), side, true);
		if (side != c->client)
			end_stream(env, c, find(c, unit->stream));
		break;
	case NRS_HTTP2_RESET:
		end_stream(env, c, find(c, unit->stream));
		break;
	}
	return err;
}

/* Nothing more of @side can be read. */
static void lose(struct nrs_session_env *env, struct nrs_session *session,
		 unsigned int side)
{
	struct nrs_http2_connection *c = session->state;

	nrs_lack(env, NRS_C_HTTP2_BLIND);
	c->side[side].is_blind = true;
	c->side[side].block.stream = NULL;
	for (unsigned int i = 0; i < NRS_HTTP2_STREAMS; i++) {
		if (c->room->streams[i].is_open)
			nrs_http2_body_end(env, &c->room->streams[i], side,
					   false);
	}
	if (c->side[1 - side].is_blind)
		nrs_session_ignore(env, session);
}

/* False: there is no room for it. */
static bool begin(struct nrs_session_env *env, struct nrs_session *session,
		  unsigned int client)
{
	struct nrs_http2_connection *c = nrs_session_state(env, session);

	if (c == NULL)
		return false;
	*c = (struct nrs_http2_connection){
		.room = nrs_slab_take(&env->pools->http2), .client = client};
	if (c->room == NULL)
		return false;
	for (unsigned int i = 0; i < NRS_HTTP2_STREAMS; i++)
		c->room->streams[i].is_open = false;
	nrs_heap_init(&c->heap, c->room->heap, sizeof(c->room->heap));
	return nrs_hpack_new(&c->side[0].hpack, &c->heap) == NRS_OK &&
	       nrs_hpack_new(&c->side[1].hpack, &c->heap) == NRS_OK;
}

size_t nrs_session_http2(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	struct nrs_span rest = bytes;
	struct nrs_http2_unit unit;
	bool is_client = false;
	int err = NRS_OK;

	if (session->state == NULL) {
		err = nrs_http2_sniff(bytes, &is_client);
		if (err == NRS_E_MORE)
			return 0;
		if (err != NRS_OK ||
		    !begin(env, session, is_client ? side : 1 - side)) {
			nrs_lack(env, NRS_C_HTTP2_BLIND);
			nrs_session_ignore(env, session);
			return bytes.len;
		}
	}
	struct nrs_http2_connection *c = session->state;
	if (c->side[side].is_blind)
		return bytes.len;
	while (err == NRS_OK) {
		err = nrs_http2_read(&c->side[side].reader, &rest, &unit);
		if (err == NRS_OK)
			err = take(env, flow, side, &unit);
	}
	if (err != NRS_E_MORE)
		lose(env, session, side);
	return bytes.len;
}

void nrs_session_http2_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			   unsigned int side, uint32_t len)
{
	struct nrs_http2_connection *c = flow->session->state;
	uint32_t stream = 0;

	nrs_session_give_buffer(env, &flow->session->side[side]);
	if (c == NULL) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	if (c->side[side].is_blind)
		return;
	if (nrs_http2_skip(&c->side[side].reader, len, &stream))
		nrs_http2_body_gap(env, find(c, stream), side, len);
	else
		lose(env, flow->session, side);
}
