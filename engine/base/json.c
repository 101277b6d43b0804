/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: yajl's events into a tree, without recursion.
 *
 * yajl's own UTF-8 check is off, because it would end the whole text at the
 * first bad byte: strings are repaired here instead. Lone surrogates come out
 * of yajl as '?': they are turned into U+FFFD before it sees them.
 *
 * Equal keys are looked for one by one in small objects; the members of large
 * ones are indexed, so that no object costs more than its length.
 */
#include "engine/base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"

#define FEW_MEMBERS 16u /* looked through one by one */

struct member {
	uint64_t object;       /* number of the object that it is in */
	struct nrs_json *node; /* NULL: a free slot */
};

struct index {
	struct member *slots;
	size_t size, used; /* a power of two, or 0 */
	struct nrs_hash_key key;
};

/* An open object or array. */
struct level {
	struct nrs_json *node;
	struct nrs_json *last; /* child, or NULL */
	unsigned int members;
	uint64_t number; /* among all that were opened */
};

struct builder {
	struct nrs_arena *arena;
	struct nrs_json *root;
	struct level *levels; /* from 1 to depth */
	unsigned int depth;
	uint64_t numbers;
	struct index index;
	struct nrs_span key;
	bool is_utf8; /* the whole text, and so what is decoded of it */
	int err;
};

#define REPLACEMENT "\xef\xbf\xbd"

/* A copy with every ill-formed octet replaced by U+FFFD. */
static struct nrs_span repaired(const struct builder *b, struct nrs_span text)
{
	size_t used = 0;

	if (b->is_utf8 || nrs_span_is_utf8(text))
		return nrs_arena_copy(b->arena, text);
	uint8_t *out = nrs_arena_bytes(b->arena, 3 * text.len);
	if (out == NULL)
		return nrs_span(NULL, 0);
	for (size_t i = 0; i < text.len;) {
		size_t len = nrs_span_utf8_len(nrs_span_from(text, i));

		if (len == 0) {
			memcpy(out + used, REPLACEMENT, 3);
			used += 3;
			i++;
			continue;
		}
		memcpy(out + used, text.ptr + i, len);
		used += len;
		i += len;
	}
	return nrs_span(out, used);
}

/* Where the member @key of @object is, or would be. */
static struct member *slot_of(const struct index *index, uint64_t object,
			      struct nrs_span key)
{
	uint64_t at = nrs_hash(&index->key, key) +
		      object * UINT64_C(0x9e3779b97f4a7c15);

	for (at ^= at >> 32;; at++) {
		struct member *m = &index->slots[at & (index->size - 1)];

		if (m->node == NULL ||
		    (m->object == object && nrs_span_equal(m->node->key, key)))
			return m;
	}
}

static bool grow(struct index *index)
{
	const struct index old = *index;
	uint64_t seed;

	if (old.size == 0 && nrs_random(&seed, sizeof(seed)) != NRS_OK)
		return false;
	if (old.size == 0)
		nrs_hash_key_init(&index->key, seed);
	index->size = old.size == 0 ? 256 : 2 * old.size;
	index->slots = calloc(index->size, sizeof(*index->slots));
	if (index->slots == NULL) {
		*index = old;
		return false;
	}
	for (size_t i = 0; i < old.size; i++) {
		if (old.slots[i].node != NULL)
			*slot_of(index, old.slots[i].object,
				 old.slots[i].node->key) = old.slots[i];
	}
	free(old.slots);
	return true;
}

static bool add_to_index(struct index *index, uint64_t object,
			 struct nrs_json *node)
{
	if (2 * (index->used + 1) > index->size && !grow(index))
		return false;
	*slot_of(index, object, node->key) =
		(struct member){.object = object, .node = node};
	index->used++;
	return true;
}

/* @node is a new member of the open object. */
static bool count_member(struct builder *b, struct nrs_json *node)
{
	const unsigned int count = ++b->levels[b->depth].members;
	const uint64_t object = b->levels[b->depth].number;

	if (count <= FEW_MEMBERS)
		return true;
	if (count > FEW_MEMBERS + 1)
		return add_to_index(&b->index, object, node);
	for (node = b->levels[b->depth].node->child; node != NULL;
	     node = node->next) {
		if (!add_to_index(&b->index, object, node))
			return false;
	}
	return true;
}

/* A member of the same key stands already: the last one wins. */
static struct nrs_json *same_key(const struct builder *b, struct nrs_span key)
{
	struct nrs_json *parent = b->levels[b->depth].node;

