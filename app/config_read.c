/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_read: the tree of a file, with the options put into it, into structs.
 *
 * Sections wait in a queue: nothing recurses on what a file nests. The reader
 * goes on after a problem, so that a person sees all of them at once.
 */
#include "app/config_read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config_inside.h"

#define ARENA_BYTES ((size_t)32 << 20)
#define ROWS_MAX 32
#define KEY_MAX 40
#define KEYS_MAX 300 /* octets of a list of them in a message */
#define NAME_MAX_OCTETS 64

_Static_assert(sizeof(struct nrs_config_array) ==
			       sizeof(struct nrs_config_hubs) &&
		       offsetof(struct nrs_config_array, count) ==
			       offsetof(struct nrs_config_hubs, count),
	       "all lists of the config look alike");

/* A section to read: @at is its struct; no @node: its defaults. */
struct work {
	const struct nrs_config_section *section;
	const struct nrs_yaml *node;
	uint8_t *at;
	const char *path;
	struct work *next;
};

struct queue {
	struct work *first, *last;
};

void nrs_reader_problem(struct nrs_reader *r, const char *where,
			const char *path, const char *format, ...)
{
	char text[400];
	va_list args;

	if (++r->problem_count > NRS_CONFIG_PROBLEMS_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	nrs_text_printf(r->problems, "%s: %s%s%s\n", where, path,
			path[0] == '\0' ? "" : ": ", text);
}

const char *nrs_reader_text(struct nrs_reader *r, const char *format, ...)
{
	char text[4200];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0)
		len = 0;
	if ((size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	char *copy = (char *)nrs_arena_bytes(r->arena, (size_t)len + 1);
	if (copy == NULL) {
		r->is_out_of_memory = true;
		return "";
	}
	memcpy(copy, text, (size_t)len);
	copy[len] = '\0';
	return copy;
}

const char *nrs_reader_where(struct nrs_reader *r, const struct nrs_yaml *node)
{
	if (node->origin != NULL)
		return node->origin;
	return node->line == 0 ? "default"
			       : nrs_reader_text(r, "%s:%u", r->input->name,
						 node->line);
}

static void remember(struct nrs_reader *r, const char *path,
		     const struct nrs_yaml *node)
{
	struct nrs_config_origin *origin =
		nrs_arena_alloc(r->arena, sizeof(*origin));

	if (origin == NULL) {
		r->is_out_of_memory = true;
		return;
	}
	origin->path = path;
	origin->where = nrs_reader_where(r, node);
	origin->next = r->origins->first;
	r->origins->first = origin;
}

static void enqueue(struct nrs_reader *r, struct queue *queue,
		    const struct work *work)
{
	struct work *copy = nrs_arena_alloc(r->arena, sizeof(*copy));

	if (copy == NULL) {
		r->is_out_of_memory = true;
		return;
	}
	*copy = *work;
	if (queue->last == NULL)
		queue->first = copy;
	else
		queue->last->next = copy;
	queue->last = copy;
}

/* How many letters to change, add or drop (Levenshtein). */
static unsigned int distance(struct nrs_span a, const char *b)
{
	const size_t len = strlen(b);
	unsigned int row[KEY_MAX + 1];

	if (a.len > KEY_MAX || len > KEY_MAX)
		return KEY_MAX;
	for (unsigned int j = 0; j <= len; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= a.len; i++) {
		unsigned int corner = row[0];

		row[0] = i;
		for (unsigned int j = 1; j <= len; j++) {
			unsigned int best =
				corner +
				(a.ptr[i - 1] == (uint8_t)b[j - 1] ? 0 : 1);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			corner = row[j];
			row[j] = best;
		}
	}
	return row[len];
}

static void list_keys(const struct nrs_config_section *section,
		      char out[KEYS_MAX])
{
	size_t len = 0;

	for (unsigned int i = 0; i < section->count && len < KEYS_MAX; i++)
		len += (size_t)snprintf(out + len, KEYS_MAX - len, "%s%s",
					i == 0 ? "" : ", ",
					section->rows[i].key);
}

static void unknown_key(struct nrs_reader *r, const struct work *work,
			const struct nrs_yaml *node)
{
	const struct nrs_config_row *nearest = work->section->rows;
	unsigned int least = KEY_MAX + 1;
	char keys[KEYS_MAX];

	for (unsigned int i = 0; i < work->section->count; i++) {
		const unsigned int now =
			distance(node->key, work->section->rows[i].key);

		if (now < least) {
			least = now;
			nearest = &work->section->rows[i];
		}
	}
	/* What differs in more than half of it is another word. */
	const bool is_near =
		least <= KEY_MAX && 2 * least <= strlen(nearest->key);
	list_keys(work->section, keys);
	nrs_reader_problem(r, nrs_reader_where(r, node), work->path,
			   "there is no '%.*s'%s%s%s",
			   node->key.len > KEY_MAX ? KEY_MAX
						   : (int)node->key.len,
			   (const char *)node->key.ptr,
			   is_near ? "; the nearest is '" : ", but ",
			   is_near ? nearest->key : keys, is_near ? "'" : "");
}

static const char *path_of(struct nrs_reader *r, const struct work *work,
			   const char *key)
{
	return work->path[0] == '\0'
		       ? key
		       : nrs_reader_text(r, "%s.%s", work->path, key);
}

static bool is_name(struct nrs_span key)
{
	for (size_t i = 0; i < key.len; i++) {
		const uint8_t c = key.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return key.len > 0 && key.len <= NAME_MAX_OCTETS;
}

/* A bare value where a section could stand is the section's first setting. */
static const struct nrs_yaml *unfold(struct nrs_reader *r,
				     const struct nrs_config_row *row,
				     const struct nrs_yaml *item)
{
	if (item->kind != NRS_YAML_SCALAR || row->type != NRS_CONFIG_LIST ||
	    nrs_yaml_is_empty(item))
		return item;
	struct nrs_yaml *map = nrs_yaml_add(r->arena, NULL, NRS_YAML_MAP);
	struct nrs_yaml *only =
		map == NULL ? NULL
			    : nrs_yaml_add(r->arena, map, NRS_YAML_SCALAR);
	if (only == NULL) {
		r->is_out_of_memory = true;
		return item;
	}
	map->line = item->line;
	map->origin = item->origin;
	*only = *item;
	only->next = NULL;
	only->key = nrs_span_of(row->section->rows[0].key);
	return map;
}

static void read_item(struct nrs_reader *r, struct queue *queue,
		      const struct nrs_config_row *row,
		      const struct nrs_yaml *item, const struct work *work)
{
	const char *where = nrs_reader_where(r, item);

	item = unfold(r, row, item);
	if (row->type == NRS_CONFIG_NAMED) {
		const char *name =
			nrs_reader_text(r, "%.*s", (int)item->key.len,
					(const char *)item->key.ptr);

		if (!is_name(item->key)) {
			nrs_reader_problem(r, where, work->path,
					   "a name has letters, digits, - and "
					   "_, at most %d",
					   NAME_MAX_OCTETS);
			return;
		}
		memcpy(work->at, &name, sizeof(name));
	}
	if (item->kind != NRS_YAML_MAP && !nrs_yaml_is_empty(item)) {
		nrs_reader_problem(r, where, work->path,
				   "wants settings (key: value)");
		return;
	}
	remember(r, work->path, item);
	struct work next = *work;
	next.node = item->kind == NRS_YAML_MAP ? item : NULL;
	enqueue(r, queue, &next);
}

static unsigned int count_of(const struct nrs_yaml *node)
{
	unsigned int count = 0;

	for (node = node->child; node != NULL; node = node->next)
		count++;
	return count;
}

static bool is_again(const struct nrs_yaml *list, const struct nrs_yaml *item)
{
	return item->key.len > 0 && nrs_yaml_get(list, item->key) != item;
}

static void read_items(struct nrs_reader *r, struct queue *queue,
		       const struct nrs_config_row *row,
		       const struct nrs_yaml *node, const struct work *work)
{
	const bool is_named = row->type == NRS_CONFIG_NAMED;
	const unsigned int count = count_of(node);
	struct nrs_config_array array = {0};

	if (node->kind != (is_named ? NRS_YAML_MAP : NRS_YAML_LIST)) {
		nrs_reader_problem(r, nrs_reader_where(r, node), work->path,
				   is_named ? "wants names with settings"
					    : "wants a list (- key: value)");
		return;
	}
	if (count > row->max) {
		nrs_reader_problem(r, nrs_reader_where(r, node), work->path,
				   "%u of them, at most %llu", count,
				   (unsigned long long)row->max);
		return;
	}
	if (count == 0)
		return;
	array.items = nrs_arena_alloc(r->arena, count * row->section->bytes);
	if (array.items == NULL) {
		r->is_out_of_memory = true;
		return;
	}
	for (const struct nrs_yaml *item = node->child; item != NULL;
	     item = item->next) {
		struct work next = {.section = row->section,
				    .at = (uint8_t *)array.items +
					  array.count * row->section->bytes};

		next.path =
			is_named ? nrs_reader_text(r, "%s.%.*s", work->path,
						   (int)item->key.len,
						   (const char *)item->key.ptr)
				 : nrs_reader_text(r, "%s[%u]", work->path,
						   array.count);
		if (is_again(node, item))
			nrs_reader_problem(r, nrs_reader_where(r, item),
					   next.path, "stands there twice");
		else
			read_item(r, queue, row, item, &next);
		array.count++;
	}
	memcpy(work->at, &array, sizeof(array));
}

static void read_row(struct nrs_reader *r, struct queue *queue,
		     const struct nrs_config_row *row,
		     const struct nrs_yaml *node, const struct work *work)
{
	struct work next = {.section = row->section,
			    .at = work->at + row->offset,
			    .path = path_of(r, work, row->key)};
	const bool is_plain = row->section == NULL;

	if (node != NULL && (is_plain || !nrs_yaml_is_empty(node)))
		remember(r, next.path, node);
	else
		node = NULL;
	if (is_plain && node != NULL)
		nrs_reader_value(r, row, node, next.path, next.at);
	else if (is_plain)
		nrs_reader_fallback(r, row, next.at);
	else if (row->type != NRS_CONFIG_SECTION && node != NULL)
		read_items(r, queue, row, node, &next);
	else if (row->type == NRS_CONFIG_SECTION && node != NULL &&
		 node->kind != NRS_YAML_MAP)
		nrs_reader_problem(r, nrs_reader_where(r, node), next.path,
				   "wants settings (key: value)");
	else if (row->type == NRS_CONFIG_SECTION) {
		next.node = node;
		enqueue(r, queue, &next);
	}
}

static void read_section(struct nrs_reader *r, struct queue *queue,
			 const struct work *work)
{
	const struct nrs_config_section *section = work->section;
	const struct nrs_yaml *given[ROWS_MAX] = {NULL};
	const struct nrs_yaml *node =
		work->node == NULL ? NULL : work->node->child;

	for (; node != NULL; node = node->next) {
		unsigned int i = 0;

		while (i < section->count &&
		       !nrs_span_is(node->key, section->rows[i].key))
			i++;
		if (i == section->count || i >= ROWS_MAX)
			unknown_key(r, work, node);
		else if (given[i] != NULL)
			nrs_reader_problem(
				r, nrs_reader_where(r, node),
				path_of(r, work,
					given[i] == NULL
						? ""
						: section->rows[i].key),
				"stands there twice, first at %s",
				nrs_reader_where(r, given[i]));
		else
			given[i] = node;
	}
	for (unsigned int i = 0; i < section->count && i < ROWS_MAX; i++) {
		const struct nrs_config_row *row = &section->rows[i];

		if (row->is_required && given[i] == NULL)
			nrs_reader_problem(
				r,
				work->node == NULL
					? "default"
					: nrs_reader_where(r, work->node),
				work->path, "has no %s", row->key);
		else
			read_row(r, queue, row, given[i], work);
	}
}

static int read_tree(struct nrs_reader *r)
{
	struct nrs_diag diag = {0};
	struct nrs_yaml *root = NULL;
	struct queue queue = {0};
	int err = nrs_yaml_parse(r->input->text, r->arena, &root, &diag);

	if (err == NRS_E_NOMEM)
		return err;
	if (err == NRS_OK && root->kind != NRS_YAML_MAP &&
	    !nrs_yaml_is_empty(root))
		err = nrs_diag_set(&diag, NRS_E_FORMAT, root->line,
				   "wants settings (key: value)");
	if (err != NRS_OK) {
		nrs_reader_problem(
			r,
			nrs_reader_text(r, "%s:%llu", r->input->name,
					(unsigned long long)diag.place),
			"", "%s", diag.text);
		return NRS_E_FORMAT;
	}
	root->kind = NRS_YAML_MAP;
	err = nrs_reader_put_options(r, root);
	if (err != NRS_OK)
		return err;
	const struct work top = {.section = &nrs_config_schema,
				 .node = root,
				 .at = (uint8_t *)r->config,
				 .path = ""};
	enqueue(r, &queue, &top);
	for (; queue.first != NULL; queue.first = queue.first->next)
		read_section(r, &queue, queue.first);
	return NRS_OK;
}

int nrs_config_read(struct nrs_config **out,
		    const struct nrs_config_input *input,
		    struct nrs_text *problems)
{
	struct nrs_arena *arena = nrs_arena_new(ARENA_BYTES);

	if (arena == NULL)
		return NRS_E_NOMEM;
	struct nrs_reader r = {
		.input = input,
		.arena = arena,
		.config = nrs_arena_alloc(arena, sizeof(*r.config)),
		.origins = nrs_arena_alloc(arena, sizeof(*r.origins)),
		.problems = problems};
	int err = r.config == NULL || r.origins == NULL ? NRS_E_NOMEM
							: read_tree(&r);
	if (err == NRS_OK) {
		r.config->arena = arena;
		r.config->origins = r.origins;
		if (r.problem_count == 0)
			nrs_reader_relate(&r);
		if (r.problem_count > 0)
			err = NRS_E_FORMAT;
	}
	if (r.problem_count > NRS_CONFIG_PROBLEMS_MAX)
		nrs_text_printf(problems, "and %u more\n",
				r.problem_count - NRS_CONFIG_PROBLEMS_MAX);
	if (r.is_out_of_memory)
		err = NRS_E_NOMEM;
	if (err != NRS_OK) {
		nrs_arena_free(arena);
		return err;
	}
	*out = r.config;
	return NRS_OK;
}
