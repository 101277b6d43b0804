/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tls_reader: a server's first flight (RFC 5246 section 7.3) in records
 * and segments of every size.
 */
#include "tests/nrs_test.h"

#include "capture/proto/tls_reader.h"

#define UNITS_MAX 64

static uint8_t room[NRS_TLS_ROOM];

struct log {
	char text[256];
	int err;
	bool was_in_room;
};

/* Read @wire in segments of @piece octets; one letter for each unit. */
static struct log read_all(struct nrs_span wire, size_t piece, bool chain)
{
	struct nrs_tls_reader reader = {.wants_chain = chain};
	struct log log = {.err = NRS_E_MORE};
	struct nrs_tls_unit unit;

	while (wire.len > 0 && log.err == NRS_E_MORE) {
		uint8_t *copy = malloc(piece);
		struct nrs_span part = nrs_span_part(wire, 0, piece);

		assert_non_null(copy);
		memcpy(copy, part.ptr, part.len);
		wire = nrs_span_from(wire, part.len);
		part = nrs_span(copy, part.len);
		while ((log.err = nrs_tls_read(&reader, &part, &unit)) ==
			       NRS_OK ||
		       log.err == NRS_E_NOMEM) {
			const size_t used = strlen(log.text);

			assert_true(used < sizeof(log.text) - 40);
			if (log.err == NRS_E_NOMEM) {
				assert_null(reader.room);
				reader.room = room;
				log.was_in_room = true;
				continue;
			}
			snprintf(log.text + used, sizeof(log.text) - used,
				 "%c%u:%.*s ", "HCLEDXAP"[unit.kind],
				 unit.index, (int)unit.bytes.len,
				 (const char *)unit.bytes.ptr);
		}
		free(copy);
	}
	return log;
}

/* Message after message into records of @piece octets. */
static size_t wrap(const char *messages, size_t len, size_t piece,
		   uint8_t *wire)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i += piece) {
		const size_t n = len - i < piece ? len - i : piece;

		memcpy(wire + used, "\x16\x03\x03", 3);
		wire[used + 3] = (uint8_t)(n >> 8);
		wire[used + 4] = (uint8_t)n;
		memcpy(wire + used + 5, messages + i, n);
		used += 5 + n;
	}
	return used;
}

/* A hello, a chain of "first" and "second", something else, the end. */
static const char flight[] = "\x02\x00\x00\x03"
			     "abc"
			     "\x0b\x00\x00\x14\x00\x00\x11\x00\x00\x05"
			     "first"
			     "\x00\x00\x06"
			     "second"
			     "\x0c\x00\x00\x04skip"
			     "\x0e\x00\x00\x00";
#define FLIGHT_LEN (sizeof(flight) - 1)

static void every_cut_of_a_flight_gives_the_same(void **state)
{
	uint8_t wire[1024];

	(void)state;
	for (size_t record = 1; record <= FLIGHT_LEN; record++) {
		const size_t len = wrap(flight, FLIGHT_LEN, record, wire);

		for (size_t piece = 1; piece <= len; piece++) {
			const struct log log =
				read_all(nrs_span(wire, len), piece, true);

			assert_int_equal(log.err, NRS_E_MORE);
			/* the hello's head is not printable */
			if (log.text[0] != 'H' ||
			    strcmp(strstr(log.text, "C0") != NULL
					   ? strstr(log.text, "C0")
					   : "",
				   "C0:first C1:second E0: D0: ") != 0)
				fail_msg("%zu %zu: %s", record, piece,
					 log.text);
		}
	}
}

static void what_comes_whole_needs_no_room(void **state)
{
	uint8_t wire[1024];
	const size_t len = wrap(flight, FLIGHT_LEN, FLIGHT_LEN, wire);

	(void)state;
	assert_false(read_all(nrs_span(wire, len), len, true).was_in_room);
	assert_true(read_all(nrs_span(wire, len), 20, true).was_in_room);
}

static void a_chain_that_nobody_wants_is_passed_over(void **state)
{
	uint8_t wire[1024];
	const size_t len = wrap(flight, FLIGHT_LEN, 7, wire);
	const struct log log = read_all(nrs_span(wire, len), 9, false);

	(void)state;
	assert_null(strstr(log.text, "C0"));
	assert_non_null(strstr(log.text, "D0"));
}

