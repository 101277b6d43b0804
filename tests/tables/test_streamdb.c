/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_streamdb: what is found in octets does not depend on where they are cut,
 * and pcre2 finds the same in the whole.
 */
#include "engine/tables/streamdb.h"

#include "engine/tables/pcre.h"
#include "tests/nrs_test.h"
#include "tests/tables/seeded.h"

#define IS(text)                                                               \
	{                                                                      \
		.ptr = (const uint8_t *)(text), .len = sizeof(text) - 1        \
	}
#define FOUND_MAX 8

struct refusals {
	unsigned int count;
	int code;
};

static void on_refused(void *ctx, size_t index, const struct nrs_diag *diag)
{
	struct refusals *refusals = ctx;

	(void)index;
	refusals->count++;
	refusals->code = diag->code;
}

static struct nrs_streamdb *build(const struct nrs_regex *expressions,
				  size_t count, struct refusals *refusals)
{
	const struct nrs_regexdb_options options = {
		.seats = 1, .refused = on_refused, .ctx = refusals};
	struct nrs_streamdb *db = NULL;

	assert_int_equal(nrs_streamdb_build(&db, expressions, count, &options),
			 NRS_OK);
	return db;
}

static const struct {
	const char *name;
	struct nrs_regex regex;
	struct nrs_span octets;
	uint64_t end; /* 0: is not found */
} rows[] = {
	{"a literal",
	 {NRS_REGEX_PCRE, IS(""), IS("evil"), 5, 0},
	 IS("an evil one"),
	 7},
	{"a case", {NRS_REGEX_PCRE, IS(""), IS("evil"), 5, 0}, IS("EVIL"), 0},
	{"the start",
	 {NRS_REGEX_PCRE, IS(""), IS("^evil"), 5, 0},
	 IS("evil one"),
	 4},
	{"not the start",
	 {NRS_REGEX_PCRE, IS(""), IS("^evil"), 5, 0},
	 IS("an evil"),
	 0},
	{"the end",
	 {NRS_REGEX_PCRE, IS(""), IS("evil\\z"), 5, 0},
	 IS("an evil"),
	 7},
	{"not the end",
	 {NRS_REGEX_PCRE, IS(""), IS("evil\\z"), 5, 0},
	 IS("evil one"),
	 0},
	{"a dot is any octet",
	 {NRS_REGEX_PCRE, IS(""), IS("a.b"), 5, 0},
	 IS("xa\nb"),
	 4},
	{"a character is its octet",
	 {NRS_REGEX_PCRE, IS(""), IS("\xc3\xa9"), 5, 0},
	 IS("caf\xe9"),
	 4},
	{"and not those of UTF-8",
	 {NRS_REGEX_PCRE, IS(""), IS("\xc3\xa9"), 5, 0},
	 IS("caf\xc3\xa9"),
	 0},
	{"a NUL", {NRS_REGEX_PCRE, IS(""), IS("a\0b"), 5, 0}, IS("xa\0b"), 4},
	{"an escaped NUL",
	 {NRS_REGEX_PCRE, IS(""), IS("a\\\0b"), 5, 0},
	 IS("xa\0b"),
	 4},
	{"LIKE is the whole",
	 {NRS_REGEX_LIKE, IS(""), IS("evil"), 5, 0},
	 IS("evil"),
	 4},
	{"and nothing less",
	 {NRS_REGEX_LIKE, IS(""), IS("evil"), 5, 0},
	 IS("evils"),
	 0},
	{"LIKE with a start",
	 {NRS_REGEX_LIKE, IS(""), IS("evil%"), 5, 0},
	 IS("evils"),
	 4},
	{"LIKE with an end",
	 {NRS_REGEX_LIKE, IS(""), IS("%evil"), 5, 0},
	 IS("devil"),
	 5},
	{"LIKE with neither",
	 {NRS_REGEX_LIKE, IS(""), IS("%%ev_l%"), 5, 0},
	 IS("the devils"),
	 9},
	{"LIKE in UTF-8",
	 {NRS_REGEX_LIKE, IS(""), IS("%\xc3\xa9_t%"), 5, 0},
	 IS("x\xc3\xa9\xc3\xa9ty"),
	 6},
	{"LIKE of anything",
	 {NRS_REGEX_LIKE, IS(""), IS("%"), 5, 0},
	 IS("xy"),
	 1},
	{"octets",
	 {NRS_REGEX_OCTETS, IS(""), IS("\0\xff.%"), 5, 0},
	 IS("\0\xff.%"),
	 4},
	{"other octets",
	 {NRS_REGEX_OCTETS, IS(""), IS("\0\xff.%"), 5, 0},
	 IS("\0\xff.%%"),
	 0},
};

