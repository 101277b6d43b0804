/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_loader: files of every kind, good and bad, and single values.
 */
#include "tests/nrs_test.h"

#include "loaders/loader.h"

static const struct nrs_loader_options options = {.default_tlp = NRS_TLP_NONE};

/* A file with @len octets of @bytes; its path. */
static const char *written(const void *bytes, size_t len)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/nrs_test_loader.%d", (int)getpid());
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
	return path;
}

#define INDICATOR(id)                                                          \
	"{\"type\":\"indicator\",\"id\":\"indicator--" id "\","                \
	"\"spec_version\":\"2.1\",\"pattern\":\"[a:b = 1]\"}"

static const struct {
	const char *name, *bytes;
	size_t len; /* 0: up to the NUL */
	int err;
	uint64_t indicators;
	const char *diag; /* a part of it */
} cases[] = {
	{"STIX behind a byte order mark",
	 "\xef\xbb\xbf  {\"objects\":[" INDICATOR("1") "]}", 0, NRS_OK, 1, ""},
	{"an array", "\n[ " INDICATOR("1") "]", 0, NRS_OK, 1, ""},
	{"a list", "a.example\n", 0, NRS_OK, 1, ""},
	{"a list that begins with a bracket", "[2001:db8::1]:443\na.example\n",
	 0, NRS_OK, 2, ""},
	{"an adblock list", "[Adblock Plus 2.0]\n||a.example^\n", 0, NRS_OK, 1,
	 ""},
	{"a list of comments", "# nothing today\n", 0, NRS_OK, 0, ""},
	{"an empty array", "[]", 0, NRS_OK, 0, ""},
	{"nothing", "", 0, NRS_E_FORMAT, 0, "is empty"},
	{"XML", "<?xml version=\"1.0\"?>\n<a/>", 0, NRS_E_FORMAT, 0,
	 "is XML of a kind that is not read"},
	{"UTF-16",
	 "\xff\xfe"
	 "a\0.\0e\0",
	 8, NRS_E_FORMAT, 0, "UTF-16"},
	{"binary",
	 "\x7f"
	 "ELF\2\1\1\0\0\0\0\0\0\0",
	 14, NRS_E_FORMAT, 0, "binary"},
	{"binary without NUL", "\1\2\3\4\5\6\7\16\17\20\21\22", 12,
	 NRS_E_FORMAT, 0, "binary"},
	{"text of another kind", "seen_by,where\nsomebody,192.0.2.1\n", 0,
	 NRS_E_FORMAT, 0, "all of its 2 lines"},
	{"CSV with a header", "first_seen,dst_ip\n2021-01-01,192.0.2.1\n", 0,
	 NRS_OK, 1, ""},
	{"CSV whose header is a comment",
	 "# Updated\n# ip,port\n192.0.2.1,8080\n", 0, NRS_OK, 1, ""},
	{"a list with a comment like a header", "# url, date\na.example\n", 0,
	 NRS_OK, 1, ""},
	{"Zeek intel",
	 "#fields\tindicator\tindicator_type\n192.0.2.1\tIntel::ADDR\n", 0,
	 NRS_OK, 1, ""},
	{"a dataset of Suricata", "YS5leGFtcGxl\n", 0, NRS_OK, 1, ""},
	{"an address reputation of Suricata", "192.0.2.1,1,100\n", 0, NRS_OK, 1,
	 ""},
	{"a MISP event without attributes", "{\"Event\":{\"Orgc\":{}}}", 0,
	 NRS_OK, 0, ""},
	{"a MISP attribute",
	 "[{\"type\":\"domain\",\"value\":\"a.example\",\"to_ids\":true}]", 0,
	 NRS_OK, 1, ""},
	{"the manifest of a MISP feed",
	 "{\"5bbe5d08-e794-4329-b715-01550a016219\":{\"Orgc\":{}}}", 0,
	 NRS_E_FORMAT, 0, "give its folder"},
	{"the index of a MISP feed",
	 "cead3f77f6cda6ec00f57d76c9a6879f,"
	 "5bbe5d08-e794-4329-b715-01550a016219\n",
	 0, NRS_OK, 0, ""},
	{"other JSON", "{\"a\":1}", 0, NRS_E_FORMAT, 0, "no STIX object"},
	{"a bundle that is cut",
	 "{\"objects\":[" INDICATOR("1") ",{\"type\":\"ind", 0, NRS_E_TRUNCATED,
	 1, "ends in the middle"},
};

