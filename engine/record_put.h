/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_put: a hit as its record, by who tells it.
 */
#pragma once

#include "engine/record.h"

/* Octets of @hit's record with its values. */
size_t nrs_record_hit_bytes(const struct nrs_hit *hit);

/* What @hit says, into a record of so many octets whose head, flow and frame
 * are the caller's. */
void nrs_record_hit_put(struct nrs_record_hit *record,
			const struct nrs_hit *hit);
