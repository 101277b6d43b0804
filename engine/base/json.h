/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: the only door to the JSON library.
 *
 * Reading: a splitter of ours cuts single objects out of bundles, envelopes
 * and arrays of any size in constant memory (json_split.h); this parser then
 * sees one object at a time and gives a small tree in an arena. Duplicate
 * keys: the last wins, counted. Lone surrogates and bad UTF-8 become U+FFFD.
 * Numbers keep their text.
 *
 * Writing: nrs_jsonw, compact, keys in the order they are written; canonical
 * form (RFC 8785) by nrs_json_canonical from a tree.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/text.h"

#define NRS_JSON_DEPTH_MAX 64
#define NRS_JSON_OBJECT_MAX ((size_t)16 << 20)

enum nrs_json_type {
	NRS_JSON_NULL,
	NRS_JSON_FALSE,
	NRS_JSON_TRUE,
	NRS_JSON_NUMBER, /* text: as written */
	NRS_JSON_STRING, /* text: decoded UTF-8, may hold NUL */
	NRS_JSON_ARRAY,
	NRS_JSON_OBJECT,
};

struct nrs_json {
	enum nrs_json_type type;
	struct nrs_span key;	/* within an object, else empty */
	struct nrs_span text;	/* string or number */
	struct nrs_json *child; /* first element or member */
	struct nrs_json *next;	/* sibling */
};

/*
 * Parse one JSON value; the tree lives in @arena. @place of the diag is the
 * byte offset in @text. NRS_E_SYNTAX, NRS_E_LIMIT (depth, size), NRS_E_NOMEM.
 */
int nrs_json_parse(struct nrs_span text, struct nrs_arena *arena,
		   struct nrs_json **out, struct nrs_diag *diag);

/* Member @key of an object, or NULL (also for NULL or another type). */
const struct nrs_json *nrs_json_get(const struct nrs_json *object,
				    const char *key);

/* Text of string member @key, or the empty span. */
struct nrs_span nrs_json_text(const struct nrs_json *object, const char *key);

static inline bool nrs_json_is(const struct nrs_json *value,
			       enum nrs_json_type type)
{
	return value != NULL && value->type == type;
}

/* A number as an integer: NRS_E_SYNTAX (no integer), NRS_E_RANGE. */
int nrs_json_i64(const struct nrs_json *value, int64_t *out);
int nrs_json_double(const struct nrs_json *value, double *out);

/* RFC 8785 text of a tree, appended to @out. */
void nrs_json_canonical(struct nrs_text *out, const struct nrs_json *value);

/* A string with its quotes, escaped as RFC 8785 does; bad UTF-8 as U+FFFD. */
void nrs_json_quote(struct nrs_text *out, struct nrs_span string);

/*
 * The writer: commas and nesting are kept by @depth and @comma, the caller
 * keeps the order. All functions append to @out.
 */
struct nrs_jsonw {
	struct nrs_text *out;
	unsigned int depth;
	uint64_t comma; /* bit d: a comma is due at depth d */
};

void nrs_jsonw_key(struct nrs_jsonw *w, const char *key);
void nrs_jsonw_open(struct nrs_jsonw *w, char bracket); /* '{' or '[' */
void nrs_jsonw_close(struct nrs_jsonw *w, char bracket);
void nrs_jsonw_string(struct nrs_jsonw *w, struct nrs_span text);
void nrs_jsonw_i64(struct nrs_jsonw *w, int64_t value);
void nrs_jsonw_u64(struct nrs_jsonw *w, uint64_t value);
void nrs_jsonw_bool(struct nrs_jsonw *w, bool value);
void nrs_jsonw_null(struct nrs_jsonw *w);
void nrs_jsonw_raw(struct nrs_jsonw *w, struct nrs_span json);

/* Key and value in one call. */
void nrs_jsonw_member(struct nrs_jsonw *w, const char *key,
		      struct nrs_span text);
void nrs_jsonw_member_u64(struct nrs_jsonw *w, const char *key, uint64_t value);
