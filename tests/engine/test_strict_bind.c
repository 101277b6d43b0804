/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_strict_bind: the solver against plain trying out: random patterns over a
 * few observations, where it is known which expression each satisfies. Then
 * the patterns that trying out cannot bear, against the clock.
 */
#include "tests/nrs_test.h"

#include <time.h>

#include "engine/strict.h"
#include "tests/engine/random_traffic.h"

#define OBSERVATIONS 7
#define LEAVES 8
#define ALL ((1u << OBSERVATIONS) - 1)

struct problem {
	struct nrs_chance chance;
	struct nrs_text text;
	struct nrs_strict_observed observed[OBSERVATIONS];
	bool can[LEAVES][OBSERVATIONS];
	const struct nrs_node *leaf[LEAVES];
	unsigned int leaves;
};

static void put(struct problem *p, unsigned int depth)
{
	static const char *const joints[] = {" AND ", " OR ", " FOLLOWEDBY "};
	struct nrs_chance *c = &p->chance;

	if (depth == 0 || p->leaves >= LEAVES - 2 || nrs_chance_of(c, 3) == 0) {
		nrs_text_puts(&p->text, "[a:b = 1]");
		p->leaves++;
	} else {
		nrs_text_putc(&p->text, '(');
		put(p, depth - 1);
		nrs_text_puts(&p->text, NRS_CHANCE(c, joints));
		put(p, depth - 1);
		nrs_text_putc(&p->text, ')');
	}
	if (nrs_chance_of(c, 3) == 0)
		nrs_text_printf(&p->text, " REPEATS %u TIMES",
				1 + nrs_chance_of(c, 3));
	if (nrs_chance_of(c, 4) == 0)
		nrs_text_printf(&p->text, " WITHIN %u SECONDS",
				1 + nrs_chance_of(c, 3));
	if (nrs_chance_of(c, 8) == 0)
		nrs_text_printf(&p->text,
				" START t'1970-01-01T00:00:0%uZ' STOP "
				"t'1970-01-01T00:00:0%uZ'",
				nrs_chance_of(c, 4), 2 + nrs_chance_of(c, 6));
}

static void number(struct problem *p, const struct nrs_node *node)
{
	if (node->kind == NRS_NODE_OBS)
		p->leaf[p->leaves++] = node;
	for (const struct nrs_node *n = node->child;
	     n != NULL && node->kind != NRS_NODE_OBS; n = n->next)
		number(p, n);
}

static bool holds(const struct problem *p, const struct nrs_node *node,
		  unsigned int mask);

static bool are_in_order(const struct problem *p, unsigned int a,
			 unsigned int b, int64_t slack)
{
	for (unsigned int i = 0; i < OBSERVATIONS; i++) {
		for (unsigned int j = 0; j < OBSERVATIONS; j++) {
			if ((a >> i & 1) != 0 && (b >> j & 1) != 0 &&
			    p->observed[i].seen.first >
				    p->observed[j].seen.last + slack)
				return false;
		}
	}
	return true;
}

/* The children from @child on, each with observations of its own; what stands
 * before them took @before. */
static bool split(const struct problem *p, const struct nrs_node *node,
		  const struct nrs_node *child, unsigned int before,
		  unsigned int mask)
{
	if (child == NULL)
		return mask == 0;
	for (unsigned int part = mask; part != 0; part = (part - 1) & mask) {
		if (holds(p, child, part) &&
		    (node->kind != NRS_NODE_FOLLOWEDBY ||
		     are_in_order(p, before, part, 0)) &&
		    split(p, node, child->next, before | part, mask & ~part))
			return true;
	}
	return false;
}

static bool repeats(const struct problem *p, const struct nrs_node *node,
		    uint64_t times, unsigned int mask)
{
	if (times == 0)
		return mask == 0;
	for (unsigned int part = mask; part != 0; part = (part - 1) & mask) {
		if (holds(p, node->child, part) &&
		    repeats(p, node, times - 1, mask & ~part))
			return true;
	}
	return false;
}

static bool are_inside(const struct problem *p, const struct nrs_node *node,
		       unsigned int mask)
{
	for (unsigned int i = 0; i < OBSERVATIONS; i++) {
		if ((mask >> i & 1) != 0 &&
		    (p->observed[i].seen.first >= node->u.span.stop_ns ||
		     p->observed[i].seen.last < node->u.span.start_ns))
			return false;
	}
	return node->u.span.start_ns < node->u.span.stop_ns;
}

