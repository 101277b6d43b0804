/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_regexdb: LIKE and MATCHES by the specification's sentences, the guards
 * around both libraries, and random expressions against pcre2 alone.
 */
#include "tests/nrs_test.h"

#include "engine/tables/hyperscan.h"
#include "engine/tables/pcre.h"
#include "engine/tables/regexdb.h"
#include "tests/tables/seeded.h"

/* A span in a call, and as an initialiser, where a call is no constant. */
#define OF(text) nrs_span(text, sizeof(text) - 1)
#define IS(text)                                                               \
	{                                                                      \
		.ptr = (const uint8_t *)(text), .len = sizeof(text) - 1        \
	}

struct refusals {
	size_t indexes[4];
	unsigned int count;
	int code;
};

static void on_refused(void *ctx, size_t index, const struct nrs_diag *diag)
{
	struct refusals *refusals = ctx;

	if (refusals->count < 4)
		refusals->indexes[refusals->count] = index;
	refusals->count++;
	refusals->code = diag->code;
}

static struct nrs_regexdb *build(const struct nrs_regex *expressions,
				 size_t count, struct refusals *refusals)
{
	const struct nrs_regexdb_options options = {
		.seats = 2, .refused = on_refused, .ctx = refusals};
	struct nrs_regexdb *db = NULL;

	assert_int_equal(nrs_regexdb_build(&db, expressions, count, &options),
			 NRS_OK);
	return db;
}

static struct nrs_regex regex(enum nrs_regex_kind kind, struct nrs_span text)
{
	return (struct nrs_regex){.kind = kind, .text = text, .value = 7};
}

/* 1 if the single @expression matches @subject. */
static int verdict(const struct nrs_regex *expression, struct nrs_span subject)
{
	struct refusals refusals = {0};
	struct nrs_regexdb *db = build(expression, 1, &refusals);
	uint32_t value = 0;

	assert_int_equal(refusals.count, 0);
	const int found = nrs_regexdb_scan(db, 0, subject, &value, 1);
	nrs_regexdb_free(db);
	assert_true(found != 1 || value == expression->value);
	return found;
}

static const struct {
	const char *name;
	struct nrs_span text, subject;
	int found;
} likes[] = {
	{"the whole value", IS("evil"), IS("evil"), 1},
	{"not a part of it", IS("evil"), IS("evils"), 0},
	{"not the end of it", IS("evil"), IS("devil"), 0},
	{"a newline behind is a difference", IS("evil"), IS("evil\n"), 0},
	{"% is any run", IS("e%l"), IS("e.v.i.l"), 1},
	{"% is an empty run", IS("e%l"), IS("el"), 1},
	{"% is newlines too", IS("e%l"), IS("e\n\nl"), 1},
	{"% alone is everything", IS("%"), IS(""), 1},
	{"_ is one character", IS("e_il"), IS("evil"), 1},
	{"_ is not none", IS("e_il"), IS("eil"), 0},
	{"_ is not two", IS("e_il"), IS("evvil"), 0},
	{"_ is a newline too", IS("e_il"), IS("e\nil"), 1},
	{"_ is one character of two octets", IS("_"), IS("\xc3\xa9"), 1},
	{"_ is one character of four octets", IS("_"), IS("\xf0\x9f\x98\x80"),
	 1},
	{"_ is not two characters", IS("_"), IS("\xc3\xa9\xc3\xa9"), 0},
	{"_ is no surrogate", IS("_"), IS("\xed\xa0\x80"), 0},
	{"_ is no overlong form", IS("_"), IS("\xe0\x80\x80"), 0},
	{"_ is one octet that is no UTF-8", IS("a_b"),
	 IS("a\xff"
	    "b"),
	 1},
	{"_ is a lead octet that leads to nothing", IS("a_b"),
	 IS("a\xe9"
	    "b"),
	 1},
	{"_ is an odd octet at the end", IS("caf_"), IS("caf\xe9"), 1},
	{"_ _ do not share a character", IS("__"), IS("\xc3\xa9"), 0},
	{"nor do % and _ _", IS("%__"), IS("\xe6\xbc\xa2"), 0},
	{"nor _ % _", IS("_%_"), IS("\xe6\xbc\xa2"), 0},
	{"case counts", IS("Evil"), IS("evil"), 0},
	{"the dot is literal", IS("%.evil.example"), IS("xevil.example"), 0},
	{"marks are literal", IS("a.b*c+d?e|f"), IS("a.b*c+d?e|f"), 1},
	{"classes are literal", IS("[a](b){2}^$\\d"), IS("[a](b){2}^$\\d"), 1},
	{"blanks and comments are literal", IS(" #\t\n"), IS(" #\t\n"), 1},
	{"NUL is literal", IS("a\0%"), IS("a\0b"), 1},
	{"the empty LIKE is the empty value", IS(""), IS(""), 1},
	{"and no other", IS(""), IS("a"), 0},
	{"NFC on both sides", IS("caf\xc3\xa9%"), IS("cafe\xcc\x81!"), 1},
	{"NFC of a mark", IS("a=\xcc\xb8"), IS("a\xe2\x89\xa0"), 1},
	{"_ beside another character", IS("\xc3\xa9_"), IS("\xc3\xa9\xc3\xa9"),
	 1},
	{"_ is one beside it", IS("\xc3\xa9_"), IS("\xc3\xa9\xc3\x82\xc2\x80"),
	 0},
};

