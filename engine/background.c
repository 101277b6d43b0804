/* SPDX-License-Identifier: Apache-2.0 */
/*
 * background: two tables with open addressing, one of texts and one of rows.
 * Once its texts are kept, a row is compared by its pointers alone. The hash
 * is keyed: a crafted feed cannot choose collisions.
 */
#include "engine/background.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"

#define ROW(member, text, form, people)                                        \
	{                                                                      \
		text, offsetof(struct nrs_background, member),                 \
			NRS_FORM_##form, people                                \
	}

const struct nrs_background_member
	nrs_background_table[NRS_BACKGROUND_MEMBERS] = {
		ROW(created_by, "created_by", TEXT, NULL),
		ROW(creator, "creator", TEXT, "by"),
		ROW(markings, "markings", MARKING, NULL),
		ROW(granular, "granular_markings", GRANULAR, "parts marked"),
		ROW(types, "types", LIST, "types"),
		ROW(labels, "labels", LIST, "labels"),
		ROW(kill_chain, "kill_chain", LIST, "kill chain"),
		ROW(sectors, "sectors", LIST, "sectors"),
		ROW(report_id, "report", REPORT, NULL),
		ROW(report_name, "report_name", REPORT, NULL),
		ROW(more_reports, "more_reports", REPORT, "also in"),
		ROW(indicates, "indicates", LIST, "indicates"),
		ROW(based_on, "based_on", LIST, "based on"),
		ROW(actions, "courses_of_action", LIST, "what to do"),
		ROW(urgency, "urgency", TEXT, "urgency"),
		ROW(credibility, "credibility", TEXT, "credibility"),
		ROW(audience, "audience", TEXT, "audience"),
		ROW(purpose, "purpose", TEXT, "purpose"),
		ROW(severity, "severity", TEXT, "severity"),
};

_Static_assert(sizeof(struct nrs_background) ==
		       NRS_BACKGROUND_MEMBERS * sizeof(struct nrs_span),
	       "spans and nothing else, each with its row");

void nrs_items_add(struct nrs_text *list, struct nrs_span item)
{
	item = nrs_span_trim(item);
	if (item.len == 0)
		return;
	if (list->len > 0)
		nrs_text_putc(list, '\n');
	for (size_t i = 0; i < item.len; i++)
		nrs_text_putc(list,
			      item.ptr[i] < ' ' ? ' ' : (char)item.ptr[i]);
}

bool nrs_items_hold(struct nrs_span list, const char *item)
{
	struct nrs_span one;

	while (nrs_span_split(&list, '\n', &one)) {
		if (nrs_span_is_icase(one, item))
			return true;
	}
	return false;
}

/* Slots hold what was kept, in no order; at most half of them are used. */
struct table {
	void **slots;
	size_t count, size; /* a power of two, or 0 */
};

/* A row, and the context of all who have it and no text of their own. */
struct kept_row {
	struct nrs_background row;
	struct nrs_indicator_context nameless;
};

struct nrs_pool {
	struct nrs_arena *arena;
	struct nrs_hash_key key;
	struct table texts;	     /* of struct nrs_span */
	struct table rows;	     /* of struct kept_row */
	const struct kept_row *last; /* as they often repeat */
	struct nrs_span last_name, last_description;
};

int nrs_pool_new(struct nrs_pool **out, struct nrs_arena *arena)
{
	struct nrs_pool *pool = aligned_alloc(
		_Alignof(struct nrs_pool),
		(sizeof(*pool) + 63) / 64 * 64); /* the key's alignment */
	uint64_t seed;

	if (pool == NULL || nrs_random(&seed, sizeof(seed)) != NRS_OK) {
		free(pool);
		return NRS_E_NOMEM;
	}
	*pool = (struct nrs_pool){.arena = arena};
	nrs_hash_key_init(&pool->key, seed);
	*out = pool;
	return NRS_OK;
}

void nrs_pool_free(struct nrs_pool *pool)
{
	if (pool == NULL)
		return;
	free(pool->texts.slots);
	free(pool->rows.slots);
	free(pool);
}

static struct nrs_span bytes_of(const struct nrs_pool *pool,
				const struct table *table, const void *kept)
{
	return table == &pool->texts
		       ? *(const struct nrs_span *)kept
		       : nrs_span(kept, sizeof(struct nrs_background));
}

