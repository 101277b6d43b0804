/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smb2: units of SMB 2 and 3 (MS-SMB2 section 2.2). A message is a chain of
 * them (compounded requests and answers); each is read by itself.
 */
#include "capture/proto/smb_part.h"

#define HEADER 64u

#define FLAG_RESPONSE 0x1u
#define FLAG_ASYNC 0x2u
#define FLAG_RELATED 0x4u

enum command {
	TREE_CONNECT = 3,
	CREATE = 5,
	CLOSE = 6,
	READ = 8,
	WRITE = 9,
	SET_INFO = 17,
};

#define SHARE_PIPE 2
#define INFO_FILE 1
#define INFO_RENAME 10

/* A unit under way: its octets as far as they came, and how many it has. */
struct chunk {
	struct nrs_span octets;
	uint32_t len;
};

/* Enough of the unit to have its octets up to @end, or all of them? */
static bool has(const struct chunk *c, uint32_t end)
{
	return c->octets.len >= (end < c->len ? end : c->len);
}

/* @len octets at @at, of which the unit tells; false: not within it. */
static bool take_name(const struct chunk *c, uint32_t at, uint32_t len,
		      struct nrs_smb_unit *out)
{
	out->is_unicode = true;
	if (at > c->len || len > c->len - at)
		return false;
	out->name = nrs_span_part(c->octets, at, len);
	return true;
}

static bool take_data(const struct chunk *c, uint32_t at, uint32_t len,
		      struct nrs_smb_unit *out)
{
	return nrs_smb_put_data(out, at, len, HEADER, c->len);
}

/* How much of the unit its command wants to see. */
static uint32_t wanted(uint16_t command, bool is_response)
{
	switch ((enum command)command) {
	case TREE_CONNECT:
		return is_response ? HEADER + 16 : (uint32_t)NRS_SMB_HEAD;
	case CREATE:
		return is_response ? HEADER + 80 : (uint32_t)NRS_SMB_HEAD;
	case CLOSE:
		return is_response ? HEADER : HEADER + 24;
	case READ:
		return is_response ? HEADER + 16 : HEADER + 48;
	case WRITE:
		return is_response ? HEADER : HEADER + 48;
	case SET_INFO:
		return is_response ? HEADER : (uint32_t)NRS_SMB_HEAD;
	}
	return HEADER;
}

static void take_file(const uint8_t *at, struct nrs_smb_unit *out)
{
	memcpy(out->file, at, sizeof(out->file));
}

/* True if the request says something; its fixed part is there. */
static bool read_request(const struct chunk *c, uint16_t command,
			 struct nrs_smb_unit *out)
{
	const uint8_t *p = c->octets.ptr;
	const uint8_t *b = p + HEADER;

	switch ((enum command)command) {
	case TREE_CONNECT:
		out->kind = NRS_SMB_SHARE;
		return c->octets.len >= HEADER + 8 &&
		       take_name(c, nrs_smb_u16(b + 4), nrs_smb_u16(b + 6),
				 out);
	case CREATE:
		out->kind = NRS_SMB_OPEN;
		return c->octets.len >= HEADER + 56 &&
		       take_name(c, nrs_smb_u16(b + 44), nrs_smb_u16(b + 46),
				 out);
	case CLOSE:
		out->kind = NRS_SMB_CLOSE;
		if (c->octets.len < HEADER + 24)
			return false;
		take_file(b + 8, out);
		return true;
	case READ:
	case WRITE:
		out->kind = command == READ ? NRS_SMB_READ : NRS_SMB_WRITE;
		if (c->octets.len < HEADER + 48)
			return false;
		out->offset = nrs_smb_u64(b + 8);
		take_file(b + 16, out);
		return command == READ || take_data(c, nrs_smb_u16(b + 2),
						    nrs_smb_u32(b + 4), out);
	case SET_INFO:
		out->kind = NRS_SMB_NAMED;
		if (c->octets.len < HEADER + 32 || b[2] != INFO_FILE ||
		    b[3] != INFO_RENAME)
			return false;
		const uint32_t at = nrs_smb_u16(b + 8);
		if (at < HEADER || at + 20 > c->octets.len)
			return false;
		return take_name(c, at + 20, nrs_smb_u32(p + at + 16), out);
	}
	return false;
}

static bool read_response(const struct chunk *c, uint16_t command,
			  struct nrs_smb_unit *out)
{
	const uint8_t *b = c->octets.ptr + HEADER;

	switch ((enum command)command) {
	case TREE_CONNECT:
		out->kind = NRS_SMB_SHARED;
		out->is_pipe =
			c->octets.len >= HEADER + 3 && b[2] == SHARE_PIPE;
		return true;
	case CREATE:
		out->kind = NRS_SMB_OPENED;
		if (out->is_failed || c->octets.len < HEADER + 80)
			return out->is_failed;
		out->size = nrs_smb_u64(b + 48);
		take_file(b + 64, out);
		return true;
	case CLOSE:
		out->kind = NRS_SMB_CLOSED;
		return true;
	case READ:
		out->kind = NRS_SMB_DATA;
		if (out->is_failed || c->octets.len < HEADER + 16)
			return out->is_failed;
		return take_data(c, b[2], nrs_smb_u32(b + 4), out);
	case WRITE:
	case SET_INFO:
		break;
	}
	return false;
}

int nrs_smb2_read(struct nrs_smb_units *out, struct nrs_span octets,
		  uint32_t left)
{
	const uint8_t *p = octets.ptr;
	struct chunk c = {.octets = octets, .len = left};

	if (left < HEADER)
		return NRS_E_FORMAT;
	if (octets.len < HEADER)
		return NRS_E_MORE;
	const uint32_t next = nrs_smb_u32(p + 20);
	if (next != 0 && (next < HEADER || next > left))
		return NRS_E_FORMAT;
	if (next != 0)
		c.len = next;
	c.octets = nrs_span_part(octets, 0, c.len);
	out->len = c.len;

	const uint16_t command = nrs_smb_u16(p + 12);
	const uint32_t flags = nrs_smb_u32(p + 16);
	const uint32_t status = nrs_smb_u32(p + 8);
	const bool is_response = (flags & FLAG_RESPONSE) != 0;
	struct nrs_smb_unit *unit = &out->items[0];
	if (!has(&c, wanted(command, is_response)))
		return NRS_E_MORE;
	*unit = (struct nrs_smb_unit){
		.message = nrs_smb_u64(p + 24),
		.tree = (flags & FLAG_ASYNC) != 0 ? 0 : nrs_smb_u32(p + 36),
		.is_related = (flags & FLAG_RELATED) != 0,
		.size = NRS_SMB_SIZE_UNKNOWN,
		.is_interim = is_response && status == NRS_SMB_STATUS_PENDING,
		.is_failed = is_response && status != 0 &&
			     status != NRS_SMB_STATUS_OVERFLOW};
	if (unit->is_interim)
		return NRS_OK;
	out->count = is_response ? read_response(&c, command, unit)
				 : read_request(&c, command, unit);
	return NRS_OK;
}
