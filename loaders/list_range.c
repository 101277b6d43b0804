/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_range: from the low end, always the largest aligned block that fits.
 */
#include "loaders/list_range.h"

#include "engine/base/err.h"

bool nrs_range_parse(struct nrs_span text, struct nrs_range *range,
		     bool *is_reversed)
{
	const size_t dash = nrs_span_find(text, '-', 0);

	*is_reversed = false;
	if (dash == SIZE_MAX ||
	    nrs_addr_parse(nrs_span_trim(nrs_span_part(text, 0, dash)),
			   &range->next) != NRS_OK ||
	    nrs_addr_parse(nrs_span_trim(nrs_span_from(text, dash + 1)),
			   &range->last) != NRS_OK ||
	    nrs_addr_is_v4(&range->next) != nrs_addr_is_v4(&range->last))
		return false;
	*is_reversed = nrs_addr_compare(&range->next, &range->last) > 0;
	range->is_done = false;
	return !*is_reversed;
}

static unsigned int bit_at(const struct nrs_addr *addr, unsigned int bit)
{
	return addr->bytes[bit / 8] >> (7 - bit % 8) & 1;
}

/* The last address of the block of @bits at @addr. */
static struct nrs_addr block_end(struct nrs_addr addr, unsigned int bits)
{
	for (unsigned int i = bits; i < 128; i++)
		addr.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return addr;
}

/* True if there is no address behind @addr. */
static bool step(struct nrs_addr *addr)
{
	for (unsigned int i = 16; i-- > 0;) {
		if (++addr->bytes[i] != 0)
			return false;
	}
	return true;
}

bool nrs_range_next(struct nrs_range *range, struct nrs_prefix *prefix)
{
	const unsigned int shortest = nrs_addr_is_v4(&range->next) ? 96 : 0;
	unsigned int bits = 128;

	if (range->is_done)
		return false;
	while (bits > shortest && bit_at(&range->next, bits - 1) == 0) {
		const struct nrs_addr end = block_end(range->next, bits - 1);

		if (nrs_addr_compare(&end, &range->last) > 0)
			break;
		bits--;
	}
	*prefix =
		(struct nrs_prefix){.addr = range->next, .bits = (uint8_t)bits};
	range->next = block_end(range->next, bits);
	range->is_done = step(&range->next) ||
			 nrs_addr_compare(&range->next, &range->last) > 0;
	return true;
}
