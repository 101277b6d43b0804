/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http2_head: what the fields of requests and responses say. Each is
 * pushed as it comes; only the URL has to wait for all of its parts.
 */
#include "capture/session_http2.h"

/* Fields that are values of their own. */
static const struct {
	const char *name;
	enum nrs_field field;
	bool is_request;
} fields[] = {
	{":method", NRS_F_HTTP2_METHOD, true},
	{":path", NRS_F_HTTP2_URI, true},
	{"user-agent", NRS_F_HTTP2_USER_AGENT, true},
	{"referer", NRS_F_HTTP2_REFERER, true},
	{":status", NRS_F_HTTP2_STATUS, false},
	{"location", NRS_F_HTTP2_LOCATION, false},
	{"content-type", NRS_F_HTTP2_CONTENT_TYPE, false},
};

/* Keep @value in @room of @cap octets, the first one that comes. */
static void keep(struct nrs_http2_block *block, struct nrs_span value,
		 void *room, uint16_t *len, size_t cap)
{
	if (*len > 0 || value.len == 0)
		return;
	if (value.len > cap) {
		block->is_long = true;
		return;
	}
	memcpy(room, value.ptr, value.len);
	*len = (uint16_t)value.len;
}

/* The host alone; who and with what password is not for the name. */
static struct nrs_span host_of(struct nrs_span authority)
{
	const size_t at = nrs_span_find(authority, '@', 0);

	return at == SIZE_MAX ? authority : nrs_span_from(authority, at + 1);
}

static void push_header(struct nrs_session_env *env, struct nrs_txn *txn,
			const struct nrs_hpack_field *f)
{
	const struct nrs_span pieces[3] = {f->name, nrs_span_of(": "),
					   f->value};
	struct nrs_span line;

	if (!nrs_wanted(env->demand, NRS_F_HTTP2_HEADER))
		return;
	if (nrs_session_join(env, pieces, 3, &line))
		nrs_session_push(env, txn, NRS_F_HTTP2_HEADER, line);
	else
		nrs_count(env->counters, NRS_C_VALUES_BAD);
}

static void push_length(struct nrs_session_env *env, struct nrs_txn *txn,
			struct nrs_span text)
{
	uint64_t len = 0;

	if (nrs_wanted(env->demand, NRS_F_HTTP2_BODY_LENGTH) &&
	    nrs_span_u64(text, &len) == NRS_OK && len <= INT64_MAX)
		nrs_txn_int(env->matcher, txn, NRS_F_HTTP2_BODY_LENGTH,
			    (int64_t)len);
}

/* What only requests have. */
static void of_request(struct nrs_session_env *env,
		       struct nrs_http2_block *block,
		       struct nrs_http2_text *text,
		       const struct nrs_hpack_field *f)
{
	struct nrs_txn *txn = &block->stream->txn;

	if (nrs_span_is(f->name, ":method"))
		block->is_connect = nrs_span_is(f->value, "CONNECT");
	else if (nrs_span_is(f->name, ":scheme"))
		keep(block, f->value, text->scheme, &block->scheme,
		     sizeof(text->scheme));
	else if (nrs_span_is(f->name, ":path"))
		keep(block, f->value, text->path, &block->path,
		     sizeof(text->path));
	if (nrs_span_is(f->name, ":path"))
		nrs_http2_body_target(env, block->stream, f->value);
	/* Pseudo fields come first, so that :authority wins for the URL
	 * (RFC 9113 section 8.3.1); as names both count. */
	if (nrs_span_is(f->name, ":authority") ||
	    nrs_span_is(f->name, "host")) {
		nrs_session_push(env, txn, NRS_F_HTTP2_HOST, host_of(f->value));
		keep(block, f->value, text->authority, &block->authority,
		     sizeof(text->authority));
	}
	if (nrs_span_is(f->name, "content-length"))
		push_length(env, txn, f->value);
	if (f->name.len > 0 && f->name.ptr[0] != ':')
		push_header(env, txn, f);
}

void nrs_http2_take_field(struct nrs_session_env *env,
			  struct nrs_http2_connection *connection,
			  unsigned int side, const struct nrs_hpack_field *f)
{
	struct nrs_http2_block *block = &connection->side[side].block;

	if (block->stream == NULL || block->fields == NRS_HTTP2_FIELDS_MAX)
		return;
	block->fields++;
	/* 100: the real one is still to come (RFC 9110 section 15.2). */
	if (nrs_span_is(f->name, ":status")) {
		block->is_interim = f->value.len == 3 && f->value.ptr[0] == '1';
		if (nrs_span_is(f->value, "100"))
			return;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (fields[i].is_request == block->is_request &&
		    nrs_span_is(f->name, fields[i].name))
			nrs_session_push(env, &block->stream->txn,
					 fields[i].field, f->value);
	}
	if (block->is_request)
		of_request(env, block, &connection->room->text[side], f);
	/* A promise says nothing of the body that the server will send. */
	if (block->is_request == (side == connection->client))
		nrs_http2_body_field(env, block->stream, side, f);
}

/* scheme://authority/path */
static void push_url(struct nrs_session_env *env,
		     const struct nrs_http2_block *block,
		     const struct nrs_http2_text *text)
{
	const struct nrs_span pieces[] = {
		block->scheme > 0 ? nrs_span(text->scheme, block->scheme)
				  : nrs_span_of("http"),
		nrs_span_of("://"), nrs_span(text->authority, block->authority),
		nrs_span(text->path, block->path)};
	struct nrs_span url;

	if (!nrs_wanted(env->demand, NRS_F_HTTP2_URL) || block->is_connect)
		return;
	if (!block->is_long && nrs_session_join(env, pieces, 4, &url)) {
		if (block->authority > 0 && block->path > 0 &&
		    text->path[0] == '/')
			nrs_session_push(env, &block->stream->txn,
					 NRS_F_HTTP2_URL, url);
	} else {
		nrs_count(env->counters, NRS_C_VALUES_BAD);
	}
}

void nrs_http2_take_head(struct nrs_session_env *env,
			 struct nrs_http2_connection *connection,
			 unsigned int side)
{
	struct nrs_http2_block *block = &connection->side[side].block;

	if (block->stream == NULL)
		return;
	nrs_count(env->counters, NRS_C_HTTP2);
	if (block->is_request && side == connection->client)
		nrs_session_asked(env, NRS_ASKED_HTTP, 0, side);
	block->stream->is_tunnel |= block->is_connect;
	if (block->is_request)
		push_url(env, block, &connection->room->text[side]);
	/* What comes after the head of a side is a trailer; a promise has that
	 * of a request. */
	if (!block->is_interim)
		block->stream->heads |=
			(uint8_t)(1u << (block->is_request
						 ? connection->client
						 : 1 - connection->client));
	block->stream = NULL;
}