	if (parent->type != NRS_JSON_OBJECT)
		return NULL;
	if (b->levels[b->depth].members > FEW_MEMBERS)
		return slot_of(&b->index, b->levels[b->depth].number, key)
			->node;
	for (struct nrs_json *n = parent->child; n != NULL; n = n->next) {
		if (nrs_span_equal(n->key, key))
			return n;
	}
	return NULL;
}

static struct nrs_json *add(struct builder *b, enum nrs_json_type type)
{
	struct nrs_json *node = NULL;

	if (b->depth > 0)
		node = same_key(b, b->key);
	if (node != NULL) {
		node->type = type;
		node->child = NULL;
		node->text = nrs_span(NULL, 0);
		b->key = nrs_span(NULL, 0);
		return node;
	}
	node = nrs_arena_alloc(b->arena, sizeof(*node));
	if (node == NULL) {
		b->err = NRS_E_NOMEM;
		return NULL;
	}
	node->type = type;
	if (b->depth == 0) {
		b->root = node;
		return node;
	}
	node->key = b->key;
	b->key = nrs_span(NULL, 0);
	if (b->levels[b->depth].last == NULL)
		b->levels[b->depth].node->child = node;
	else
		b->levels[b->depth].last->next = node;
	b->levels[b->depth].last = node;
	if (b->levels[b->depth].node->type == NRS_JSON_OBJECT &&
	    !count_member(b, node)) {
		b->err = NRS_E_NOMEM;
		return NULL;
	}
	return node;
}

static int on_null(void *ctx)
{
	return add(ctx, NRS_JSON_NULL) != NULL;
}

static int on_boolean(void *ctx, int value)
{
	return add(ctx, value ? NRS_JSON_TRUE : NRS_JSON_FALSE) != NULL;
}

static int on_number(void *ctx, const char *text, size_t len)
{
	struct builder *b = ctx;
	struct nrs_json *node = add(b, NRS_JSON_NUMBER);

	if (node != NULL)
		node->text = nrs_arena_copy(b->arena, nrs_span(text, len));
	return node != NULL;
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	struct builder *b = ctx;
	struct nrs_json *node = add(b, NRS_JSON_STRING);

	if (node != NULL)
		node->text = repaired(b, nrs_span(text, len));
	return node != NULL;
}

static int on_key(void *ctx, const unsigned char *text, size_t len)
{
	struct builder *b = ctx;

	b->key = repaired(b, nrs_span(text, len));
	return 1;
}

static int open_node(struct builder *b, enum nrs_json_type type)
{
	struct nrs_json *node;

	if (b->depth == NRS_JSON_DEPTH_MAX) {
		b->err = NRS_E_LIMIT;
		return 0;
	}
	node = add(b, type);
	if (node == NULL)
		return 0;
	b->levels[++b->depth] =
		(struct level){.node = node, .number = ++b->numbers};
	return 1;
}

static int on_open_object(void *ctx)
{
	return open_node(ctx, NRS_JSON_OBJECT);
}

static int on_open_array(void *ctx)
{
	return open_node(ctx, NRS_JSON_ARRAY);
}

static int on_close(void *ctx)
{
	struct builder *b = ctx;

	b->depth--;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_open_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_open_array,
	.yajl_end_array = on_close,
};

static bool hex4(const uint8_t *at, unsigned int *out)
{
	unsigned int value = 0;

	for (unsigned int i = 0; i < 4; i++) {
		const uint8_t c = nrs_ascii_lower(at[i]);

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - (unsigned int)'0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (c - (unsigned int)'a' + 10);
		else
			return false;
	}
	*out = value;
	return true;
}

/* The \uXXXX at @i: is it half of a surrogate pair without the other half? */
static bool is_lone_surrogate(struct nrs_span text, size_t i, size_t *skip)
{
	unsigned int first, second;

	*skip = 6;
	if (i + 6 > text.len || !hex4(text.ptr + i + 2, &first) ||
	    first < 0xd800 || first > 0xdfff)
		return false;
	if (first < 0xdc00 && i + 12 <= text.len && text.ptr[i + 6] == '\\' &&
	    text.ptr[i + 7] == 'u' && hex4(text.ptr + i + 8, &second) &&
	    second >= 0xdc00 && second <= 0xdfff) {
		*skip = 12;
		return false;
	}
	return true;
}

static struct nrs_span without_lone_surrogates(struct nrs_span text,
					       struct nrs_arena *arena)
{
	uint8_t *copy = NULL;
	size_t skip;

