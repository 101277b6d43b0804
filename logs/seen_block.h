/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_block: rows of one hour as octets, and back. An observation log is
 * blocks one behind another, each whole in itself, so that any number of
 * threads can read one log, and what a crash cut off takes nothing with it.
 *
 * A block is a head of 40 octets and one zstd frame. Reading trusts nothing:
 * whatever the octets are, they give rows or an error.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"
#include "logs/seen_row.h"

#define NRS_SEEN_MAGIC "NRSSEEN1"
#define NRS_SEEN_HEAD 40
#define NRS_SEEN_ROWS_MAX 65536u
#define NRS_SEEN_VALUES_MAX ((size_t)4 << 20) /* octets of all values */
#define NRS_SEEN_PLAIN_MAX ((size_t)16 << 20)
#define NRS_SEEN_PACKED_MAX ((size_t)16 << 20)

struct nrs_pack;

/*
 * Append the block of @count rows, at least one, in order of field and value,
 * all of which begin in one hour. NRS_E_LIMIT: too many, or too long;
 * NRS_E_NOMEM.
 */
int nrs_seen_block_write(struct nrs_text *out, struct nrs_pack *pack,
			 const struct nrs_seen_row *rows, size_t count);

/* What a head says; the sizes are within their limits. NRS_E_FORMAT. */
struct nrs_seen_head {
	uint32_t packed, plain, rows;
	uint64_t sum; /* keyed XXH3 of the frame */
	int64_t hour;
};
int nrs_seen_head_read(const uint8_t octets[NRS_SEEN_HEAD],
		       struct nrs_seen_head *out);

/* Room for one block, to be used again and again. {0} to begin with. */
struct nrs_seen_room {
	struct nrs_text plain;
	struct nrs_seen_row *rows;
	size_t rows_cap;
	uint64_t *column;
	size_t column_cap;
	struct nrs_addr *addrs;
	size_t addrs_cap;
	uint8_t *values; /* what rows borrow */
	size_t values_cap;
};
void nrs_seen_room_fini(struct nrs_seen_room *room);

/* The rows of a block, in @room until its next use. Rows of fields that are
 * not known here are left out. NRS_E_FORMAT, NRS_E_NOMEM. */
int nrs_seen_block_read(struct nrs_seen_room *room,
			const struct nrs_seen_head *head,
			struct nrs_span packed, size_t *count);
