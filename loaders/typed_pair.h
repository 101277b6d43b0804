/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typed_pair: two values that stand together, and must be seen together; and
 * an address of one side alone.
 */
#pragma once

#include "loaders/typed.h"

/* The types from NRS_TYPED_SOURCE_ADDRESS on; as nrs_typed_read. A colon may
 * stand for the "|" before a port. */
int nrs_typed_pair(struct nrs_typed_room *room, enum nrs_typed type,
		   struct nrs_span value, struct nrs_typed_value *out);

/* Append @value as a string literal of a pattern. */
void nrs_typed_quote(struct nrs_text *out, struct nrs_span value);