	if (nrs_span_find(text, '\\', 0) == SIZE_MAX ||
	    (nrs_span_find_text(text, "\\ud") == SIZE_MAX &&
	     nrs_span_find_text(text, "\\uD") == SIZE_MAX))
		return text;
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '\\')
			continue;
		if (text.ptr[i + 1] != 'u') {
			i++;
			continue;
		}
		if (!is_lone_surrogate(text, i, &skip)) {
			i += skip - 1;
			continue;
		}
		if (copy == NULL) {
			copy = nrs_arena_bytes(arena, text.len);
			if (copy == NULL)
				return text;
			memcpy(copy, text.ptr, text.len);
			text.ptr = copy;
		}
		memcpy(copy + i, "\\ufffd", 6);
		i += 5;
	}
	return text;
}

/* What yajl asks for is in the arena too, with its length before it: a parser
 * is made for every object, and nothing of it outlives the tree. */
struct yajl_memory {
	_Alignas(16) size_t len;
};

static void *yajl_take(void *ctx, size_t len)
{
	const size_t line = _Alignof(struct yajl_memory);
	struct yajl_memory *at;
	uint8_t *room = NULL;

	if (len <= SIZE_MAX - sizeof(*at) - line)
		room = nrs_arena_bytes(ctx, sizeof(*at) + line + len);
	if (room == NULL)
		return NULL;
	at = (void *)(((uintptr_t)room + line - 1) / line * line);
	at->len = len;
	return at + 1;
}

static void *yajl_grow(void *ctx, void *old, size_t len)
{
	void *at = yajl_take(ctx, len);

	if (at == NULL || old == NULL)
		return at;
	const size_t had = ((struct yajl_memory *)old - 1)->len;
	return memcpy(at, old, had < len ? had : len);
}

static void yajl_drop(void *ctx, void *old)
{
	(void)ctx, (void)old; /* with the arena */
}

int nrs_json_parse(struct nrs_span text, struct nrs_arena *arena,
		   struct nrs_json **out, struct nrs_diag *diag)
{
	yajl_alloc_funcs memory = {.malloc = yajl_take,
				   .realloc = yajl_grow,
				   .free = yajl_drop,
				   .ctx = arena};
	struct level levels[NRS_JSON_DEPTH_MAX + 1];
	struct builder b = {.arena = arena,
			    .levels = levels,
			    .is_utf8 = nrs_span_is_utf8(text)};
	yajl_status status;

	if (text.len > NRS_JSON_OBJECT_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "JSON value longer than %zu octets",
				    NRS_JSON_OBJECT_MAX);
	text = without_lone_surrogates(text, arena);
	yajl_handle yajl = yajl_alloc(&callbacks, &memory, &b);
	if (yajl == NULL)
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	yajl_config(yajl, yajl_dont_validate_strings, 1);
	status = yajl_parse(yajl, text.ptr, text.len);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(yajl);
	/* To complete, yajl reads a blank of its own behind the text. */
	const size_t consumed = yajl_get_bytes_consumed(yajl);
	const size_t at = consumed < text.len ? consumed : text.len;
	yajl_free(yajl);
	free(b.index.slots);
	if (b.err == NRS_E_LIMIT)
		return nrs_diag_set(diag, b.err, at, "nested deeper than %d",
				    NRS_JSON_DEPTH_MAX);
	if (b.err != NRS_OK)
		return nrs_diag_set(diag, b.err, at, "out of memory");
	if (status != yajl_status_ok || b.root == NULL)
		return nrs_diag_set(diag, NRS_E_SYNTAX, at, "broken JSON");
	*out = b.root;
	return NRS_OK;
}

const struct nrs_json *nrs_json_get(const struct nrs_json *object,
				    const char *key)
{
	const struct nrs_span wanted = nrs_span_of(key);

	if (!nrs_json_is(object, NRS_JSON_OBJECT))
		return NULL;
	for (const struct nrs_json *n = object->child; n != NULL; n = n->next) {
		if (nrs_span_equal(n->key, wanted))
			return n;
	}
	return NULL;
}

struct nrs_span nrs_json_text(const struct nrs_json *object, const char *key)
{
	const struct nrs_json *member = nrs_json_get(object, key);

	return nrs_json_is(member, NRS_JSON_STRING) ? member->text
						    : nrs_span(NULL, 0);
}

int nrs_json_i64(const struct nrs_json *value, int64_t *out)
{
	return nrs_json_is(value, NRS_JSON_NUMBER)
		       ? nrs_span_i64(value->text, out)
		       : NRS_E_SYNTAX;
}

int nrs_json_double(const struct nrs_json *value, double *out)
{
	char copy[64];

	if (!nrs_json_is(value, NRS_JSON_NUMBER) ||
	    value->text.len >= sizeof(copy))
		return NRS_E_SYNTAX;
	memcpy(copy, value->text.ptr, value->text.len);
	copy[value->text.len] = '\0';
	errno = 0;
	*out = strtod(copy, NULL);
	return errno == ERANGE ? NRS_E_RANGE : NRS_OK;
}