static void like_is_what_the_specification_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(likes) / sizeof(*likes); i++) {
		const struct nrs_regex like =
			regex(NRS_REGEX_LIKE, likes[i].text);
		const int found = verdict(&like, likes[i].subject);

		if (found != likes[i].found)
			fail_msg("%s: %d", likes[i].name, found);
	}
}

static void every_mark_of_ascii_is_literal_in_like(void **state)
{
	(void)state;
	for (int c = 1; c < 0x80; c++) {
		const uint8_t text[2] = {(uint8_t)c, (uint8_t)c};
		const struct nrs_regex like =
			regex(NRS_REGEX_LIKE, nrs_span(text, 2));
		const uint8_t other[2] = {(uint8_t)c, c == '~' ? '}' : '~'};

		if (verdict(&like, nrs_span(text, 2)) != 1)
			fail_msg("\\x%02x does not match itself", c);
		if (c != '%' && c != '_' &&
		    verdict(&like, nrs_span(other, 2)) != 0)
			fail_msg("\\x%02x matches another", c);
	}
}

/* All behind the prefix "ua\0" or "ua:x"; what ^ means is the rest's start. */
static const struct {
	const char *name;
	enum nrs_regex_kind kind;
	struct nrs_span prefix, text, subject;
	int found;
} prefixed[] = {
#define L NRS_REGEX_PREFIX_LIKE, IS("ua\0")
#define P NRS_REGEX_PREFIX_PCRE, IS("ua\0")
	{"LIKE over the rest", L, IS("%zilla"), IS("ua\0Mozilla"), 1},
	{"LIKE over the whole rest", L, IS("%zilla"), IS("ua\0Mozilla/5"), 0},
	{"another prefix", L, IS("%"), IS("ub\0Mozilla"), 0},
	{"a prefix inside", L, IS("%"), IS("xua\0Mozilla"), 0},
	{"shorter than the prefix", L, IS("%"), IS("ua"), 0},
	{"an empty rest", L, IS(""), IS("ua\0"), 1},
	{"LIKE beyond ASCII", L, IS("%\xc3\xa9"), IS("ua\0cafe\xcc\x81"), 1},
	{"LIKE beyond ASCII, other prefix", L, IS("%\xc3\xa9"),
	 IS("ub\0caf\xc3\xa9"), 0},
	{"MATCHES in the rest", P, IS("zil"), IS("ua\0Mozilla"), 1},
	{"not in the prefix", P, IS("ua"), IS("ua\0Mozilla"), 0},
	{"another header", P, IS("zil"), IS("ub\0Mozilla"), 0},
	{"over newlines", P, IS("b"), IS("ua\0a\nb"), 1},
	{"^ is the start of the rest", P, IS("^Moz"), IS("ua\0Mozilla"), 1},
	{"^ is not inside the rest", P, IS("^zil"), IS("ua\0Mozilla"), 0},
	{"^ of one side of an or", P, IS("^zil|lla"), IS("ua\0Mozilla"), 1},
	{"^ of the other side", P, IS("xx|^Moz"), IS("ua\0Mozilla"), 1},
	{"^ in a group", P, IS("(^Moz)"), IS("ua\0Mozilla"), 1},
	{"^ behind an option", P, IS("(?i)^moz"), IS("ua\0Mozilla"), 1},
	{"^ that repeats lines", P, IS("(?m)^b"), IS("ua\0a\nb"), 1},
	{"^ in a class is none", P, IS("[^a]$"), IS("ua\0a"), 0},
	{"\\A is the start of the rest", P, IS("\\AMoz"), IS("ua\0Mozilla"), 1},
	{"$ is the end", P, IS("lla$"), IS("ua\0Mozilla"), 1},
	{"look-behind stops at the start", P, IS("(?<!a.)M"), IS("ua\0Moz"), 1},
	{"an or stays behind the prefix", P, IS("a|b"), IS("ub\0b"), 0},
	{"a comment swallows nothing", P, IS("(?x)Moz # z"), IS("ua\0Moz"), 1},
	{"an open quote swallows nothing", P, IS("\\QMoz"), IS("ua\0Moz"), 1},
	{"the empty expression", P, IS(""), IS("ua\0"), 1},
	{"the empty one, other prefix", P, IS(""), IS("ub\0"), 0},
	{"a lone ^", P, IS("^"), IS("ua\0x"), 1},
	{"\\b at the start of the rest", NRS_REGEX_PREFIX_PCRE, IS("ua:x"),
	 IS("\\bMoz"), IS("ua:xMoz"), 1},
	{"\\B at the start of the rest", NRS_REGEX_PREFIX_PCRE, IS("ua:x"),
	 IS("\\BMoz"), IS("ua:xMoz"), 0},
#undef L
#undef P
};

