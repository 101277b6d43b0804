/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iptab: IP prefixes to u32, all prefixes that contain an address, longest
 * first. Built once, then immutable; any number of reader threads.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/err.h"

struct nrs_iptab;

struct nrs_iptab_entry {
	struct nrs_prefix prefix; /* unique within one table */
	uint32_t value;
};

/* Build from @entries (any order, borrowed). NRS_E_NOMEM. */
int nrs_iptab_build(struct nrs_iptab **out,
		    const struct nrs_iptab_entry *entries, size_t count);
void nrs_iptab_free(struct nrs_iptab *table);

/*
 * The values of all prefixes that contain @addr, longest first, at most @max
 * (a chain is at most 129 long). Returns how many.
 */
unsigned int nrs_iptab_find(const struct nrs_iptab *table,
			    const struct nrs_addr *addr, uint32_t *values,
			    unsigned int max);

size_t nrs_iptab_bytes(const struct nrs_iptab *table);

/* A table as octets for a file, appended; their number is a multiple of 8. */
struct nrs_text;
void nrs_iptab_save(const struct nrs_iptab *table, struct nrs_text *out);

/* A table over such octets (aligned to 8, borrowed: they outlive it). All that
 * could lead astray is checked, and that values are below @value_end.
 * NRS_E_FORMAT, NRS_E_NOMEM. */
int nrs_iptab_open(struct nrs_iptab **out, struct nrs_span octets,
		   uint32_t value_end);
