/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: parts with an array each; of values that were made whole, what was
 * made is what counts.
 */
#include "engine/rows.h"

#include <assert.h>
#include <stdlib.h>

#define PARTS_MAX 64u /* then all are whole */

struct nrs_value {
	const uint8_t *text;
	uint32_t place, reason;
	uint16_t len;
	uint8_t shape, status;
	bool warned;
};

static struct nrs_rows_part *part_of(const struct nrs_rows *rows,
				     uint32_t index)
{
	uint32_t low = 0, high = rows->part_count;

	while (high - low > 1) {
		const uint32_t middle = low + (high - low) / 2;

		if (rows->parts[middle].first <= index)
			low = middle;
		else
			high = middle;
	}
	return &rows->parts[low];
}

static _Atomic(void *) *made_of(const struct nrs_rows_part *part)
{
	/* Pairs with the exchange in keep. */
	return (_Atomic(void *) *)atomic_load_explicit(&part->made,
						       memory_order_acquire);
}

void nrs_rows_fini(struct nrs_rows *rows)
{
	for (uint32_t p = 0; p < rows->part_count; p++) {
		struct nrs_rows_part *part = &rows->parts[p];
		_Atomic(void *) *made = made_of(part);

		for (uint32_t i = 0; made != NULL && i < part->count; i++)
			free(atomic_load_explicit(&made[i],
						  memory_order_acquire));
		free((void *)made);
		free(part->items);
		free(part->values);
	}
	free(rows->parts);
	*rows = (struct nrs_rows){0};
}

static struct nrs_rows_part *begin_part(struct nrs_rows *rows)
{
	if (rows->parts == NULL || rows->part_count == rows->part_cap) {
		const uint32_t cap =
			rows->part_cap == 0 ? 4 : rows->part_cap * 2;
		struct nrs_rows_part *parts =
			realloc(rows->parts, cap * sizeof(*parts));

		if (parts == NULL)
			return NULL;
		rows->parts = parts;
		rows->part_cap = cap;
	}
	struct nrs_rows_part *part = &rows->parts[rows->part_count];
	memset(part, 0, sizeof(*part));
	part->first = rows->count;
	return part;
}

/* @array with room for one more than @part has, and its new length. */
static void *room(const struct nrs_rows_part *part, void *array,
		  size_t item_bytes, uint32_t *cap)
{
	*cap = part->cap;
	if (part->count < part->cap)
		return array;
	if (part->cap > UINT32_MAX / 4)
		return NULL;
	*cap = part->cap == 0 ? 256 : part->cap + part->cap / 2;
	return realloc(array, (size_t)*cap * item_bytes);
}

int nrs_rows_add(struct nrs_rows *rows, const struct nrs_indicator *item)
{
	struct nrs_rows_part *part =
		rows->part_count == 0 ? NULL
				      : &rows->parts[rows->part_count - 1];
	const bool is_new = part == NULL || part->values != NULL;
	uint32_t cap;

	if (is_new)
		part = begin_part(rows);
	if (part == NULL)
		return NRS_E_NOMEM;
	struct nrs_indicator *items =
		room(part, part->items, sizeof(*items), &cap);
	if (items == NULL)
		return NRS_E_NOMEM;
	part->items = items;
	part->cap = cap;
	rows->part_count += is_new;
	items[part->count++] = *item;
	rows->count++;
	return NRS_OK;
}

/* Do they differ in nothing that a value has for itself? */
static bool is_alike(const struct nrs_indicator *a,
		     const struct nrs_indicator *b)
{
	return a->created_ns == b->created_ns &&
	       a->modified_ns == b->modified_ns &&
	       a->valid_from_ns == b->valid_from_ns &&
	       a->valid_until_ns == b->valid_until_ns &&
	       a->source == b->source && a->confidence == b->confidence &&
	       a->tlp == b->tlp && a->version == b->version;
}

/* The array of those made grows with the values; nobody else looks yet. */
static bool grow_made(struct nrs_rows_part *part, uint32_t cap)
{
	_Atomic(void *) *made = made_of(part);

	if (made == NULL || cap == part->cap)
		return true;
	made = realloc((void *)made, cap * sizeof(*made));
	if (made == NULL)
		return false;
	for (uint32_t i = part->cap; i < cap; i++)
		atomic_init(&made[i], NULL);
	atomic_store_explicit(&part->made, (void *)made, memory_order_release);
	return true;
}