static void a_prefix_is_literal_and_the_rest_stands_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(prefixed) / sizeof(*prefixed); i++) {
		const struct nrs_regex row = {.kind = prefixed[i].kind,
					      .prefix = prefixed[i].prefix,
					      .text = prefixed[i].text,
					      .value = 7};
		const int found = verdict(&row, prefixed[i].subject);

		if (found != prefixed[i].found)
			fail_msg("%s: %d", prefixed[i].name, found);
	}
}

static void each_expression_runs_in_the_engine_that_can(void **state)
{
	static const struct {
		struct nrs_span text;
		bool is_fast;
	} rows[] = {
		{IS("evil[0-9]+"), true}, {IS("a*"), true},
		{IS(""), false},	  {IS("(?=a)b"), false},
		{IS("(a)\\1"), false},	  {IS("(?<=a)b"), false},
		{IS("(?>a+)b"), false},	  {IS("caf\xc3\xa9"), false},
		{IS("\\p{L}"), false},	  {IS("(*UTF)a"), false},
		{IS("a\0b"), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_regex row =
			regex(NRS_REGEX_PCRE, rows[i].text);
		struct refusals refusals = {0};
		struct nrs_regexdb *db = build(&row, 1, &refusals);
		size_t fast = 9, slow = 9;

		nrs_regexdb_engines(db, &fast, &slow);
		if (fast != rows[i].is_fast || slow != !rows[i].is_fast)
			fail_msg("row %zu: %zu and %zu", i, fast, slow);
		nrs_regexdb_free(db);
	}
}

static void what_no_engine_takes_is_refused_and_the_rest_is_built(void **state)
{
	const struct nrs_regex rows[] = {
		regex(NRS_REGEX_PCRE, OF("ab")),
		regex(NRS_REGEX_PCRE, OF("a(b")),
		regex(NRS_REGEX_PREFIX_PCRE, OF("a)|(b")),
		{.kind = NRS_REGEX_PCRE, .text = OF("(*UTF8)a"), .value = 8},
	};
	struct refusals refusals = {0};
	struct nrs_regexdb *db = build(rows, 4, &refusals);
	uint32_t values[4];
	size_t fast = 0, slow = 0;

	(void)state;
	assert_int_equal(refusals.count, 2);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(refusals.indexes[i], i + 1);
	assert_int_equal(refusals.code, NRS_E_SYNTAX);
	assert_int_equal(nrs_regexdb_scan(db, 0, OF("xaby"), values, 4), 2);
	/* What asks for UTF-8 must not reach Hyperscan: values from the wire
	 * may be none, and there it would be undefined. */
	nrs_regexdb_engines(db, &fast, &slow);
	assert_int_equal(fast, 1);
	assert_int_equal(slow, 1);
	nrs_regexdb_free(db);
}

static void an_empty_database_matches_nothing(void **state)
{
	struct refusals refusals = {0};
	struct nrs_regexdb *db = build(NULL, 0, &refusals);
	uint32_t value;

	(void)state;
	assert_int_equal(nrs_regexdb_scan(db, 1, OF("abc"), &value, 1), 0);
	nrs_regexdb_free(db);
	nrs_regexdb_free(NULL);
}

static void values_come_ascending_and_each_once(void **state)
{
	static const struct {
		const char *text;
		uint32_t value;
	} rows[] = {{"c", 9},	   {"a", 5}, {"(?=b)b", 7}, {"bc", 1},
		    {"(?=a)a", 5}, {"b", 9}, {"x", 3},	    {"(?=c)c", 2}};
	static const uint32_t want[] = {1, 2, 5, 7, 9};
	struct nrs_regex expressions[8];
	struct refusals refusals = {0};
	uint32_t values[8];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		expressions[i] =
			(struct nrs_regex){.kind = NRS_REGEX_PCRE,
					   .text = nrs_span_of(rows[i].text),
					   .value = rows[i].value};
	struct nrs_regexdb *db = build(expressions, 8, &refusals);
	for (unsigned int seat = 0; seat < 2; seat++) {
		assert_int_equal(
			nrs_regexdb_scan(db, seat, OF("abcabc"), values, 8), 5);
		assert_memory_equal(values, want, sizeof(want));
		assert_int_equal(nrs_regexdb_undecided(db, seat), 0);
	}
	nrs_regexdb_free(db);
}

static void a_full_list_of_values_says_what_it_lacks(void **state)
{
	struct nrs_regex expressions[5];
	struct refusals refusals = {0};
	uint32_t values[4] = {99, 99, 99, 99};

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		expressions[i] = regex(NRS_REGEX_PCRE, OF("a"));
		expressions[i].value = i;
	}
	struct nrs_regexdb *db = build(expressions, 5, &refusals);
	assert_int_equal(nrs_regexdb_scan(db, 0, OF("a"), values, 3), 3);
	assert_int_equal(nrs_regexdb_undecided(db, 0), 2);
	assert_int_equal(values[3], 99);
	nrs_regexdb_free(db);
}

