/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quic: headers, keys and protection of Initial packets.
 */
#include "capture/proto/quic.h"

#include <stdio.h>

#include "capture/proto/gquic.h"
#include "capture/proto/wire.h"

#define LONG_HEADER 0x80
#define NUMBER_MAX 4 /* octets of a packet number */
#define SALT_LEN 20
#define GOOGLE_Q0 0x5130u
#define GOOGLE_T0 0x5430u

/* Initial salts: RFC 9001 section 5.2, RFC 9369 section 3.3.1, drafts of the
 * first at their section 5.2. */
static const uint8_t salts[][SALT_LEN] = {
	{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
	 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
	{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
	 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
	{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
	 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
	{0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
	 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02},
	{0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
	 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a},
	{0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
	 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10},
	{0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94,
	 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b, 0x45},
	{0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
	 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d},
};
enum salt {
	SALT_V1,
	SALT_V2,
	SALT_29,
	SALT_23,
	SALT_22,
	SALT_T50,
	SALT_Q50,
	SALT_T51
};

static const struct {
	uint32_t first, last;
	enum salt salt;
} versions[] = {
	{NRS_QUIC_V1, NRS_QUIC_V1, SALT_V1},
	{NRS_QUIC_V2, NRS_QUIC_V2, SALT_V2},
	{0xff000021, 0xff000022, SALT_V1}, /* drafts 33 and 34 */
	{0xff00001d, 0xff000020, SALT_29},
	{0xff000017, 0xff00001c, SALT_23},
	{0xff000016, 0xff000016, SALT_22},
	{0xfaceb001, 0xfaceb001, SALT_22}, /* mvfst */
	{0xfaceb002, 0xfaceb003, SALT_23},
	{0xfaceb00e, 0xfaceb00e, SALT_23},
	{0xfaceb010, 0xfaceb013, SALT_23},
	{NRS_GQUIC_Q050, NRS_GQUIC_Q050, SALT_Q50},
	{0x54303530, 0x54303530, SALT_T50}, /* T050 of Google */
	{0x54303531, 0x54303531, SALT_T51},
};

/* RFC 9000 section 15: to be answered with the versions that there are. */
static bool is_reserved(uint32_t version)
{
	return (version & 0x0f0f0f0f) == 0x0a0a0a0a;
}

uint32_t nrs_quic_spoken(uint32_t version, unsigned int attempt)
{
	static const uint32_t likely[] = {NRS_QUIC_V1, 0xff00001d, 0xff00001c};

	if (!is_reserved(version))
		return attempt == 0 ? version : 0;
	return attempt < sizeof(likely) / sizeof(*likely) ? likely[attempt] : 0;
}

static const uint8_t *salt_of(uint32_t version)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		if (version >= versions[i].first && version <= versions[i].last)
			return salts[versions[i].salt];
	}
	return NULL;
}

bool nrs_quic_sniff(struct nrs_span datagram)
{
	struct nrs_wire r = {.rest = datagram};
	const uint32_t first = nrs_wire_number(&r, 1);

	return (first & LONG_HEADER) != 0 &&
	       salt_of(nrs_quic_spoken(nrs_wire_number(&r, 4), 0)) != NULL;
}

static enum nrs_quic_type type_of(uint32_t version, uint32_t first)
{
	/* version 2 counts from another one on (RFC 9369 section 3.2) */
	const unsigned int by =
		((first >> 4 & 3) + (version == NRS_QUIC_V2 ? 3 : 0)) & 3;

	return by == 0	 ? NRS_QUIC_INITIAL
	       : by == 3 ? NRS_QUIC_RETRY
			 : NRS_QUIC_OTHER;
}

int nrs_quic_packet(struct nrs_quic_packet *p, struct nrs_span *datagram)
{
	const struct nrs_span all = *datagram;
	struct nrs_wire r = {.rest = all};
	const uint32_t first = nrs_wire_number(&r, 1);

	*p = (struct nrs_quic_packet){0};
	*datagram = nrs_span(NULL, 0);
	if ((first & LONG_HEADER) == 0)
		return NRS_E_FORMAT;
	p->version = nrs_wire_number(&r, 4);
	if (r.failed)
		return NRS_E_FORMAT;
	if (salt_of(nrs_quic_spoken(p->version, 0)) == NULL)
		return NRS_E_UNSUPPORTED;
	p->dcid = nrs_wire_counted(&r, nrs_wire_number(&r, 1));
	p->scid = nrs_wire_counted(&r, nrs_wire_number(&r, 1));
	if (r.failed || p->dcid.len > NRS_QUIC_CID_MAX ||
	    p->scid.len > NRS_QUIC_CID_MAX)
		return NRS_E_FORMAT;
	p->type = (uint8_t)type_of(p->version, first);
	p->whole = all;
	if (p->type == NRS_QUIC_RETRY)
		return NRS_OK;
	if (p->type == NRS_QUIC_INITIAL) /* token */
		(void)nrs_wire_counted(&r, nrs_wire_variable(&r));
	const uint64_t len = nrs_wire_variable(&r);
	p->number_at = all.len - r.rest.len;
	(void)nrs_wire_counted(&r, len);
	if (r.failed)
		return NRS_E_FORMAT;
	p->whole = nrs_span_part(all, 0, all.len - r.rest.len);
	*datagram = r.rest;
	return NRS_OK;
}

int nrs_quic_keys(struct nrs_quic_keys *keys, uint32_t version,
		  struct nrs_span dcid, bool is_server,
		  struct nrs_hasher *hasher)
{
	const uint8_t *salt = salt_of(version);
	const bool is_v2 = version == NRS_QUIC_V2;
	uint8_t initial[NRS_SHA256_LEN], secret[NRS_SHA256_LEN];

	if (salt == NULL)
		return NRS_E_UNSUPPORTED;
	nrs_hkdf_extract(hasher, nrs_span(salt, SALT_LEN), dcid, initial);
	nrs_hkdf_secret(hasher, initial);
	nrs_hkdf_label(hasher, is_server ? "server in" : "client in", secret,
		       sizeof(secret));
	nrs_hkdf_secret(hasher, secret);
	nrs_hkdf_label(hasher, is_v2 ? "quicv2 key" : "quic key", keys->key,
		       sizeof(keys->key));
	nrs_hkdf_label(hasher, is_v2 ? "quicv2 iv" : "quic iv", keys->iv,
		       sizeof(keys->iv));
	nrs_hkdf_label(hasher, is_v2 ? "quicv2 hp" : "quic hp", keys->hp,
		       sizeof(keys->hp));
	return NRS_OK;
}

int nrs_quic_open(const struct nrs_quic_packet *p,
		  const struct nrs_quic_keys *keys, struct nrs_cipher *cipher,
		  uint8_t *room, struct nrs_span *frames)
{
	const struct nrs_span sample =
		nrs_span_part(p->whole, p->number_at + NUMBER_MAX, NRS_AES_LEN);
	uint8_t mask[NRS_AES_LEN], nonce[NRS_NONCE_LEN];

	if (sample.len < NRS_AES_LEN)
		return NRS_E_FORMAT;
	nrs_cipher_block(cipher, keys->hp, sample.ptr, mask);
	/* The clear header is what the tag speaks of: it stands in the room,
	 * the frames behind it. */
	memcpy(room, p->whole.ptr, p->number_at + NUMBER_MAX);
	room[0] ^= mask[0] & 0x0f;
	const size_t octets = (room[0] & 3u) + 1;
	const size_t head = p->number_at + octets;
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (size_t i = 0; i < octets; i++) {
		room[p->number_at + i] ^= mask[1 + i];
		nonce[sizeof(nonce) - octets + i] ^= room[p->number_at + i];
	}
	const struct nrs_sealed sealed = {
		.nonce = nonce,
		.clear = nrs_span(room, head),
		.text = nrs_span_from(p->whole, head)};
	const int err =
		nrs_cipher_open(cipher, keys->key, &sealed, room + head);
	*frames = err == NRS_OK
			  ? nrs_span(room + head, sealed.text.len - NRS_TAG_LEN)
			  : nrs_span(NULL, 0);
	return err;
}

struct nrs_span nrs_quic_version_name(uint32_t version, char room[12])
{
	if (version == NRS_QUIC_V2)
		return nrs_span_of("v2");
	if (version >> 16 == GOOGLE_Q0 || version >> 16 == GOOGLE_T0)
		snprintf(room, 12, "%c0%c%c", (int)(version >> 24),
			 (int)(version >> 8 & 0xff), (int)(version & 0xff));
	else
		snprintf(room, 12, "%x", (unsigned int)version);
	return nrs_span_of(room);
}
