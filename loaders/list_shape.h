/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_shape: what a single value is, by its shape (section 8.6 of the
 * specification).
 */
#pragma once

#include "engine/indicator.h"

/* Room for the canonical text of a value of @len octets. */
#define NRS_SHAPE_ROOM(len) (3 * (len) + 512)

struct nrs_list_value {
	enum nrs_shape shape;
	struct nrs_span text; /* canonical, in the caller's room */
	const char *reason;   /* why it is nothing that we take */
};

/* What the refanged @value is. NRS_E_FORMAT: the reason says why not. */
int nrs_list_shape(struct nrs_span value, uint8_t *out, size_t room,
		   struct nrs_list_value *found);
