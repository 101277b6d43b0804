/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json: reading (RFC 8259, and what contracts.md section 10 asks of it),
 * writing, and the canonical form of RFC 8785.
 */
#include "engine/base/json.h"

#include "tests/base/json_other.h"
#include "tests/base/own_arena.h"

static const struct nrs_json *parse(const char *text)
{
	struct nrs_json *tree = NULL;
	struct nrs_diag diag = {0};

	if (nrs_json_parse(nrs_span_of(text), arena, &tree, &diag) != NRS_OK)
		fail_msg("%s: %s", text, diag.text);
	return tree;
}

static void members_come_by_their_key(void **state)
{
	const struct nrs_json *tree = parse(
		"{\"a\":\"x\",\"b\":{\"c\":[1,true,null]},\"a\":\"last\"}");

	(void)state;
	/* of equal keys the last wins */
	assert_true(nrs_span_is(nrs_json_text(tree, "a"), "last"));
	const struct nrs_json *list =
		nrs_json_get(nrs_json_get(tree, "b"), "c");
	assert_true(nrs_json_is(list, NRS_JSON_ARRAY));
	assert_true(nrs_json_is(list->child, NRS_JSON_NUMBER));
	assert_true(nrs_json_is(list->child->next, NRS_JSON_TRUE));
	assert_true(nrs_json_is(list->child->next->next, NRS_JSON_NULL));
	assert_null(list->child->next->next->next);
	assert_null(nrs_json_get(tree, "d"));
	assert_null(nrs_json_get(NULL, "a"));
	assert_null(nrs_json_get(list, "a"));
	assert_int_equal(nrs_json_text(tree, "b").len, 0);
}

/* Two objects of many members, one in the other; every key comes twice. The
 * time is that of the length, not of its square: else this would not end. */
static void an_object_may_have_many_members(void **state)
{
	const unsigned int count = 200000;
	struct nrs_text text = {0}, out = {0};
	unsigned int seen = 0;

	(void)state;
	nrs_text_puts(&text, "{\"in\":{");
	for (unsigned int i = 0; i < 2 * count; i++)
		nrs_text_printf(&text, "%s\"k%u\":%u", i == 0 ? "" : ",",
				i % count, i);
	nrs_text_putc(&text, '}');
	for (unsigned int i = 0; i < 2 * count; i++)
		nrs_text_printf(&text, ",\"k%u\":%u", i % count, i);
	nrs_text_putc(&text, '}');
	nrs_text_putc(&text, '\0');
	assert_false(text.failed);
	const struct nrs_json *tree = parse((const char *)text.ptr);
	const struct nrs_json *inner = nrs_json_get(tree, "in");
	for (const struct nrs_json *n = inner->child; n != NULL; n = n->next) {
		int64_t number;

		assert_int_equal(nrs_json_i64(n, &number), NRS_OK);
		assert_int_equal(number, count + seen);
		seen++;
	}
	assert_int_equal(seen, count);
	seen = 0;
	for (const struct nrs_json *n = tree->child; n != NULL; n = n->next)
		seen++;
	assert_int_equal(seen, count + 1);
	nrs_json_canonical(&out, tree);
	assert_false(out.failed);
	nrs_text_fini(&out);
	nrs_text_fini(&text);
}

/* The second object of one key starts anew, however large the first was. */
static void a_replaced_object_leaves_no_members(void **state)
{
	struct nrs_text text = {0};
	unsigned int seen = 0;

	(void)state;
	nrs_text_putc(&text, '{');
	for (unsigned int round = 0; round < 2; round++) {
		nrs_text_printf(&text, "%s\"a\":{", round == 0 ? "" : ",");
		for (unsigned int i = 0; i < 20; i++)
			nrs_text_printf(&text, "%s\"k%u\":%u",
					i == 0 ? "" : ",",
					round == 0 ? i : 19 - i, round);
		nrs_text_putc(&text, '}');
	}
	nrs_text_puts(&text, "}");
	nrs_text_putc(&text, '\0');
	const struct nrs_json *a =
		nrs_json_get(parse((const char *)text.ptr), "a");
	for (const struct nrs_json *n = a->child; n != NULL; n = n->next) {
		assert_true(nrs_span_is(n->text, "1"));
		seen++;
	}
	assert_int_equal(seen, 20);
	nrs_text_fini(&text);
}

