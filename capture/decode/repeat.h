/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repeat: what the last segments said, so that one that is sent again and says
 * something else is noticed: an attacker may show the sensor one request and
 * the server another (RFC 9293 leaves open which copy counts).
 *
 * No segment is copied: its place and a hash of it are kept.
 */
#pragma once

#include <stdint.h>

#include "engine/base/checksum.h"

#define NRS_REPEAT_ROWS 8

struct nrs_repeat {
	struct {
		uint32_t seq, len, hash;
	} row[NRS_REPEAT_ROWS];
	uint8_t next;
};

enum nrs_repeated {
	NRS_REPEATED_SAME,
	NRS_REPEATED_OTHER,
	NRS_REPEATED_UNKNOWN, /* forgotten, or cut at other places */
};

/* @bytes were delivered at @seq. The hash is keyed: nobody can make two that
 * look the same. */
void nrs_repeat_note(struct nrs_repeat *repeat, const struct nrs_hash_key *key,
		     uint32_t seq, struct nrs_span bytes);

/* They come again. */
enum nrs_repeated nrs_repeat_ask(const struct nrs_repeat *repeat,
				 const struct nrs_hash_key *key, uint32_t seq,
				 struct nrs_span bytes);
