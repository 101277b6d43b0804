/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtls: records with a head of thirteen octets, in those of type handshake
 * fragments with a head of twelve.
 */
#include "capture/proto/dtls.h"

#include "capture/proto/wire.h"

#define RECORD_HEAD 13
#define UNIFIED_MASK 0xe0 /* of the first octet of encrypted records of 1.3 */
#define UNIFIED 0x20
#define PREAMBLE "\1\0\0\0" /* of CAPWAP (RFC 5415 section 4.2) */
#define PREAMBLE_LEN 4
#define VERIFY_REQUEST 3
#define STUN_COOKIE 0x2112a442u

enum content {
	CONTENT_CHANGE_CIPHER = 20,
	CONTENT_ALERT = 21,
	CONTENT_HANDSHAKE = 22,
	CONTENT_DATA = 23,
	CONTENT_ACK = 26,
};

/* 1.0, 1.2, which 1.3 says too, and what OpenSSL spoke before. */
static bool is_version(uint32_t version)
{
	return version == 0xfeff || version == 0xfefd || version == 0x0100;
}

void nrs_dtls_open(struct nrs_dtls_datagram *d, struct nrs_span datagram)
{
	const bool has_preamble =
		datagram.len > PREAMBLE_LEN &&
		memcmp(datagram.ptr, PREAMBLE, PREAMBLE_LEN) == 0;

	*d = (struct nrs_dtls_datagram){
		.records = nrs_span_from(datagram,
					 has_preamble ? PREAMBLE_LEN : 0)};
}

/* The next record; its content if it is handshake in clear. */
static int record(struct nrs_dtls_datagram *d)
{
	struct nrs_wire r = {.rest = d->records};
	const uint32_t type = nrs_wire_number(&r, 1);

	if ((type & UNIFIED_MASK) == UNIFIED) {
		d->is_over = true;
		return NRS_E_NOTFOUND;
	}
	const uint32_t version = nrs_wire_number(&r, 2);
	const uint32_t epoch = nrs_wire_number(&r, 2);
	(void)nrs_wire_take(&r, 6); /* its number */
	const struct nrs_span content =
		nrs_wire_take(&r, nrs_wire_number(&r, 2));
	if (r.failed || !is_version(version) || type < CONTENT_CHANGE_CIPHER ||
	    type > CONTENT_ACK)
		return NRS_E_FORMAT;
	d->records = r.rest;
	d->is_over = epoch > 0 || type == CONTENT_CHANGE_CIPHER ||
		     type == CONTENT_DATA;
	if (d->is_over)
		return NRS_E_NOTFOUND;
	if (type == CONTENT_HANDSHAKE)
		d->messages = content;
	return NRS_OK;
}

int nrs_dtls_next(struct nrs_dtls_datagram *d, struct nrs_dtls_fragment *f)
{
	while (d->messages.len == 0) {
		if (d->records.len == 0 || d->is_over)
			return NRS_E_NOTFOUND;
		const int err = record(d);
		if (err != NRS_OK)
			return err;
	}
	struct nrs_wire r = {.rest = d->messages};
	f->type = (uint8_t)nrs_wire_number(&r, 1);
	f->length = nrs_wire_number(&r, 3);
	f->sequence = (uint16_t)nrs_wire_number(&r, 2);
	f->offset = nrs_wire_number(&r, 3);
	f->bytes = nrs_wire_take(&r, nrs_wire_number(&r, 3));
	if (r.failed || f->offset > f->length ||
	    f->bytes.len > f->length - f->offset)
		return NRS_E_FORMAT;
	d->messages = r.rest;
	return NRS_OK;
}

bool nrs_dtls_sniff(struct nrs_span datagram)
{
	struct nrs_dtls_fragment fragment;
	struct nrs_dtls_datagram d;

	nrs_dtls_open(&d, datagram);
	if (d.records.len < RECORD_HEAD ||
	    d.records.ptr[0] != CONTENT_HANDSHAKE ||
	    nrs_dtls_next(&d, &fragment) != NRS_OK)
		return false;
	return fragment.type == NRS_DTLS_CLIENT_HELLO ||
	       fragment.type == NRS_DTLS_SERVER_HELLO ||
	       fragment.type == VERIFY_REQUEST;
}

bool nrs_dtls_is_prelude(struct nrs_span datagram)
{
	struct nrs_wire r = {.rest = datagram};
	const uint32_t head = nrs_wire_number(&r, 4);

	return nrs_wire_number(&r, 4) == STUN_COOKIE && !r.failed &&
	       head >> 30 == 0;
}

bool nrs_dtls_next_certificate(struct nrs_span *body, unsigned int *index,
			       struct nrs_span *der)
{
	struct nrs_wire r = {.rest = *body};

	if (*index == 0)
		(void)nrs_wire_number(&r, 3); /* of the whole list */
	*der = nrs_wire_take(&r, nrs_wire_number(&r, 3));
	*body = r.rest;
	++*index;
	return !r.failed && der->len > 0;
}
