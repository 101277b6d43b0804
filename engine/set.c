/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set: indicators, sources, refusals and reasons, in growing arrays.
 */
#include "engine/set.h"

#include <stdlib.h>

#include "engine/base/crypto.h"

#define REFUSALS_MAX 10000u

struct nrs_set {
	struct nrs_arena *arena;
	struct nrs_indicator *items;
	uint32_t count, cap;
	struct nrs_indicator_source *sources;
	uint32_t source_count;
	struct nrs_set_refusal *refusals;
	size_t refusal_count;
	struct nrs_text reasons; /* NUL-terminated texts one after another */
};

int nrs_set_new(struct nrs_set **out)
{
	struct nrs_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NRS_E_NOMEM;
	set->arena = nrs_arena_new(0);
	nrs_text_putc(&set->reasons, '\0'); /* offset 0: no reason */
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
	nrs_arena_free(set->arena);
	nrs_text_fini(&set->reasons);
	free(set->items);
	free(set->sources);
	free(set->refusals);
	free(set);
}

struct nrs_arena *nrs_set_arena(struct nrs_set *set)
{
	return set->arena;
}

int nrs_set_source(struct nrs_set *set, struct nrs_span name,
		   struct nrs_span path, uint32_t *source)
{
	struct nrs_indicator_source *sources = realloc(
		set->sources, (set->source_count + 1) * sizeof(*sources));

	if (sources == NULL)
		return NRS_E_NOMEM;
	set->sources = sources;
	sources[set->source_count] = (struct nrs_indicator_source){
		.name = nrs_arena_copy(set->arena, name),
		.path = nrs_arena_copy(set->arena, path)};
	*source = set->source_count++;
	return NRS_OK;
}

const struct nrs_indicator_source *nrs_set_source_of(const struct nrs_set *set,
						     uint32_t source)
{
	return &set->sources[source];
}

int nrs_set_add(struct nrs_set *set, const struct nrs_indicator *indicator)
{
	if (set->count == set->cap) {
		const uint32_t cap = set->cap == 0 ? 256 : set->cap * 2;
		struct nrs_indicator *items =
			set->cap > UINT32_MAX / 4
				? NULL
				: realloc(set->items, cap * sizeof(*items));

		if (items == NULL)
			return NRS_E_NOMEM;
		set->items = items;
		set->cap = cap;
	}
	set->items[set->count++] = *indicator;
	return NRS_OK;
}

int nrs_set_judge(struct nrs_set *set, uint32_t index, enum nrs_status status,
		  const char *reason)
{
	struct nrs_indicator *item = &set->items[index];

	item->status = (uint8_t)status;
	item->reason = 0;
	if (*reason == '\0')
		return NRS_OK;
	if (set->reasons.len > UINT32_MAX - 4096)
		return NRS_E_LIMIT;
	item->reason = (uint32_t)set->reasons.len;
	nrs_text_puts(&set->reasons, reason);
	nrs_text_putc(&set->reasons, '\0');
	return set->reasons.failed ? NRS_E_NOMEM : NRS_OK;
}

const char *nrs_set_reason(const struct nrs_set *set, uint32_t index)
{
	return (const char *)set->reasons.ptr + set->items[index].reason;
}

int nrs_set_refuse(struct nrs_set *set, uint32_t source, uint64_t place,
		   const char *text)
{
	struct nrs_set_refusal *refusals;

	if (set->refusal_count == REFUSALS_MAX)
		return NRS_OK; /* the loader's result has the whole count */
	refusals = realloc(set->refusals,
			   (set->refusal_count + 1) * sizeof(*refusals));
	if (refusals == NULL)
		return NRS_E_NOMEM;
	set->refusals = refusals;
	refusals[set->refusal_count++] = (struct nrs_set_refusal){
		.source = source,
		.place = place,
		.text = nrs_arena_copy(set->arena, nrs_span_of(text))};
	return NRS_OK;
}

size_t nrs_set_refusals(const struct nrs_set *set,
			const struct nrs_set_refusal **first)
{
	*first = set->refusals;
	return set->refusal_count;
}

uint32_t nrs_set_count(const struct nrs_set *set)
{
	return set->count;
}

const struct nrs_indicator *nrs_set_at(const struct nrs_set *set,
				       uint32_t index)
{
	return &set->items[index];
}

struct nrs_indicator *nrs_set_edit(struct nrs_set *set, uint32_t index)
{
	return &set->items[index];
}

static const struct nrs_set *sorting; /* qsort has no context argument */

static int by_id(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct nrs_indicator *i = &sorting->items[x];
	const struct nrs_indicator *j = &sorting->items[y];
	const int by = nrs_span_compare(i->id, j->id);

	if (by != 0)
		return by;
	if (i->modified_ns != j->modified_ns)
		return i->modified_ns < j->modified_ns ? 1 : -1;
	return x < y ? -1 : 1; /* the first of equals stays */
}

