/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_table: open addressing; a number's own bits say where it stands.
 */
#include "app/look_table.h"

#include <stdlib.h>

#define SLOTS_LEAST 1024u

void nrs_look_table_fini(struct nrs_look_table *t)
{
	free(t->slots);
	*t = (struct nrs_look_table){0};
}

/* Where it is, or would be. */
static size_t slot_of(const struct nrs_look_table *t, uint64_t number)
{
	size_t at = (size_t)number & t->mask;

	while (t->slots[at] != 0 && t->slots[at] != number)
		at = (at + 1) & t->mask;
	return at;
}

bool nrs_look_table_has(const struct nrs_look_table *t, uint64_t number)
{
	return t->slots != NULL && t->slots[slot_of(t, number)] != 0;
}

static int grow(struct nrs_look_table *t)
{
	const size_t slots = t->slots == NULL ? SLOTS_LEAST : 2 * (t->mask + 1);
	struct nrs_look_table more = {.slots = calloc(slots, sizeof(uint64_t)),
				      .mask = slots - 1,
				      .count = t->count};
	size_t at = 0;
	uint64_t number;

	if (more.slots == NULL)
		return NRS_E_NOMEM;
	while ((number = nrs_look_table_next(t, &at)) != 0)
		more.slots[slot_of(&more, number)] = number;
	free(t->slots);
	*t = more;
	return NRS_OK;
}

int nrs_look_table_add(struct nrs_look_table *t, uint64_t number)
{
	if (t->slots == NULL || 2 * (t->count + 1) > t->mask + 1) {
		const int err = grow(t);

		if (err != NRS_OK)
			return err;
	}
	const size_t at = slot_of(t, number);
	t->count += t->slots[at] == 0;
	t->slots[at] = number;
	return NRS_OK;
}

uint64_t nrs_look_table_next(const struct nrs_look_table *t, size_t *at)
{
	while (t->slots != NULL && *at <= t->mask) {
		const uint64_t number = t->slots[(*at)++];

		if (number != 0)
			return number;
	}
	return 0;
}
