/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_shape: what a single value is, by its shape (section 8.6 of the
 * specification).
 */
#pragma once

#include "engine/indicator.h"

/* Room for the canonical text of a value of @len octets. */
#define NRS_SHAPE_ROOM(len) (3 * (len) + 512)

/*
 * Shape of the refanged @value, its normal text in @out. NRS_E_FORMAT: it is
 * nothing that we know.
 */
int nrs_list_shape(struct nrs_span value, enum nrs_shape *shape, uint8_t *out,
		   size_t room, struct nrs_span *text);
