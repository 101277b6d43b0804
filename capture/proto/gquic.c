/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gquic: where the hello begins follows from flags and a hash of fixed length;
 * all numbers inside it are little-endian.
 */
#include "capture/proto/gquic.h"

#define LONG_HEADER 0x80
#define FLAG_VERSION 0x01
#define FLAG_CID 0x08
#define CID_LEN 8
#define HELLO_WITHIN 64 /* octets before the hello, more than there can be */
#define TAGS_MAX 128

static uint32_t little(struct nrs_span bytes, size_t at, unsigned int octets)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < octets && at + i < bytes.len; i++)
		value |= (uint32_t)bytes.ptr[at + i] << (8 * i);
	return value;
}

/* "Q0" and two digits. */
static uint32_t version_at(struct nrs_span bytes, size_t at)
{
	const struct nrs_span v = nrs_span_part(bytes, at, 4);

	if (v.len < 4 || v.ptr[0] != 'Q' || v.ptr[1] != '0' || v.ptr[2] < '2' ||
	    v.ptr[2] > '4' || v.ptr[3] < '0' || v.ptr[3] > '9')
		return 0;
	return (uint32_t)v.ptr[0] << 24 | (uint32_t)v.ptr[1] << 16 |
	       (uint32_t)v.ptr[2] << 8 | v.ptr[3];
}

uint32_t nrs_gquic_version(struct nrs_span datagram)
{
	if (datagram.len == 0)
		return 0;
	const uint8_t flags = datagram.ptr[0];
	if ((flags & LONG_HEADER) != 0)
		return version_at(datagram, 1);
	return (flags & (FLAG_VERSION | FLAG_CID)) == (FLAG_VERSION | FLAG_CID)
		       ? version_at(datagram, 1 + CID_LEN)
		       : 0;
}

int nrs_gquic_find(struct nrs_span datagram, struct nrs_span *hello)
{
	const size_t at = nrs_span_find_text(
		nrs_span_part(datagram, 0, HELLO_WITHIN), "CHLO");

	*hello = nrs_span_from(datagram, at);
	return at == SIZE_MAX ? NRS_E_FORMAT : NRS_OK;
}

int nrs_gquic_name(struct nrs_span hello, struct nrs_span *name)
{
	const size_t count = little(hello, 4, 2);
	const size_t values = 8 + 8 * count;
	size_t begin = 0;

	*name = nrs_span(NULL, 0);
	if (!nrs_span_starts(hello, "CHLO") || count > TAGS_MAX)
		return hello.len < 4 ? NRS_E_MORE : NRS_E_FORMAT;
	if (hello.len < values)
		return NRS_E_MORE;
	for (size_t i = 0; i < count; i++) {
		const size_t end = little(hello, 8 + 8 * i + 4, 4);

		if (end < begin)
			return NRS_E_FORMAT;
		if (memcmp(hello.ptr + 8 + 8 * i, "SNI\0", 4) == 0) {
			*name = nrs_span_part(hello, values + begin,
					      end - begin);
			return name->len == end - begin ? NRS_OK : NRS_E_MORE;
		}
		begin = end;
	}
	return NRS_OK;
}
