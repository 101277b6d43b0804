/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http2_body: from the bodies of streams to files. A body begins with
 * its first octet; what its head says of it waits in the stream till then.
 */
#include "capture/session_http2.h"

void nrs_http2_body_target(struct nrs_session_env *env,
			   struct nrs_http2_stream *stream,
			   struct nrs_span path)
{
	size_t from = 0, to = 0;

	if (!nrs_files_wanted(env))
		return;
	for (; to < path.len && path.ptr[to] != '?'; to++) {
		if (path.ptr[to] == '/')
			from = to + 1;
	}
	const struct nrs_span name = nrs_span_part(path, from, to - from);
	if (name.len == 0 || name.len > sizeof(stream->target))
		return;
	memcpy(stream->target, name.ptr, name.len);
	stream->target_len = (uint8_t)name.len;
}

void nrs_http2_body_field(struct nrs_session_env *env,
			  struct nrs_http2_stream *stream, unsigned int side,
			  const struct nrs_hpack_field *f)
{
	struct nrs_http2_body *body = &stream->bodies[side];

	if (!nrs_files_wanted(env))
		return;
	if (nrs_span_is(f->name, "content-encoding"))
		body->is_packed = !nrs_span_is_icase(f->value, "identity");
	else if (nrs_span_is(f->name, ":status"))
		body->is_part = nrs_span_is(f->value, "206");
}

/* The body of @side, begun with its first octet; NULL: nobody asks for it. */
static struct nrs_http2_body *body_of(struct nrs_session_env *env,
				      struct nrs_http2_stream *stream,
				      unsigned int side)
{
	if (stream == NULL || stream->is_tunnel || !nrs_files_wanted(env))
		return NULL;
	struct nrs_http2_body *body = &stream->bodies[side];
	const struct nrs_span name =
		nrs_span(stream->target, stream->target_len);
	if (body->is_begun)
		return body;
	body->is_begun = true;
	body->file = body->is_packed ? nrs_file_begin_sent(env, name)
				     : nrs_file_begin(env, name);
	if (body->is_part)
		nrs_file_gap(env, body->file, 0);
	return body;
}

void nrs_http2_body_bytes(struct nrs_session_env *env,
			  struct nrs_http2_stream *stream, unsigned int side,
			  struct nrs_span bytes)
{
	struct nrs_http2_body *body = body_of(env, stream, side);

	if (body != NULL)
		nrs_file_bytes(env, body->file, bytes);
}

void nrs_http2_body_gap(struct nrs_session_env *env,
			struct nrs_http2_stream *stream, unsigned int side,
			uint32_t len)
{
	struct nrs_http2_body *body = body_of(env, stream, side);

	if (body != NULL)
		nrs_file_gap(env, body->file, len);
}

void nrs_http2_body_end(struct nrs_session_env *env,
			struct nrs_http2_stream *stream, unsigned int side,
			bool is_complete)
{
	if (stream == NULL || !stream->bodies[side].is_begun)
		return;
	stream->bodies[side].is_begun = false;
	nrs_file_end(env, stream->bodies[side].file, &stream->txn,
		     stream->objects++, is_complete);
}
