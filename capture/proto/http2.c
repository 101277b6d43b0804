/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http2: a head of nine octets, what its flags put before the content, the
 * content, padding.
 */
#include "capture/proto/http2.h"

#include "engine/base/octets.h"

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define PREFACE_LEN (sizeof(PREFACE) - 1)
#define HEAD_LEN 9
#define SETTING_LEN 6
#define SETTINGS_MAX 16 /* in a first frame */
#define SETTING_LAST 16 /* the highest identifier that is in use */

enum type {
	TYPE_DATA = 0,
	TYPE_HEADERS = 1,
	TYPE_RESET = 3,
	TYPE_SETTINGS = 4,
	TYPE_PROMISE = 5,
	TYPE_CONTINUATION = 9,
};

enum flag {
	FLAG_END_STREAM = 0x1,
	FLAG_END_HEADERS = 0x4,
	FLAG_PADDED = 0x8,
	FLAG_PRIORITY = 0x20,
};

/* What comes next. */
enum state {
	STATE_BEGIN, /* a preface, or a frame */
	STATE_PREFACE,
	STATE_HEAD,
	STATE_PREFIX,
	STATE_CONTENT,
	STATE_PADDING,
};

/* A server's first frame: SETTINGS, not an acknowledgment, of stream 0. */
static int sniff_settings(struct nrs_span bytes)
{
	static const uint8_t fixed[] = {TYPE_SETTINGS, 0, 0, 0, 0, 0};
	const size_t there = bytes.len < HEAD_LEN ? bytes.len : HEAD_LEN;

	if ((bytes.len > 0 && bytes.ptr[0] != 0) ||
	    (bytes.len > 1 && bytes.ptr[1] != 0) ||
	    (bytes.len > 2 && (bytes.ptr[2] % SETTING_LEN != 0 ||
			       bytes.ptr[2] > SETTING_LEN * SETTINGS_MAX)) ||
	    (there > 3 && memcmp(bytes.ptr + 3, fixed, there - 3) != 0))
		return NRS_E_FORMAT;
	if (bytes.len < HEAD_LEN)
		return NRS_E_MORE;
	if (bytes.ptr[2] == 0)
		return NRS_OK;
	if (bytes.len < HEAD_LEN + 2)
		return NRS_E_MORE;
	const uint16_t setting = nrs_u16(bytes.ptr + HEAD_LEN);
	return setting > 0 && setting <= SETTING_LAST ? NRS_OK : NRS_E_FORMAT;
}

int nrs_http2_sniff(struct nrs_span bytes, bool *is_client)
{
	const size_t common = bytes.len < PREFACE_LEN ? bytes.len : PREFACE_LEN;

	if (common == 0)
		return NRS_E_MORE;
	*is_client = memcmp(bytes.ptr, PREFACE, common) == 0;
	if (!*is_client)
		return sniff_settings(bytes);
	return common < PREFACE_LEN ? NRS_E_MORE : NRS_OK;
}

static int give(struct nrs_http2_unit *unit, enum nrs_http2_unit_kind kind,
		uint32_t stream, struct nrs_span bytes)
{
	*unit = (struct nrs_http2_unit){
		.kind = (uint8_t)kind, .stream = stream, .bytes = bytes};
	return NRS_OK;
}

/* The next @r->want octets in @r->head. NRS_E_MORE: not all there yet. */
static int collect(struct nrs_http2_reader *r, struct nrs_span *bytes)
{
	const struct nrs_span piece =
		nrs_span_part(*bytes, 0, (size_t)(r->want - r->have));

	if (piece.len > 0)
		memcpy(r->head + r->have, piece.ptr, piece.len);
	r->have = (uint8_t)(r->have + piece.len);
	*bytes = nrs_span_from(*bytes, piece.len);
	return r->have < r->want ? NRS_E_MORE : NRS_OK;
}

