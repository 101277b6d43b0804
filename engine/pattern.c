/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern: the grammar, by recursive descent with a depth cap.
 *
 * One token of look-ahead. Legal text with an impossible value (RANGE, DATE)
 * is remembered and reported only if the grammar holds to the end, so that a
 * syntax error is never hidden by it.
 */
#include "engine/pattern.h"

#include "engine/base/stamp.h"
#include "engine/pattern_check.h"
#include "engine/pattern_lex.h"

struct parser {
	struct nrs_lexer lexer;
	struct nrs_token token; /* look-ahead */
	struct nrs_diag *diag;
	struct nrs_diag late; /* the first RANGE, DATE or FORMAT */
	unsigned int depth;
	struct nrs_pattern *pattern;
};

static size_t token_offset(const struct parser *p)
{
	return (size_t)(p->token.text.ptr - p->lexer.text.ptr);
}

static int fail(struct parser *p, const char *wanted)
{
	const struct nrs_span found = p->token.text;

	if (p->token.kind == NRS_TOK_END)
		return nrs_diag_set(
			p->diag, NRS_E_SYNTAX,
			nrs_lex_column(p->lexer.text, p->lexer.text.len),
			"expected %s, found the end", wanted);
	return nrs_diag_set(p->diag, NRS_E_SYNTAX,
			    nrs_lex_column(p->lexer.text, token_offset(p)),
			    "expected %s, found %.*s", wanted,
			    (int)(found.len > 40 ? 40 : found.len),
			    (const char *)found.ptr);
}

static void late(struct parser *p, int code, const char *what)
{
	if (p->late.code == NRS_OK)
		(void)nrs_diag_set(
			&p->late, code,
			nrs_lex_column(p->lexer.text, token_offset(p)), "%s",
			what);
}

static int advance(struct parser *p)
{
	return nrs_lex_next(&p->lexer, &p->token, p->diag);
}

static bool at_punct(const struct parser *p, int code)
{
	return p->token.kind == NRS_TOK_PUNCT && p->token.code == code;
}

static bool at_word(const struct parser *p, const char *word)
{
	return p->token.kind == NRS_TOK_KEYWORD &&
	       nrs_span_is(p->token.text, word);
}

static int want_punct(struct parser *p, int code, const char *wanted)
{
	return at_punct(p, code) ? advance(p) : fail(p, wanted);
}

static int deeper(struct parser *p)
{
	if (++p->depth > NRS_PATTERN_DEPTH_MAX)
		return nrs_diag_set(
			p->diag, NRS_E_LIMIT,
			nrs_lex_column(p->lexer.text, token_offset(p)),
			"nested deeper than %d", NRS_PATTERN_DEPTH_MAX);
	return NRS_OK;
}

static struct nrs_node *new_node(struct parser *p, enum nrs_node_kind kind)
{
	struct nrs_node *node = nrs_arena_alloc(p->lexer.arena, sizeof(*node));

	if (node != NULL)
		node->kind = kind;
	return node;
}

static int add_step(struct parser *p, struct nrs_path *path,
		    struct nrs_step step)
{
	const unsigned int n = path->step_count;
	struct nrs_step *steps = (struct nrs_step *)(uintptr_t)path->steps;

	if ((n & (n - 1)) == 0) { /* 0 or a power of two: full */
		steps = nrs_arena_alloc(p->lexer.arena,
					sizeof(*steps) * (n == 0 ? 1 : 2 * n));
		if (steps == NULL)
			return NRS_E_NOMEM;
		if (n > 0)
			memcpy(steps, path->steps, n * sizeof(*steps));
	}
	steps[n] = step;
	path->steps = steps;
	path->step_count = n + 1;
	return NRS_OK;
}

static int parse_key(struct parser *p, struct nrs_path *path)
{
	struct nrs_step step = {.kind = NRS_STEP_KEY};

	if (p->token.kind == NRS_TOK_NAME)
		step.key = nrs_arena_copy(p->lexer.arena, p->token.text);
	else if (p->token.kind == NRS_TOK_STRING)
		step.key = p->token.bytes;
	else
		return fail(p, "a property name");
	const int err = add_step(p, path, step);
	return err != NRS_OK ? err : advance(p);
}

