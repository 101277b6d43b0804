/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_smb: messages by MS-SMB2 and MS-CIFS, and lengths that lie.
 */
#include "capture/proto/smb.h"

#include "tests/proto/made_smb.h"

enum command { TREE = 3, CREATE = 5, CLOSE = 6, READ = 8, WRITE = 9 };

static const struct smb_unit request = {.command = CREATE, .message = 77};

/* The first units behind the frame of @m. */
static int read_first(const struct made_smb *m, struct nrs_smb_units *units)
{
	uint32_t len;

	assert_int_equal(nrs_smb_frame(smb_span(m), &len), NRS_OK);
	assert_int_equal(len, m->len - NRS_SMB_FRAME);
	return nrs_smb_read(units, nrs_span_from(smb_span(m), NRS_SMB_FRAME),
			    len);
}

static void what_begins_like_smb_is_sniffed(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span octets;
		int err;
	} rows[] = {
		{"SMB 1", {(const uint8_t *)"\0\0\0\x40\xffSMB", 8}, NRS_OK},
		{"SMB 2", {(const uint8_t *)"\0\0\1\0\xfeSMB", 8}, NRS_OK},
		{"encrypted", {(const uint8_t *)"\0\0\1\0\xfdSMB", 8}, NRS_OK},
		{"NetBIOS", {(const uint8_t *)"\x81\0\0\x44 CKF", 8}, NRS_OK},
		{"its first octets",
		 {(const uint8_t *)"\0\0\1\0\xfeS", 6},
		 NRS_E_MORE},
		{"nothing", {(const uint8_t *)"", 0}, NRS_E_MORE},
		{"another magic",
		 {(const uint8_t *)"\0\0\1\0\xfeSMX", 8},
		 NRS_E_FORMAT},
		{"too short a message",
		 {(const uint8_t *)"\0\0\0\7\xfeSMB", 8},
		 NRS_E_FORMAT},
		{"TLS",
		 {(const uint8_t *)"\x16\3\1\0\x40\1\0\0", 8},
		 NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_smb_sniff(rows[i].octets) != rows[i].err)
			fail_msg("%s", rows[i].name);
	}
}

static void units_are_read_one_after_another(void **state)
{
	struct made_smb m = {.len = 0};
	struct nrs_smb_units units;
	uint8_t room[64];

	(void)state;
	smb_create(&m, &request, "a\\b.txt");
	const size_t first = m.len - NRS_SMB_FRAME;
	smb_close(&m, &(struct smb_unit){.command = CLOSE, .message = 78}, 9);
	assert_int_equal(read_first(&m, &units), NRS_OK);
	assert_int_equal(units.count, 1);
	assert_int_equal(units.items[0].kind, NRS_SMB_OPEN);
	assert_int_equal(units.items[0].message, 77);
	assert_true(nrs_span_is(
		nrs_smb_name(&units.items[0], room, sizeof(room)), "a\\b.txt"));
	assert_int_equal(units.len, (first + 7) / 8 * 8);

	const struct nrs_span rest =
		nrs_span_from(smb_span(&m), NRS_SMB_FRAME + units.len);
	assert_int_equal(nrs_smb_read(&units, rest, (uint32_t)rest.len),
			 NRS_OK);
	assert_int_equal(units.items[0].kind, NRS_SMB_CLOSE);
	assert_int_equal(units.items[0].file[15], 9);
	assert_int_equal(units.len, rest.len);
}

static void no_more_is_asked_for_than_is_needed(void **state)
{
	struct made_smb m = {.len = 0};
	struct nrs_smb_units units;

	(void)state;
	smb_data(&m, &(struct smb_unit){.command = READ, .is_response = true},
		 "octets");
	for (size_t len = 0; len <= m.len - NRS_SMB_FRAME; len++) {
		const int err = nrs_smb_read(
			&units, nrs_span_part(smb_span(&m), NRS_SMB_FRAME, len),
			(uint32_t)(m.len - NRS_SMB_FRAME));

		assert_int_equal(err, len < 80 ? NRS_E_MORE : NRS_OK);
	}
	assert_int_equal(units.items[0].data_at, 80);
	assert_int_equal(units.items[0].data_len, 6);
}

