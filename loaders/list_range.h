/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_range: a range of addresses as the fewest prefixes that make it up: at
 * most 62 for IPv4 and 254 for IPv6, so a range needs no cap of its own.
 */
#pragma once

#include "engine/base/addr.h"

struct nrs_range {
	struct nrs_addr next, last;
	bool is_done;
};

/* ADDRESS-ADDRESS of one family, blanks around the dash or not. False: none;
 * *@is_reversed says that it would be one the other way round. */
bool nrs_range_parse(struct nrs_span text, struct nrs_range *range,
		     bool *is_reversed);

/* The next prefix; false when there is none left. */
bool nrs_range_next(struct nrs_range *range, struct nrs_prefix *prefix);
