/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_decode: transfer encodings of messages undone: base64 and
 * quoted-printable (RFC 2045 section 6).
 *
 * Pure; fed piece by piece, cut anywhere. Base64 passes over what is no digit
 * and ends with its padding; digits behind that are told, since others may
 * read on. Of quoted-printable what is broken stays as it stands.
 */
#pragma once

#include "engine/base/span.h"

enum nrs_transfer_kind {
	NRS_TRANSFER_PLAIN, /* 7bit, 8bit, binary: not fed here */
	NRS_TRANSFER_BASE64,
	NRS_TRANSFER_QUOTED,
};

struct nrs_transfer {
	uint8_t kind;
	uint8_t state;
	uint8_t held;  /* quoted: the first digit of two */
	uint8_t count; /* base64: bits that wait */
	uint32_t bits; /* base64 */
	bool is_over;  /* base64: padding came */
	bool goes_on;  /* and digits after it */
};

/* By the value of Content-Transfer-Encoding; PLAIN for what is unknown. */
enum nrs_transfer_kind nrs_transfer_of(struct nrs_span name);

/* The least room that makes progress. */
#define NRS_TRANSFER_ROOM 3

/* Decode from the front of *@in into @out until one of both is at its end; how
 * many octets were written. */
size_t nrs_transfer_feed(struct nrs_transfer *transfer, struct nrs_span *in,
			 uint8_t *out, size_t room);

/* The value of a hexadecimal digit, or -1. */
int nrs_digit16(uint8_t c);
