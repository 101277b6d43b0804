/* SPDX-License-Identifier: Apache-2.0 */
/*
 * der: a reader of items of ITU-T X.690 with definite lengths, that can only
 * run out. What it does not know ends the walk.
 */
#pragma once

#include "engine/base/span.h"

enum nrs_der_tag {
	NRS_DER_BOOLEAN = 0x01,
	NRS_DER_INTEGER = 0x02,
	NRS_DER_OCTET_STRING = 0x04,
	NRS_DER_OID = 0x06,
	NRS_DER_UTC_TIME = 0x17,
	NRS_DER_GENERALIZED_TIME = 0x18,
	NRS_DER_BMP_STRING = 0x1e,
	NRS_DER_SEQUENCE = 0x30,
	NRS_DER_SET = 0x31,
};
#define NRS_DER_EXPLICIT(number) (0xa0 | (number))

struct nrs_der {
	uint8_t tag;
	struct nrs_span content;
};

/* The item at the front of @rest, which moves behind it. False: none, or one
 * that claims more than there is; @rest is empty then. */
static inline bool nrs_der_next(struct nrs_span *rest, struct nrs_der *item)
{
	const uint8_t *at = rest->ptr;
	size_t head = 2, len;

	*item = (struct nrs_der){0};
	if (rest->len < 2 || (at[0] & 0x1f) == 0x1f) {
		*rest = nrs_span(NULL, 0);
		return false;
	}
	len = at[1];
	if ((at[1] & 0x80) != 0) {
		const size_t octets = at[1] & 0x7fu;

		len = 0;
		/* none: an indefinite length, which DER does not have */
		if (octets == 0 || octets > 4 || rest->len < 2 + octets) {
			*rest = nrs_span(NULL, 0);
			return false;
		}
		for (size_t i = 0; i < octets; i++)
			len = len << 8 | at[2 + i];
		head += octets;
	}
	if (len > rest->len - head) {
		*rest = nrs_span(NULL, 0);
		return false;
	}
	item->tag = at[0];
	item->content = nrs_span_part(*rest, head, len);
	*rest = nrs_span_from(*rest, head + len);
	return true;
}

/* The same for an item that must have @tag. */
static inline bool nrs_der_enter(struct nrs_span *rest, uint8_t tag,
				 struct nrs_span *content)
{
	struct nrs_der item;
	const bool is_it = nrs_der_next(rest, &item) && item.tag == tag;

	*content = is_it ? item.content : nrs_span(NULL, 0);
	return is_it;
}