static int parse_index(struct parser *p, struct nrs_path *path)
{
	struct nrs_step step = {.kind = NRS_STEP_ANY};
	int err = advance(p); /* the bracket */

	if (err != NRS_OK)
		return err;
	if (p->token.kind == NRS_TOK_INT) {
		step.kind = NRS_STEP_INDEX;
		step.index = p->token.integer;
		if (p->token.late_error != NRS_OK)
			late(p, p->token.late_error, "index out of range");
	} else if (!at_punct(p, '*')) {
		return fail(p, "an index or *");
	}
	err = add_step(p, path, step);
	if (err == NRS_OK)
		err = advance(p);
	return err != NRS_OK ? err : want_punct(p, ']', "]");
}

static int parse_path(struct parser *p, struct nrs_path *path)
{
	if (p->token.kind != NRS_TOK_NAME && p->token.kind != NRS_TOK_HYPHEN)
		return fail(p, "an object type");
	path->type = nrs_arena_copy(p->lexer.arena, p->token.text);
	int err = advance(p);
	if (err == NRS_OK)
		err = want_punct(p, ':', ":");
	if (err == NRS_OK)
		err = parse_key(p, path);
	while (err == NRS_OK) {
		if (at_punct(p, '.')) {
			err = advance(p);
			if (err == NRS_OK)
				err = parse_key(p, path);
		} else if (at_punct(p, '[')) {
			err = parse_index(p, path);
		} else {
			return NRS_OK;
		}
	}
	return err;
}

static int parse_literal(struct parser *p, struct nrs_literal *out,
			 bool booleans)
{
	const struct nrs_token *t = &p->token;

	*out = (struct nrs_literal){
		.bytes = t->bytes, .integer = t->integer, .real = t->real};
	switch (t->kind) {
	case NRS_TOK_INT:
		out->type = NRS_LIT_INT;
		break;
	case NRS_TOK_FLOAT:
		out->type = NRS_LIT_FLOAT;
		break;
	case NRS_TOK_STRING:
		out->type = NRS_LIT_STRING;
		break;
	case NRS_TOK_BINARY:
		out->type = NRS_LIT_BINARY;
		break;
	case NRS_TOK_TIME:
		out->type = NRS_LIT_TIME;
		break;
	default:
		if (!booleans || (!at_word(p, "true") && !at_word(p, "false")))
			return fail(p, "a literal");
		out->type = NRS_LIT_BOOL;
		out->integer = at_word(p, "true");
	}
	if (out->type != NRS_LIT_STRING && out->type != NRS_LIT_BINARY)
		out->bytes = nrs_arena_copy(p->lexer.arena, t->text);
	if (t->late_error != NRS_OK)
		late(p, t->late_error,
		     t->kind == NRS_TOK_TIME ? "no such date"
					     : "number out of range");
	return advance(p);
}

static int add_literal(struct parser *p, struct nrs_test *test, bool booleans)
{
	const unsigned int n = test->literal_count;
	struct nrs_literal *list =
		(struct nrs_literal *)(uintptr_t)test->literals;

	if ((n & (n - 1)) == 0) {
		list = nrs_arena_alloc(p->lexer.arena,
				       sizeof(*list) * (n == 0 ? 1 : 2 * n));
		if (list == NULL)
			return NRS_E_NOMEM;
		if (n > 0)
			memcpy(list, test->literals, n * sizeof(*list));
	}
	test->literals = list;
	const int err = parse_literal(p, &list[n], booleans);
	if (err == NRS_OK)
		test->literal_count = n + 1;
	return err;
}

