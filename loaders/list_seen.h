/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_seen: the values that a list has had, as 64-bit keyed hashes in an
 * open-addressing table. A collision would drop a value: for a million lines
 * one chance in ten million, and nobody can choose it.
 */
#pragma once

#include "engine/base/checksum.h"
#include "engine/base/err.h"

struct nrs_seen {
	struct nrs_hash_key key;
	uint64_t *hashes; /* 0 free */
	uint32_t *places; /* of nrs_seen_first, or NULL */
	uint64_t mask, count;
};

/* NRS_E_NOMEM, NRS_E_IO (no randomness for the key). */
int nrs_seen_init(struct nrs_seen *seen);
void nrs_seen_fini(struct nrs_seen *seen);

/* 1: @text of @kind was there before; 0: it is now; or NRS_E_NOMEM. */
int nrs_seen_add(struct nrs_seen *seen, unsigned int kind,
		 struct nrs_span text);

/* The same, and where it was: @place is kept with what is new, and *@first is
 * the place that came with it first. Not to be mixed with nrs_seen_add. */
int nrs_seen_first(struct nrs_seen *seen, unsigned int kind,
		   struct nrs_span text, uint32_t place, uint32_t *first);