/* Can @node be bound to just the observations of @mask? */
static bool holds(const struct problem *p, const struct nrs_node *node,
		  unsigned int mask)
{
	switch (node->kind) {
	case NRS_NODE_OBS:
		for (unsigned int e = 0; e < p->leaves; e++) {
			for (unsigned int i = 0; i < OBSERVATIONS; i++) {
				if (p->leaf[e] == node && mask == 1u << i)
					return p->can[e][i];
			}
		}
		return false;
	case NRS_NODE_OBS_OR:
		for (const struct nrs_node *n = node->child; n != NULL;
		     n = n->next) {
			if (holds(p, n, mask))
				return true;
		}
		return false;
	case NRS_NODE_REPEATS:
		return repeats(p, node, node->u.count, mask);
	case NRS_NODE_WITHIN:
		return are_in_order(p, mask, mask, node->u.within_ns) &&
		       holds(p, node->child, mask);
	case NRS_NODE_START_STOP:
		return are_inside(p, node, mask) && holds(p, node->child, mask);
	default:
		return split(p, node, node->child, 0, mask);
	}
}

static bool any_holds(const struct problem *p, const struct nrs_node *root)
{
	for (unsigned int mask = 1; mask <= ALL; mask++) {
		if (holds(p, root, mask))
			return true;
	}
	return false;
}

static void make(struct problem *p, struct nrs_arena *arena,
		 struct nrs_pattern *pattern)
{
	nrs_text_clear(&p->text);
	p->leaves = 0;
	put(p, 3);
	assert_int_equal(nrs_pattern_parse(pattern, nrs_text_span(&p->text),
					   NRS_STIX_21, arena, NULL),
			 NRS_OK);
	p->leaves = 0;
	number(p, pattern->root);
	for (unsigned int i = 0; i < OBSERVATIONS; i++) {
		const int64_t first =
			nrs_chance_of(&p->chance, 6) * NRS_SECOND_NS;

		p->observed[i] = (struct nrs_strict_observed){
			.seen = {first, first + nrs_chance_of(&p->chance, 3) *
							NRS_SECOND_NS},
			.count = 1};
		for (unsigned int e = 0; e < p->leaves; e++)
			p->can[e][i] = nrs_chance_of(&p->chance, 3) == 0;
	}
}

static void the_solver_finds_what_trying_out_finds(void **state)
{
	const char *seed = getenv("NOROSHI_SEED");
	struct nrs_arena *arena = nrs_arena_new(0);
	struct problem p = {
		.chance = {.state = seed == NULL ? (uint64_t)time(NULL)
						 : strtoull(seed, NULL, 0)}};
	struct nrs_strict_known known[LEAVES];
	unsigned int matches = 0;

	(void)state;
	printf("NOROSHI_SEED=%llu\n", (unsigned long long)p.chance.state);
	for (unsigned int n = 0; n < 1500; n++) {
		const struct nrs_strict_documents documents = {
			.observed = p.observed, .observed_count = OBSERVATIONS};
		struct nrs_pattern pattern;

		nrs_arena_reset(arena);
		make(&p, arena, &pattern);
		for (unsigned int e = 0; e < p.leaves; e++)
			known[e] =
				(struct nrs_strict_known){p.leaf[e], p.can[e]};
		struct nrs_strict_question question = {
			.root = pattern.root,
			.known = known,
			.known_count = p.leaves,
			.work_max = NRS_STRICT_WORK_MAX};
		const int found =
			nrs_strict_bind(&documents, &question, arena, NULL);
		matches += found == 1;
		if (found != any_holds(&p, pattern.root))
			fail_msg("%.*s: %d", (int)p.text.len,
				 (const char *)p.text.ptr, found);
	}
	assert_true(matches > 150 && matches < 1350);
	nrs_text_fini(&p.text);
	nrs_arena_free(arena);
}

/* @count observations, one each second, all of which satisfy everything; of
 * the first @alone only the first expression. */
