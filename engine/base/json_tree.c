/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_tree: values into nodes, without recursion.
 *
 * Equal keys are looked for one by one in small objects; the members of large
 * ones are indexed, so that no object costs more than its length.
 */
#include "engine/base/json_tree.h"

#include <stdlib.h>

#include "engine/base/crypto.h"

#define FEW_MEMBERS 16u /* looked through one by one */

struct nrs_json_member {
	uint64_t object;       /* number of the object that it is in */
	struct nrs_json *node; /* NULL: a free slot */
};

void nrs_json_tree_init(struct nrs_json_tree *tree, struct nrs_arena *arena)
{
	tree->arena = arena;
	tree->root = NULL;
	tree->depth = 0;
	tree->key = nrs_span(NULL, 0);
	tree->err = NRS_OK;
	tree->numbers = 0;
	tree->index = (struct nrs_json_index){.slots = NULL};
}

void nrs_json_tree_fini(struct nrs_json_tree *tree)
{
	free(tree->index.slots);
	free(tree->index.key);
}

/* Where the member @key of @object is, or would be. */
static struct nrs_json_member *slot_of(const struct nrs_json_index *index,
				       uint64_t object, struct nrs_span key)
{
	uint64_t at = nrs_hash(index->key, key) +
		      object * UINT64_C(0x9e3779b97f4a7c15);

	for (at ^= at >> 32;; at++) {
		struct nrs_json_member *m =
			&index->slots[at & (index->size - 1)];

		if (m->node == NULL ||
		    (m->object == object && nrs_span_equal(m->node->key, key)))
			return m;
	}
}

static bool grow(struct nrs_json_index *index)
{
	const struct nrs_json_index old = *index;
	uint64_t seed;

	if (old.size == 0) {
		if (nrs_random(&seed, sizeof(seed)) != NRS_OK)
			return false;
		index->key = aligned_alloc(_Alignof(struct nrs_hash_key),
					   sizeof(*index->key));
		if (index->key == NULL)
			return false;
		nrs_hash_key_init(index->key, seed);
	}
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

static bool add_to_index(struct nrs_json_index *index, uint64_t object,
			 struct nrs_json *node)
{
	if (2 * (index->used + 1) > index->size && !grow(index))
		return false;
	*slot_of(index, object, node->key) =
		(struct nrs_json_member){.object = object, .node = node};
	index->used++;
	return true;
}

/* @node is a new member of the open object. */
static bool count_member(struct nrs_json_tree *t, struct nrs_json *node)
{
	const unsigned int count = ++t->levels[t->depth].members;
	const uint64_t object = t->levels[t->depth].number;

	if (count <= FEW_MEMBERS)
		return true;
	if (count > FEW_MEMBERS + 1)
		return add_to_index(&t->index, object, node);
	for (node = t->levels[t->depth].node->child; node != NULL;
	     node = node->next) {
		if (!add_to_index(&t->index, object, node))
			return false;
	}
	return true;
}

/* A member of the same key stands already: the last one wins. */
static struct nrs_json *same_key(const struct nrs_json_tree *t,
				 struct nrs_span key)
{
	struct nrs_json *parent = t->levels[t->depth].node;

	if (parent->type != NRS_JSON_OBJECT)
		return NULL;
	if (t->levels[t->depth].members > FEW_MEMBERS)
		return slot_of(&t->index, t->levels[t->depth].number, key)
			->node;
	for (struct nrs_json *n = parent->child; n != NULL; n = n->next) {
		if (nrs_span_equal(n->key, key))
			return n;
	}
	return NULL;
}

struct nrs_json *nrs_json_tree_add(struct nrs_json_tree *t,
				   enum nrs_json_type type)
{
	struct nrs_json *node = NULL;

	if (t->depth > 0)
		node = same_key(t, t->key);
	if (node != NULL) {
		node->type = type;
		node->child = NULL;
		node->text = nrs_span(NULL, 0);
		t->key = nrs_span(NULL, 0);
		return node;
	}
	node = nrs_arena_alloc(t->arena, sizeof(*node));
	if (node == NULL) {
		t->err = NRS_E_NOMEM;
		return NULL;
	}
	node->type = type;
	if (t->depth == 0) {
		t->root = node;
		return node;
	}
	node->key = t->key;
	t->key = nrs_span(NULL, 0);
	if (t->levels[t->depth].last == NULL)
		t->levels[t->depth].node->child = node;
	else
		t->levels[t->depth].last->next = node;
	t->levels[t->depth].last = node;
	if (t->levels[t->depth].node->type == NRS_JSON_OBJECT &&
	    !count_member(t, node)) {
		t->err = NRS_E_NOMEM;
		return NULL;
	}
	return node;
}

bool nrs_json_tree_open(struct nrs_json_tree *t, enum nrs_json_type type)
{
	struct nrs_json *node;

	if (t->depth == NRS_JSON_DEPTH_MAX) {
		t->err = NRS_E_LIMIT;
		return false;
	}
	node = nrs_json_tree_add(t, type);
	if (node == NULL)
		return false;
	t->levels[++t->depth] =
		(struct nrs_json_level){.node = node, .number = ++t->numbers};
	return true;
}

void nrs_json_tree_close(struct nrs_json_tree *t)
{
	t->depth--;
}
