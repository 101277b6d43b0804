/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_csv_columns: which column says what: by names, by a publisher's layout,
 * by parameters.
 */
#include "loaders/csv_columns.h"

#include "engine/base/err.h"
#include "tests/nrs_test.h"

#define NAMES_MAX 16

static unsigned int split(const char *line, struct nrs_span *names)
{
	struct nrs_span rest = nrs_span_of(line);
	unsigned int count = 0;

	while (count < NAMES_MAX && nrs_span_split(&rest, ',', &names[count]))
		count++;
	return count;
}

static void headers_tell_by_their_names(void **state)
{
	static const struct {
		const char *header;
		bool is_one;
		struct nrs_csv_column at[4];
	} rows[] = {
		{"domain,tags",
		 true,
		 {{NRS_CSV_VALUE, NRS_TYPED_NAME}, {NRS_CSV_LABELS, 0}}},
		/* case and blanks do not count */
		{"IP Address,First-Seen,whatever",
		 true,
		 {{NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
		  {NRS_CSV_FIRST_SEEN, 0},
		  {NRS_CSV_NOTHING, 0}}},
		{"type,indicator",
		 true,
		 {{NRS_CSV_TYPE, 0}, {NRS_CSV_VALUE, NRS_TYPED_ANY}}},
		{"sha256,md5",
		 true,
		 {{NRS_CSV_VALUE, NRS_TYPED_SHA256},
		  {NRS_CSV_VALUE, NRS_TYPED_MD5}}},
		/* no value among them */
		{"tags,comment", false, {{0}}},
		{"", false, {{0}}},
		/* a sha1 of SSLBL is a certificate's */
		{"Listingdate,SHA1,Listingreason",
		 true,
		 {{NRS_CSV_FIRST_SEEN, 0},
		  {NRS_CSV_VALUE, NRS_TYPED_CERTIFICATE_SHA1},
		  {NRS_CSV_DESCRIPTION, 0}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_span names[NAMES_MAX];
		struct nrs_csv_columns columns = {0};
		const unsigned int count = split(rows[i].header, names);

		if (nrs_csv_by_header(&columns, names, count) != rows[i].is_one)
			fail_msg("%s", rows[i].header);
		for (unsigned int c = 0; rows[i].is_one && c < count; c++) {
			if (columns.at[c].role != rows[i].at[c].role ||
			    (columns.at[c].role == NRS_CSV_VALUE &&
			     columns.at[c].type != rows[i].at[c].type))
				fail_msg("%s: column %u", rows[i].header, c);
		}
	}
}

static void publishers_have_layouts(void **state)
{
	struct nrs_csv_columns columns = {0};

	(void)state;
	assert_true(nrs_csv_by_layout(&columns, nrs_span_of("urlhaus")));
	assert_string_equal(columns.format, "URLhaus CSV");
	/* id, dateadded, url, ... (urlhaus.abuse.ch) */
	assert_int_equal(columns.at[1].role, NRS_CSV_FIRST_SEEN);
	assert_int_equal(columns.at[2].role, NRS_CSV_VALUE);
	assert_int_equal(columns.at[2].type, NRS_TYPED_URL);
	assert_int_equal(columns.confidence, -1);
	assert_true(nrs_csv_by_layout(&columns, nrs_span_of("sslbl-ja3")));
	assert_int_equal(columns.at[0].type, NRS_TYPED_JA3);
	assert_true(columns.confidence >= 0); /* frozen: little is left */
	assert_false(nrs_csv_by_layout(&columns, nrs_span_of("nobody")));
}

static void parameters_name_columns(void **state)
{
	struct nrs_span names[NAMES_MAX];
	const unsigned int count = split("when,what,kind", names);
	struct nrs_csv_columns columns = {0};
	struct nrs_diag diag = {0};

	(void)state;
	assert_true(nrs_csv_has_columns(nrs_span_of("csv:address=2")));
	assert_false(nrs_csv_has_columns(nrs_span_of("csv")));
	assert_int_equal(nrs_csv_by_params(&columns,
					   nrs_span_of("csv:address=what"),
					   names, count, &diag),
			 NRS_OK);
	assert_int_equal(columns.at[1].role, NRS_CSV_VALUE);
	assert_int_equal(columns.at[1].type, NRS_TYPED_ADDRESS);
	assert_int_equal(columns.at[0].role, NRS_CSV_NOTHING);
	columns = (struct nrs_csv_columns){0};
	assert_int_equal(nrs_csv_by_params(&columns,
					   nrs_span_of("csv:address=1"), NULL,
					   0, &diag),
			 NRS_OK);
	assert_int_equal(columns.at[0].role, NRS_CSV_VALUE);
	columns = (struct nrs_csv_columns){0};
	assert_int_equal(nrs_csv_by_params(&columns,
					   nrs_span_of("csv:nonsense=1"), names,
					   count, &diag),
			 NRS_E_USAGE);
	assert_true(diag.text[0] != '\0');
}

static void words_name_types(void **state)
{
	(void)state;
	assert_int_equal(nrs_csv_type(nrs_span_of("domain")), NRS_TYPED_NAME);
	assert_int_equal(nrs_csv_type(nrs_span_of("url")), NRS_TYPED_URL);
	assert_int_equal(nrs_csv_type(nrs_span_of("sha256_hash")),
			 NRS_TYPED_SHA256);
	assert_int_equal(nrs_csv_type(nrs_span_of("nonsense")),
			 NRS_TYPED_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_tell_by_their_names),
		cmocka_unit_test(publishers_have_layouts),
		cmocka_unit_test(parameters_name_columns),
		cmocka_unit_test(words_name_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