static int parse_set(struct parser *p, struct nrs_test *test)
{
	int err = want_punct(p, '(', "(");

	if (err != NRS_OK || at_punct(p, ')'))
		return err != NRS_OK ? err : advance(p);
	for (;;) {
		err = add_literal(p, test, true);
		if (err != NRS_OK)
			return err;
		if (!at_punct(p, ','))
			return want_punct(p, ')', ") or ,");
		err = advance(p);
		if (err != NRS_OK)
			return err;
	}
}

static int parse_string(struct parser *p, struct nrs_test *test)
{
	return p->token.kind == NRS_TOK_STRING ? add_literal(p, test, false)
					       : fail(p, "a string");
}

/* The operator and what stands right of it. */
static int parse_operation(struct parser *p, struct nrs_test *test)
{
	static const struct {
		int code;
		enum nrs_op op;
	} signs[] = {{'=', NRS_OP_EQ}, {'n', NRS_OP_NE}, {'>', NRS_OP_GT},
		     {'<', NRS_OP_LT}, {'g', NRS_OP_GE}, {'l', NRS_OP_LE}};
	static const struct {
		const char *word;
		enum nrs_op op;
	} words[] = {{"LIKE", NRS_OP_LIKE},
		     {"MATCHES", NRS_OP_MATCHES},
		     {"ISSUBSET", NRS_OP_ISSUBSET},
		     {"ISSUPERSET", NRS_OP_ISSUPERSET}};
	int err;

	for (size_t i = 0; i < 6; i++) {
		if (!at_punct(p, signs[i].code))
			continue;
		test->op = signs[i].op;
		err = advance(p);
		return err != NRS_OK
			       ? err
			       : add_literal(p, test, test->op <= NRS_OP_NE);
	}
	for (size_t i = 0; i < 4; i++) {
		if (!at_word(p, words[i].word))
			continue;
		test->op = words[i].op;
		err = advance(p);
		return err != NRS_OK ? err : parse_string(p, test);
	}
	if (!at_word(p, "IN"))
		return fail(p, "an operator");
	test->op = NRS_OP_IN;
	err = advance(p);
	return err != NRS_OK ? err : parse_set(p, test);
}

static int parse_exists(struct parser *p, struct nrs_test *test)
{
	test->op = NRS_OP_EXISTS;
	const int err = advance(p);
	return err != NRS_OK ? err : parse_path(p, &test->path);
}

static int parse_test(struct parser *p, struct nrs_node **out)
{
	struct nrs_node *node = new_node(p, NRS_NODE_TEST);
	struct nrs_test *test = nrs_arena_alloc(p->lexer.arena, sizeof(*test));
	int err = NRS_OK;

	if (node == NULL || test == NULL)
		return NRS_E_NOMEM;
	node->u.test = test;
	*out = node;
	if (at_word(p, "NOT")) {
		test->negated = true;
		err = advance(p);
		if (err == NRS_OK && !at_word(p, "EXISTS"))
			return fail(p, "EXISTS");
	}
	if (err == NRS_OK && at_word(p, "EXISTS"))
		return parse_exists(p, test);
	const size_t begin = token_offset(p);
	if (err == NRS_OK)
		err = parse_path(p, &test->path);
	if (err == NRS_OK && at_word(p, "NOT")) {
		test->negated = true;
		err = advance(p);
	}
	if (err == NRS_OK)
		err = parse_operation(p, test);
	if (err == NRS_OK && p->late.code == NRS_OK) {
		const int bad = nrs_pattern_check_test(test, &p->late);

		p->late.code = bad;
		if (bad != NRS_OK) /* columns are counted from the start */
			p->late.place = nrs_lex_column(p->lexer.text, begin);
	}
	return err;
}

/* Append @child to @parent's list, whose last element is *@last. */
static void append(struct nrs_node *parent, struct nrs_node *child,
		   struct nrs_node **last)
{
	if (*last == NULL)
		parent->child = child;
	else
		(*last)->next = child;
	*last = child;
}

typedef int parse_fn(struct parser *p, struct nrs_node **out);

