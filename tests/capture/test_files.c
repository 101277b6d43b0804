/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_files: what is told of a file. The digests of "abc" are those of
 * RFC 1321 (appendix A.5) and FIPS 180-2 (appendices A.1 and B.1).
 */
#include "capture/files.h"
#include "tests/capture/session_bench.h"

#define MD5_ABC "900150983cd24fb0d6963f7d28e17f72"
#define SHA1_ABC "a9993e364706816aba3e25717850c26c9cd0d89d"
#define SHA256_ABC                                                             \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define BIT(field) NRS_FIELD_BIT(NRS_F_FILE_##field)

static struct nrs_txn *begin_txn(struct session_bench *b, struct nrs_txn *txn)
{
	nrs_txn_begin(txn, &b->flow.txn, NRS_TXN_HTTP, 7, 1);
	return txn;
}

static void add(struct session_bench *b, struct nrs_file *file,
		const char *text)
{
	nrs_file_bytes(&b->env, file, nrs_span_of(text));
}

static void a_whole_file_has_all_digests_size_and_name(void **state)
{
	struct session_bench *b = *state;
	struct nrs_file *file = nrs_file_begin(&b->env, nrs_span_of("a.txt"));
	struct nrs_txn txn;

	add(b, file, "a");
	add(b, file, "bc");
	assert_int_equal(nrs_file_position(file), 3);
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, true);
	assert_string_equal(b->seen, "7 file.name=a.txt\n"
				     "7 file.size=3\n"
				     "7 file.md5=" MD5_ABC "\n"
				     "7 file.sha1=" SHA1_ABC "\n"
				     "7 file.sha256=" SHA256_ABC "\n");
	assert_int_equal(b->pools.files.taken, 0);
	assert_int_equal(b->counters.value[NRS_C_FILES], 1);
	assert_int_equal(b->counters.value[NRS_C_FILES_PARTIAL], 0);
}

static void what_was_sent_has_digests_of_its_own(void **state)
{
	struct session_bench *b = *state;
	struct nrs_file *file =
		nrs_file_begin_sent(&b->env, nrs_span_of("a.txt"));
	struct nrs_txn txn;

	add(b, file, "abc");
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 1, true);
	assert_string_equal(b->seen, "7 file.sent_md5=" MD5_ABC "\n"
				     "7 file.sent_sha1=" SHA1_ABC "\n"
				     "7 file.sent_sha256=" SHA256_ABC "\n");
}

static const struct {
	const char *name;
	nrs_field_set demand;
	const char *seen;
} asked[] = {
	{"MD5 alone", BIT(MD5), "7 file.md5=" MD5_ABC "\n"},
	{"SHA-1 and SHA-256", BIT(SHA1) | BIT(SHA256),
	 "7 file.sha1=" SHA1_ABC "\n7 file.sha256=" SHA256_ABC "\n"},
	{"the name alone", BIT(NAME), "7 file.name=a.txt\n"},
	{"the size alone", BIT(SIZE), "7 file.size=3\n"},
	{"only what was sent", BIT(SENT_MD5), ""},
	{"nothing of files", NRS_FIELD_BIT(NRS_F_DNS_QUERY), ""},
};

static void only_what_is_asked_for_is_told(void **state)
{
	struct session_bench *b = *state;

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct nrs_file *file;
		struct nrs_txn txn;

		b->len = 0;
		b->seen[0] = '\0';
		b->sink.fields = asked[i].demand;
		nrs_matcher_adopt(b->env.matcher, NULL);
		b->env.demand = nrs_matcher_demand(b->env.matcher);
		file = nrs_file_begin(&b->env, nrs_span_of("a.txt"));
		add(b, file, "abc");
		nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, true);
		if (strcmp(b->seen, asked[i].seen) != 0)
			fail_msg("%s: %s", asked[i].name, b->seen);
	}
	assert_false(nrs_files_wanted(&b->env));
}

static void a_gap_leaves_name_type_and_what_was_seen(void **state)
{
	struct session_bench *b = *state;
	struct nrs_file *file = nrs_file_begin(&b->env, nrs_span_of("a.pdf"));
	struct nrs_txn txn;

	add(b, file, "%PDF-1.7");
	nrs_file_gap(&b->env, file, 100);
	add(b, file, "abc");
	assert_int_equal(nrs_file_position(file), 111);
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, true);
	assert_string_equal(b->seen, "7 file.name=a.pdf\n"
				     "7 file.mime_type=application/pdf\n"
				     "7 file.partial=11\n");
	assert_int_equal(b->counters.value[NRS_C_FILES_PARTIAL], 1);
}

