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
#include "engine/set_over.h"
#include "engine/set_store.h"

#define RECENT 256u /* reasons remembered, a power of two */

struct source {
	struct nrs_indicator_source known;
	uint64_t hash; /* of its name */
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
	const struct nrs_set *under;
	uint32_t first; /* its indicators are below that */
	uint32_t first_source;
	uint32_t *withdrawn; /* of those: 0, or reason and status + 1 */
};
#define WITHDRAWN_REASON 8 /* bits below it are the status */

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
	free(set->withdrawn);
	nrs_stored_free(set->stored);
	if (set->mapping.len > 0)
		(void)munmap((void *)(uintptr_t)set->mapping.ptr,
			     set->mapping.len);
	free(set);
}

int nrs_set_over(struct nrs_set **out, const struct nrs_set *under)
{
	struct nrs_set *set = NULL;
	const int err = nrs_set_new(&set);

	assert(under->under == NULL);
	if (err != NRS_OK)
		return err;
	set->under = under;
	set->first = nrs_set_count(under);
	set->first_source = nrs_set_sources(under);
	set->refused = under->refused;
	set->repeated = under->repeated;
	set->withdrawn =
		calloc((size_t)set->first + 1, sizeof(*set->withdrawn));
	if (set->withdrawn == NULL) {
		nrs_set_free(set);
		return NRS_E_NOMEM;
	}
	*out = set;
	return NRS_OK;
}

const struct nrs_set *nrs_set_under(const struct nrs_set *set)
{
	return set->under;
}

uint32_t nrs_set_first(const struct nrs_set *set)
{
	return set->first;
}

const uint32_t *nrs_set_withdrawn(const struct nrs_set *set)
{
	return set->withdrawn;
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
			  .path = nrs_arena_copy(set->arena, path)},
		.hash = nrs_hash(&set->key, name)};
	*source = set->first_source + set->source_count++;
	return NRS_OK;
}

uint32_t nrs_set_sources(const struct nrs_set *set)
{
	return set->first_source + set->source_count;
}

static struct source *source_of(const struct nrs_set *set, uint32_t source)
{
	return source < set->first_source
		       ? &set->under->sources[source]
		       : &set->sources[source - set->first_source];
}

const struct nrs_indicator_source *nrs_set_source_of(const struct nrs_set *set,
						     uint32_t source)
{
	return &source_of(set, source)->known;
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
	if (index < set->first)
		set->withdrawn[index] =
			place << WITHDRAWN_REASON | ((uint32_t)status + 1);
	else
		nrs_rows_judge(&set->rows, index - set->first, (uint8_t)status,
			       place);
	return *reason != '\0' && place == 0 ? NRS_E_NOMEM : NRS_OK;
}

const char *nrs_set_reason(const struct nrs_set *set, uint32_t index)
{
	struct nrs_indicator item;

	if (set->stored != NULL)
		return nrs_stored_reason(set->stored, index);
	if (index < set->first && set->withdrawn[index] == 0)
		return nrs_set_reason(set->under, index);
	if (index < set->first)
		return (const char *)set->reasons.ptr +
		       (set->withdrawn[index] >> WITHDRAWN_REASON);
	nrs_rows_get(&set->rows, index - set->first, &item);
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
	struct source *from = source_of(set, source);

	set->refused++;
	if (from->refused == NRS_SET_REFUSALS_MAX)
		return NRS_OK;
	from->refused++;
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
				   : set->first + set->rows.count;
}

/* What is said of an indicator below stands here. */
static void put_withdrawn(const struct nrs_set *set, uint32_t index,
			  struct nrs_indicator *item)
{
	const uint32_t said = set->withdrawn[index];

	if (said == 0)
		return;
	item->status = (uint8_t)((said & 0xff) - 1);
	item->reason = said >> WITHDRAWN_REASON;
}

void nrs_set_get(const struct nrs_set *set, uint32_t index,
		 struct nrs_indicator *out)
{
	if (set->stored != NULL) {
		*out = *nrs_stored_at(set->stored, index);
	} else if (index < set->first) {
		nrs_set_get(set->under, index, out);
		put_withdrawn(set, index, out);
	} else {
		nrs_rows_get(&set->rows, index - set->first, out);
	}
}

const struct nrs_indicator *nrs_set_at(const struct nrs_set *set,
				       uint32_t index)
{
	if (index < set->first)
		return nrs_set_at(set->under, index);
	return set->stored != NULL
		       ? nrs_stored_at(set->stored, index)
		       : nrs_rows_at(&set->rows, index - set->first);
}