/* operand { WORD operand }, as one node with all operands in order. */
static int parse_chain(struct parser *p, const char *word,
		       enum nrs_node_kind kind, parse_fn *operand,
		       struct nrs_node **out)
{
	struct nrs_node *first, *chain = NULL, *last = NULL;
	int err = operand(p, &first);

	if (err != NRS_OK)
		return err;
	*out = first;
	while (at_word(p, word)) {
		struct nrs_node *next;

		if (chain == NULL) {
			chain = new_node(p, kind);
			if (chain == NULL)
				return NRS_E_NOMEM;
			append(chain, first, &last);
			*out = chain;
		}
		err = advance(p);
		if (err == NRS_OK)
			err = operand(p, &next);
		if (err != NRS_OK)
			return err;
		append(chain, next, &last);
	}
	return NRS_OK;
}

static int parse_cmp_and(struct parser *p, struct nrs_node **out);

static int parse_cmp_or(struct parser *p, struct nrs_node **out)
{
	return parse_chain(p, "OR", NRS_NODE_CMP_OR, parse_cmp_and, out);
}

static int parse_cmp_operand(struct parser *p, struct nrs_node **out)
{
	if (!at_punct(p, '('))
		return parse_test(p, out);
	int err = deeper(p);
	if (err == NRS_OK)
		err = advance(p);
	if (err == NRS_OK)
		err = parse_cmp_or(p, out);
	if (err == NRS_OK)
		err = want_punct(p, ')', ")");
	p->depth--;
	return err;
}

static int parse_cmp_and(struct parser *p, struct nrs_node **out)
{
	return parse_chain(p, "AND", NRS_NODE_CMP_AND, parse_cmp_operand, out);
}

static int parse_followed(struct parser *p, struct nrs_node **out);

static int parse_simple_obs(struct parser *p, struct nrs_node **out)
{
	struct nrs_node *node;
	int err;

	if (at_punct(p, '(')) {
		err = deeper(p);
		if (err == NRS_OK)
			err = advance(p);
		if (err == NRS_OK)
			err = parse_followed(p, out);
		if (err == NRS_OK)
			err = want_punct(p, ')', ")");
		p->depth--;
		return err;
	}
	if (!at_punct(p, '['))
		return fail(p, "[ or (");
	node = new_node(p, NRS_NODE_OBS);
	if (node == NULL)
		return NRS_E_NOMEM;
	p->pattern->observation_count++;
	err = advance(p);
	if (err == NRS_OK)
		err = parse_cmp_or(p, &node->child);
	*out = node;
	return err != NRS_OK ? err : want_punct(p, ']', "]");
}

static int parse_within(struct parser *p, struct nrs_node *node)
{
	const struct nrs_token t = p->token;

	if ((t.kind != NRS_TOK_INT && t.kind != NRS_TOK_FLOAT) || t.is_negative)
		return fail(p, "a positive number");
	if (t.late_error != NRS_OK || t.real > 9e9 || t.real <= 0)
		late(p, NRS_E_RANGE, "WITHIN out of range");
	else
		node->u.within_ns = (int64_t)(t.real * 1e9);
	const int err = advance(p);
	if (err != NRS_OK)
		return err;
	return at_word(p, "SECONDS") ? advance(p) : fail(p, "SECONDS");
}

static int parse_repeats(struct parser *p, struct nrs_node *node)
{
	const struct nrs_token t = p->token;

	if (t.kind != NRS_TOK_INT || t.is_negative)
		return fail(p, "a positive integer");
	if (t.late_error != NRS_OK || t.integer == 0)
		late(p, NRS_E_RANGE, "REPEATS out of range");
	node->u.count = (uint64_t)t.integer;
	const int err = advance(p);
	if (err != NRS_OK)
		return err;
	return at_word(p, "TIMES") ? advance(p) : fail(p, "TIMES");
}

