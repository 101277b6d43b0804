/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http2_body: from the bodies of streams to files, as in HTTP/1: what
 * is meant and, where that is packed, what was sent. A body begins with its
 * first octet; what its head says of it waits in the stream till then.
 */
#include "capture/session_http2.h"

#include "capture/proto/file_name.h"

static void name_it(struct nrs_http2_stream *stream, struct nrs_span name)
{
	if (name.len == 0 || name.len > sizeof(stream->target))
		return;
	memcpy(stream->target, name.ptr, name.len);
	stream->target_len = (uint8_t)name.len;
}

void nrs_http2_body_target(struct nrs_session_env *env,
			   struct nrs_http2_stream *stream,
			   struct nrs_span path)
{
	if (nrs_files_wanted(env))
		name_it(stream, nrs_target_name(path, env->text_room,
						NRS_HTTP2_NAME_MAX));
}

/* Several fields are one list (RFC 9110 section 5.3). */
static void add_coding(struct nrs_session_env *env, struct nrs_http2_body *body,
		       struct nrs_span value)
{
	const size_t comma = body->coding_len > 0;

	if (value.len == 0)
		return;
	if (value.len > sizeof(body->coding) - body->coding_len - comma) {
		nrs_lack(env, NRS_C_FILES_PACKED);
		return;
	}
	if (comma != 0)
		body->coding[body->coding_len++] = ',';
	memcpy(body->coding + body->coding_len, value.ptr, value.len);
	body->coding_len = (uint8_t)(body->coding_len + value.len);
}

void nrs_http2_body_field(struct nrs_session_env *env,
			  struct nrs_http2_stream *stream, unsigned int side,
			  const struct nrs_hpack_field *f)
{
	struct nrs_http2_body *body = &stream->bodies[side];

	if (!nrs_files_wanted(env))
		return;
	if (nrs_span_is(f->name, "content-encoding"))
		add_coding(env, body, f->value);
	else if (nrs_span_is(f->name, ":status"))
		body->is_206 = nrs_span_is(f->value, "206");
	else if (nrs_span_is(f->name, "content-range"))
		body->is_part = body->is_206 && nrs_range_is_part(f->value);
	else if (nrs_span_is(f->name, "content-disposition"))
		name_it(stream, nrs_disposition_name(f->value, env->text_room,
						     NRS_SESSION_TEXT_ROOM));
}

/* The body of @side, begun with its first octet; NULL: nobody asks for it. */
static struct nrs_body *body_of(struct nrs_session_env *env,
				struct nrs_http2_stream *stream,
				unsigned int side)
{
	if (stream == NULL || stream->is_tunnel || !nrs_files_wanted(env))
		return NULL;
	struct nrs_http2_body *body = &stream->bodies[side];
	if (body->is_begun)
		return &body->body;
	body->is_begun = true;
	nrs_body_begin(env, &body->body,
		       nrs_span(stream->target, stream->target_len),
		       nrs_span(body->coding, body->coding_len));
	if (body->is_part)
		nrs_body_gap(env, &body->body, 0);
	return &body->body;
}

void nrs_http2_body_bytes(struct nrs_session_env *env,
			  struct nrs_http2_stream *stream, unsigned int side,
			  struct nrs_span bytes)
{
	struct nrs_body *body = body_of(env, stream, side);

	if (body != NULL)
		nrs_body_bytes(env, body, bytes);
}

void nrs_http2_body_gap(struct nrs_session_env *env,
			struct nrs_http2_stream *stream, unsigned int side,
			uint32_t len)
{
	struct nrs_body *body = body_of(env, stream, side);

	if (body != NULL)
		nrs_body_gap(env, body, len);
}

void nrs_http2_body_end(struct nrs_session_env *env,
			struct nrs_http2_stream *stream, unsigned int side,
			bool is_complete)
{
	if (stream == NULL || !stream->bodies[side].is_begun)
		return;
	struct nrs_body *body = &stream->bodies[side].body;
	stream->bodies[side].is_begun = false;
	if (body->has_begun)
		nrs_body_end(env, body, &stream->txn, &stream->objects,
			     is_complete);
	else /* of no octet at all nobody would speak as a file */
		nrs_body_drop(env, body);
}