static void begin(struct nrs_http2_reader *r, enum state state, size_t want)
{
	r->state = (uint8_t)state;
	r->have = 0;
	r->want = (uint8_t)want;
}

static bool is_block(const struct nrs_http2_reader *r)
{
	return r->type == TYPE_HEADERS || r->type == TYPE_PROMISE ||
	       r->type == TYPE_CONTINUATION;
}

/* May a frame with this head come here, and how long is its block by now? */
static int check_block(struct nrs_http2_reader *r)
{
	const bool goes_on = r->type == TYPE_CONTINUATION;

	if (r->in_block != goes_on || (goes_on && r->stream != r->block_stream))
		return NRS_E_FORMAT;
	if (!goes_on)
		r->block_octets = r->block_frames = 0;
	r->block_octets += r->left;
	return r->block_octets > NRS_HTTP2_BLOCK_MAX ||
			       ++r->block_frames > NRS_HTTP2_BLOCK_FRAMES
		       ? NRS_E_LIMIT
		       : NRS_OK;
}

static int frame_head(struct nrs_http2_reader *r)
{
	const bool may_pad = r->head[3] == TYPE_DATA ||
			     r->head[3] == TYPE_HEADERS ||
			     r->head[3] == TYPE_PROMISE;
	size_t prefix = 0;

	r->left = nrs_u32(r->head) >> 8;
	r->type = r->head[3];
	r->flags = r->head[4];
	r->stream = nrs_u32(r->head + 5) & 0x7fffffff;
	r->padding = 0;
	if (is_block(r)) {
		const int err = check_block(r);

		if (err != NRS_OK)
			return err;
	} else if (r->in_block) {
		return NRS_E_FORMAT;
	}
	if ((is_block(r) || r->type == TYPE_DATA) && r->stream == 0)
		return NRS_E_FORMAT;
	if (may_pad && (r->flags & FLAG_PADDED) != 0)
		prefix = 1;
	if (r->type == TYPE_HEADERS && (r->flags & FLAG_PRIORITY) != 0)
		prefix += 5;
	if (r->type == TYPE_PROMISE)
		prefix += 4;
	if (prefix > r->left)
		return NRS_E_FORMAT;
	begin(r, STATE_PREFIX, prefix);
	return NRS_E_MORE;
}

/* The content begins. */
static int prefix(struct nrs_http2_reader *r, struct nrs_http2_unit *unit)
{
	const struct nrs_span none = {NULL, 0};
	const bool is_padded = (r->flags & FLAG_PADDED) != 0;

	r->left -= r->want;
	if (is_padded && r->want > 0 &&
	    (r->type == TYPE_DATA || r->type == TYPE_HEADERS ||
	     r->type == TYPE_PROMISE)) {
		r->padding = r->head[0];
		if (r->padding > r->left)
			return NRS_E_FORMAT;
		r->left -= r->padding;
	}
	r->state = STATE_CONTENT;
	switch (r->type) {
	case TYPE_HEADERS:
		r->in_block = true;
		r->block_stream = r->stream;
		r->ends_stream = (r->flags & FLAG_END_STREAM) != 0;
		return give(unit, NRS_HTTP2_FIELDS, r->stream, none);
	case TYPE_PROMISE:
		r->in_block = true;
		r->block_stream = r->stream;
		r->ends_stream = false;
		return give(unit, NRS_HTTP2_PROMISE,
			    nrs_u32(r->head + (is_padded ? 1 : 0)) & 0x7fffffff,
			    none);
	case TYPE_RESET:
		return give(unit, NRS_HTTP2_RESET, r->stream, none);
	default:
		return NRS_E_MORE;
	}
}

static int content(struct nrs_http2_reader *r, struct nrs_span *bytes,
		   struct nrs_http2_unit *unit)
{
	const struct nrs_span piece = nrs_span_part(*bytes, 0, r->left);

