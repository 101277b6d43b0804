/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_address: the addresses that a header lists (RFC 5322 section 3.4): of
 * mailboxes with and without a name, and of groups' members; names, comments
 * and routes are left out.
 *
 * Pure and bounded; an address that blanks or comments stand in is put
 * together in the list's room.
 */
#pragma once

#include "engine/base/span.h"

#define NRS_MAIL_ADDRESS_MAX 320 /* RFC 5321 section 4.5.3.1: 64 + 1 + 255 */

struct nrs_mail_addresses {
	struct nrs_span rest; /* at first the header's value */
	uint8_t room[NRS_MAIL_ADDRESS_MAX];
};

/* The next one; false: there is none. What has no @ or is too long is passed
 * over. It stands in the room until the next call. */
bool nrs_mail_address_next(struct nrs_mail_addresses *list,
			   struct nrs_span *address);
