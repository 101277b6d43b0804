/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_atom: the same test is one atom, and different ones are not.
 */
#include "tests/engine/made_builder.h"

static struct nrs_prefix prefix(const char *text)
{
	struct nrs_prefix p;

	assert_int_equal(nrs_prefix_parse(nrs_span_of(text), &p), NRS_OK);
	return p;
}

static void a_vector_keeps_what_was_in_it(void **state)
{
	struct nrs_vector v = {0};

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t *item = nrs_vector_add(&v, sizeof(*item));

		assert_non_null(item);
		assert_int_equal(*item, 0);
		*item = i;
	}
	assert_int_equal(v.count, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(((const uint32_t *)v.items)[i], i);
	nrs_vector_fini(&v);
	assert_null(v.items);
	assert_int_equal(v.count, 0);
}

static void exact_values_are_made_once_for_each_lane(void **state)
{
	struct made_builder *m = *state;
	const struct nrs_span a = nrs_span_of("a.example");
	const uint32_t one = nrs_build_exact(&m->b, NRS_LANE_NAME, a);

	assert_int_equal(nrs_build_exact(&m->b, NRS_LANE_NAME, a), one);
	assert_int_not_equal(
		nrs_build_exact(&m->b, NRS_LANE_NAME, nrs_span_of("b.example")),
		one);
	assert_int_not_equal(nrs_build_exact(&m->b, NRS_LANE_DST_NAME, a), one);
	/* as a suffix it is another test */
	assert_int_not_equal(nrs_build_suffix(&m->b, NRS_LANE_NAME, a), one);
	assert_int_equal(m->b.atoms.count, 4);
	assert_int_equal(builder_lane(&m->b, one), NRS_LANE_NAME);
	assert_true(m->db.lanes == (NRS_L(NAME) | NRS_L(DST_NAME)));
}

static void a_public_suffix_never_stands_for_what_is_below_it(void **state)
{
	struct made_builder *m = *state;
	const uint32_t name =
		nrs_build_suffix(&m->b, NRS_LANE_NAME, nrs_span_of("co.uk"));

	/* it becomes the name itself, and no suffix is looked up for it */
	assert_int_equal(
		nrs_build_exact(&m->b, NRS_LANE_NAME, nrs_span_of("co.uk")),
		name);
	assert_true(m->db.suffix_lanes == 0);
	(void)nrs_build_suffix(&m->b, NRS_LANE_NAME, nrs_span_of("a.example"));
	assert_true(m->db.suffix_lanes == NRS_L(NAME));
}

static void a_single_address_is_an_exact_value(void **state)
{
	struct made_builder *m = *state;
	const struct nrs_prefix host = prefix("192.0.2.1");
	const struct nrs_prefix same = prefix("192.0.2.1/32");
	const struct nrs_prefix net = prefix("192.0.2.0/24");
	const struct nrs_prefix wide = prefix("192.0.0.0/16");

	const uint32_t one = nrs_build_prefix(&m->b, NRS_LANE_ADDR, &host);
	assert_int_equal(nrs_build_prefix(&m->b, NRS_LANE_ADDR, &same), one);
	assert_int_equal(nrs_build_exact(&m->b, NRS_LANE_ADDR,
					 nrs_span(host.addr.bytes, 16)),
			 one);
	assert_int_equal(m->b.prefixes[NRS_LANE_ADDR].count, 0);
	const uint32_t other = nrs_build_prefix(&m->b, NRS_LANE_ADDR, &net);
	assert_int_equal(nrs_build_prefix(&m->b, NRS_LANE_ADDR, &net), other);
	assert_int_not_equal(nrs_build_prefix(&m->b, NRS_LANE_ADDR, &wide),
			     other);
	/* each once in the lane's table of networks */
	assert_int_equal(m->b.prefixes[NRS_LANE_ADDR].count, 2);
}

static void expressions_differ_by_kind_prefix_and_text(void **state)
{
	static const struct nrs_regex rows[] = {
		{.kind = NRS_REGEX_PCRE, .text = {(const uint8_t *)"a", 1}},
		{.kind = NRS_REGEX_LIKE, .text = {(const uint8_t *)"a", 1}},
		{.kind = NRS_REGEX_PCRE, .text = {(const uint8_t *)"ab", 2}},
		{.kind = NRS_REGEX_PREFIX_PCRE,
		 .prefix = {(const uint8_t *)"a", 1},
		 .text = {(const uint8_t *)"b", 1}},
		{.kind = NRS_REGEX_PREFIX_PCRE,
		 .prefix = {(const uint8_t *)"ab", 2},
		 .text = {(const uint8_t *)"", 0}},
	};
	const unsigned int count = sizeof(rows) / sizeof(*rows);
	struct made_builder *m = *state;

	for (int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < count; i++)
			assert_int_equal(
				nrs_build_regex(&m->b, NRS_LANE_URL, &rows[i]),
				i);
	}
	assert_int_equal(m->b.regexes[NRS_LANE_URL].count, count);
	const struct nrs_regex *kept =
		(const struct nrs_regex *)m->b.regexes[NRS_LANE_URL].items;
	assert_int_equal(kept[3].value, 3);
	/* the db outlives the pattern's text */
	assert_ptr_not_equal(kept[3].text.ptr, rows[3].text.ptr);
	assert_true(nrs_span_is(kept[3].text, "b"));
}

static void scans_differ_by_all_that_they_compare(void **state)
{
	struct nrs_operand five = {.integer = 5, .real = 5};
	struct nrs_operand six = {.integer = 6, .real = 6};
	const struct nrs_scan rows[] = {
		{.op = NRS_OP_GT, .operands = &five, .operand_count = 1},
		{.op = NRS_OP_GE, .operands = &five, .operand_count = 1},
		{.op = NRS_OP_GT, .operands = &six, .operand_count = 1},
		{.op = NRS_OP_GT,
		 .inverted = true,
		 .operands = &five,
		 .operand_count = 1},
		{.op = NRS_OP_EXISTS},
		{.op = NRS_OP_EXISTS, .family = 4},
	};
	const unsigned int count = sizeof(rows) / sizeof(*rows);
	struct made_builder *m = *state;

	for (int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < count; i++)
			assert_int_equal(nrs_build_scan(&m->b,
							NRS_LANE_DST_PORT,
							&rows[i]),
					 i);
	}
	assert_int_equal(m->b.scans[NRS_LANE_DST_PORT].count, count);
	const struct nrs_scan *kept =
		(const struct nrs_scan *)m->b.scans[NRS_LANE_DST_PORT].items;
	assert_int_equal(kept[2].atom, 2);
	assert_ptr_not_equal(kept[2].operands, &six);
	assert_true(kept[2].operands[0].integer == 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vector_keeps_what_was_in_it),
		NRS_B(exact_values_are_made_once_for_each_lane),
		NRS_B(a_public_suffix_never_stands_for_what_is_below_it),
		NRS_B(a_single_address_is_an_exact_value),
		NRS_B(expressions_differ_by_kind_prefix_and_text),
		NRS_B(scans_differ_by_all_that_they_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