static void an_expression_that_gives_up_hides_no_other(void **state)
{
	const struct nrs_span runaway = OF("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
	const struct nrs_regex rows[] = {
		regex(NRS_REGEX_PCRE, OF("^(?=(a+)+$)a")),
		regex(NRS_REGEX_PCRE, OF("aab")),
		regex(NRS_REGEX_PCRE, OF("c")),
	};
	struct refusals refusals = {0};
	struct nrs_regexdb *db = build(rows, 3, &refusals);
	struct nrs_regexdb *alone = build(rows, 1, &refusals);
	uint32_t values[4];

	(void)state;
	assert_int_equal(nrs_regexdb_scan(db, 0, runaway, values, 4), 1);
	assert_int_equal(nrs_regexdb_undecided(db, 0), 1);
	assert_int_equal(nrs_regexdb_undecided(db, 1), 0); /* another's */
	assert_int_equal(nrs_regexdb_scan(alone, 0, runaway, values, 4),
			 NRS_E_LIMIT);
	assert_int_equal(nrs_regexdb_scan(db, 0, OF("xyz"), values, 4), 0);
	assert_int_equal(nrs_regexdb_undecided(db, 0), 0);
	nrs_regexdb_free(db);
	nrs_regexdb_free(alone);
}

/* @count expressions that all start with @start; the last one is refused. */
static void one_too_many(const char *start, size_t count)
{
	struct nrs_regex *expressions = calloc(count, sizeof(*expressions));
	char(*texts)[32] = calloc(count, sizeof(*texts));
	struct refusals refusals = {0};
	size_t fast = 0, slow = 0;
	uint32_t values[2] = {0};

	assert_non_null(expressions);
	assert_non_null(texts);
	for (size_t i = 0; i < count; i++) {
		snprintf(texts[i], sizeof(*texts), "%s%05zu", start, i);
		expressions[i] =
			(struct nrs_regex){.kind = NRS_REGEX_PCRE,
					   .text = nrs_span_of(texts[i]),
					   .value = (uint32_t)i};
	}
	struct nrs_regexdb *db = build(expressions, count, &refusals);
	nrs_regexdb_engines(db, &fast, &slow);
	assert_int_equal(fast + slow, count - 1);
	assert_int_equal(refusals.count, 1);
	assert_int_equal(refusals.indexes[0], count - 1);
	assert_int_equal(refusals.code, NRS_E_LIMIT);
	assert_int_equal(nrs_regexdb_scan(db, 0, OF("x00042x"), values, 2), 1);
	assert_int_equal(values[0], 42);
	nrs_regexdb_free(db);
	free(texts);
	free(expressions);
}

static void more_than_ten_thousand_in_hyperscan_are_refused(void **state)
{
	(void)state;
	one_too_many("x", 10001);
}

static void more_than_a_thousand_in_pcre_are_refused(void **state)
{
	(void)state;
	one_too_many("(?=x)x", 1001);
}

/* What random expressions are made of: nothing that differs by design. */
static const char *const parts[] = {
	"a",	 "b",	  "ab",	     ".",      "[ab]",
	"[^a]",	 "\\d",	  "\\w",     "\\s",    "a*",
	"b+?",	 "(a|b)", "(?:ab)?", "a{2,3}", ".*",
	"^",	 "$",	  "\\b",     "\\B",    "\\xff",
	"\\x00", "|",	  "(?i)A",   "\\n",    "[\\x80-\\xff]",
	"\\A",	 "\\z",	  "\\Z",     "(b|)",   "\\.",
	"(?=a)", "(?!b)", "(a)\\1",  ".?"};

static size_t random_expression(struct seeded *seeded, char out[64])
{
	const unsigned int count = 1 + seeded_below(seeded, 4);
	size_t len = 0;

	for (unsigned int i = 0; i < count; i++) {
		const char *part = parts[seeded_below(
			seeded, sizeof(parts) / sizeof(*parts))];

		memcpy(out + len, part, strlen(part));
		len += strlen(part);
	}
	return len;
}

static size_t random_subject(struct seeded *seeded, uint8_t out[12])
{
	static const uint8_t bytes[] = "aabbA1 .\n\0\xc3\xa9\xff_";
	const unsigned int len = seeded_below(seeded, 12);

	for (unsigned int i = 0; i < len; i++)
		out[i] = bytes[seeded_below(seeded, sizeof(bytes) - 1)];
	return len;
}

static void random_expressions_match_as_in_pcre_alone(void **state)
{
	enum { ROUNDS = 150, EACH = 8, SUBJECTS = 40 };
	struct nrs_pcre_scratch *scratch = nrs_pcre_scratch_new();
	struct seeded seeded = {.state = 3};
	unsigned int matches = 0;

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct nrs_regex expressions[EACH];
		struct nrs_pcre *alone[EACH] = {NULL};
		struct refusals refusals = {0};
		char texts[EACH][64];

		for (uint32_t i = 0; i < EACH; i++) {
			const size_t len = random_expression(&seeded, texts[i]);

			expressions[i] = (struct nrs_regex){
				.kind = NRS_REGEX_PCRE,
				.text = nrs_span(texts[i], len),
				.value = i};
			assert_int_equal(nrs_pcre_new(&alone[i],
						      expressions[i].text,
						      NULL),
					 NRS_OK);
		}
		struct nrs_regexdb *db = build(expressions, EACH, &refusals);
		assert_int_equal(refusals.count, 0);
		for (unsigned int s = 0; s < SUBJECTS; s++) {
			uint8_t bytes[12];
			uint32_t got[EACH], want[EACH];
			const struct nrs_span subject =
				nrs_span(bytes, random_subject(&seeded, bytes));
			int count = 0;

			for (uint32_t i = 0; i < EACH; i++) {
				if (nrs_pcre_search(alone[i], scratch,
						    subject) == 1)
					want[count++] = i;
			}
			assert_int_equal(
				nrs_regexdb_scan(db, 0, subject, got, EACH),
				count);
			assert_memory_equal(got, want,
					    (size_t)count * sizeof(*got));
			matches += (unsigned int)count;
		}
		nrs_regexdb_free(db);
		for (uint32_t i = 0; i < EACH; i++)
			nrs_pcre_free(alone[i]);
	}
	/* Neither everything nor nothing matched: the comparison says much. */
	assert_in_range(matches, ROUNDS * EACH * SUBJECTS / 10,
			ROUNDS * EACH * SUBJECTS * 9 / 10);
	nrs_pcre_scratch_free(scratch);
}

