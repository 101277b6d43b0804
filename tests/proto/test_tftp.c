/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tftp: datagrams of RFC 1350, with the options of RFC 2347 and 2348.
 */
#include "capture/proto/tftp.h"
#include "tests/nrs_test.h"

#define S(text) (text), sizeof(text) - 1

static const struct {
	const char *name;
	const char *octets;
	size_t len;
	int err;
	enum nrs_tftp_op op;
	const char *file;
	uint16_t block;
	uint32_t block_bytes;
} cases[] = {
	{"a read", S("\0\1a.bin\0octet\0"), NRS_OK, NRS_TFTP_RRQ, "a.bin", 0,
	 0},
	{"a write in another case", S("\0\2x\0NetASCII\0"), NRS_OK,
	 NRS_TFTP_WRQ, "x", 0, 0},
	{"a read in larger blocks",
	 S("\0\1a\0octet\0tsize\0"
	   "0\0blksize\0"
	   "1428\0"),
	 NRS_OK, NRS_TFTP_RRQ, "a", 0, 1428},
	{"a block size that is none",
	 S("\0\1a\0octet\0blksize\0"
	   "7\0"),
	 NRS_OK, NRS_TFTP_RRQ, "a", 0, 0},
	{"a grant",
	 S("\0\6blksize\0"
	   "1024\0"),
	 NRS_OK, NRS_TFTP_OACK, "", 0, 1024},
	{"a block", S("\0\3\1\2abc"), NRS_OK, NRS_TFTP_DATA, "", 258, 0},
	{"an acknowledgement", S("\0\4\0\1"), NRS_OK, NRS_TFTP_ACK, "", 1, 0},
	{"an error", S("\0\5\0\1no\0"), NRS_OK, NRS_TFTP_ERROR, "", 1, 0},
	{"a mode that is none", S("\0\1a.bin\0octets\0"), NRS_E_FORMAT,
	 NRS_TFTP_RRQ, NULL, 0, 0},
	{"no name", S("\0\1\0octet\0"), NRS_E_FORMAT, NRS_TFTP_RRQ, NULL, 0, 0},
	{"no end", S("\0\1a.bin\0octet"), NRS_E_FORMAT, NRS_TFTP_RRQ, NULL, 0,
	 0},
	{"a name with controls", S("\0\1a\1\0octet\0"), NRS_E_FORMAT,
	 NRS_TFTP_RRQ, NULL, 0, 0},
	{"no operation", S("\0\7\0\1"), NRS_E_FORMAT, NRS_TFTP_ERROR, NULL, 0,
	 0},
	{"too short", S("\0\3\0"), NRS_E_FORMAT, NRS_TFTP_ERROR, NULL, 0, 0},
};

static void datagrams_say_what_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_tftp said;
		const int err = nrs_tftp_parse(
			&said, nrs_span(cases[i].octets, cases[i].len));

		if (err != cases[i].err ||
		    (err == NRS_OK &&
		     (said.op != cases[i].op || said.block != cases[i].block ||
		      !nrs_span_is(said.name, cases[i].file) ||
		      said.block_bytes != cases[i].block_bytes)))
			fail_msg("%s: %d", cases[i].name, err);
	}
}

static void data_is_what_follows_its_number(void **state)
{
	struct nrs_tftp said;

	(void)state;
	assert_int_equal(nrs_tftp_parse(&said, nrs_span("\0\3\0\1abc", 7)),
			 NRS_OK);
	assert_true(nrs_span_is(said.data, "abc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_say_what_they_are),
		cmocka_unit_test(data_is_what_follows_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
