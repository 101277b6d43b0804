/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml: libyaml's events into a tree.
 *
 * Why not libcyaml, which loads a file straight into structs: it has no way to
 * describe mappings whose keys people choose (hubs, audiences), it keeps no
 * line of what it loaded, it gives up at the first problem, and its lines are
 * those of the last thing that was well (docs/decisions/0003-yaml.md). The
 * events of its own parser, libyaml, have the position of everything.
 */
#include "app/yaml.h"

#include <yaml.h>

struct level {
	struct nrs_yaml *node;
	struct nrs_span key; /* of a map, once it was read */
	unsigned int key_line;
	bool has_key;
};

struct tree {
	struct nrs_arena *arena;
	struct nrs_diag *diag;
	struct nrs_yaml *root;
	struct level levels[NRS_YAML_DEPTH_MAX];
	unsigned int depth;
	unsigned int nodes;
	unsigned int documents;
	bool is_end;
};

static unsigned int line_of(const yaml_event_t *event)
{
	return (unsigned int)event->start_mark.line + 1;
}

static int refuse(const struct tree *t, const yaml_event_t *event, int code,
		  const char *text)
{
	return nrs_diag_set(t->diag, code, line_of(event), "%s", text);
}

static struct nrs_span copy(struct nrs_arena *arena, const void *ptr,
			    size_t len)
{
	uint8_t *bytes = nrs_arena_bytes(arena, len + 1);

	if (bytes == NULL)
		return nrs_span(NULL, 0);
	if (len > 0)
		memcpy(bytes, ptr, len);
	bytes[len] = 0;
	return nrs_span(bytes, len);
}

struct nrs_yaml *nrs_yaml_add(struct nrs_arena *arena, struct nrs_yaml *parent,
			      enum nrs_yaml_kind kind)
{
	struct nrs_yaml *node = nrs_arena_alloc(arena, sizeof(*node));

	if (node == NULL)
		return NULL;
	node->kind = kind;
	if (parent == NULL)
		return node;
	if (parent->last == NULL)
		parent->child = node;
	else
		parent->last->next = node;
	parent->last = node;
	return node;
}

struct nrs_yaml *nrs_yaml_get(const struct nrs_yaml *map, struct nrs_span key)
{
	struct nrs_yaml *node = map->child;

	while (node != NULL && !nrs_span_equal(node->key, key))
		node = node->next;
	return node;
}

static int add_node(struct tree *t, const yaml_event_t *event,
		    enum nrs_yaml_kind kind, struct nrs_yaml **out)
{
	struct level *level = t->depth > 0 ? &t->levels[t->depth - 1] : NULL;

	if (++t->nodes > NRS_YAML_NODES_MAX)
		return refuse(t, event, NRS_E_LIMIT, "too much for a file");
	struct nrs_yaml *node = nrs_yaml_add(
		t->arena, level == NULL ? NULL : level->node, kind);
	if (node == NULL)
		return NRS_E_NOMEM;
	node->line = line_of(event);
	if (level == NULL) {
		t->root = node;
	} else if (level->node->kind == NRS_YAML_MAP) {
		node->key = level->key;
		node->line = level->key_line;
		level->has_key = false;
	}
	*out = node;
	return NRS_OK;
}

static bool wants_key(const struct tree *t)
{
	return t->depth > 0 &&
	       t->levels[t->depth - 1].node->kind == NRS_YAML_MAP &&
	       !t->levels[t->depth - 1].has_key;
}

static int take_scalar(struct tree *t, const yaml_event_t *event)
{
	const struct nrs_span text = copy(t->arena, event->data.scalar.value,
					  event->data.scalar.length);
	struct nrs_yaml *node = NULL;

	if (text.ptr == NULL)
		return NRS_E_NOMEM;
	if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
		return refuse(t, event, NRS_E_UNSUPPORTED,
			      "anchors and tags are not used here");
	if (wants_key(t)) {
		struct level *level = &t->levels[t->depth - 1];

		level->key = text;
		level->key_line = line_of(event);
		level->has_key = true;
		return NRS_OK;
	}
	const int err = add_node(t, event, NRS_YAML_SCALAR, &node);
	if (err != NRS_OK)
		return err;
	node->text = text;
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return NRS_OK;
}