/* Indices of the indicators with an id, by id, newest version first. */
static uint32_t *sorted(const struct nrs_set *set, uint32_t *count)
{
	uint32_t *order = calloc((size_t)set->count + 1, sizeof(*order));

	*count = 0;
	if (order == NULL)
		return NULL;
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->items[i].id.len > 0 &&
		    set->items[i].status != NRS_STATUS_REJECTED)
			order[(*count)++] = i;
	}
	sorting = set;
	qsort(order, *count, sizeof(*order), by_id);
	return order;
}

int nrs_set_settle(struct nrs_set *set)
{
	uint32_t count;
	uint32_t *order = sorted(set, &count);
	int err = NRS_OK;

	if (order == NULL)
		return NRS_E_NOMEM;
	for (uint32_t i = 1; i < count && err == NRS_OK; i++) {
		const struct nrs_indicator *newer = &set->items[order[i - 1]];
		const struct nrs_indicator *item = &set->items[order[i]];

		if (!nrs_span_equal(newer->id, item->id))
			continue;
		const bool same = newer->modified_ns == item->modified_ns;
		err = nrs_set_judge(set, order[i],
				    same ? NRS_STATUS_DUPLICATE
					 : NRS_STATUS_SUPERSEDED,
				    same ? "the same version came before"
					 : "a newer version came");
	}
	free(order);
	return err;
}

void nrs_set_id(const struct nrs_set *set, uint32_t index, struct nrs_text *out)
{
	const struct nrs_indicator *item = &set->items[index];
	char uuid[NRS_UUID_LEN + 1];
	struct nrs_text name = {0};

	if (item->id.len > 0) {
		nrs_text_add(out, item->id);
		return;
	}
	nrs_text_add(&name, set->sources[item->source].name);
	nrs_text_printf(&name, "|%s|",
			nrs_shape_name((enum nrs_shape)item->shape));
	nrs_text_add(&name, item->pattern);
	nrs_uuid5(nrs_uuid_noroshi, nrs_text_span(&name), uuid);
	nrs_text_fini(&name);
	nrs_text_puts(out, "indicator--");
	nrs_text_puts(out, uuid);
}

/* 'text' as a pattern literal. */
static void put_literal(struct nrs_text *out, struct nrs_span text)
{
	nrs_text_putc(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
			nrs_text_putc(out, '\\');
		nrs_text_putc(out, (char)text.ptr[i]);
	}
	nrs_text_putc(out, '\'');
}

static void put_test(struct nrs_text *out, const char *test,
		     struct nrs_span value)
{
	nrs_text_puts(out, test);
	put_literal(out, value);
}

void nrs_set_pattern(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out)
{
	static const char *const tests[] = {
		[NRS_SHAPE_IPV4] = "ipv4-addr:value = ",
		[NRS_SHAPE_IPV6] = "ipv6-addr:value = ",
		[NRS_SHAPE_NAME] = "domain-name:value = ",
		[NRS_SHAPE_SUBDOMAINS] = "domain-name:value = ",
		[NRS_SHAPE_URL] = "url:value = ",
		[NRS_SHAPE_EMAIL] = "email-addr:value = ",
		[NRS_SHAPE_MD5] = "file:hashes.MD5 = ",
		[NRS_SHAPE_SHA1] = "file:hashes.'SHA-1' = ",
		[NRS_SHAPE_SHA256] = "file:hashes.'SHA-256' = ",
		[NRS_SHAPE_SHA512] = "file:hashes.'SHA-512' = ",
		[NRS_SHAPE_JA4] = "network-traffic:extensions.'tls-ext'.ja4 = ",
	};
	const struct nrs_indicator *item = &set->items[index];
	struct nrs_span value = item->pattern;
	size_t colon = 0;

	if (item->shape == NRS_SHAPE_PATTERN) {
		nrs_text_add(out, value);
		return;
	}
	nrs_text_putc(out, '[');
	if (item->shape == NRS_SHAPE_ADDR_PORT) {
		for (size_t i = 0; i < value.len; i++)
			colon = value.ptr[i] == ':' ? i : colon;
		put_test(out, "network-traffic:dst_ref.value = ",
			 nrs_span_part(value, 0, colon));
		nrs_text_puts(out, " AND network-traffic:dst_port = ");
		nrs_text_add(out, nrs_span_from(value, colon + 1));
	} else {
		put_test(out, tests[item->shape], value);
	}
	if (item->shape == NRS_SHAPE_SUBDOMAINS) {
		nrs_text_puts(out, " OR domain-name:value LIKE '%.");
		nrs_text_add(out, value);
		nrs_text_putc(out, '\'');
	}
	nrs_text_putc(out, ']');
}