static bool is_known(struct nrs_span like, size_t at)
{
	return at >= like.len || (like.ptr[at] != '%' && like.ptr[at] != '_');
}

/* Is the octet one character for the "_" at @at? By the header's words. */
static bool is_alone(struct nrs_span like, size_t at, uint8_t octet)
{
	if (octet < 0x80 || octet == 0xc0 || octet == 0xc1 || octet > 0xf4)
		return true;
	return octet < 0xc0 ? is_known(like, at - 1) : is_known(like, at + 1);
}

/* reach[j]: the pattern so far can end at j. */
static bool like_plainly(struct nrs_span like, struct nrs_span subject)
{
	bool reach[16] = {true};

	assert_true(subject.len < 15);
	for (size_t i = 0; i < like.len; i++) {
		const uint8_t c = like.ptr[i];
		bool next[16] = {false};

		for (size_t j = 0; j <= subject.len; j++) {
			const struct nrs_span rest = nrs_span_from(subject, j);
			const size_t whole = nrs_span_utf8_len(rest);

			if (c == '%')
				next[j] |= reach[j] || (j > 0 && next[j - 1]);
			if (!reach[j] || rest.len == 0 || c == '%')
				continue;
			if (c == '_' && whole > 0)
				next[j + whole] = true;
			if (c == '_' ? is_alone(like, i, rest.ptr[0])
				     : c == rest.ptr[0])
				next[j + 1] = true;
		}
		memcpy(reach, next, sizeof(reach));
	}
	return reach[subject.len];
}

