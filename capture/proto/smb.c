/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smb: frames, versions and names.
 */
#include "capture/proto/smb_part.h"

#define FRAME_MESSAGE 0x00
#define FRAME_REQUEST 0x81 /* what else NetBIOS says: 0x81 to 0x85 */
#define FRAME_KEEPALIVE 0x85

#define SMB1 0xff
#define SMB2 0xfe
#define SMB_ENCRYPTED 0xfd
#define SMB_COMPRESSED 0xfc

static bool is_version(uint8_t first)
{
	return first >= SMB_COMPRESSED;
}

int nrs_smb_frame(struct nrs_span octets, uint32_t *len)
{
	const uint8_t *p = octets.ptr;

	*len = 0;
	if (octets.len == 0)
		return NRS_E_MORE;
	if (p[0] != FRAME_MESSAGE &&
	    (p[0] < FRAME_REQUEST || p[0] > FRAME_KEEPALIVE))
		return NRS_E_FORMAT;
	if (octets.len < NRS_SMB_FRAME)
		return NRS_E_MORE;
	*len = (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return NRS_OK;
}

static bool is_magic(struct nrs_span octets)
{
	static const uint8_t name[] = "SMB";
	const size_t have = octets.len < 4 ? octets.len : 4;

	for (size_t i = 0; i < have; i++) {
		if (i == 0 ? !is_version(octets.ptr[0])
			   : octets.ptr[i] != name[i - 1])
			return false;
	}
	return true;
}

int nrs_smb_sniff(struct nrs_span octets)
{
	uint32_t len;
	const int err = nrs_smb_frame(octets, &len);

	if (err != NRS_OK)
		return err;
	if (octets.ptr[0] == FRAME_REQUEST) /* names of 32 octets and more */
		return len == 68 ? NRS_OK : NRS_E_FORMAT;
	if (octets.ptr[0] != FRAME_MESSAGE || len < 8)
		return NRS_E_FORMAT;
	const struct nrs_span rest = nrs_span_from(octets, NRS_SMB_FRAME);
	if (!is_magic(rest))
		return NRS_E_FORMAT;
	return rest.len >= 4 ? NRS_OK : NRS_E_MORE;
}

int nrs_smb_read(struct nrs_smb_units *out, struct nrs_span octets,
		 uint32_t left)
{
	out->count = 0;
	out->len = left;
	if (left < 4)
		return NRS_E_FORMAT;
	if (octets.len < 4)
		return NRS_E_MORE;
	if (!is_magic(octets))
		return NRS_E_FORMAT;
	if (octets.ptr[0] == SMB1)
		return nrs_smb1_read(out, octets, left);
	if (octets.ptr[0] == SMB2)
		return nrs_smb2_read(out, octets, left);
	out->items[out->count++] =
		(struct nrs_smb_unit){.kind = NRS_SMB_HIDDEN};
	return NRS_OK;
}

static size_t put_character(uint32_t c, uint8_t *out)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* The next character of UTF-16LE; half a pair is U+FFFD. */
static uint32_t take_character(struct nrs_span *text)
{
	const uint32_t c = nrs_smb_u16(text->ptr);

	*text = nrs_span_from(*text, 2);
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c < 0xdc00 && text->len >= 2) {
		const uint32_t low = nrs_smb_u16(text->ptr);

		if (low >= 0xdc00 && low <= 0xdfff) {
			*text = nrs_span_from(*text, 2);
			return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return 0xfffd;
}

struct nrs_span nrs_smb_name(const struct nrs_smb_unit *unit, uint8_t *out,
			     size_t room)
{
	struct nrs_span text = unit->name;
	size_t used = 0;

	if (!unit->is_unicode) {
		text = nrs_span_part(text, 0, nrs_span_find(text, 0, 0));
		text = nrs_span_part(text, 0, room);
		if (text.len > 0)
			memcpy(out, text.ptr, text.len);
		return nrs_span(out, text.len);
	}
	while (text.len >= 2 && used + 4 <= room) {
		const uint32_t c = take_character(&text);

		if (c == 0)
			break;
		used += put_character(c, out + used);
	}
	return nrs_span(out, used);
}
