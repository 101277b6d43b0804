/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mail_decode: base64 and quoted-printable by RFC 2045, cut anywhere.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mail_decode.h"

static const struct {
	enum nrs_transfer_kind kind;
	const char *in, *out;
} rows[] = {
	{NRS_TRANSFER_BASE64, "Zm9v\r\nYmFy", "foobar"},
	{NRS_TRANSFER_BASE64, "Zm9vYg==", "foob"},
	{NRS_TRANSFER_BASE64, "Zm9vYmE=\r\n", "fooba"},
	{NRS_TRANSFER_BASE64, "Z m-9!v", "foo"},
	{NRS_TRANSFER_BASE64, "Zg==Zg==", "f"},
	{NRS_TRANSFER_BASE64, "=Zm9v", "foo"},
	{NRS_TRANSFER_BASE64, "Zm9", "fo"},
	{NRS_TRANSFER_QUOTED, "a=3Db=\r\nc\r\n", "a=bc\r\n"},
	{NRS_TRANSFER_QUOTED, "a= \t\r\nb", "ab"},
	{NRS_TRANSFER_QUOTED, "a=\nb", "ab"},
	{NRS_TRANSFER_QUOTED, "=e4=C3", "\xe4\xc3"},
	{NRS_TRANSFER_QUOTED, "=4x=x==41", "=4x=x=A"},
	{NRS_TRANSFER_QUOTED, "soft=3d=3D", "soft=="},
};

static void check(size_t row, size_t piece, size_t room)
{
	const struct nrs_span in = nrs_span_of(rows[row].in);
	struct nrs_transfer transfer = {.kind = (uint8_t)rows[row].kind};
	uint8_t out[64];
	size_t len = 0;

	for (size_t at = 0; at < in.len; at += piece) {
		struct nrs_span part = nrs_span_part(in, at, piece);

		while (part.len > 0)
			len += nrs_transfer_feed(&transfer, &part, out + len,
						 room);
	}
	if (!nrs_span_is(nrs_span(out, len), rows[row].out))
		fail_msg("%s in pieces of %zu: \"%.*s\"", rows[row].in, piece,
			 (int)len, (const char *)out);
}

static void octets_come_out_as_they_went_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t piece = 1; piece < 8; piece++)
			check(i, piece, NRS_TRANSFER_ROOM);
		check(i, 64, 32);
	}
}

static void digits_behind_the_padding_are_told(void **state)
{
	struct nrs_transfer transfer = {.kind = NRS_TRANSFER_BASE64};
	struct nrs_span in = nrs_span_of("Zg==\r\n");
	uint8_t out[8];

	(void)state;
	(void)nrs_transfer_feed(&transfer, &in, out, sizeof(out));
	assert_true(transfer.is_over);
	assert_false(transfer.goes_on);
	in = nrs_span_of("Zg==");
	assert_int_equal(nrs_transfer_feed(&transfer, &in, out, sizeof(out)),
			 0);
	assert_true(transfer.goes_on);
}

static void an_encoding_goes_by_its_name(void **state)
{
	(void)state;
	assert_int_equal(nrs_transfer_of(nrs_span_of(" Base64 ; x")),
			 NRS_TRANSFER_BASE64);
	assert_int_equal(nrs_transfer_of(nrs_span_of("QUOTED-printable")),
			 NRS_TRANSFER_QUOTED);
	assert_int_equal(nrs_transfer_of(nrs_span_of("8bit")),
			 NRS_TRANSFER_PLAIN);
}

static void digits_of_sixteen_are_these(void **state)
{
	(void)state;
	assert_int_equal(nrs_digit16('9'), 9);
	assert_int_equal(nrs_digit16('f'), 15);
	assert_int_equal(nrs_digit16('A'), 10);
	assert_int_equal(nrs_digit16('g'), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_come_out_as_they_went_in),
		cmocka_unit_test(digits_behind_the_padding_are_told),
		cmocka_unit_test(an_encoding_goes_by_its_name),
		cmocka_unit_test(digits_of_sixteen_are_these),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