static int open_level(struct tree *t, const yaml_event_t *event,
		      enum nrs_yaml_kind kind)
{
	const bool is_map = kind == NRS_YAML_MAP;
	struct nrs_yaml *node = NULL;

	if ((is_map ? event->data.mapping_start.anchor
		    : event->data.sequence_start.anchor) != NULL ||
	    (is_map ? event->data.mapping_start.tag
		    : event->data.sequence_start.tag) != NULL)
		return refuse(t, event, NRS_E_UNSUPPORTED,
			      "anchors and tags are not used here");
	if (wants_key(t))
		return refuse(t, event, NRS_E_SYNTAX, "a key must be a text");
	if (t->depth == NRS_YAML_DEPTH_MAX)
		return refuse(t, event, NRS_E_LIMIT, "nested too deep");
	const int err = add_node(t, event, kind, &node);
	if (err != NRS_OK)
		return err;
	t->levels[t->depth++] = (struct level){.node = node};
	return NRS_OK;
}

static int take_event(struct tree *t, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return ++t->documents > 1
			       ? refuse(t, event, NRS_E_UNSUPPORTED,
					"a second document in one file")
			       : NRS_OK;
	case YAML_ALIAS_EVENT:
		return refuse(t, event, NRS_E_UNSUPPORTED,
			      "an alias (*) is not used here; put a text that "
			      "starts with * in quotes");
	case YAML_SCALAR_EVENT:
		return take_scalar(t, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_level(t, event, NRS_YAML_LIST);
	case YAML_MAPPING_START_EVENT:
		return open_level(t, event, NRS_YAML_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		if (t->depth == 0)
			return NRS_E_INTERNAL; /* libyaml pairs them */
		t->depth--;
		return NRS_OK;
	case YAML_STREAM_END_EVENT:
		t->is_end = true;
		return NRS_OK;
	default:
		return NRS_OK;
	}
}

static int say_syntax(const yaml_parser_t *parser, struct nrs_diag *diag)
{
	if (parser->error == YAML_MEMORY_ERROR)
		return NRS_E_NOMEM;
	const yaml_char_t *at = parser->buffer.pointer;
	const bool is_tab =
		at != NULL && at < parser->buffer.last && *at == '\t';
	return nrs_diag_set(diag, NRS_E_SYNTAX, parser->problem_mark.line + 1,
			    "not YAML: %s%s%s%s",
			    is_tab ? "a tab, where YAML takes blanks alone: "
				   : "",
			    parser->problem == NULL ? "" : parser->problem,
			    parser->context == NULL ? "" : ", ",
			    parser->context == NULL ? "" : parser->context);
}

static int parse(yaml_parser_t *parser, struct tree *t)
{
	int err = NRS_OK;

	while (err == NRS_OK && !t->is_end) {
		yaml_event_t event;

		if (yaml_parser_parse(parser, &event) == 0)
			return say_syntax(parser, t->diag);
		err = take_event(t, &event);
		yaml_event_delete(&event);
	}
	return err;
}

int nrs_yaml_parse(struct nrs_span text, struct nrs_arena *arena,
		   struct nrs_yaml **out, struct nrs_diag *diag)
{
	struct tree t = {.arena = arena, .diag = diag};
	yaml_parser_t parser;

	if (text.len > NRS_YAML_BYTES_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 1, "larger than %zu KB",
				    NRS_YAML_BYTES_MAX >> 10);
	if (yaml_parser_initialize(&parser) == 0)
		return NRS_E_NOMEM;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&parser, text.len == 0 ? (const uint8_t *)"" : text.ptr,
		text.len);
	int err = parse(&parser, &t);
	yaml_parser_delete(&parser);
	if (err == NRS_OK && t.root == NULL) {
		t.root = nrs_yaml_add(arena, NULL, NRS_YAML_MAP);
		if (t.root == NULL)
			err = NRS_E_NOMEM;
		else
			t.root->line = 1;
	}
	if (err == NRS_OK)
		*out = t.root;
	return err;
}
