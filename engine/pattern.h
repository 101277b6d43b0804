/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern: STIX patterning text (STIX 2.1 section 9) as a tree in an arena.
 *
 * The whole language is parsed, 2.0 and 2.1; what can be evaluated is decided
 * later. Errors carry a code and the 0-based character (not byte) column. Depth
 * and length are capped. Trees borrow nothing: all is copied into the arena.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/err.h"

#define NRS_PATTERN_DEPTH_MAX 256
#define NRS_PATTERN_LEN_MAX ((size_t)1 << 20)

enum nrs_stix_version { NRS_STIX_20, NRS_STIX_21 };

enum nrs_literal_type {
	NRS_LIT_INT,
	NRS_LIT_FLOAT,
	NRS_LIT_STRING,
	NRS_LIT_BOOL,	/* integer 0 or 1 */
	NRS_LIT_BINARY, /* b'' and h'': bytes is the decoded value */
	NRS_LIT_TIME,	/* integer: nanoseconds since 1970 */
};

struct nrs_literal {
	enum nrs_literal_type type;
	struct nrs_span bytes; /* unescaped string, binary; else text */
	int64_t integer;
	double real; /* also set for INT */
};

enum nrs_step_kind {
	NRS_STEP_KEY,
	NRS_STEP_INDEX, /* [n] */
	NRS_STEP_ANY,	/* [*] */
};

struct nrs_step {
	enum nrs_step_kind kind;
	struct nrs_span key; /* without quotes */
	int64_t index;
};

struct nrs_path {
	struct nrs_span type; /* object type */
	const struct nrs_step *steps;
	unsigned int step_count;
};

enum nrs_op {
	NRS_OP_EQ,
	NRS_OP_NE,
	NRS_OP_GT,
	NRS_OP_LT,
	NRS_OP_GE,
	NRS_OP_LE,
	NRS_OP_IN,
	NRS_OP_LIKE,
	NRS_OP_MATCHES,
	NRS_OP_ISSUBSET,
	NRS_OP_ISSUPERSET,
	NRS_OP_EXISTS,
};

enum nrs_node_kind {
	NRS_NODE_TEST,	  /* comparison: path op literals */
	NRS_NODE_CMP_AND, /* inside [ ]: two or more children */
	NRS_NODE_CMP_OR,
	NRS_NODE_OBS, /* [ child ] */
	NRS_NODE_OBS_AND,
	NRS_NODE_OBS_OR,
	NRS_NODE_FOLLOWEDBY, /* children in order */
	NRS_NODE_REPEATS,    /* child, count */
	NRS_NODE_WITHIN,     /* child, within_ns */
	NRS_NODE_START_STOP, /* child, start_ns, stop_ns */
};

struct nrs_test {
	struct nrs_path path;
	enum nrs_op op;
	bool negated; /* NOT before the operator, or NOT EXISTS */
	const struct nrs_literal *literals;
	unsigned int literal_count; /* 0 for EXISTS and IN () */
};

struct nrs_node {
	enum nrs_node_kind kind;
	struct nrs_node *child; /* first */
	struct nrs_node *next;	/* sibling */
	union {
		struct nrs_test *test;
		uint64_t count;
		int64_t within_ns;
		struct {
			int64_t start_ns, stop_ns;
		} span;
	} u;
};

#define NRS_PATTERN_WARN_SAME_QUALIFIER 1u /* legal, but worth a word */
struct nrs_pattern {
	const struct nrs_node *root;
	enum nrs_stix_version version;
	unsigned int warnings;
	unsigned int observation_count; /* number of [ ] */
};

/*
 * Parse @text by the grammar of @version. The tree lives in @arena.
 * NRS_E_SYNTAX: not the grammar. NRS_E_LIMIT: too deep or too long.
 * NRS_E_RANGE: a number that does not fit (64 bits, REPEATS 0, WITHIN 0).
 * NRS_E_DATE: no such date. NRS_E_FORMAT: a hash literal that is none of its
 * algorithm, or IN with mixed types. The place is the character column.
 */
int nrs_pattern_parse(struct nrs_pattern *out, struct nrs_span text,
		      enum nrs_stix_version version, struct nrs_arena *arena,
		      struct nrs_diag *diag);
