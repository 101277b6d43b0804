/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set: sources, refusals and reasons, in growing arrays; indicators in rows.
 *
 * Reasons repeat by the hundred thousand: a small cache of recent ones lets
 * equal texts share one place.
 */
#include "engine/set.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "engine/base/checksum.h"
#include "engine/rows.h"
#include "engine/set_store.h"

#define RECENT 256u /* reasons remembered, a power of two */

struct source {
	struct nrs_indicator_source known;
	uint32_t refused;
};

struct nrs_set {
	struct nrs_arena *arena;
	struct nrs_rows rows;
	struct source *sources;
	uint32_t source_count, source_cap;
	struct nrs_set_refusal *refusals;
	size_t refusal_count, refusal_cap;
	uint64_t refused, repeated; /* all of them */
	struct nrs_text reasons;    /* NUL-terminated texts one after another */
	uint32_t recent[RECENT];    /* places of reasons; 0 none */
	struct nrs_hash_key key;    /* of identities: the same in every set */
	struct nrs_pool *pool;	    /* of contexts; made with the first */
	struct nrs_stored *stored;  /* instead of rows, or NULL */
	struct nrs_span mapping;    /* where that lies; unmapped with it */
	const char *digest;	    /* in it */
};

int nrs_set_new(struct nrs_set **out)
{
	const size_t line = _Alignof(struct nrs_set);
	struct nrs_set *set =
		aligned_alloc(line, (sizeof(*set) + line - 1) / line * line);

	if (set == NULL)
		return NRS_E_NOMEM;
	memset(set, 0, sizeof(*set));
	nrs_hash_key_init(&set->key, 0);
	set->arena = nrs_arena_new(0);
	nrs_text_putc(&set->reasons, '\0'); /* place 0: no reason */
	if (set->arena == NULL || set->reasons.failed) {
		nrs_set_free(set);
		return NRS_E_NOMEM;
	}
	*out = set;
	return NRS_OK;
}

void nrs_set_free(struct nrs_set *set)
{
	if (set == NULL)
		return;
	nrs_pool_free(set->pool);
	nrs_arena_free(set->arena);
	nrs_text_fini(&set->reasons);
	nrs_rows_fini(&set->rows);
	free(set->sources);
	free(set->refusals);
	nrs_stored_free(set->stored);
	if (set->mapping.len > 0)
		(void)munmap((void *)(uintptr_t)set->mapping.ptr,
			     set->mapping.len);
	free(set);
}

void nrs_set_store(struct nrs_set *set, struct nrs_stored *stored,
		   const struct nrs_set_facts *facts)
{
	set->stored = stored;
	set->digest = facts->digest;
	set->refused = facts->refused;
	set->repeated = facts->repeated;
}

void nrs_set_own_mapping(struct nrs_set *set, struct nrs_span mapping)
{
	set->mapping = mapping;
}

const char *nrs_set_stored_digest(const struct nrs_set *set)
{
	return set->digest;
}

struct nrs_arena *nrs_set_arena(struct nrs_set *set)
{
	return set->arena;
}

int nrs_set_source(struct nrs_set *set, struct nrs_span name,
		   struct nrs_span path, uint32_t *source)
{
	if (set->source_count == set->source_cap) {
		const uint32_t cap =
			set->source_cap == 0 ? 8 : set->source_cap * 2;
		struct source *sources =
			set->source_cap > UINT32_MAX / 4
				? NULL
				: realloc(set->sources, cap * sizeof(*sources));

		if (sources == NULL)
			return NRS_E_NOMEM;
		set->sources = sources;
		set->source_cap = cap;
	}
	set->sources[set->source_count] = (struct source){
		.known = {.name = nrs_arena_copy(set->arena, name),
			  .path = nrs_arena_copy(set->arena, path)}};
	*source = set->source_count++;
	return NRS_OK;
}

uint32_t nrs_set_sources(const struct nrs_set *set)
{
	return set->source_count;
}

const struct nrs_indicator_source *nrs_set_source_of(const struct nrs_set *set,
						     uint32_t source)
{
	return &set->sources[source].known;
}

int nrs_set_add(struct nrs_set *set, const struct nrs_indicator *indicator)
{
	return nrs_rows_add(&set->rows, indicator);
}

int nrs_set_add_value(struct nrs_set *set,
		      const struct nrs_indicator *indicator)
{
	return nrs_rows_add_value(&set->rows, indicator);
}

/* Where @reason stands among the reasons; 0 without memory. */
static uint32_t place_of(struct nrs_set *set, const char *reason)
{
	uint32_t hash = 0;

	for (const char *c = reason; *c != '\0'; c++)
		hash = hash * 31 + (uint8_t)*c;
	uint32_t *recent = &set->recent[hash % RECENT];
	if (*recent != 0 &&
	    strcmp((const char *)set->reasons.ptr + *recent, reason) == 0)
		return *recent;
	const size_t place = set->reasons.len;
	if (place + strlen(reason) >= UINT32_MAX)
		return 0;
	nrs_text_add(&set->reasons, nrs_span(reason, strlen(reason) + 1));
	if (set->reasons.failed)
		return 0;
	*recent = (uint32_t)place;
	return *recent;
}

int nrs_set_judge(struct nrs_set *set, uint32_t index, enum nrs_status status,
		  const char *reason)
{
	uint32_t place = 0;

	if (set->stored != NULL)
		return NRS_E_UNSUPPORTED; /* it was judged when it was made */
	if (*reason != '\0')
		place = place_of(set, reason);
	nrs_rows_judge(&set->rows, index, (uint8_t)status, place);
	return *reason != '\0' && place == 0 ? NRS_E_NOMEM : NRS_OK;
}