/* The slot of what has the same bytes, or the empty one for it. */
static void **slot_of(const struct nrs_pool *pool, const struct table *table,
		      struct nrs_span bytes)
{
	size_t at = (size_t)nrs_hash(&pool->key, bytes);

	for (;; at++) {
		void **slot = &table->slots[at & (table->size - 1)];

		if (*slot == NULL ||
		    nrs_span_equal(bytes_of(pool, table, *slot), bytes))
			return slot;
	}
}

/* Room for one more. */
static bool grow(struct nrs_pool *pool, struct table *table)
{
	const struct table old = *table;

	if (table->count * 2 < table->size)
		return true;
	table->size = old.size == 0 ? 64 : old.size * 2;
	table->slots = calloc(table->size, sizeof(*table->slots));
	if (table->slots == NULL) {
		*table = old;
		return false;
	}
	for (size_t i = 0; i < old.size; i++) {
		if (old.slots[i] != NULL)
			*slot_of(pool, table,
				 bytes_of(pool, table, old.slots[i])) =
				old.slots[i];
	}
	free(old.slots);
	return true;
}

static bool keep_text(struct nrs_pool *pool, struct nrs_span *text)
{
	if (text->len == 0) {
		*text = nrs_span(NULL, 0);
		return true;
	}
	if (!grow(pool, &pool->texts))
		return false;
	void **slot = slot_of(pool, &pool->texts, *text);
	if (*slot == NULL) {
		struct nrs_span *kept =
			nrs_arena_alloc(pool->arena, sizeof(*kept));

		if (kept == NULL)
			return false;
		*kept = nrs_arena_copy(pool->arena, *text);
		if (kept->len < text->len)
			return false;
		*slot = kept;
		pool->texts.count++;
	}
	*text = *(const struct nrs_span *)*slot;
	return true;
}

/* Is the last row that was kept the one that says what @said does? */
static bool is_last_row(const struct nrs_pool *pool,
			const struct nrs_background *said)
{
	for (size_t i = 0; pool->last != NULL && i < NRS_BACKGROUND_MEMBERS;
	     i++) {
		const struct nrs_span a = nrs_background_get(said, i);
		const struct nrs_span b =
			nrs_background_get(&pool->last->row, i);

		if (a.len != b.len || (a.ptr != b.ptr && !nrs_span_equal(a, b)))
			return false;
	}
	return pool->last != NULL;
}

/* The kept row that says what @said does; NULL without memory. */
static const struct kept_row *keep_row(struct nrs_pool *pool,
				       const struct nrs_background *said)
{
	struct nrs_span row[NRS_BACKGROUND_MEMBERS];

	if (is_last_row(pool, said))
		return pool->last;
	for (size_t i = 0; i < NRS_BACKGROUND_MEMBERS; i++) {
		row[i] = nrs_background_get(said, i);
		if (!keep_text(pool, &row[i]))
			return NULL;
	}
	if (!grow(pool, &pool->rows))
		return NULL;
	void **slot = slot_of(pool, &pool->rows, nrs_span(row, sizeof(row)));
	if (*slot == NULL) {
		struct kept_row *kept =
			nrs_arena_alloc(pool->arena, sizeof(*kept));

		if (kept == NULL)
			return NULL;
		memcpy(&kept->row, row, sizeof(row));
		kept->nameless.background = &kept->row;
		*slot = kept;
		pool->rows.count++;
	}
	pool->last = *slot;
	return pool->last;
}

/* @text copied, unless it is the @last one once more. */
static bool keep_own(struct nrs_pool *pool, struct nrs_span text,
		     struct nrs_span *last)
{
	if (nrs_span_equal(text, *last))
		return true;
	*last = nrs_arena_copy(pool->arena, text);
	return last->len == text.len;
}

const struct nrs_indicator_context *
nrs_pool_context(struct nrs_pool *pool,
		 const struct nrs_indicator_context *said)
{
	static const struct nrs_background nothing = {0};
	const struct kept_row *kept = keep_row(
		pool, said->background == NULL ? &nothing : said->background);

	if (kept == NULL || said->name.len + said->description.len == 0)
		return kept == NULL ? NULL : &kept->nameless;
	struct nrs_indicator_context *context =
		nrs_arena_alloc(pool->arena, sizeof(*context));
	if (context == NULL || !keep_own(pool, said->name, &pool->last_name) ||
	    !keep_own(pool, said->description, &pool->last_description))
		return NULL;
	context->name = pool->last_name;
	context->description = pool->last_description;
	context->background = &kept->row;
	return context;
}
