/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: yajl's events into a tree, of what is not plain JSON (json_plain.c).
 *
 * yajl's own UTF-8 check is off, because it would end the whole text at the
 * first bad byte: strings are repaired here instead. Lone surrogates come out
 * of yajl as '?': they are turned into U+FFFD before it sees them.
 */
#include "engine/base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "engine/base/json_tree.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* A copy with every ill-formed octet replaced by U+FFFD. */
static struct nrs_span repaired(struct nrs_arena *arena, struct nrs_span text)
{
	size_t used = 0;

	if (nrs_span_is_utf8(text))
		return nrs_arena_copy(arena, text);
	uint8_t *out = nrs_arena_bytes(arena, 3 * text.len);
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

static int on_null(void *ctx)
{
	return nrs_json_tree_add(ctx, NRS_JSON_NULL) != NULL;
}

static int on_boolean(void *ctx, int value)
{
	return nrs_json_tree_add(ctx, value ? NRS_JSON_TRUE : NRS_JSON_FALSE) !=
	       NULL;
}

static int on_number(void *ctx, const char *text, size_t len)
{
	struct nrs_json_tree *tree = ctx;
	struct nrs_json *node = nrs_json_tree_add(tree, NRS_JSON_NUMBER);

	if (node != NULL)
		node->text = nrs_arena_copy(tree->arena, nrs_span(text, len));
	return node != NULL;
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	struct nrs_json_tree *tree = ctx;
	struct nrs_json *node = nrs_json_tree_add(tree, NRS_JSON_STRING);

	if (node != NULL)
		node->text = repaired(tree->arena, nrs_span(text, len));
	return node != NULL;
}

static int on_key(void *ctx, const unsigned char *text, size_t len)
{
	struct nrs_json_tree *tree = ctx;

	tree->key = repaired(tree->arena, nrs_span(text, len));
	return 1;
}

static int on_open_object(void *ctx)
{
	return nrs_json_tree_open(ctx, NRS_JSON_OBJECT);
}

static int on_open_array(void *ctx)
{
	return nrs_json_tree_open(ctx, NRS_JSON_ARRAY);
}

static int on_close(void *ctx)
{
	nrs_json_tree_close(ctx);
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

/* What is not plain, and what is no JSON: the library reads it all. */
static int read_any(struct nrs_span text, struct nrs_arena *arena,
		    struct nrs_json **out, struct nrs_diag *diag)
{
	struct nrs_json_tree tree;
	yajl_status status;

	text = without_lone_surrogates(text, arena);
	nrs_json_tree_init(&tree, arena);
	yajl_handle yajl = yajl_alloc(&callbacks, NULL, &tree);
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
	nrs_json_tree_fini(&tree);
	if (tree.err == NRS_E_LIMIT)
		return nrs_diag_set(diag, tree.err, at, "nested deeper than %d",
				    NRS_JSON_DEPTH_MAX);
	if (tree.err != NRS_OK)
		return nrs_diag_set(diag, tree.err, at, "out of memory");
	if (status != yajl_status_ok || tree.root == NULL)
		return nrs_diag_set(diag, NRS_E_SYNTAX, at, "broken JSON");
	*out = tree.root;
	return NRS_OK;
}

int nrs_json_parse(struct nrs_span text, struct nrs_arena *arena,
		   struct nrs_json **out, struct nrs_diag *diag)
{
	if (text.len > NRS_JSON_OBJECT_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "JSON value longer than %zu octets",
				    NRS_JSON_OBJECT_MAX);
	const int err = nrs_json_plain(text, arena, out);
	if (err == NRS_E_NOMEM)
		return nrs_diag_set(diag, err, 0, "out of memory");
	return err == NRS_OK ? err : read_any(text, arena, out, diag);
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
