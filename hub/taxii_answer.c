/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_answer: members out of JSON trees; what is missing stays empty.
 */
#include "hub/taxii_answer.h"

#include "hub/when.h"

static uint64_t count_of(const struct nrs_json *json, const char *key)
{
	int64_t value;

	if (nrs_json_i64(nrs_json_get(json, key), &value) != NRS_OK ||
	    value < 0)
		return 0;
	return (uint64_t)value;
}

static bool is_true(const struct nrs_json *json, const char *key)
{
	return nrs_json_is(nrs_json_get(json, key), NRS_JSON_TRUE);
}

int nrs_taxii_parse_discovery(const struct nrs_json *json,
			      struct nrs_taxii_discovery *out)
{
	const struct nrs_json *roots = nrs_json_get(json, "api_roots");

	*out = (struct nrs_taxii_discovery){
		.title = nrs_json_text(json, "title"),
		.default_root = nrs_json_text(json, "default"),
	};
	if (out->default_root.len == 0 && !nrs_json_is(roots, NRS_JSON_ARRAY))
		return NRS_E_FORMAT;
	if (!nrs_json_is(roots, NRS_JSON_ARRAY))
		return NRS_OK;
	for (const struct nrs_json *root = roots->child;
	     root != NULL && out->root_count < NRS_TAXII_ROOTS_MAX;
	     root = root->next)
		if (root->type == NRS_JSON_STRING && root->text.len > 0)
			out->roots[out->root_count++] = root->text;
	return NRS_OK;
}

int nrs_taxii_parse_root(const struct nrs_json *json,
			 struct nrs_taxii_root *out)
{
	const struct nrs_json *versions = nrs_json_get(json, "versions");

	*out = (struct nrs_taxii_root){
		.title = nrs_json_text(json, "title"),
		.max_content_length = count_of(json, "max_content_length"),
	};
	if (!nrs_json_is(versions, NRS_JSON_ARRAY))
		return NRS_E_FORMAT;
	for (const struct nrs_json *v = versions->child; v != NULL; v = v->next)
		if (v->type == NRS_JSON_STRING &&
		    nrs_span_find_text(v->text, "2.1") != SIZE_MAX)
			out->speaks_21 = true;
	return NRS_OK;
}

int nrs_taxii_parse_collection(const struct nrs_json *json,
			       struct nrs_taxii_collection *out)
{
	*out = (struct nrs_taxii_collection){
		.id = nrs_json_text(json, "id"),
		.title = nrs_json_text(json, "title"),
		.alias = nrs_json_text(json, "alias"),
		.can_read = is_true(json, "can_read"),
		.can_write = is_true(json, "can_write"),
	};
	return out->id.len > 0 ? NRS_OK : NRS_E_FORMAT;
}

int nrs_taxii_parse_collections(const struct nrs_json *json,
				struct nrs_arena *arena,
				struct nrs_taxii_collection **out)
{
	const struct nrs_json *list = nrs_json_get(json, "collections");
	struct nrs_taxii_collection **tail = out;
	size_t count = 0;

	*out = NULL;
	if (!nrs_json_is(json, NRS_JSON_OBJECT) ||
	    (list != NULL && list->type != NRS_JSON_ARRAY))
		return NRS_E_FORMAT;
	if (list == NULL) /* a hub without any: section 5.1 */
		return NRS_OK;
	for (list = list->child; list != NULL; list = list->next) {
		struct nrs_taxii_collection *item =
			nrs_arena_alloc(arena, sizeof(*item));

		if (item == NULL)
			return NRS_E_NOMEM;
		if (++count > NRS_TAXII_ITEMS_MAX)
			return NRS_E_LIMIT;
		if (nrs_taxii_parse_collection(list, item) != NRS_OK)
			continue; /* one without an id cannot be asked for */
		*tail = item;
		tail = &item->next;
	}
	return NRS_OK;
}

static int64_t time_of(const struct nrs_json *json, const char *key)
{
	int64_t ns;

	return nrs_hub_when(nrs_json_text(json, key), &ns) == NRS_OK
		       ? ns
		       : NRS_TIME_MIN;
}

