/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml: the only door to libyaml: a text into a small tree that knows the
 * line of everything. Aliases, anchors, tags and a second document are
 * refused: a configuration needs none, and they are how YAML surprises.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/err.h"

#define NRS_YAML_BYTES_MAX ((size_t)256 << 10)
#define NRS_YAML_DEPTH_MAX 12u
#define NRS_YAML_NODES_MAX 20000u

enum nrs_yaml_kind {
	NRS_YAML_SCALAR,
	NRS_YAML_LIST,
	NRS_YAML_MAP,
};

struct nrs_yaml {
	enum nrs_yaml_kind kind;
	unsigned int line;  /* from 1: of the key in a map, else of the value */
	const char *origin; /* an option set it, not the file; else NULL */
	struct nrs_span key;
	struct nrs_span text; /* of a scalar; a NUL stands behind it */
	bool is_plain;	      /* without quotes */
	struct nrs_yaml *child, *last;
	struct nrs_yaml *next;
};

/*
 * Parse a document, UTF-8; an empty one is an empty map. The tree is in
 * @arena and copies all text. @diag: place is the line. NRS_E_SYNTAX,
 * NRS_E_LIMIT, NRS_E_UNSUPPORTED (an alias, a tag, ...), NRS_E_NOMEM.
 */
int nrs_yaml_parse(struct nrs_span text, struct nrs_arena *arena,
		   struct nrs_yaml **out, struct nrs_diag *diag);

/* A new last child of @parent; NULL without memory. */
struct nrs_yaml *nrs_yaml_add(struct nrs_arena *arena, struct nrs_yaml *parent,
			      enum nrs_yaml_kind kind);

/* The first member @key of a map, or NULL. */
struct nrs_yaml *nrs_yaml_get(const struct nrs_yaml *map, struct nrs_span key);