static void an_element_has_no_key(void **state)
{
	const struct nrs_json *tree = parse("{\"a\":1,\"a\":[5]}");

	(void)state;
	assert_int_equal(nrs_json_get(tree, "a")->child->key.len, 0);
}

/* Whoever reads it: only what is plain is read without the library. */
static void both_readers_agree(void **state)
{
	static const char *const texts[] = {
		"{}",
		" [ ] ",
		"[1,-0,0.5,1e9,-12.25E-3,12345678901234567890]",
		"{\"a\":{\"b\":[[],{}]},\"c\":null,\"d\":[true,false]}",
		"\"a\\\"b\\\\c\\/d\\be\\ff\\ng\\rh\\ti\"",
		"{\"a\\nb\":1,\"a\\nb\":2,\"\":3}",
		"\"\xe6\xbc\xa2 and more than eight octets \\\\ behind\"",
		"\"exactly8\"",
		"\t{\r\n\"k\" : [ \"v\" , 1 ] }\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const struct nrs_span text = nrs_span_of(texts[i]);
		struct nrs_json *value;

		if (nrs_json_plain(text, arena, &value) != NRS_OK ||
		    !json_both_agree(text, arena))
			fail_msg("%s", texts[i]);
	}
}

static void strings_are_decoded(void **state)
{
	static const struct {
		const char *text;
		const char *want;
		size_t len;
	} rows[] = {
		{"\"\\u0041\\n\\/\"", "A\n/", 3},
		{"\"\\u6f22\"", "\xe6\xbc\xa2", 3},
		{"\"\\ud83d\\udd25\"", "\xf0\x9f\x94\xa5", 4},
		{"\"\\u0000\"", "\0", 1},
		/* a lone surrogate and a bad octet become U+FFFD */
		{"\"\\ud83d\"", "\xef\xbf\xbd", 3},
		{"\"a\xff\"", "a\xef\xbf\xbd", 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_json *value = parse(rows[i].text);

		if (value->text.len != rows[i].len ||
		    memcmp(value->text.ptr, rows[i].want, rows[i].len) != 0)
			fail_msg("row %zu", i);
	}
}

static void numbers_keep_their_text(void **state)
{
	int64_t integer = 0;
	double real = 0;

	(void)state;
	assert_true(nrs_span_is(parse("12345678901234567890")->text,
				"12345678901234567890"));
	assert_int_equal(nrs_json_i64(parse("12345678901234567890"), &integer),
			 NRS_E_RANGE);
	assert_int_equal(nrs_json_i64(parse("-42"), &integer), NRS_OK);
	assert_int_equal(integer, -42);
	assert_int_not_equal(nrs_json_i64(parse("1.5"), &integer), NRS_OK);
	assert_int_equal(nrs_json_double(parse("1.5e3"), &real), NRS_OK);
	assert_true(real == 1500.0);
	assert_int_not_equal(nrs_json_i64(parse("\"1\""), &integer), NRS_OK);
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
	static const char *const rows[] = {
		"",	      "{",   "{\"a\"}", "{\"a\":}", "[1,]", "{a:1}",
		"\"x",	      "nul", "[1 2]",	"\"\\x\"",  "01",   "{} {}",
		"{\"a\":1,}", "+1",  "\"\t\"",	"-",	    "1.",   ".5",
		"1e",	      "[1}", "\"\\",	"[,]",	    "{,}",  "{\"a\",1}",
		"{\"a\":1]",  "1e+", "-a",	"truee",    "[1]]", "\"\\u12\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_json *tree = NULL;
		struct nrs_diag diag = {0};
		const int err = nrs_json_parse(nrs_span_of(rows[i]), arena,
					       &tree, &diag);

		if (err != NRS_E_SYNTAX || diag.place > strlen(rows[i]))
			fail_msg("%s: %d at %llu", rows[i], err,
				 (unsigned long long)diag.place);
	}
}

static void depth_has_a_cap(void **state)
{
	char text[2 * (NRS_JSON_DEPTH_MAX + 2) + 1];
	struct nrs_json *tree = NULL;

	(void)state;
	memset(text, '[', NRS_JSON_DEPTH_MAX + 1);
	memset(text + NRS_JSON_DEPTH_MAX + 1, ']', NRS_JSON_DEPTH_MAX + 1);
	assert_int_equal(
		nrs_json_parse(nrs_span(text, 2 * (NRS_JSON_DEPTH_MAX + 1)),
			       arena, &tree, NULL),
		NRS_E_LIMIT);
	assert_int_equal(
		nrs_json_parse(nrs_span(text + 1, 2 * NRS_JSON_DEPTH_MAX),
			       arena, &tree, NULL),
		NRS_OK);
}

/* The examples of RFC 8785: sections 3.2.2, 3.2.3, 3.2.4 and appendix B. */
static void the_canonical_form_is_that_of_rfc_8785(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{"3.2.2: serialisation",
		 "{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, "
		 "0.000000000000000000000000001], \"string\": "
		 "\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/"
		 "\", \"literals\": [null, true, false]}",
		 "{\"literals\":[null,true,false],\"numbers\":[333333333."
		 "3333333,1e+30,4.5,0.002,1e-27],\"string\":\"\xe2\x82\xac$"
		 "\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"},
		{"3.2.3: keys by UTF-16 units",
		 "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\","
		 "\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":"
		 "\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\","
		 "\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O "
		 "With Diaeresis\"}",
		 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":"
		 "\"Control\",\"\xc3\xb6\":\"Latin Small Letter O With "
		 "Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98"
		 "\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew "
		 "Letter Dalet With Dagesh\"}"},
		{"B: zero", "-0", "0"},
		{"B: the least", "5e-324", "5e-324"},
		{"B: the greatest", "1.7976931348623157e308",
		 "1.7976931348623157e+308"},
		{"B: 2^53", "9007199254740992", "9007199254740992"},
		{"B: 1e23", "9.999999999999997e22", "9.999999999999997e+22"},
		{"B: 1e21", "1e21", "1e+21"},
		{"B: below 1e21", "999999999999999900000",
		 "999999999999999900000"},
		{"B: 1e-6", "0.000001", "0.000001"},
		{"B: 1e-7", "0.0000001", "1e-7"},
		/* none of the RFC: no double holds them, and they must not
		 * become one and the same */
		{"too great", "1e400", "1e400"},
		{"too long",
		 "0.1234567890123456789012345678901234567890123456789012345678"
		 "901234",
		 "0.1234567890123456789012345678901234567890123456789012345678"
		 "901234"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_text out = {0};

		nrs_json_canonical(&out, parse(rows[i].text));
		if (!nrs_span_is(nrs_text_span(&out), rows[i].want))
			fail_msg("%s: %.*s", rows[i].name, (int)out.len,
				 (const char *)out.ptr);
		nrs_text_fini(&out);
	}
}

static void the_writer_keeps_commas_and_nesting(void **state)
{
	struct nrs_text out = {0};
	struct nrs_jsonw w = {.out = &out};

	(void)state;
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "a", nrs_span_of("x\"\n\xff"));
	nrs_jsonw_key(&w, "b");
	nrs_jsonw_open(&w, '[');
	nrs_jsonw_i64(&w, INT64_MIN);
	nrs_jsonw_u64(&w, UINT64_MAX);
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_close(&w, '}');
	nrs_jsonw_bool(&w, false);
	nrs_jsonw_null(&w);
	nrs_jsonw_raw(&w, nrs_span_of("[1]"));
	nrs_jsonw_close(&w, ']');
	nrs_jsonw_member_u64(&w, "c", 7);
	nrs_jsonw_close(&w, '}');
	assert_true(nrs_span_is(
		nrs_text_span(&out),
		"{\"a\":\"x\\\"\\n\xef\xbf\xbd\",\"b\":[-9223372036854775808,"
		"18446744073709551615,{},false,null,[1]],\"c\":7}"));
	nrs_text_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_come_by_their_key),
		cmocka_unit_test(an_object_may_have_many_members),
		cmocka_unit_test(a_replaced_object_leaves_no_members),
		cmocka_unit_test(an_element_has_no_key),
		cmocka_unit_test(both_readers_agree),
		cmocka_unit_test(strings_are_decoded),
		cmocka_unit_test(numbers_keep_their_text),
		cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
		cmocka_unit_test(depth_has_a_cap),
		cmocka_unit_test(the_canonical_form_is_that_of_rfc_8785),
		cmocka_unit_test(the_writer_keeps_commas_and_nesting),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