	*bytes = nrs_span_from(*bytes, piece.len);
	r->left -= (uint32_t)piece.len;
	if (piece.len > 0 && is_block(r))
		return give(unit, NRS_HTTP2_BLOCK, r->block_stream, piece);
	if (piece.len > 0 && r->type == TYPE_DATA)
		return give(unit, NRS_HTTP2_DATA, r->stream, piece);
	return NRS_E_MORE;
}

/* A frame is over. */
static int frame_end(struct nrs_http2_reader *r, struct nrs_http2_unit *unit)
{
	const struct nrs_span none = {NULL, 0};

	begin(r, STATE_HEAD, HEAD_LEN);
	if (r->type == TYPE_DATA && (r->flags & FLAG_END_STREAM) != 0)
		return give(unit, NRS_HTTP2_STREAM_END, r->stream, none);
	if (!is_block(r) || (r->flags & FLAG_END_HEADERS) == 0)
		return NRS_E_MORE;
	r->in_block = false;
	return give(unit, NRS_HTTP2_BLOCK_END, r->block_stream, none);
}

/* One step. NRS_E_MORE: go on, if there is anything. */
static int step(struct nrs_http2_reader *r, struct nrs_span *bytes,
		struct nrs_http2_unit *unit)
{
	switch ((enum state)r->state) {
	case STATE_BEGIN:
		begin(r,
		      bytes->ptr[0] == PREFACE[0] ? STATE_PREFACE : STATE_HEAD,
		      bytes->ptr[0] == PREFACE[0] ? PREFACE_LEN : HEAD_LEN);
		return NRS_E_MORE;
	case STATE_PREFACE:
		if (collect(r, bytes) != NRS_OK)
			return NRS_E_MORE;
		if (memcmp(r->head, PREFACE, PREFACE_LEN) != 0)
			return NRS_E_FORMAT;
		begin(r, STATE_HEAD, HEAD_LEN);
		return NRS_E_MORE;
	case STATE_HEAD:
		return collect(r, bytes) == NRS_OK ? frame_head(r) : NRS_E_MORE;
	case STATE_PREFIX:
		return collect(r, bytes) == NRS_OK ? prefix(r, unit)
						   : NRS_E_MORE;
	case STATE_CONTENT:
		if (r->left > 0)
			return content(r, bytes, unit);
		r->state = STATE_PADDING;
		return NRS_E_MORE;
	case STATE_PADDING:
		break;
	}
	const struct nrs_span piece = nrs_span_part(*bytes, 0, r->padding);

	*bytes = nrs_span_from(*bytes, piece.len);
	r->padding -= (uint32_t)piece.len;
	return r->padding > 0 ? NRS_E_MORE : frame_end(r, unit);
}

/* What needs no further octet: the end of a frame, or of its prefix. */
static bool goes_on(const struct nrs_http2_reader *r)
{
	return (r->state == STATE_PREFIX && r->have == r->want) ||
	       (r->state == STATE_CONTENT && r->left == 0) ||
	       (r->state == STATE_PADDING && r->padding == 0);
}

int nrs_http2_read(struct nrs_http2_reader *r, struct nrs_span *bytes,
		   struct nrs_http2_unit *unit)
{
	/* The stream ends with the block, which was told before. */
	if (r->ends_stream && !r->in_block && r->state == STATE_HEAD) {
		r->ends_stream = false;
		return give(unit, NRS_HTTP2_STREAM_END, r->block_stream,
			    nrs_span(NULL, 0));
	}
	while (bytes->len > 0 || goes_on(r)) {
		const int err = step(r, bytes, unit);

		if (err != NRS_E_MORE)
			return err;
	}
	return NRS_E_MORE;
}

bool nrs_http2_skip(struct nrs_http2_reader *r, uint32_t len, uint32_t *stream)
{
	if (r->state != STATE_CONTENT || r->type != TYPE_DATA || len > r->left)
		return false;
	r->left -= len;
	*stream = r->stream;
	return true;
}