int nrs_rows_add_value(struct nrs_rows *rows, const struct nrs_indicator *item)
{
	struct nrs_rows_part *part =
		rows->part_count == 0 ? NULL
				      : &rows->parts[rows->part_count - 1];
	const bool is_new = part == NULL || part->values == NULL ||
			    !is_alike(&part->common, item);
	uint32_t cap;

	if (item->id.len > 0 || item->context != NULL ||
	    item->pattern.len > UINT16_MAX ||
	    (is_new && rows->part_count >= PARTS_MAX))
		return nrs_rows_add(rows, item);
	if (is_new)
		part = begin_part(rows);
	if (part == NULL)
		return NRS_E_NOMEM;
	struct nrs_value *values =
		room(part, part->values, sizeof(*values), &cap);
	if (values == NULL)
		return NRS_E_NOMEM;
	part->values = values;
	if (!grow_made(part, cap))
		return NRS_E_NOMEM;
	part->cap = cap;
	if (is_new)
		part->common = *item;
	rows->part_count += is_new;
	values[part->count++] =
		(struct nrs_value){.text = item->pattern.ptr,
				   .len = (uint16_t)item->pattern.len,
				   .place = item->place,
				   .reason = item->reason,
				   .shape = item->shape,
				   .status = item->status,
				   .warned = item->warned};
	rows->count++;
	return NRS_OK;
}

/* The value made whole, or NULL. */
static struct nrs_indicator *made_at(const struct nrs_rows_part *part,
				     uint32_t at)
{
	_Atomic(void *) *made = made_of(part);

	return made == NULL
		       ? NULL
		       : atomic_load_explicit(&made[at], memory_order_acquire);
}

void nrs_rows_get(const struct nrs_rows *rows, uint32_t index,
		  struct nrs_indicator *out)
{
	const struct nrs_rows_part *part = part_of(rows, index);
	const uint32_t at = index - part->first;

	assert(at < part->count);
	if (part->values == NULL) {
		*out = part->items[at];
		return;
	}
	const struct nrs_indicator *made = made_at(part, at);
	if (made != NULL) {
		*out = *made;
		return;
	}
	const struct nrs_value *value = &part->values[at];
	*out = part->common;
	out->pattern = nrs_span(value->text, value->len);
	out->place = value->place;
	out->reason = value->reason;
	out->shape = value->shape;
	out->status = value->status;
	out->warned = value->warned;
}

uint8_t nrs_rows_status(const struct nrs_rows *rows, uint32_t index)
{
	const struct nrs_rows_part *part = part_of(rows, index);
	const uint32_t at = index - part->first;

	if (part->values == NULL)
		return part->items[at].status;
	const struct nrs_indicator *made = made_at(part, at);
	return made != NULL ? made->status : part->values[at].status;
}

/* Put @mine where nothing is; what is there then. */
static void *keep(_Atomic(void *) *place, void *mine)
{
	void *there = NULL;

	if (mine == NULL || atomic_compare_exchange_strong_explicit(
				    place, &there, mine, memory_order_acq_rel,
				    memory_order_acquire))
		return mine;
	free(mine);
	return there;
}

static struct nrs_indicator *make(const struct nrs_rows *rows,
				  struct nrs_rows_part *part, uint32_t index)
{
	_Atomic(void *) *made = made_of(part);

	if (made == NULL)
		made = keep(&part->made, calloc(part->cap, sizeof(*made)));
	struct nrs_indicator *mine =
		made == NULL ? NULL : calloc(1, sizeof(*mine));
	if (mine == NULL)
		return NULL;
	nrs_rows_get(rows, index, mine);
	return keep(&made[index - part->first], mine);
}

const struct nrs_indicator *nrs_rows_at(const struct nrs_rows *rows,
					uint32_t index)
{
	static const struct nrs_indicator no_memory = {
		.valid_until_ns = NRS_TIME_MIN, .status = NRS_STATUS_REJECTED};
	struct nrs_rows_part *part = part_of(rows, index);
	const uint32_t at = index - part->first;

	if (part->values == NULL)
		return &part->items[at];
	const struct nrs_indicator *made = made_at(part, at);
	if (made == NULL)
		made = make(rows, part, index);
	return made == NULL ? &no_memory : made;
}

struct nrs_indicator *nrs_rows_edit(struct nrs_rows *rows, uint32_t index)
{
	static struct nrs_indicator lost; /* no memory: the change is lost */
	struct nrs_rows_part *part = part_of(rows, index);
	const uint32_t at = index - part->first;

	if (part->values == NULL)
		return &part->items[at];
	struct nrs_indicator *made = made_at(part, at);
	if (made == NULL)
		made = make(rows, part, index);
	return made == NULL ? &lost : made;
}

void nrs_rows_judge(struct nrs_rows *rows, uint32_t index, uint8_t status,
		    uint32_t reason)
{
	struct nrs_rows_part *part = part_of(rows, index);
	const uint32_t at = index - part->first;
	struct nrs_indicator *item =
		part->values == NULL ? &part->items[at] : made_at(part, at);

	if (part->values != NULL) {
		part->values[at].status = status;
		part->values[at].reason = reason;
	}
	if (item != NULL) {
		item->status = status;
		item->reason = reason;
	}
}
