/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sco_joined: objects that several values make.
 */
#include "engine/sco.h"

#include "engine/base/json.h"
#include "tests/nrs_test.h"

#define MD5_ABC "900150983cd24fb0d6963f7d28e17f72"
#define SHA1_ABC "a9993e364706816aba3e25717850c26c9cd0d89d"

static struct nrs_hit_value text(enum nrs_field field, uint16_t object,
				 const char *value)
{
	return (struct nrs_hit_value){
		.field = field, .object = object, .value = nrs_span_of(value)};
}

static struct nrs_hit_value number(enum nrs_field field, uint16_t object,
				   const int64_t *value)
{
	return (struct nrs_hit_value){
		.field = field, .object = object, .value = nrs_span(value, 8)};
}

/* The array of objects, without their ids. */
static void expect(const struct nrs_hit_value *values, unsigned int count,
		   unsigned int objects, const char *part)
{
	struct nrs_sco_list list = {0};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *tree = NULL;
	struct nrs_text all = {0};

	nrs_sco_add_values(&list, values, count);
	nrs_text_putc(&all, '[');
	nrs_text_add(&all, nrs_text_span(&list.objects));
	nrs_text_putc(&all, ']');
	assert_false(list.objects.failed || all.failed);
	assert_int_equal(list.count, objects);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&all), arena, &tree, NULL),
		NRS_OK);
	if (nrs_span_find_text(nrs_text_span(&all), part) == SIZE_MAX)
		fail_msg("%.*s", (int)all.len, (const char *)all.ptr);
	nrs_text_fini(&all);
	nrs_sco_list_fini(&list);
	nrs_arena_free(arena);
}

static void values_of_one_file_are_one_object(void **state)
{
	const int64_t size = 3;
	const struct nrs_hit_value values[] = {
		text(NRS_F_FILE_NAME, 1, "a\"b.txt"),
		number(NRS_F_FILE_SIZE, 1, &size),
		text(NRS_F_FILE_TYPE, 1, "text/html"),
		text(NRS_F_FILE_SHA1, 1, SHA1_ABC),
		text(NRS_F_FILE_MD5, 1, MD5_ABC)};

	(void)state;
	expect(values, 5, 1,
	       "\"hashes\":{\"MD5\":\"" MD5_ABC "\",\"SHA-1\":\"" SHA1_ABC
	       "\"},\"name\":\"a\\\"b.txt\",\"size\":3,"
	       "\"mime_type\":\"text/html\"}");
}

static void what_was_sent_is_a_file_of_its_own(void **state)
{
	const struct nrs_hit_value values[] = {
		text(NRS_F_FILE_MD5, 0, MD5_ABC),
		text(NRS_F_FILE_SENT_MD5, 1,
		     "0123456789abcdef0123456789abcdef")};

	(void)state;
	expect(values, 2, 2,
	       "\"hashes\":{\"MD5\":\"0123456789abcdef0123456789abcdef\"}}");
}

/* STIX 2.1 section 6.7: a file has a digest or a name. */
static void a_size_alone_is_no_file(void **state)
{
	const int64_t size = 3;
	const struct nrs_hit_value values[] = {
		number(NRS_F_FILE_SIZE, 0, &size)};

	(void)state;
	expect(values, 1, 0, "[]");
}

static void a_certificate_and_a_file_of_one_number_are_two(void **state)
{
	const int64_t yes = 1;
	const struct nrs_hit_value values[] = {
		text(NRS_F_CERT_SERIAL, 0, "0a:0b"),
		number(NRS_F_CERT_SELF_SIGNED, 0, &yes),
		text(NRS_F_FILE_NAME, 0, "a")};

	(void)state;
	expect(values, 3, 2,
	       "\"serial_number\":\"0a:0b\",\"is_self_signed\":true}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_one_file_are_one_object),
		cmocka_unit_test(what_was_sent_is_a_file_of_its_own),
		cmocka_unit_test(a_size_alone_is_no_file),
		cmocka_unit_test(
			a_certificate_and_a_file_of_one_number_are_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