/* Feed @octets in two pieces; the end of the first match, or 0. */
static uint64_t feed(const struct nrs_streamdb *db, struct nrs_span octets,
		     size_t cut, unsigned int *count)
{
	_Alignas(16) uint8_t place[NRS_STREAMDB_ROOM];
	struct nrs_streamdb_match found[FOUND_MAX] = {{0}};
	struct nrs_streamdb_matches matches = {.items = found,
					       .max = FOUND_MAX};

	assert_int_equal(nrs_streamdb_begin(db, place), NRS_OK);
	assert_int_equal(nrs_streamdb_feed(db, 0, place,
					   nrs_span_part(octets, 0, cut),
					   &matches),
			 NRS_OK);
	assert_int_equal(nrs_streamdb_feed(db, 0, place,
					   nrs_span_from(octets, cut),
					   &matches),
			 NRS_OK);
	assert_int_equal(nrs_streamdb_end(db, 0, place, &matches), NRS_OK);
	*count = matches.count;
	return found[0].end;
}

static void cuts_change_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct refusals refusals = {0};
		struct nrs_streamdb *db = build(&rows[i].regex, 1, &refusals);
		struct nrs_streamdb_match found = {0};
		struct nrs_streamdb_matches matches = {.items = &found,
						       .max = 1};
		const unsigned int wanted = rows[i].end > 0;

		assert_int_equal(refusals.count, 0);
		assert_int_equal(
			nrs_streamdb_scan(db, 0, rows[i].octets, &matches),
			NRS_OK);
		if (matches.count != wanted || found.end != rows[i].end)
			fail_msg("%s: %u, ends at %llu", rows[i].name,
				 matches.count, (unsigned long long)found.end);
		for (size_t cut = 0; cut <= rows[i].octets.len; cut++) {
			unsigned int count;
			const uint64_t end =
				feed(db, rows[i].octets, cut, &count);

			if (count != wanted || end != rows[i].end)
				fail_msg("%s cut at %zu: %u, ends at %llu",
					 rows[i].name, cut, count,
					 (unsigned long long)end);
		}
		assert_true(wanted == 0 || found.value == 5);
		nrs_streamdb_free(db);
	}
}

static const char *const parts[] = {"a",	"b",	"ab", "[ab]",
				    "(?:a|bc)", "c{2}", "b?", "^",
				    "\\z",	".",	"a+", "[^c]"};

static void random_cuts_find_what_pcre_finds_in_the_whole(void **state)
{
	struct nrs_pcre_scratch *scratch = nrs_pcre_scratch_new();
	struct seeded seed = {1};

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		struct nrs_text text = {0};
		struct refusals refusals = {0};
		struct nrs_diag diag = {0};
		struct nrs_pcre *pcre = NULL;

		for (unsigned int n = 1 + seeded_below(&seed, 4); n > 0; n--)
			nrs_text_puts(&text, parts[seeded_below(&seed, 12)]);
		const struct nrs_regex one = {.kind = NRS_REGEX_PCRE,
					      .text = nrs_text_span(&text)};
		if (nrs_streamdb_takes(&one, &diag) != NRS_OK) {
			nrs_text_fini(&text);
			continue; /* "^b?" and the like */
		}
		struct nrs_streamdb *db = build(&one, 1, &refusals);
		assert_int_equal(nrs_pcre_new(&pcre, one.text, &diag), NRS_OK);
		for (unsigned int k = 0; k < 20; k++) {
			uint8_t octets[12];
			const size_t len = 1 + seeded_below(&seed, 11);
			unsigned int count;

			for (size_t o = 0; o < len; o++)
				octets[o] = (uint8_t)("abc"[seeded_below(&seed,
									 3)]);
			const struct nrs_span all = nrs_span(octets, len);
			(void)feed(db, all,
				   seeded_below(&seed, (unsigned int)len + 1),
				   &count);
			if ((int)count != nrs_pcre_search(pcre, scratch, all))
				fail_msg("%.*s on %.*s: %u", (int)text.len,
					 (char *)text.ptr, (int)len,
					 (char *)octets, count);
		}
		nrs_pcre_free(pcre);
		nrs_streamdb_free(db);
		nrs_text_fini(&text);
	}
	nrs_pcre_scratch_free(scratch);
}

static void what_no_stream_can_tell_is_refused_with_the_reason(void **state)
{
	static const struct {
		struct nrs_span text;
		int err;
	} refused[] = {
		{IS("(?<=a)b"), NRS_E_UNSUPPORTED},
		{IS("(a)\\1"), NRS_E_UNSUPPORTED},
		{IS("\\p{Lu}"), NRS_E_UNSUPPORTED},
		{IS("\\Q\xc3\xa9\\E"), NRS_E_UNSUPPORTED},
		{IS("\xe2\x82\xac"), NRS_E_RANGE}, /* U+20AC */
		{IS("(a"), NRS_E_SYNTAX},
		{IS("a(?=b)"), NRS_E_UNSUPPORTED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		const struct nrs_regex one = {.kind = NRS_REGEX_PCRE,
					      .text = refused[i].text};
		struct nrs_diag why = {0};
		const int err = nrs_streamdb_takes(&one, &why);

		if (err != refused[i].err || why.text[0] == '\0')
			fail_msg("%.*s: %d, '%s'", (int)one.text.len,
				 (const char *)one.text.ptr, err, why.text);
	}
}

/* Each remembers where the last 2,000 octets held its letter. */
#define MANY 40

static void states_that_are_too_large_together_are_refused(void **state)
{
	struct nrs_regex *many = calloc(MANY, sizeof(*many));
	char(*texts)[40] = calloc(MANY, sizeof(*texts));
	struct refusals refusals = {0};
	_Alignas(16) uint8_t place[NRS_STREAMDB_ROOM];

	(void)state;
	assert_non_null(many);
	assert_non_null(texts);
	for (unsigned int i = 0; i < MANY; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "x%u[ab]y.{%u}z%u",
			       i, 2000 + i, i);
		many[i] = (struct nrs_regex){.kind = NRS_REGEX_PCRE,
					     .text = nrs_span_of(texts[i]),
					     .value = i};
	}
	struct nrs_streamdb *db = build(many, MANY, &refusals);
	assert_true(refusals.count > 0);
	assert_int_equal(refusals.code, NRS_E_LIMIT);
	assert_int_equal(nrs_streamdb_count(db), MANY - refusals.count);
	assert_int_equal(nrs_streamdb_engine(db, MANY - 1), NRS_REGEX_NONE);
	assert_int_equal(nrs_streamdb_engine(db, 0), NRS_REGEX_FAST);
	assert_int_equal(nrs_streamdb_begin(db, place), NRS_OK);
	nrs_streamdb_free(db);
	free(many);
	free(texts);
}

