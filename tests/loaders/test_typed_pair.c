/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_typed_pair: two values that must be seen together, as a shape or as a
 * pattern.
 */
#include "loaders/typed_pair.h"

#include "tests/nrs_test.h"

#define TO(op, host, port)                                                     \
	"[network-traffic:dst_ref.value " op " '" host                         \
	"' AND network-traffic:dst_port = " port "]"

static const struct {
	enum nrs_typed type;
	const char *value;
	enum nrs_shape shape;
	const char *text; /* NULL: refused */
	bool is_retyped;
} rows[] = {
	{NRS_TYPED_DESTINATION, "192.0.2.1|443", NRS_SHAPE_ADDR_PORT,
	 "192.0.2.1:443", false},
	{NRS_TYPED_DESTINATION, "192.0.2.1:443", NRS_SHAPE_ADDR_PORT,
	 "192.0.2.1:443", false},
	{NRS_TYPED_DESTINATION, " 192[.]0[.]2[.]1 | 443 ", NRS_SHAPE_ADDR_PORT,
	 "192.0.2.1:443", false},
	{NRS_TYPED_DESTINATION, "2001:db8::1|443", NRS_SHAPE_ADDR_PORT,
	 "[2001:db8::1]:443", false},
	{NRS_TYPED_DESTINATION, "192.0.2.0/24|443", NRS_SHAPE_PATTERN,
	 TO("ISSUBSET", "192.0.2.0/24", "443"), false},
	/* said to be an address, it must be one */
	{NRS_TYPED_DESTINATION, "c2.example|443", 0, NULL, false},
	{NRS_TYPED_DESTINATION, "999.9.9.9|443", 0, NULL, false},
	{NRS_TYPED_SOURCE, "c2.example|443", 0, NULL, false},
	{NRS_TYPED_ENDPOINT, "c2.example|443", 0, NULL, false},
	{NRS_TYPED_SERVICE, "c2.example|443", NRS_SHAPE_PATTERN,
	 TO("=", "c2.example", "443"), false},
	{NRS_TYPED_SERVICE, "192.0.2.1|443", NRS_SHAPE_ADDR_PORT,
	 "192.0.2.1:443", true},
	{NRS_TYPED_ENDPOINT, "192.0.2.1|53", NRS_SHAPE_PATTERN,
	 "[(network-traffic:src_ref.value = '192.0.2.1' AND "
	 "network-traffic:src_port = 53) OR (network-traffic:dst_ref.value = "
	 "'192.0.2.1' AND network-traffic:dst_port = 53)]",
	 false},
	{NRS_TYPED_NAME_ADDRESS, "c2.example|192.0.2.1", NRS_SHAPE_PATTERN,
	 "[domain-name:value = 'c2.example' AND "
	 "domain-name:resolves_to_refs[*].value = '192.0.2.1']",
	 false},
	{NRS_TYPED_DESTINATION, "192.0.2.1", 0, NULL, false},
	{NRS_TYPED_DESTINATION, "192.0.2.1|0", 0, NULL, false},
	{NRS_TYPED_DESTINATION, "192.0.2.1|65536", 0, NULL, false},
	{NRS_TYPED_DESTINATION, "192.0.2.1|https", 0, NULL, false},
	{NRS_TYPED_DESTINATION, "a b|443", 0, NULL, false},
	{NRS_TYPED_DESTINATION, "|", 0, NULL, false},
	{NRS_TYPED_NAME_ADDRESS, "c2.example|d3.example", 0, NULL, false},
};

static void both_halves_are_checked_and_joined(void **state)
{
	static struct nrs_typed_room room;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_typed_value got = {0};
		const int err = nrs_typed_read(
			&room, rows[i].type, nrs_span_of(rows[i].value), &got);

		if (rows[i].text == NULL
			    ? err != NRS_E_FORMAT || got.reason == NULL
			    : err != NRS_OK || got.shape != rows[i].shape ||
				      got.is_retyped != rows[i].is_retyped ||
				      !nrs_span_is(got.text, rows[i].text))
			fail_msg("%s: %d %d %.*s", rows[i].value, err,
				 (int)got.shape, (int)got.text.len,
				 (const char *)got.text.ptr);
	}
	nrs_typed_room_fini(&room);
}

static void a_pair_may_be_read_alone(void **state)
{
	static struct nrs_typed_room room;
	struct nrs_typed_value got = {0};

	(void)state;
	assert_int_equal(nrs_typed_pair(&room, NRS_TYPED_NAME_ADDRESS,
					nrs_span_of("nothing"), &got),
			 NRS_E_FORMAT);
	assert_non_null(got.reason);
	nrs_typed_room_fini(&room);
}

static void literals_are_quoted(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	nrs_typed_quote(&out, nrs_span_of("it's a \\ b"));
	assert_true(nrs_span_is(nrs_text_span(&out), "'it\\'s a \\\\ b'"));
	nrs_text_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_halves_are_checked_and_joined),
		cmocka_unit_test(a_pair_may_be_read_alone),
		cmocka_unit_test(literals_are_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
