/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_smb: see the header. A length that does not fit ends the test.
 */
#include "tests/proto/made_smb.h"

static void smb_zeros(struct made_smb *m, size_t len)
{
	assert_true(m->len + len <= SMB_ROOM);
	memset(m->bytes + m->len, 0, len);
	m->len += len;
}

void smb_at(struct made_smb *m, size_t at, uint64_t value, unsigned int octets)
{
	for (unsigned int i = 0; i < octets; i++)
		m->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

static void smb_frame(struct made_smb *m)
{
	const size_t len = m->len - 4;

	m->bytes[1] = (uint8_t)(len >> 16);
	m->bytes[2] = (uint8_t)(len >> 8);
	m->bytes[3] = (uint8_t)len;
}

/* A header; the unit before is chained to it. */
size_t smb_begin(struct made_smb *m, const struct smb_unit *u)
{
	if (m->len == 0)
		smb_zeros(m, 4);
	if (m->unit != 0) {
		smb_zeros(m, (8 - (m->len - 4) % 8) % 8);
		smb_at(m, m->unit + 20, m->len - m->unit, 4);
	}
	m->unit = m->len;
	smb_zeros(m, SMB_HEADER);
	memcpy(m->bytes + m->unit, "\xfeSMB\x40", 5);
	smb_at(m, m->unit + 8, u->status, 4);
	smb_at(m, m->unit + 12, u->command, 2);
	smb_at(m, m->unit + 16,
	       (u->is_response ? 1u : 0) | (u->is_async ? 2u : 0) |
		       (u->is_related ? 4u : 0),
	       4);
	smb_at(m, m->unit + 24, u->message, 8);
	smb_at(m, m->unit + 36, u->tree, 4);
	smb_frame(m);
	return m->len;
}

static void smb_put(struct made_smb *m, const void *octets, size_t len)
{
	assert_true(m->len + len <= SMB_ROOM);
	memcpy(m->bytes + m->len, octets, len);
	m->len += len;
	smb_frame(m);
}

static void smb_name(struct made_smb *m, const char *name)
{
	for (; *name != '\0'; name++)
		smb_put(m, (const char[]){*name, 0}, 2);
}

/* Fixed parts of @len octets, the structure's size first. */
size_t smb_body(struct made_smb *m, size_t len, uint16_t size)
{
	const size_t at = m->len;

	smb_zeros(m, len);
	smb_at(m, at, size, 2);
	smb_frame(m);
	return at;
}

void smb_tree(struct made_smb *m, const struct smb_unit *u, const char *path)
{
	(void)smb_begin(m, u);
	const size_t at = smb_body(m, 8, 9);

	smb_at(m, at + 4, m->len - m->unit, 2);
	smb_at(m, at + 6, 2 * strlen(path), 2);
	smb_name(m, path);
}

void smb_create(struct made_smb *m, const struct smb_unit *u, const char *name)
{
	(void)smb_begin(m, u);
	const size_t at = smb_body(m, 56, 57);

	smb_at(m, at + 44, m->len - m->unit, 2);
	smb_at(m, at + 46, 2 * strlen(name), 2);
	smb_name(m, name);
}

/* A file id of one octet, 16 times. */
static void smb_id(struct made_smb *m, size_t at, uint8_t id)
{
	memset(m->bytes + at, id, 16);
}

void smb_created(struct made_smb *m, const struct smb_unit *u, uint8_t id,
		 uint64_t size)
{
	(void)smb_begin(m, u);
	const size_t at = smb_body(m, 88, 89);

	smb_at(m, at + 48, size, 8);
	smb_id(m, at + 64, id);
}

void smb_read(struct made_smb *m, const struct smb_unit *u, uint8_t id,
	      uint64_t offset)
{
	(void)smb_begin(m, u);
	const size_t at = smb_body(m, 49, 49);

	smb_at(m, at + 8, offset, 8);
	smb_id(m, at + 16, id);
}

void smb_data(struct made_smb *m, const struct smb_unit *u, const char *text)
{
	(void)smb_begin(m, u);
	const size_t at = smb_body(m, 16, 17);

	m->bytes[at + 2] = (uint8_t)(m->len - m->unit);
	smb_at(m, at + 4, strlen(text), 4);
	smb_put(m, text, strlen(text));
}

void smb_write(struct made_smb *m, const struct smb_unit *u, uint8_t id,
	       const char *text)
{
	(void)smb_begin(m, u);
	const size_t at = smb_body(m, 48, 49);

	smb_at(m, at + 2, m->len - m->unit, 2);
	smb_at(m, at + 4, strlen(text), 4);
	smb_id(m, at + 16, id);
	smb_put(m, text, strlen(text));
}

void smb_close(struct made_smb *m, const struct smb_unit *u, uint8_t id)
{
	(void)smb_begin(m, u);
	const size_t at = smb_body(m, 24, 24);

	smb_id(m, at + 8, id);
}

struct nrs_span smb_span(const struct made_smb *m)
{
	return nrs_span(m->bytes, m->len);
}