static void saved_octets_need_no_compiling(void **state)
{
	static const struct nrs_regex two[] = {
		{NRS_REGEX_PCRE, IS(""), IS("(?<=a)b"), 1, 0}, /* no stream's */
		{NRS_REGEX_PCRE, IS(""), IS("evil"), 2, 0},
	};
	struct refusals refusals = {0};
	struct nrs_text saved = {0};
	uint8_t engines[2];
	unsigned int count;

	(void)state;
	struct nrs_streamdb *db = build(two, 2, &refusals);
	assert_int_equal(refusals.count, 1);
	assert_false(nrs_streamdb_was_saved(db));
	assert_int_equal(nrs_streamdb_save(db, &saved), NRS_OK);
	for (unsigned int i = 0; i < 2; i++)
		engines[i] = (uint8_t)nrs_streamdb_engine(db, i);
	nrs_streamdb_free(db);

	struct nrs_regexdb_options options = {.seats = 1,
					      .engines = engines,
					      .saved = nrs_text_span(&saved),
					      .refused = on_refused,
					      .ctx = &refusals};
	assert_int_equal(nrs_streamdb_build(&db, two, 2, &options), NRS_OK);
	assert_true(nrs_streamdb_was_saved(db));
	assert_int_equal(feed(db, nrs_span_of("an evil one"), 5, &count), 7);
	nrs_streamdb_free(db);
	/* what cannot be used is compiled anew */
	options.saved.len = 12;
	assert_int_equal(nrs_streamdb_build(&db, two, 2, &options), NRS_OK);
	assert_false(nrs_streamdb_was_saved(db));
	assert_int_equal(feed(db, nrs_span_of("an evil one"), 5, &count), 7);
	nrs_streamdb_free(db);
	nrs_text_fini(&saved);
}

static void what_rests_on_start_or_end_is_known(void **state)
{
	static const struct nrs_regex some[] = {
		{NRS_REGEX_PCRE, IS(""), IS("^a"), 0, 0},
		{NRS_REGEX_PCRE, IS(""), IS("[^a]b$"), 1, 0},
		{NRS_REGEX_LIKE, IS(""), IS("%ab"), 2, 0},
		{NRS_REGEX_LIKE, IS(""), IS("a%"), 3, 0},
		{NRS_REGEX_OCTETS, IS(""), IS("ab"), 4, 0},
	};
	static const bool starts[] = {true, false, false, true, true};
	static const bool ends[] = {false, true, true, false, true};
	struct nrs_streamdb_match found[FOUND_MAX];
	struct nrs_streamdb_matches matches = {.items = found,
					       .max = FOUND_MAX};
	struct refusals refusals = {0};
	struct nrs_streamdb *db = build(some, 5, &refusals);

	(void)state;
	assert_int_equal(nrs_streamdb_scan(db, 0, nrs_span_of("ab"), &matches),
			 NRS_OK);
	assert_int_equal(matches.count, 4); /* all but [^a]b */
	for (unsigned int i = 0; i < matches.count; i++) {
		assert_int_equal(found[i].is_from_start,
				 starts[found[i].value]);
		assert_int_equal(found[i].is_to_end, ends[found[i].value]);
	}
	matches.count = 0;
	matches.max = 1; /* more than fit are counted */
	assert_int_equal(nrs_streamdb_scan(db, 0, nrs_span_of("ab"), &matches),
			 NRS_OK);
	assert_int_equal(matches.lost, 3);
	nrs_streamdb_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_change_nothing),
		cmocka_unit_test(random_cuts_find_what_pcre_finds_in_the_whole),
		cmocka_unit_test(
			what_no_stream_can_tell_is_refused_with_the_reason),
		cmocka_unit_test(
			states_that_are_too_large_together_are_refused),
		cmocka_unit_test(saved_octets_need_no_compiling),
		cmocka_unit_test(what_rests_on_start_or_end_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