static int parse_stamp(struct parser *p, int64_t *out)
{
	const struct nrs_token t = p->token;
	int bad = t.late_error;

	*out = t.integer;
	if (t.kind == NRS_TOK_STRING && p->lexer.version == NRS_STIX_20)
		bad = nrs_stamp_parse(t.bytes, out);
	else if (t.kind != NRS_TOK_TIME)
		return fail(p, "a timestamp");
	if (bad != NRS_OK)
		late(p, bad == NRS_E_SYNTAX ? NRS_E_FORMAT : bad,
		     "no such time");
	return advance(p);
}

static int parse_start_stop(struct parser *p, struct nrs_node *node)
{
	int err = parse_stamp(p, &node->u.span.start_ns);

	if (err == NRS_OK)
		err = at_word(p, "STOP") ? advance(p) : fail(p, "STOP");
	return err != NRS_OK ? err : parse_stamp(p, &node->u.span.stop_ns);
}

/* [ ... ] or ( ... ) with the qualifiers that follow it. */
static int parse_obs(struct parser *p, struct nrs_node **out)
{
	static const struct {
		const char *word;
		enum nrs_node_kind kind;
		int (*parse)(struct parser *p, struct nrs_node *node);
	} qualifiers[] = {{"WITHIN", NRS_NODE_WITHIN, parse_within},
			  {"REPEATS", NRS_NODE_REPEATS, parse_repeats},
			  {"START", NRS_NODE_START_STOP, parse_start_stop}};
	unsigned int seen = 0;
	int err = parse_simple_obs(p, out);

	for (size_t i = 0; err == NRS_OK && i < 3; i++) {
		struct nrs_node *node;

		if (!at_word(p, qualifiers[i].word))
			continue;
		if ((seen & 1u << i) != 0 && (seen & 8u) != 0)
			p->pattern->warnings |= NRS_PATTERN_WARN_SAME_QUALIFIER;
		seen |= 1u << i | ((*out)->kind == NRS_NODE_OBS ? 8u : 0u);
		node = new_node(p, qualifiers[i].kind);
		if (node == NULL)
			return NRS_E_NOMEM;
		node->child = *out;
		*out = node;
		if (++p->depth > NRS_PATTERN_DEPTH_MAX)
			return nrs_diag_set(p->diag, NRS_E_LIMIT, 0,
					    "more than %d qualifiers",
					    NRS_PATTERN_DEPTH_MAX);
		err = advance(p);
		if (err == NRS_OK)
			err = qualifiers[i].parse(p, node);
		i = SIZE_MAX; /* from the first word again */
	}
	return err;
}

static int parse_obs_and(struct parser *p, struct nrs_node **out)
{
	return parse_chain(p, "AND", NRS_NODE_OBS_AND, parse_obs, out);
}

static int parse_obs_or(struct parser *p, struct nrs_node **out)
{
	return parse_chain(p, "OR", NRS_NODE_OBS_OR, parse_obs_and, out);
}

static int parse_followed(struct parser *p, struct nrs_node **out)
{
	return parse_chain(p, "FOLLOWEDBY", NRS_NODE_FOLLOWEDBY, parse_obs_or,
			   out);
}

int nrs_pattern_parse(struct nrs_pattern *out, struct nrs_span text,
		      enum nrs_stix_version version, struct nrs_arena *arena,
		      struct nrs_diag *diag)
{
	struct parser p = {
		.lexer = {.text = text, .arena = arena, .version = version},
		.diag = diag,
		.pattern = out};
	struct nrs_node *root = NULL;

	*out = (struct nrs_pattern){.version = version};
	if (text.len > NRS_PATTERN_LEN_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "pattern longer than %zu octets",
				    NRS_PATTERN_LEN_MAX);
	int err = advance(&p);
	if (err == NRS_OK)
		err = parse_followed(&p, &root);
	if (err == NRS_OK && p.token.kind != NRS_TOK_END)
		err = fail(&p, "the end");
	if (err != NRS_OK)
		return err;
	if (p.late.code != NRS_OK) {
		if (diag != NULL)
			*diag = p.late;
		return p.late.code;
	}
	out->root = root;
	return NRS_OK;
}
