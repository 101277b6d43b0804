/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_ids: the indicators that have one of a few ids. Ids of their own are
 * compared where they lie; those that are derived have to be made, which is
 * done only if one of the few could be such.
 */
#include "engine/set_over.h"

#include <stdlib.h>

#include "engine/set_store.h"

struct seeking {
	const struct nrs_set *set;
	const struct nrs_span *ids;
	size_t count;
	bool may_be_derived;
};

static int by_text(const void *a, const void *b)
{
	return nrs_span_compare(*(const struct nrs_span *)a,
				*(const struct nrs_span *)b);
}

static bool is_one(const struct seeking *s, struct nrs_span id)
{
	return bsearch(&id, s->ids, s->count, sizeof(id), by_text) != NULL;
}

/* "indicator--xxxxxxxx-xxxx-5...": UUIDv5. */
static bool may_be_derived(struct nrs_span id)
{
	return id.len == sizeof("indicator--") - 1 + 36 &&
	       id.ptr[sizeof("indicator--") - 1 + 14] == '5';
}

static int look(const struct seeking *s, uint32_t index, struct nrs_text *id,
		bool *is_it)
{
	char room[NRS_STORED_ROOM];
	nrs_set_fetch(s->set, index + NRS_SET_AHEAD);
	const struct nrs_set_named named = nrs_set_named(s->set, index, room);

	*is_it = named.has_id && is_one(s, named.name);
	if (named.has_id || !s->may_be_derived)
		return NRS_OK;
	nrs_text_clear(id);
	nrs_set_id(s->set, index, id);
	*is_it = !id->failed && is_one(s, nrs_text_span(id));
	return id->failed ? NRS_E_NOMEM : NRS_OK;
}

int nrs_set_seek_ids(const struct nrs_set *set, const struct nrs_set_ids *ids)
{
	struct seeking s = {
		.set = set, .ids = ids->sorted, .count = ids->count};
	struct nrs_text id = {0};
	int err = NRS_OK;

	for (size_t i = 0; i < ids->count; i++)
		s.may_be_derived |= may_be_derived(ids->sorted[i]);
	for (uint32_t i = ids->first; i < nrs_set_count(set) && err == NRS_OK;
	     i++) {
		bool is_it = false;

		err = look(&s, i, &id, &is_it);
		if (is_it)
			err = ids->found(ids->ctx, i);
	}
	nrs_text_fini(&id);
	return err;
}