static int solve(const char *text, unsigned int count, unsigned int alone,
		 uint64_t *work)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct problem p = {.leaves = 0};
	struct nrs_strict_known known[LEAVES];
	struct nrs_strict_documents documents = {.observed_count = count};
	struct nrs_pattern pattern;

	assert_int_equal(nrs_pattern_parse(&pattern, nrs_span_of(text),
					   NRS_STIX_21, arena, NULL),
			 NRS_OK);
	number(&p, pattern.root);
	documents.observed =
		nrs_arena_alloc(arena, count * sizeof(*documents.observed));
	for (unsigned int e = 0; e < p.leaves; e++) {
		bool *can = nrs_arena_alloc(arena, count);

		for (unsigned int i = 0; i < count; i++) {
			can[i] = e == 0 || i >= alone;
			documents.observed[i] = (struct nrs_strict_observed){
				.seen = {i * NRS_SECOND_NS, i * NRS_SECOND_NS},
				.count = 1};
		}
		known[e] = (struct nrs_strict_known){p.leaf[e], can};
	}
	struct nrs_strict_question question = {.root = pattern.root,
					       .known = known,
					       .known_count = p.leaves,
					       .work_max = NRS_STRICT_WORK_MAX};
	const int found = nrs_strict_bind(&documents, &question, arena, NULL);
	*work = question.work;
	nrs_arena_free(arena);
	return found;
}

#define A "[a:b=1]"
#define B "[a:b=2]"
#define C "[a:b=3]"

static void what_enumeration_cannot_bear_takes_milliseconds(void **state)
{
	static const struct {
		const char *pattern;
		unsigned int count, alone;
		int want;
		unsigned int ms;
	} rows[] = {
		{"(" A " FOLLOWEDBY " B ") REPEATS 10 TIMES", 20, 0, 1, 20},
		{A " REPEATS 10 TIMES WITHIN 8 SECONDS", 20, 0, 0, 20},
		{A " REPEATS 10 TIMES WITHIN 9 SECONDS", 20, 0, 1, 20},
		{"(" A " AND " B ") REPEATS 10 TIMES WITHIN 18 SECONDS", 20, 0,
		 0, 20},
		/* OR of what is more than one observation, many times: the
		 * copies may change places, so 2 to the 40 ways are 41. */
		{"((" A " AND " B ") OR " C ") REPEATS 40 TIMES", 40, 0, 1,
		 200},
		{"((" A " AND " B ") OR " C ") REPEATS 40 TIMES", 79, 79, 0,
		 200},
		{"((" A " AND " B ") OR (" A " FOLLOWEDBY " C ")) REPEATS 30 "
		 "TIMES",
		 59, 0, 0, 1000},
		{"((" A " AND " B ") OR (" A " FOLLOWEDBY " C ")) REPEATS 30 "
		 "TIMES",
		 60, 0, 1, 1000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const clock_t begin = clock();
		uint64_t work = 0;
		const int found = solve(rows[i].pattern, rows[i].count,
					rows[i].alone, &work);
		const long ms = (clock() - begin) * 1000 / CLOCKS_PER_SEC;

		printf("%ld ms, %llu steps: %s\n", ms, (unsigned long long)work,
		       rows[i].pattern);
		/* Time as a bound of order, sanitizers and all. */
		if (found != rows[i].want || ms > rows[i].ms * 20)
			fail_msg("%s: %d, %ld ms", rows[i].pattern, found, ms);
	}
}

/* What is refused, and that it is: more work or places than allowed. */
static void the_budget_ends_what_would_not_end(void **state)
{
	static const struct {
		const char *pattern;
		unsigned int count, alone;
	} rows[] = {
		{A " REPEATS 1025 TIMES", 2000, 0},
		{"((" A " AND " B ") OR (" A " AND " C ")) REPEATS 500 TIMES",
		 1000, 501},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const clock_t begin = clock();
		uint64_t work = 0;
		const int found = solve(rows[i].pattern, rows[i].count,
					rows[i].alone, &work);

		printf("%ld ms, %llu steps: %s\n",
		       (clock() - begin) * 1000 / CLOCKS_PER_SEC,
		       (unsigned long long)work, rows[i].pattern);
		if (found != NRS_E_LIMIT)
			fail_msg("%s: %d", rows[i].pattern, found);
		/* It stops soon after what is allowed. */
		assert_true(work < NRS_STRICT_WORK_MAX + 10000000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_solver_finds_what_trying_out_finds),
		cmocka_unit_test(
			what_enumeration_cannot_bear_takes_milliseconds),
		cmocka_unit_test(the_budget_ends_what_would_not_end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