static void random_likes_match_as_character_by_character(void **state)
{
	enum { ROUNDS = 600, SUBJECTS = 40 };
	static const uint8_t letters[] = "ab%_.\n";
	struct seeded seeded = {.state = 4};
	unsigned int matches = 0;

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		const unsigned int len = seeded_below(&seeded, 6);
		struct refusals refusals = {0};
		uint8_t text[6], bytes[12];
		uint32_t value;

		for (unsigned int i = 0; i < len; i++)
			text[i] = letters[seeded_below(&seeded, 6)];
		const struct nrs_regex like =
			regex(NRS_REGEX_LIKE, nrs_span(text, len));
		struct nrs_regexdb *db = build(&like, 1, &refusals);
		for (unsigned int s = 0; s < SUBJECTS; s++) {
			const struct nrs_span subject =
				nrs_span(bytes, random_subject(&seeded, bytes));
			const bool want = like_plainly(like.text, subject);

			if (nrs_regexdb_scan(db, 0, subject, &value, 1) != want)
				fail_msg("LIKE %.*s, subject %u of round %u",
					 (int)len, (const char *)text, s,
					 round);
			matches += want;
		}
		nrs_regexdb_free(db);
	}
	assert_in_range(matches, ROUNDS, ROUNDS * SUBJECTS * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_is_what_the_specification_says),
		cmocka_unit_test(every_mark_of_ascii_is_literal_in_like),
		cmocka_unit_test(a_prefix_is_literal_and_the_rest_stands_alone),
		cmocka_unit_test(each_expression_runs_in_the_engine_that_can),
		cmocka_unit_test(
			what_no_engine_takes_is_refused_and_the_rest_is_built),
		cmocka_unit_test(an_empty_database_matches_nothing),
		cmocka_unit_test(values_come_ascending_and_each_once),
		cmocka_unit_test(a_full_list_of_values_says_what_it_lacks),
		cmocka_unit_test(an_expression_that_gives_up_hides_no_other),
		cmocka_unit_test(
			more_than_ten_thousand_in_hyperscan_are_refused),
		cmocka_unit_test(more_than_a_thousand_in_pcre_are_refused),
		cmocka_unit_test(random_expressions_match_as_in_pcre_alone),
		cmocka_unit_test(random_likes_match_as_character_by_character),
	};

	printf("%s\n", nrs_hyperscan_library());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