static int items_of(const struct nrs_json *json, const char *key,
		    struct nrs_arena *arena, struct nrs_taxii_item **out)
{
	const struct nrs_json *list = nrs_json_get(json, key);
	size_t count = 0;

	*out = NULL;
	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return NRS_OK;
	for (list = list->child; list != NULL; list = list->next) {
		struct nrs_taxii_item *item =
			nrs_arena_alloc(arena, sizeof(*item));

		if (item == NULL)
			return NRS_E_NOMEM;
		if (++count > NRS_TAXII_ITEMS_MAX)
			return NRS_E_LIMIT;
		/* TAXII 2.0 gives plain ids. */
		item->id = list->type == NRS_JSON_STRING
				   ? list->text
				   : nrs_json_text(list, "id");
		item->message = nrs_json_text(list, "message");
		item->version_ns = time_of(list, "version");
		*out = item;
		out = &item->next;
	}
	return NRS_OK;
}

int nrs_taxii_parse_status(const struct nrs_json *json, struct nrs_arena *arena,
			   struct nrs_taxii_status *out)
{
	const struct nrs_span status = nrs_json_text(json, "status");
	int err;

	*out = (struct nrs_taxii_status){
		.id = nrs_json_text(json, "id"),
		.is_complete = nrs_span_is_icase(status, "complete"),
		.total = count_of(json, "total_count"),
		.success = count_of(json, "success_count"),
		.failure = count_of(json, "failure_count"),
		.pending = count_of(json, "pending_count"),
	};
	if (!out->is_complete && !nrs_span_is_icase(status, "pending"))
		return NRS_E_FORMAT;
	if (out->id.len == 0 && !out->is_complete)
		return NRS_E_FORMAT; /* nothing to ask for later */
	err = items_of(json, "successes", arena, &out->successes);
	if (err == NRS_OK)
		err = items_of(json, "failures", arena, &out->failures);
	if (err == NRS_OK)
		err = items_of(json, "pendings", arena, &out->pendings);
	return err;
}

int nrs_taxii_parse_manifest(const struct nrs_json *json,
			     struct nrs_arena *arena,
			     struct nrs_taxii_manifest *out)
{
	const struct nrs_json *list = nrs_json_get(json, "objects");
	struct nrs_taxii_row **tail = &out->rows;
	size_t count = 0;

	*out = (struct nrs_taxii_manifest){.more = is_true(json, "more")};
	if (!nrs_json_is(json, NRS_JSON_OBJECT) ||
	    (list != NULL && list->type != NRS_JSON_ARRAY))
		return NRS_E_FORMAT;
	for (list = list == NULL ? NULL : list->child; list != NULL;
	     list = list->next) {
		struct nrs_taxii_row *row =
			nrs_arena_alloc(arena, sizeof(*row));

		if (row == NULL)
			return NRS_E_NOMEM;
		if (++count > NRS_TAXII_ITEMS_MAX)
			return NRS_E_LIMIT;
		row->id = nrs_json_text(list, "id");
		if (row->id.len == 0)
			continue; /* nothing that could be asked for */
		row->version_ns = time_of(list, "version");
		row->added_ns = time_of(list, "date_added");
		*tail = row;
		tail = &row->next;
	}
	return NRS_OK;
}

static void add_plain(struct nrs_text *out, struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		nrs_text_putc(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
}

void nrs_taxii_error_text(struct nrs_span body, struct nrs_text *out)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *json = NULL;

	if (arena == NULL)
		return;
	if (nrs_json_parse(body, arena, &json, NULL) == NRS_OK) {
		const struct nrs_span title = nrs_json_text(json, "title");
		const struct nrs_span text = nrs_json_text(json, "description");

		add_plain(out, title);
		if (title.len > 0 && text.len > 0)
			nrs_text_puts(out, ": ");
		add_plain(out, text);
	}
	nrs_arena_free(arena);
}
