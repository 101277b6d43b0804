/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_put: options into the tree, as if the file had said it. So they pass
 * the same checks, and messages name the option.
 */
#include "app/config_inside.h"

#include <stdlib.h>
#include <string.h>

static const struct nrs_config_option *find(const char *name)
{
	for (unsigned int i = 0; i < nrs_config_option_count; i++)
		if (strcmp(nrs_config_options[i].name, name) == 0)
			return &nrs_config_options[i];
	return NULL;
}

struct put {
	struct nrs_reader *r;
	const char *origin; /* "--workers" */
	struct nrs_span value;
};

/* The child @key of @parent (NULL parent: NULL), made if it is not there. */
static struct nrs_yaml *child(const struct put *p, struct nrs_yaml *parent,
			      struct nrs_span key, enum nrs_yaml_kind kind)
{
	if (parent == NULL)
		return NULL;
	struct nrs_yaml *node = key.len == 0 ? NULL : nrs_yaml_get(parent, key);
	if (node != NULL && nrs_yaml_is_empty(node)) {
		node->kind = kind;
		node->origin = p->origin;
	}
	if (node != NULL)
		return node;
	node = nrs_yaml_add(p->r->arena, parent, kind);
	if (node == NULL) {
		p->r->is_out_of_memory = true;
		return NULL;
	}
	node->key = key;
	node->origin = p->origin;
	return node;
}

static void set(const struct put *p, struct nrs_yaml *parent,
		struct nrs_span key)
{
	struct nrs_yaml *node = child(p, parent, key, NRS_YAML_SCALAR);

	if (node == NULL)
		return;
	node->kind = NRS_YAML_SCALAR;
	node->origin = p->origin;
	node->text = p->value;
	node->is_plain = false;
	node->child = node->last = NULL;
}

/* Items of the file give way to those of the command line. */
static struct nrs_yaml *new_item(const struct put *p, struct nrs_yaml *list)
{
	if (list == NULL)
		return NULL;
	if (list->origin == NULL || list->kind != NRS_YAML_LIST) {
		list->kind = NRS_YAML_LIST;
		list->origin = p->origin;
		list->child = list->last = NULL;
	}
	return child(p, list, nrs_span(NULL, 0), NRS_YAML_MAP);
}

static void set_in_all(const struct put *p, struct nrs_yaml *list,
		       struct nrs_span first, struct nrs_span key)
{
	struct nrs_yaml *item = list->child;

	for (; item != NULL; item = item->next) {
		if (item->kind == NRS_YAML_SCALAR) {
			const struct put as_it_is = {
				p->r,
				item->origin == NULL
					? nrs_reader_where(p->r, item)
					: item->origin,
				item->text};

			item->kind = NRS_YAML_MAP;
			set(&as_it_is, item, first);
		}
		if (item->kind == NRS_YAML_MAP)
			set(p, item, key);
	}
}

static void put(const struct put *p, struct nrs_yaml *root, const char *path)
{
	struct nrs_span rest = nrs_span_of(path), part;
	struct nrs_yaml *at = root;

	while (at != NULL && nrs_span_split(&rest, '.', &part)) {
		const size_t bracket = nrs_span_find(part, '[', 0);
		const struct nrs_span key = nrs_span_part(part, 0, bracket);

		if (rest.len == 0) {
			set(p, at, key);
		} else if (bracket == SIZE_MAX) {
			at = child(p, at, key, NRS_YAML_MAP);
		} else if (part.ptr[bracket + 1] == ']') {
			at = new_item(p, child(p, at, key, NRS_YAML_LIST));
		} else {
			at = nrs_yaml_get(at, key);
			if (at != NULL && at->kind == NRS_YAML_LIST)
				set_in_all(
					p, at,
					nrs_span_part(part, bracket + 2,
						      part.len - bracket - 3),
					rest);
			return;
		}
	}
}

static bool is_for_all(const struct nrs_config_option *option)
{
	return strstr(option->path, "[*") != NULL;
}

int nrs_reader_put_options(struct nrs_reader *r, struct nrs_yaml *root)
{
	const struct nrs_config_input *in = r->input;

	/* What holds for all items comes when all are there. */
	for (unsigned int pass = 0; pass < 2; pass++) {
		for (unsigned int i = 0; i < in->given_count; i++) {
			const struct nrs_config_given *given = &in->given[i];
			const struct nrs_config_option *option =
				find(given->option);

			if (option == NULL)
				return NRS_E_USAGE;
			if (is_for_all(option) != (pass == 1))
				continue;
			const struct put p = {
				r, nrs_reader_text(r, "--%s", option->name),
				nrs_span_of(given->value == NULL
						    ? "yes"
						    : given->value)};
			put(&p, root, option->path);
		}
	}
	return r->is_out_of_memory ? NRS_E_NOMEM : NRS_OK;
}