static void lengths_that_lie_lead_nowhere(void **state)
{
	static const struct {
		const char *name;
		size_t at; /* in the unit */
		uint32_t value;
		unsigned int octets;
		int err;
		unsigned int count;
	} rows[] = {
		{"a name beyond the unit", 64 + 44, 0xffff, 2, NRS_OK, 0},
		{"a name longer than the unit", 64 + 46, 0xffff, 2, NRS_OK, 0},
		{"a chain beyond the message", 20, 0x7fffffff, 4, NRS_E_FORMAT,
		 0},
		{"a chain into the header", 20, 8, 4, NRS_E_FORMAT, 0},
		{"another magic", 0, 0, 1, NRS_E_FORMAT, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct made_smb m = {.len = 0};
		struct nrs_smb_units units;

		smb_create(&m, &request, "a.txt");
		smb_at(&m, m.unit + rows[i].at, rows[i].value, rows[i].octets);
		if (read_first(&m, &units) != rows[i].err ||
		    units.count != rows[i].count)
			fail_msg("%s: %u units", rows[i].name, units.count);
	}
}

static void data_end_where_their_unit_ends(void **state)
{
	struct made_smb m = {.len = 0};
	struct nrs_smb_units units;

	(void)state;
	smb_write(&m, &(struct smb_unit){.command = WRITE}, 3, "abc");
	smb_at(&m, m.unit + 64 + 4, UINT32_MAX, 4);
	assert_int_equal(read_first(&m, &units), NRS_OK);
	assert_int_equal(units.items[0].data_len, 3);
	smb_at(&m, m.unit + 64 + 2, 10, 2); /* in the header */
	assert_int_equal(read_first(&m, &units), NRS_OK);
	assert_int_equal(units.count, 0);
}

/* LOCKING_ANDX (0x24), WRITE_ANDX of "abc", CLOSE,
 * as MS-CIFS section 2.2.4 has them. */
static const uint8_t chained[] =
	"\xffSMB\x24\0\0\0\0\x18\x01\x00\0\0\0\0\0\0\0\0\0\0\0\0"
	"\x05\0\x06\0\x07\0\x08\0"
	"\x08\x2f\0\x33\0\x02\x40\0\0\0\0\0\0\0\0\0\0\0\0"
	"\x0c\x04\0\x51\0\x02\x40\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\0\x4e\0"
	"\x03\0"
	"abc"
	"\x03\x02\x40\0\0\0\0\0\0";

static void commands_of_smb1_are_chained(void **state)
{
	struct nrs_smb_units units;

	(void)state;
	assert_int_equal(nrs_smb_read(&units,
				      nrs_span(chained, sizeof(chained) - 1),
				      sizeof(chained) - 1),
			 NRS_OK);
	assert_int_equal(units.count, 2);
	assert_int_equal(units.items[0].kind, NRS_SMB_WRITE);
	assert_int_equal(units.items[0].offset, 16);
	assert_int_equal(units.items[0].data_len, 3);
	assert_memory_equal(chained + units.items[0].data_at, "abc", 3);
	assert_int_equal(units.items[1].kind, NRS_SMB_CLOSE);
	assert_int_equal(units.items[1].file[1], 0x40);
	assert_int_equal(units.items[1].message, 0x00060008);
}

/* WRITE_ANDX of 65 octets at 16, of which none has come. */
static void data_of_smb1_need_not_have_come(void **state)
{
	static const uint8_t head[] =
		"\xffSMB\x2f\0\0\0\0\x18\x01\x00\0\0\0\0\0\0\0\0\0\0\0\0"
		"\x05\0\x06\0\x07\0\x08\0"
		"\x0c\xff\0\0\0\x02\x40\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\x41\0"
		"\x3b\0\x41\0";
	const uint32_t len = sizeof(head) - 1;
	struct nrs_smb_units units;

	(void)state;
	for (uint32_t got = 0; got < len; got++)
		assert_int_equal(
			nrs_smb_read(&units, nrs_span(head, got), len + 65),
			NRS_E_MORE);
	assert_int_equal(nrs_smb_read(&units, nrs_span(head, len), len + 65),
			 NRS_OK);
	assert_int_equal(units.count, 1);
	assert_int_equal(units.items[0].kind, NRS_SMB_WRITE);
	assert_int_equal(units.items[0].data_at, len);
	assert_int_equal(units.items[0].data_len, 65);
	/* what else the message says is read when it is there */
	assert_int_equal(nrs_smb_read(&units, nrs_span(chained, 80),
				      sizeof(chained) - 1),
			 NRS_E_MORE);
}

static void names_become_utf8(void **state)
{
	static const struct {
		struct nrs_span raw;
		bool is_unicode;
		const char *name;
	} rows[] = {
		{{(const uint8_t *)"\xe9\0\xac\x20", 4},
		 true,
		 "\xc3\xa9\xe2\x82\xac"},
		{{(const uint8_t *)"\x3d\xd8\x00\xde", 4},
		 true,
		 "\xf0\x9f\x98\x80"},
		{{(const uint8_t *)"\x3d\xd8\x61\0", 4},
		 true,
		 "\xef\xbf\xbd"
		 "a"},
		{{(const uint8_t *)"a\0\0\0b\0", 6}, true, "a"},
		{{(const uint8_t *)"a\0b", 3}, true, "a"},
		{{(const uint8_t *)"\\EICAR.COM\0x", 12}, false, "\\EICAR.COM"},
		{{(const uint8_t *)"", 0}, true, ""},
	};
	uint8_t room[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_smb_unit unit = {
			.name = rows[i].raw, .is_unicode = rows[i].is_unicode};

		if (!nrs_span_is(nrs_smb_name(&unit, room, sizeof(room)),
				 rows[i].name))
			fail_msg("%s", rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_begins_like_smb_is_sniffed),
		cmocka_unit_test(units_are_read_one_after_another),
		cmocka_unit_test(no_more_is_asked_for_than_is_needed),
		cmocka_unit_test(lengths_that_lie_lead_nowhere),
		cmocka_unit_test(data_end_where_their_unit_ends),
		cmocka_unit_test(commands_of_smb1_are_chained),
		cmocka_unit_test(data_of_smb1_need_not_have_come),
		cmocka_unit_test(names_become_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