static void lengths_that_lie_end_it(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span wire;
		int want;
	} rows[] = {
		{"a list shorter than its message",
		 {(const uint8_t *)"\x16\x03\x01\x00\x08\x0b\x00\x00\x04\x00"
				   "\x00\x02\x00",
		  13},
		 NRS_E_FORMAT},
		{"a certificate longer than its list",
		 {(const uint8_t *)"\x16\x03\x01\x00\x0b\x0b\x00\x00\x07\x00"
				   "\x00\x04\x00\x00\x02\x41",
		  16},
		 NRS_E_FORMAT},
		{"two octets left of a list",
		 {(const uint8_t *)"\x16\x03\x01\x00\x09\x0b\x00\x00\x05\x00"
				   "\x00\x02\x00\x00",
		  14},
		 NRS_E_FORMAT},
		{"no room for a list",
		 {(const uint8_t *)"\x16\x03\x01\x00\x06\x0b\x00\x00\x02\x00"
				   "\x00",
		  11},
		 NRS_E_FORMAT},
		{"a hello of a megabyte",
		 {(const uint8_t *)"\x16\x03\x01\x00\x05\x01\x10\x00\x00\x03",
		  10},
		 NRS_E_LIMIT},
		{"a record too long",
		 {(const uint8_t *)"\x16\x03\x01\x50\x00\x01", 6},
		 NRS_E_FORMAT},
		{"no record", {(const uint8_t *)"HTTP/1.1", 8}, NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t piece = 1; piece <= rows[i].wire.len; piece++) {
			const struct log log =
				read_all(rows[i].wire, piece, true);

			if (log.err != rows[i].want)
				fail_msg("%s by %zu: %d", rows[i].name, piece,
					 log.err);
		}
	}
}

/* Chain of one certificate of NRS_TLS_ROOM + 1 octets, and a small one. */
static void a_certificate_too_long_is_passed_over_and_told(void **state)
{
	const size_t big = NRS_TLS_ROOM + 1, list = 3 + big + 3 + 2;
	char *messages = calloc(1, 7 + list);
	uint8_t *wire = malloc(2 * list);
	size_t len;

	(void)state;
	assert_non_null(messages);
	assert_non_null(wire);
	const uint8_t head[] = {11,
				(uint8_t)((list + 3) >> 16),
				(uint8_t)((list + 3) >> 8),
				(uint8_t)(list + 3),
				(uint8_t)(list >> 16),
				(uint8_t)(list >> 8),
				(uint8_t)list,
				(uint8_t)(big >> 16),
				(uint8_t)(big >> 8),
				(uint8_t)big};
	memcpy(messages, head, sizeof(head));
	memcpy(messages + 10 + big, "\x00\x00\x02ok", 5);
	len = wrap(messages, 7 + list, 16384, wire);
	assert_string_equal(read_all(nrs_span(wire, len), 1460, true).text,
			    "L0: C1:ok E0: ");
	free(messages);
	free(wire);
}

static void other_records_have_their_units(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span wire;
		const char *want;
	} rows[] = {
		{"a warning, then an error",
		 {(const uint8_t *)"\x15\x03\x01\x00\x02\x01\x70"
				   "\x15\x03\x01\x00\x02\x02\x28",
		  14},
		 "A0: "},
		{"the change of keys",
		 {(const uint8_t *)"\x14\x03\x03\x00\x01\x01", 6},
		 "X0: "},
		{"data", {(const uint8_t *)"\x17\x03\x03\x00\x01x", 6}, "P0: "},
		{"SSL 2.0 before TLS",
		 {(const uint8_t *)"\x80\x0a\x01\x03\x01"
				   "1234567"
				   "\x16\x03\x01\x00\x04\x0e\x00\x00\x00",
		  21},
		 "D0: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t piece = 1; piece <= rows[i].wire.len; piece++) {
			const struct log log =
				read_all(rows[i].wire, piece, true);

			if (strcmp(log.text, rows[i].want) != 0)
				fail_msg("%s by %zu: %s", rows[i].name, piece,
					 log.text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_of_a_flight_gives_the_same),
		cmocka_unit_test(what_comes_whole_needs_no_room),
		cmocka_unit_test(a_chain_that_nobody_wants_is_passed_over),
		cmocka_unit_test(lengths_that_lie_end_it),
		cmocka_unit_test(
			a_certificate_too_long_is_passed_over_and_told),
		cmocka_unit_test(other_records_have_their_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