static void every_kind_of_file_is_read_or_refused_clearly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_loader_result result;
		struct nrs_diag diag = {0};
		struct nrs_set *set = NULL;
		const size_t len = cases[i].len > 0 ? cases[i].len
						    : strlen(cases[i].bytes);
		const char *path = written(cases[i].bytes, len);

		assert_int_equal(nrs_set_new(&set), NRS_OK);
		const int err =
			nrs_load_file(set, path, &options, &result, &diag);
		if (err != cases[i].err ||
		    result.indicators != cases[i].indicators ||
		    nrs_set_count(set) != result.indicators ||
		    result.truncated != (err == NRS_E_TRUNCATED) ||
		    strstr(diag.text, cases[i].diag) == NULL) {
			print_error("%s: %d '%s', %d indicators\n",
				    cases[i].name, err, diag.text,
				    (int)result.indicators);
			fail();
		}
		nrs_set_free(set);
		unlink(path);
	}
}

/* printf 'a.example\n192.0.2.1\n' | gzip -n9 | xxd -i */
static const uint8_t gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
			       0x02, 0x03, 0x4b, 0xd4, 0x4b, 0xad, 0x48, 0xcc,
			       0x2d, 0xc8, 0x49, 0xe5, 0x32, 0xb4, 0x34, 0xd2,
			       0x33, 0xd0, 0x33, 0xd2, 0x33, 0xe4, 0x02, 0x00,
			       0x61, 0x0a, 0x80, 0x1a, 0x14, 0x00, 0x00, 0x00};

static void compressed_files_are_read_and_what_a_cut_one_held(void **state)
{
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	const char *path = written(gzip, sizeof(gzip));

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &options, &result, &diag),
			 NRS_OK);
	assert_int_equal(result.indicators, 2);
	assert_string_equal(result.format, "list");
	/* Without its trailer: both lines are there, and the error. */
	path = written(gzip, sizeof(gzip) - 9);
	assert_int_equal(nrs_load_file(set, path, &options, &result, &diag),
			 NRS_E_TRUNCATED);
	assert_int_equal(result.indicators, 2);
	assert_true(result.truncated);
	assert_non_null(strstr(diag.text, "cut short"));
	unlink(path);
	nrs_set_free(set);
}

#define DATED                                                                  \
	"{\"type\":\"indicator\",\"id\":\"indicator--1\",\"spec_version\":"    \
	"\"2.1\",\"pattern\":\"[url:value='u']\",\"pattern_type\":\"stix\","   \
	"\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T"      \
	"00:00:00Z\",\"valid_from\":\"1970-01-01T00:00:00Z\",\"confidence\":"  \
	"\"B2\"}"

static void a_source_has_its_own_lifetime_and_scale(void **state)
{
	const struct nrs_loader_options its_own = {
		.lifetime = nrs_span_of("url=7d,*=1y"),
		.scale = NRS_SCALE_ADMIRALTY};
	const struct nrs_loader_options wrong = {.lifetime =
							 nrs_span_of("soon")};
	const char *path = written(DATED, strlen(DATED));
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &its_own, &result, &diag),
			 NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &options, &result, &diag),
			 NRS_OK);
	assert_true(nrs_set_at(set, 0)->valid_until_ns ==
		    INT64_C(604800) * NRS_SECOND_NS);
	assert_int_equal(nrs_set_at(set, 0)->confidence, 70);
	assert_false(nrs_set_at(set, 0)->warned);
	assert_true(nrs_set_at(set, 1)->valid_until_ns == NRS_TIME_MAX);
	assert_int_equal(nrs_set_at(set, 1)->confidence, -1);
	assert_true(nrs_set_at(set, 1)->warned);
	assert_int_equal(nrs_load_file(set, path, &wrong, &result, &diag),
			 NRS_E_USAGE);
	assert_int_equal(nrs_set_count(set), 2);
	unlink(path);
	nrs_set_free(set);
}

