/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_lex: tokens of STIX patterning text (section 1.1 of the
 * specification). Longest match; keywords before names.
 */
#pragma once

#include "engine/pattern.h"

enum nrs_token_kind {
	NRS_TOK_END,
	NRS_TOK_NAME,	/* letters, digits, underscore */
	NRS_TOK_HYPHEN, /* a name with hyphens: object types only */
	NRS_TOK_KEYWORD,
	NRS_TOK_STRING, /* bytes: unescaped */
	NRS_TOK_BINARY, /* b'' and h'': decoded */
	NRS_TOK_TIME,
	NRS_TOK_INT,
	NRS_TOK_FLOAT,
	NRS_TOK_PUNCT, /* code: the character, or 'e' ==, 'n' !=, 'g' >=, 'l' <=
			*/
};

struct nrs_token {
	enum nrs_token_kind kind;
	struct nrs_span text;  /* as written */
	struct nrs_span bytes; /* value of strings and binaries */
	int64_t integer;       /* INT, TIME */
	double real;	       /* INT, FLOAT */
	int code;	       /* PUNCT */
	int late_error;	       /* RANGE or DATE: legal text, no such value */
	bool is_negative;
};

struct nrs_lexer {
	struct nrs_span text;
	size_t at;
	struct nrs_arena *arena;
	enum nrs_stix_version version;
};

/* NRS_OK, NRS_E_SYNTAX or NRS_E_NOMEM; the place is set by the caller from
 * the token's start (lexer.at before the call, after blanks). */
int nrs_lex_next(struct nrs_lexer *lexer, struct nrs_token *token,
		 struct nrs_diag *diag);

/* Character column of a byte offset. */
uint64_t nrs_lex_column(struct nrs_span text, size_t offset);
