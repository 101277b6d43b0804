/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smb1: messages of SMB 1 (MS-CIFS section 2.2, MS-SMB): a header, then words
 * and octets of a command, and perhaps of further ones chained to it (AndX).
 */
#include "capture/proto/smb_part.h"

#define HEADER 32u
#define FLAG_RESPONSE 0x80
#define FLAG_UNICODE 0x8000u

enum command {
	OPEN = 0x02,
	CREATE = 0x03,
	CLOSE = 0x04,
	DELETE = 0x06,
	RENAME = 0x07,
	READ = 0x0a,
	WRITE = 0x0b,
	CREATE_NEW = 0x0f,
	LOCKING_ANDX = 0x24,
	OPEN_ANDX = 0x2d,
	READ_ANDX = 0x2e,
	WRITE_ANDX = 0x2f,
	SESSION_SETUP_ANDX = 0x73,
	LOGOFF_ANDX = 0x74,
	TREE_CONNECT_ANDX = 0x75,
	NT_CREATE_ANDX = 0xa2,
	NONE = 0xff,
};

/* One command of the message. */
struct part {
	struct nrs_span message; /* from the header, as far as it came */
	uint32_t len;		 /* of the whole message */
	const uint8_t *words;
	uint32_t word_octets;
	uint32_t octets_at; /* what follows the words: in the message */
	bool is_unicode;
};

/* Text at @at of the message, up to the end of what is there; aligned to two
 * octets if it is Unicode. */
static struct nrs_span text_at(const struct part *p, uint32_t at)
{
	return nrs_span_from(p->message, at + (p->is_unicode ? at & 1 : 0));
}

/* The same behind the octet that says "text follows". */
static bool take_text(const struct part *p, struct nrs_smb_unit *out)
{
	if (p->octets_at >= p->message.len ||
	    p->message.ptr[p->octets_at] != 0x04)
		return false;
	out->name = text_at(p, p->octets_at + 1);
	return out->name.len > 0;
}

static bool take_name(const struct part *p, uint32_t at, uint32_t len,
		      struct nrs_smb_unit *out)
{
	out->name = nrs_span_part(text_at(p, at), 0, len);
	return out->name.len > 0;
}

static bool take_data(const struct part *p, uint32_t at, uint32_t len,
		      struct nrs_smb_unit *out)
{
	return nrs_smb_put_data(out, at, len, HEADER, p->len);
}

/* Data as the oldest commands have them: 1, a length, octets. */
static bool take_block(const struct part *p, struct nrs_smb_unit *out)
{
	const uint32_t at = p->octets_at;

	return at + 3 <= p->message.len && p->message.ptr[at] == 0x01 &&
	       take_data(p, at + 3, nrs_smb_u16(p->message.ptr + at + 1), out);
}

static void take_file(const uint8_t *at, struct nrs_smb_unit *out)
{
	memcpy(out->file, at, 2);
}

static uint64_t offset_of(const struct part *p, uint32_t at, uint32_t high_at)
{
	const uint64_t low = nrs_smb_u32(p->words + at);

	return p->word_octets >= high_at + 4
		       ? low | (uint64_t)nrs_smb_u32(p->words + high_at) << 32
		       : low;
}

static bool read_data_request(const struct part *p, uint8_t command,
			      struct nrs_smb_unit *out)
{
	const uint8_t *w = p->words;
	const bool is_old = command == READ || command == WRITE;
	const bool is_read = command == READ || command == READ_ANDX;
	const uint32_t least = is_old ? 10 : is_read ? 20 : 24;

	out->kind = is_read ? NRS_SMB_READ : NRS_SMB_WRITE;
	if (p->word_octets < least)
		return false;
	take_file(w + (is_old ? 0 : 4), out);
	if (is_old) {
		out->offset = nrs_smb_u32(w + 4);
		return is_read || take_block(p, out);
	}
	out->offset = offset_of(p, 6, is_read ? 20 : 24);
	return is_read || take_data(p, nrs_smb_u16(w + 22),
				    nrs_smb_u16(w + 20) |
					    (uint32_t)nrs_smb_u16(w + 18) << 16,
				    out);
}

static bool read_request(const struct part *p, uint8_t command,
			 struct nrs_smb_unit *out)
{
	const uint8_t *w = p->words;

	switch ((enum command)command) {
	case OPEN:
	case CREATE:
	case CREATE_NEW:
		out->kind = NRS_SMB_OPEN;
		return take_text(p, out);
	case DELETE:
	case RENAME:
		out->kind = NRS_SMB_NAMED;
		return take_text(p, out);
	case OPEN_ANDX:
		out->kind = NRS_SMB_OPEN;
		return take_name(p, p->octets_at, UINT32_MAX, out);
	case NT_CREATE_ANDX:
		out->kind = NRS_SMB_OPEN;
		return p->word_octets >= 48 &&
		       take_name(p, p->octets_at, nrs_smb_u16(w + 5), out);
	case TREE_CONNECT_ANDX:
		out->kind = NRS_SMB_SHARE;
		return p->word_octets >= 8 &&
		       take_name(p, p->octets_at + nrs_smb_u16(w + 6),
				 UINT32_MAX, out);
	case CLOSE:
		out->kind = NRS_SMB_CLOSE;
		if (p->word_octets < 2)
			return false;
		take_file(w, out);
		return true;
	case READ:
	case WRITE:
	case READ_ANDX:
	case WRITE_ANDX:
		return read_data_request(p, command, out);
	default:
		return false;
	}
}

