/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http1_framing: where a body ends, octet by octet if need be.
 */
#include "capture/proto/http1.h"

/* States of the chunked framing. */
enum { SIZE, EXTENSION, DATA, DATA_END, TRAILER_START, TRAILER, DONE };

void nrs_http1_framing_init(struct nrs_http1_framing *framing,
			    const struct nrs_http1_head *head)
{
	*framing = (struct nrs_http1_framing){.kind = head->body,
					      .state = SIZE,
					      .has_length =
						      head->has_content_length,
					      .length = head->content_length};
	if (head->body == NRS_HTTP1_BODY_LENGTH)
		framing->left = head->content_length;
}

bool nrs_http1_framing_done(const struct nrs_http1_framing *framing)
{
	switch (framing->kind) {
	case NRS_HTTP1_BODY_NONE:
		return true;
	case NRS_HTTP1_BODY_LENGTH:
		return framing->left == 0;
	case NRS_HTTP1_BODY_CHUNKED:
		return framing->state == DONE;
	default:
		return false;
	}
}

static int hex_value(uint8_t c)
{
	c = nrs_ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One octet of framing (never of data). */
static int framing_octet(struct nrs_http1_framing *f, uint8_t c)
{
	const int digit = hex_value(c);

	switch (f->state) {
	case SIZE:
		if (digit >= 0) {
			if (f->left > UINT64_MAX >> 8)
				return NRS_E_FORMAT;
			f->left = f->left << 4 | (uint64_t)digit;
			f->has_digits = true;
			return NRS_OK;
		}
		/* Blanks before a size are passed over, as browsers do; behind
		 * it anything is. */
		if (!f->has_digits)
			return c == ' ' || (c >= '\t' && c <= '\r')
				       ? NRS_OK
				       : NRS_E_FORMAT;
		f->state = EXTENSION;
		return c == '\n' ? framing_octet(f, c) : NRS_OK;
	case EXTENSION:
		if (c == '\n')
			f->state = f->left > 0 ? DATA : TRAILER_START;
		return NRS_OK;
	case DATA_END:
		if (c == '\n') {
			f->state = SIZE;
			f->has_digits = false;
			f->left = 0;
		}
		return c == '\n' || c == '\r' ? NRS_OK : NRS_E_FORMAT;
	case TRAILER_START:
		if (c == '\n')
			f->state = DONE;
		else if (c != '\r')
			f->state = TRAILER;
		return NRS_OK;
	default: /* TRAILER */
		if (c == '\n')
			f->state = TRAILER_START;
		return NRS_OK;
	}
}

static size_t take_data(struct nrs_http1_framing *f, size_t len)
{
	const size_t step = f->left < len ? (size_t)f->left : len;

	f->left -= step;
	return step;
}

bool nrs_http1_framing_is_whole(const struct nrs_http1_framing *f)
{
	return nrs_http1_framing_done(f) ||
	       (f->kind == NRS_HTTP1_BODY_CHUNKED && f->state >= TRAILER_START);
}

/* No chunks, although the head said so. */
static int take_plain(struct nrs_http1_framing *f, struct nrs_span bytes,
		      size_t *taken, struct nrs_span *data)
{
	f->kind = f->has_length ? NRS_HTTP1_BODY_LENGTH : NRS_HTTP1_BODY_CLOSE;
	f->left = f->length;
	return nrs_http1_framing_step(f, bytes, taken, data);
}

int nrs_http1_framing_step(struct nrs_http1_framing *f, struct nrs_span bytes,
			   size_t *taken, struct nrs_span *data)
{
	const bool has_begun = f->has_begun;

	*taken = 0;
	*data = nrs_span(NULL, 0);
	f->has_begun |= bytes.len > 0;
	if (f->kind == NRS_HTTP1_BODY_CLOSE)
		*taken = bytes.len;
	else if (f->kind == NRS_HTTP1_BODY_LENGTH)
		*taken = take_data(f, bytes.len);
	if (f->kind != NRS_HTTP1_BODY_CHUNKED) {
		*data = nrs_span_part(bytes, 0, *taken);
		return NRS_OK;
	}
	while (*taken < bytes.len && !nrs_http1_framing_done(f)) {
		if (f->state == DATA) {
			const size_t len = take_data(f, bytes.len - *taken);

			*data = nrs_span_part(bytes, *taken, len);
			*taken += len;
			if (f->left == 0)
				f->state = DATA_END;
			break;
		}
		const int err = framing_octet(f, bytes.ptr[*taken]);
		if (err != NRS_OK && f->state == SIZE && !has_begun)
			return take_plain(f, bytes, taken, data);
		if (err != NRS_OK)
			return err;
		++*taken;
	}
	return NRS_OK;
}

int nrs_http1_framing_feed(struct nrs_http1_framing *f, struct nrs_span bytes,
			   size_t *taken)
{
	struct nrs_span data;
	size_t step = 0;
	int err = NRS_OK;

	*taken = 0;
	do {
		err = nrs_http1_framing_step(f, nrs_span_from(bytes, *taken),
					     &step, &data);
		*taken += step;
	} while (err == NRS_OK && step > 0 && *taken < bytes.len &&
		 !nrs_http1_framing_done(f));
	return err;
}

bool nrs_http1_framing_skip(struct nrs_http1_framing *f, uint64_t len)
{
	if (f->kind == NRS_HTTP1_BODY_CLOSE)
		return true;
	if (f->kind == NRS_HTTP1_BODY_CHUNKED && f->state != DATA)
		return false;
	if (f->kind == NRS_HTTP1_BODY_NONE || len > f->left)
		return false;
	f->left -= len;
	if (f->kind == NRS_HTTP1_BODY_CHUNKED && f->left == 0)
		f->state = DATA_END;
	return true;
}
