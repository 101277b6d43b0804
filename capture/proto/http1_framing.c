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
	*framing =
		(struct nrs_http1_framing){.kind = head->body, .state = SIZE};
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
			return NRS_OK;
		}
		if (c != ';' && c != '\r' && c != '\n' && c != ' ')
			return NRS_E_FORMAT;
		f->state = EXTENSION;
		return c == '\n' ? framing_octet(f, c) : NRS_OK;
	case EXTENSION:
		if (c == '\n')
			f->state = f->left > 0 ? DATA : TRAILER_START;
		return NRS_OK;
	case DATA_END:
		if (c == '\n') {
			f->state = SIZE;
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

int nrs_http1_framing_feed(struct nrs_http1_framing *f, struct nrs_span bytes,
			   size_t *taken)
{
	*taken = 0;
	if (f->kind == NRS_HTTP1_BODY_CLOSE) {
		*taken = bytes.len;
		return NRS_OK;
	}
	if (f->kind == NRS_HTTP1_BODY_LENGTH) {
		*taken = take_data(f, bytes.len);
		return NRS_OK;
	}
	while (*taken < bytes.len && !nrs_http1_framing_done(f)) {
		if (f->state == DATA) {
			*taken += take_data(f, bytes.len - *taken);
			if (f->left == 0)
				f->state = DATA_END;
			continue;
		}
		const int err = framing_octet(f, bytes.ptr[*taken]);
		if (err != NRS_OK)
			return err;
		++*taken;
	}
	return NRS_OK;
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