/* The answer to an open: where its file id and size stand. */
static bool read_opened(const struct part *p, uint32_t file_at,
			uint32_t size_at, struct nrs_smb_unit *out)
{
	out->kind = NRS_SMB_OPENED;
	if (out->is_failed)
		return true;
	if (p->word_octets < file_at + 2)
		return false;
	take_file(p->words + file_at, out);
	if (size_at != 0 && p->word_octets >= size_at + 4)
		out->size = nrs_smb_u32(p->words + size_at);
	if (size_at == 55 && p->word_octets >= size_at + 8)
		out->size = nrs_smb_u64(p->words + size_at);
	return true;
}

static bool read_response(const struct part *p, uint8_t command,
			  struct nrs_smb_unit *out)
{
	const uint8_t *w = p->words;
	const struct nrs_span octets = nrs_span_from(p->message, p->octets_at);

	switch ((enum command)command) {
	case OPEN:
		return read_opened(p, 0, 8, out);
	case CREATE:
	case CREATE_NEW:
		return read_opened(p, 0, 0, out);
	case OPEN_ANDX:
		return read_opened(p, 4, 12, out);
	case NT_CREATE_ANDX:
		return read_opened(p, 5, 55, out);
	case TREE_CONNECT_ANDX:
		out->kind = NRS_SMB_SHARED;
		out->is_pipe = nrs_span_starts(octets, "IPC");
		return true;
	case CLOSE:
		out->kind = NRS_SMB_CLOSED;
		return true;
	case READ:
		out->kind = NRS_SMB_DATA;
		return out->is_failed || take_block(p, out);
	case READ_ANDX:
		out->kind = NRS_SMB_DATA;
		if (out->is_failed || p->word_octets < 16)
			return out->is_failed;
		return take_data(p, nrs_smb_u16(w + 12),
				 nrs_smb_u16(w + 10) |
					 (uint32_t)nrs_smb_u16(w + 14) << 16,
				 out);
	default:
		return false;
	}
}

static bool is_chained(uint8_t command)
{
	switch ((enum command)command) {
	case LOCKING_ANDX:
	case OPEN_ANDX:
	case READ_ANDX:
	case WRITE_ANDX:
	case SESSION_SETUP_ANDX:
	case LOGOFF_ANDX:
	case TREE_CONNECT_ANDX:
	case NT_CREATE_ANDX:
		return true;
	default:
		return false;
	}
}

/* The command whose words begin at @at; false: it is not there. */
static bool find_part(struct part *p, uint32_t at)
{
	if (at + 1 > p->message.len)
		return false;
	p->word_octets = 2u * p->message.ptr[at];
	if (p->message.len - at - 1 < p->word_octets + 2)
		return false;
	p->words = p->message.ptr + at + 1;
	p->octets_at = at + 1 + p->word_octets + 2;
	return true;
}

static uint64_t message_id(const uint8_t *p)
{
	/* MID and PID; a TID changes with the tree that is connected. */
	return nrs_smb_u16(p + 30) | (uint64_t)nrs_smb_u16(p + 26) << 16 |
	       (uint64_t)nrs_smb_u16(p + 12) << 32;
}

/* How much of a message is wanted, of which the first HEADER + 3 octets are
 * there: of what carries a file and nothing else, no octet of the file. */
static uint32_t wanted(const uint8_t *p, uint32_t left)
{
	const bool is_response = (p[9] & FLAG_RESPONSE) != 0;
	const uint32_t words = HEADER + 1 + 2u * p[HEADER] + 2;
	const uint32_t most =
		left < NRS_SMB_HEAD ? left : (uint32_t)NRS_SMB_HEAD;
	const bool is_data = p[4] == (is_response ? READ_ANDX : WRITE_ANDX) &&
			     p[HEADER] != 0 && p[HEADER + 1] == NONE;

	return is_data && words < most ? words : most;
}

int nrs_smb1_read(struct nrs_smb_units *out, struct nrs_span octets,
		  uint32_t left)
{
	const uint8_t *p = octets.ptr;
	struct part part = {.message = nrs_span_part(octets, 0, left),
			    .len = left};

	if (left < HEADER + 3)
		return NRS_E_FORMAT;
	if (octets.len < HEADER + 3 || octets.len < wanted(p, left))
		return NRS_E_MORE;
	const uint32_t status = nrs_smb_u32(p + 5);
	const bool is_response = (p[9] & FLAG_RESPONSE) != 0;
	uint8_t command = p[4];
	uint32_t at = HEADER;
	part.is_unicode = (nrs_smb_u16(p + 10) & FLAG_UNICODE) != 0;
	for (unsigned int i = 0;
	     i < NRS_SMB_UNITS_MAX && command != NONE && find_part(&part, at);
	     i++) {
		struct nrs_smb_unit *unit = &out->items[out->count];

		*unit = (struct nrs_smb_unit){
			.message = message_id(p),
			.tree = nrs_smb_u16(p + 24),
			.is_unicode = part.is_unicode,
			.size = NRS_SMB_SIZE_UNKNOWN,
			.is_failed = is_response && status != 0 &&
				     status != NRS_SMB_STATUS_OVERFLOW};
		out->count += is_response ? read_response(&part, command, unit)
					  : read_request(&part, command, unit);
		if (!is_chained(command) || part.word_octets < 4)
			break;
		command = part.words[0];
		const uint32_t next = nrs_smb_u16(part.words + 2);
		if (next <= at) /* only forward */
			break;
		at = next;
	}
	return NRS_OK;
}
