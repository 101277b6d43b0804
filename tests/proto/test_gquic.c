/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_gquic: hellos of Google's QUIC, put together by its "QUIC Crypto" and
 * wire documents: tags with the ends of their values, all little-endian.
 */
#include "tests/nrs_test.h"

#include "capture/proto/gquic.h"

/* PAD, SNI and VER; values of 4, 10 and 4 octets. */
#define HELLO                                                                  \
	"CHLO\3\0\0\0"                                                         \
	"PAD\0\4\0\0\0"                                                        \
	"SNI\0\xe\0\0\0"                                                       \
	"VER\0\x12\0\0\0"                                                      \
	"----"                                                                 \
	"c2.example"                                                           \
	"Q046"
#define SPAN(literal) nrs_span((literal), sizeof(literal) - 1)

static void a_hello_has_its_name(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span datagram;
		uint32_t version;
	} rows[] = {
		{"a header of its own, eight octets of connection",
		 {(const uint8_t *)"\x0d"
				   "12345678Q043\1hash-of-12-o\xa0\1\4\0" HELLO,
		  14 + 16 + sizeof(HELLO) - 1},
		 0x51303433},
		{"a long header",
		 {(const uint8_t
			   *)"\xc3Q046\x50"
			     "12345678\0\0\0\1hash-of-12-o\xa0\1\4\0" HELLO,
		  18 + 16 + sizeof(HELLO) - 1},
		 0x51303436},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_span hello, name;

		if (nrs_gquic_version(rows[i].datagram) != rows[i].version ||
		    nrs_gquic_find(rows[i].datagram, &hello) != NRS_OK ||
		    nrs_gquic_name(hello, &name) != NRS_OK ||
		    !nrs_span_is(name, "c2.example"))
			fail_msg("%s", rows[i].name);
	}
}

static void every_cut_is_noticed(void **state)
{
	const struct nrs_span all = SPAN(HELLO);

	(void)state;
	for (size_t len = 0; len < all.len - 4; len++) {
		uint8_t *copy = malloc(len + 1);
		struct nrs_span name;

		assert_non_null(copy);
		memcpy(copy, all.ptr, len);
		assert_int_equal(nrs_gquic_name(nrs_span(copy, len), &name),
				 NRS_E_MORE);
		(void)nrs_gquic_version(nrs_span(copy, len));
		free(copy);
	}
}

static void what_is_none_is_refused(void **state)
{
	struct nrs_span name, hello;

	(void)state;
	assert_int_equal(nrs_gquic_version(SPAN("\xc3\0\0\0\1")), 0);
	assert_int_equal(nrs_gquic_version(SPAN("\x08"
						"12345678Q043")),
			 0); /* no version in it */
	assert_int_equal(nrs_gquic_version(SPAN("\xc3Q0x6")), 0);
	assert_int_equal(nrs_gquic_find(SPAN("\xc3Q046 nothing"), &hello),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_gquic_name(SPAN("REJ\0\1\0\0\0"), &name),
			 NRS_E_FORMAT);
	/* an end before its beginning */
	assert_int_equal(nrs_gquic_name(SPAN("CHLO\2\0\0\0PAD\0\x09\0\0\0"
					     "SNI\0\2\0\0\0..........."),
					&name),
			 NRS_E_FORMAT);
	/* none in it */
	assert_int_equal(
		nrs_gquic_name(SPAN("CHLO\1\0\0\0PAD\0\1\0\0\0-"), &name),
		NRS_OK);
	assert_int_equal(name.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hello_has_its_name),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