const char *nrs_set_reason(const struct nrs_set *set, uint32_t index)
{
	struct nrs_indicator item;

	if (set->stored != NULL)
		return nrs_stored_reason(set->stored, index);
	nrs_rows_get(&set->rows, index, &item);
	return (const char *)set->reasons.ptr + item.reason;
}

int nrs_set_refuse(struct nrs_set *set, uint32_t source, uint64_t place,
		   const char *text)
{
	return nrs_set_keep_refusal(set, source, place, nrs_span_of(text));
}

int nrs_set_keep_refusal(struct nrs_set *set, uint32_t source, uint64_t place,
			 struct nrs_span text)
{
	set->refused++;
	if (set->sources[source].refused == NRS_SET_REFUSALS_MAX)
		return NRS_OK;
	set->sources[source].refused++;
	if (set->refusal_count == set->refusal_cap) {
		const size_t cap =
			set->refusal_cap == 0 ? 16 : set->refusal_cap * 2;
		struct nrs_set_refusal *refusals =
			realloc(set->refusals, cap * sizeof(*refusals));

		if (refusals == NULL)
			return NRS_E_NOMEM;
		set->refusals = refusals;
		set->refusal_cap = cap;
	}
	set->refusals[set->refusal_count++] = (struct nrs_set_refusal){
		.source = source,
		.place = place,
		.text = nrs_arena_copy(set->arena, text)};
	return NRS_OK;
}

size_t nrs_set_refusals(const struct nrs_set *set,
			const struct nrs_set_refusal **first)
{
	*first = set->refusals;
	return set->refusal_count;
}

uint64_t nrs_set_refused(const struct nrs_set *set)
{
	return set->refused;
}

void nrs_set_repeat(struct nrs_set *set)
{
	set->repeated++;
}

uint64_t nrs_set_repeats(const struct nrs_set *set)
{
	return set->repeated;
}

uint32_t nrs_set_count(const struct nrs_set *set)
{
	return set->stored != NULL ? nrs_stored_count(set->stored)
				   : set->rows.count;
}

void nrs_set_get(const struct nrs_set *set, uint32_t index,
		 struct nrs_indicator *out)
{
	if (set->stored != NULL)
		*out = *nrs_stored_at(set->stored, index);
	else
		nrs_rows_get(&set->rows, index, out);
}

const struct nrs_indicator *nrs_set_at(const struct nrs_set *set,
				       uint32_t index)
{
	return set->stored != NULL ? nrs_stored_at(set->stored, index)
				   : nrs_rows_at(&set->rows, index);
}

enum nrs_status nrs_set_status(const struct nrs_set *set, uint32_t index)
{
	return (enum nrs_status)(
		set->stored != NULL
			? nrs_stored_profile(set->stored, index)->status
			: nrs_rows_status(&set->rows, index));
}

enum nrs_tlp nrs_set_tlp(const struct nrs_set *set, uint32_t index)
{
	struct nrs_indicator item;

	if (set->stored != NULL)
		return (enum nrs_tlp)nrs_stored_profile(set->stored, index)
			->tlp;
	nrs_rows_get(&set->rows, index, &item);
	return (enum nrs_tlp)item.tlp;
}

struct nrs_indicator *nrs_set_edit(struct nrs_set *set, uint32_t index)
{
	assert(set->stored == NULL);
	return nrs_rows_edit(&set->rows, index);
}

void nrs_set_times(const struct nrs_set *set, uint32_t index, int64_t *from_ns,
		   int64_t *until_ns)
{
	struct nrs_indicator item;

	if (set->stored != NULL) {
		nrs_stored_times(set->stored, index, from_ns, until_ns);
		return;
	}
	nrs_rows_get(&set->rows, index, &item);
	*from_ns = item.valid_from_ns;
	*until_ns = item.valid_until_ns;
}

/* What an identity is made of. */
struct named {
	struct nrs_span name; /* the id, or the value of a list */
	int64_t modified_ns;
	uint64_t origin; /* of a value: its source and shape */
};

static uint64_t origin(bool has_id, uint32_t source, uint8_t shape)
{
	return has_id ? 0 : (uint64_t)source << 8 | shape;
}

static struct named name_of(const struct nrs_set *set, uint32_t index,
			    char room[NRS_STORED_ROOM])
{
	struct named named;

	if (set->stored != NULL) {
		const struct nrs_stored_profile *p =
			nrs_stored_profile(set->stored, index);

		named.name = nrs_stored_name(set->stored, index, room,
					     &named.modified_ns);
		named.origin = origin(
			(p->flags & (NRS_STORED_UUID | NRS_STORED_ID)) != 0,
			p->source, p->shape);
		return named;
	}
	struct nrs_indicator item;
	nrs_rows_get(&set->rows, index, &item);
	const bool has_id = item.id.len > 0;
	return (struct named){.name = has_id ? item.id : item.pattern,
			      .modified_ns = item.modified_ns,
			      .origin =
				      origin(has_id, item.source, item.shape)};
}

uint64_t nrs_set_identity(const struct nrs_set *set, uint32_t index)
{
	char room[NRS_STORED_ROOM];
	const struct named named = name_of(set, index, room);
	const uint64_t parts[3] = {nrs_hash(&set->key, named.name),
				   (uint64_t)named.modified_ns, named.origin};

	return nrs_hash(&set->key, nrs_span(parts, sizeof(parts)));
}

const struct nrs_indicator_context *
nrs_set_context(struct nrs_set *set, const struct nrs_indicator_context *said)
{
	if (set->pool == NULL && nrs_pool_new(&set->pool, set->arena) != NRS_OK)
		return NULL;
	return nrs_pool_context(set->pool, said);
}