enum nrs_status nrs_set_status(const struct nrs_set *set, uint32_t index)
{
	if (index < set->first)
		return set->withdrawn[index] != 0
			       ? (enum nrs_status)(
					 (set->withdrawn[index] & 0xff) - 1)
			       : nrs_set_status(set->under, index);
	return (enum nrs_status)(
		set->stored != NULL
			? nrs_stored_profile(set->stored, index)->status
			: nrs_rows_status(&set->rows, index - set->first));
}

enum nrs_tlp nrs_set_tlp(const struct nrs_set *set, uint32_t index)
{
	struct nrs_indicator item;

	if (set->stored != NULL)
		return (enum nrs_tlp)nrs_stored_profile(set->stored, index)
			->tlp;
	nrs_set_get(set, index, &item);
	return (enum nrs_tlp)item.tlp;
}

bool nrs_set_is_watched(const struct nrs_set *set, uint32_t index)
{
	struct nrs_indicator item;

	if (index < set->first)
		return nrs_set_is_watched(set->under, index);
	if (set->stored != NULL)
		return (nrs_stored_profile(set->stored, index)->marks &
			NRS_STORED_WATCHED) != 0;
	nrs_rows_get(&set->rows, index - set->first, &item);
	return item.watched;
}

uint32_t nrs_set_source_at(const struct nrs_set *set, uint32_t index)
{
	char room[NRS_STORED_ROOM];

	return nrs_set_named(set, index, room).source;
}

void nrs_set_thin(struct nrs_set *set)
{
	if (set->stored != NULL)
		nrs_stored_thin(set->stored);
}

struct nrs_indicator *nrs_set_edit(struct nrs_set *set, uint32_t index)
{
	assert(set->stored == NULL && index >= set->first);
	return nrs_rows_edit(&set->rows, index - set->first);
}

void nrs_set_times(const struct nrs_set *set, uint32_t index, int64_t *from_ns,
		   int64_t *until_ns)
{
	struct nrs_indicator item;

	if (set->stored != NULL) {
		nrs_stored_times(set->stored, index, from_ns, until_ns);
		return;
	}
	if (index < set->first) {
		nrs_set_times(set->under, index, from_ns, until_ns);
		return;
	}
	nrs_rows_get(&set->rows, index - set->first, &item);
	*from_ns = item.valid_from_ns;
	*until_ns = item.valid_until_ns;
}

static struct nrs_set_named name_of_stored(const struct nrs_stored *stored,
					   uint32_t index,
					   char room[NRS_STORED_ROOM])
{
	const struct nrs_stored_profile *p = nrs_stored_profile(stored, index);
	struct nrs_set_named named = {
		.has_id = (p->flags & (NRS_STORED_UUID | NRS_STORED_ID)) != 0,
		.source = p->source,
		.shape = p->shape};

	named.name = nrs_stored_name(stored, index, room, &named.modified_ns);
	return named;
}

struct nrs_set_named nrs_set_named(const struct nrs_set *set, uint32_t index,
				   char room[NRS_STORED_ROOM])
{
	struct nrs_indicator item;

	if (index < set->first)
		return nrs_set_named(set->under, index, room);
	if (set->stored != NULL)
		return name_of_stored(set->stored, index, room);
	nrs_rows_get(&set->rows, index - set->first, &item);
	const bool has_id = item.id.len > 0;
	return (struct nrs_set_named){.name = has_id ? item.id : item.pattern,
				      .modified_ns = item.modified_ns,
				      .source = item.source,
				      .shape = item.shape,
				      .has_id = has_id};
}

void nrs_set_fetch(const struct nrs_set *set, uint32_t index)
{
	if (set->under != NULL && index < set->first)
		set = set->under;
	if (set->stored != NULL)
		nrs_stored_fetch(set->stored, index);
}

uint64_t nrs_set_identity(const struct nrs_set *set, uint32_t index)
{
	char room[NRS_STORED_ROOM];
	const struct nrs_set_named named = nrs_set_named(set, index, room);
	/* Of a value: what its source is called, not how many come before. */
	const uint64_t origin =
		named.has_id ? 0
			     : source_of(set, named.source)->hash ^ named.shape;
	const uint64_t parts[3] = {nrs_hash(&set->key, named.name),
				   (uint64_t)named.modified_ns, origin};

	return nrs_hash(&set->key, nrs_span(parts, sizeof(parts)));
}

const struct nrs_indicator_context *
nrs_set_context(struct nrs_set *set, const struct nrs_indicator_context *said)
{
	if (set->pool == NULL && nrs_pool_new(&set->pool, set->arena) != NRS_OK)
		return NULL;
	return nrs_pool_context(set->pool, said);
}