static void the_type_of_a_lost_front_is_not_told(void **state)
{
	struct session_bench *b = *state;
	struct nrs_file *file = nrs_file_begin(&b->env, nrs_span_of(""));
	struct nrs_txn txn;

	nrs_file_gap(&b->env, file, 1);
	add(b, file, "%PDF-1.7");
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, true);
	assert_string_equal(b->seen, "7 file.partial=8\n");
}

static void a_file_that_was_cut_is_partial(void **state)
{
	struct session_bench *b = *state;
	struct nrs_file *file = nrs_file_begin(&b->env, nrs_span_of("a"));
	struct nrs_txn txn;

	add(b, file, "abc");
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, false);
	assert_string_equal(b->seen, "7 file.name=a\n7 file.partial=3\n");
}

static void octets_with_a_place_are_put_in_order(void **state)
{
	struct session_bench *b = *state;
	struct nrs_file *file = nrs_file_begin(&b->env, nrs_span_of(""));
	struct nrs_txn txn;

	nrs_file_bytes_at(&b->env, file, 0, nrs_span_of("ab"));
	nrs_file_bytes_at(&b->env, file, 0, nrs_span_of("ab"));
	nrs_file_bytes_at(&b->env, file, 1, nrs_span_of("bc"));
	assert_int_equal(nrs_file_position(file), 3);
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, true);
	assert_non_null(strstr(b->seen, "file.md5=" MD5_ABC));
	file = nrs_file_begin(&b->env, nrs_span_of(""));
	nrs_file_bytes_at(&b->env, file, 1, nrs_span_of("bc"));
	b->len = 0;
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, true);
	assert_string_equal(b->seen, "7 file.partial=2\n");
}

static void files_beyond_the_quota_are_counted_and_harmless(void **state)
{
	struct session_bench *b = *state;
	struct nrs_file *file[5];
	struct nrs_txn txn;

	for (unsigned int i = 0; i < 5; i++)
		file[i] = nrs_file_begin(&b->env, nrs_span_of("x"));
	assert_non_null(file[3]);
	assert_null(file[4]); /* the bench has four */
	assert_int_equal(b->counters.value[NRS_C_FILES_REFUSED], 1);
	add(b, file[4], "abc");
	nrs_file_gap(&b->env, file[4], 1);
	nrs_file_bytes_at(&b->env, file[4], 9, nrs_span_of("abc"));
	nrs_file_name(file[4], nrs_span_of("y"));
	assert_int_equal(nrs_file_position(file[4]), 0);
	nrs_file_end(&b->env, file[4], begin_txn(b, &txn), 0, true);
	for (unsigned int i = 0; i < 5; i++)
		nrs_file_drop(&b->env, file[i]);
	assert_int_equal(b->pools.files.taken, 0);
	assert_int_equal(b->len, 0);
}

static void a_name_too_long_to_keep_is_counted(void **state)
{
	struct session_bench *b = *state;
	char name[NRS_FILE_NAME_MAX + 1];
	struct nrs_file *file;
	struct nrs_txn txn;

	memset(name, 'n', sizeof(name));
	file = nrs_file_begin(&b->env, nrs_span(name, sizeof(name)));
	assert_int_equal(b->counters.value[NRS_C_VALUES_BAD], 1);
	nrs_file_end(&b->env, file, begin_txn(b, &txn), 0, false);
	assert_string_equal(b->seen, "7 file.partial=0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_S(a_whole_file_has_all_digests_size_and_name),
		NRS_S(what_was_sent_has_digests_of_its_own),
		NRS_S(only_what_is_asked_for_is_told),
		NRS_S(a_gap_leaves_name_type_and_what_was_seen),
		NRS_S(the_type_of_a_lost_front_is_not_told),
		NRS_S(a_file_that_was_cut_is_partial),
		NRS_S(octets_with_a_place_are_put_in_order),
		NRS_S(files_beyond_the_quota_are_counted_and_harmless),
		NRS_S(a_name_too_long_to_keep_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