static void what_is_no_file_is_an_error_of_the_system(void **state)
{
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(
		nrs_load_file(set, "/nonexistent/x", &options, &result, &diag),
		NRS_E_IO);
	assert_int_equal(nrs_load_file(set, "/tmp", &options, &result, &diag),
			 NRS_E_IO);
	assert_string_equal(diag.text, "is a directory");
	nrs_set_free(set);
}

static void what_is_not_of_the_format_that_was_named_is_told(void **state)
{
	const struct nrs_loader_options named = {.format = nrs_span_of("stix")};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	const char *path = written("a.example\nb.example\n", 20);

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &named, &result, &diag),
			 NRS_E_FORMAT);
	assert_string_equal(diag.text, "is not what stix is");
	unlink(path);
	nrs_set_free(set);
}

/* Zeroes without end must not be read to their end. */
static void a_sparse_file_of_ten_gigabytes_is_refused_at_once(void **state)
{
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	const char *path = written("", 0);

	(void)state;
	if (truncate(path, (off_t)10 << 30) != 0)
		skip();
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &options, &result, &diag),
			 NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "binary"));
	unlink(path);
	nrs_set_free(set);
}

static void the_source_is_known_by_the_files_own_name(void **state)
{
	struct nrs_loader_result result;
	struct nrs_set *set = NULL;
	const char *path = written("a.example\n", 10);

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	nrs_load_file(set, path, &options, &result, NULL);
	const struct nrs_indicator_source *source = nrs_set_source_of(set, 0);
	assert_true(nrs_span_is(source->name, strrchr(path, '/') + 1));
	assert_true(nrs_span_is(source->path, path));
	unlink(path);
	nrs_set_free(set);
}

static void a_format_that_is_named_counts_and_not_the_content(void **state)
{
	struct nrs_loader_options named = {.format = nrs_span_of("list")};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	const char *path = written("{\"a\": 1}\n192.0.2.1\n", 19);

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &options, &result, &diag),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_load_file(set, path, &named, &result, &diag),
			 NRS_OK);
	assert_string_equal(result.format, "list");
	assert_int_equal(result.indicators, 1);
	assert_int_equal(result.refused, 1);
	named.format = nrs_span_of("lists:x=y");
	assert_int_equal(nrs_load_file(set, path, &named, &result, &diag),
			 NRS_E_USAGE);
	assert_non_null(strstr(diag.text, "no format 'lists' (misp, "));
	unlink(path);
	nrs_set_free(set);
}

static void a_single_value_is_taken_defanged_or_refused(void **state)
{
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_value(set, nrs_span_of("c2[.]a[.]example"),
					&options, &diag),
			 NRS_OK);
	assert_true(nrs_span_is(nrs_set_at(set, 0)->pattern, "c2.a.example"));
	assert_int_equal(nrs_load_value(set, nrs_span_of("nothing of ours"),
					&options, &diag),
			 NRS_E_FORMAT);
	assert_string_equal(diag.text,
			    "'nothing of ours' is more than one word");
	assert_int_equal(
		nrs_load_value(set, nrs_span_of("# x"), &options, &diag),
		NRS_E_FORMAT);
	assert_int_equal(nrs_load_value(set, nrs_span_of(""), &options, &diag),
			 NRS_E_FORMAT);
	/* The same value twice is one. */
	assert_int_equal(nrs_load_value(set, nrs_span_of("C2.A.example"),
					&options, &diag),
			 NRS_OK);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_set_at(set, 1)->status, NRS_STATUS_DUPLICATE);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_file_is_read_or_refused_clearly),
		cmocka_unit_test(
			compressed_files_are_read_and_what_a_cut_one_held),
		cmocka_unit_test(a_source_has_its_own_lifetime_and_scale),
		cmocka_unit_test(what_is_no_file_is_an_error_of_the_system),
		cmocka_unit_test(
			what_is_not_of_the_format_that_was_named_is_told),
		cmocka_unit_test(
			a_sparse_file_of_ten_gigabytes_is_refused_at_once),
		cmocka_unit_test(the_source_is_known_by_the_files_own_name),
		cmocka_unit_test(
			a_format_that_is_named_counts_and_not_the_content),
		cmocka_unit_test(a_single_value_is_taken_defanged_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
