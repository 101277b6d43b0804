/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sco_mail: a mail as STIX objects. Ids are those that python's uuid5
 * gives over the canonical JSON by hand.
 */
#include "engine/sco.h"

#include "engine/base/json.h"
#include "tests/nrs_test.h"

static struct nrs_hit_value text(enum nrs_field field, uint16_t object,
				 const char *value)
{
	return (struct nrs_hit_value){
		.field = field, .object = object, .value = nrs_span_of(value)};
}

static const int64_t date_ns = INT64_C(880127706000000000);
static const int64_t yes = 1;

static void is_json(struct nrs_span objects)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *tree = NULL;
	struct nrs_text all = {0};

	nrs_text_putc(&all, '[');
	nrs_text_add(&all, objects);
	nrs_text_putc(&all, ']');
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&all), arena, &tree, NULL),
		NRS_OK);
	nrs_text_fini(&all);
	nrs_arena_free(arena);
}

/* All of @parts stand in the objects of @values, of which there are @count. */
static void expect(const struct nrs_hit_value *values, unsigned int values_n,
		   unsigned int objects, const char *const *parts)
{
	struct nrs_sco_list list = {0};

	nrs_sco_add_values(&list, values, values_n);
	assert_false(list.objects.failed);
	is_json(nrs_text_span(&list.objects));
	for (; *parts != NULL; parts++) {
		if (nrs_span_find_text(nrs_text_span(&list.objects), *parts) ==
		    SIZE_MAX)
			fail_msg("%s in %.*s", *parts, (int)list.objects.len,
				 (const char *)list.objects.ptr);
	}
	assert_int_equal(list.count, objects);
	nrs_sco_list_fini(&list);
}

#define A_ID "email-addr--20f95e88-019c-5ac7-a027-aba10fdcb3ca"

static void a_mail_is_a_message_with_its_addresses_and_files(void **state)
{
	const struct nrs_hit_value values[] = {
		text(NRS_F_SMTP_RCPT_TO, 0, "E@d.example"),
		text(NRS_F_EMAIL_FROM, 0, "A@B.example"),
		text(NRS_F_EMAIL_TO, 0, "c@d.example"),
		text(NRS_F_EMAIL_TO, 0, "a@b.example"),
		text(NRS_F_EMAIL_SUBJECT, 0, "a \"b\""),
		{.field = NRS_F_EMAIL_DATE, .value = nrs_span(&date_ns, 8)},
		{.field = NRS_F_EMAIL_MULTIPART, .value = nrs_span(&yes, 8)},
		text(NRS_F_EMAIL_RECEIVED, 0, "from x"),
		text(NRS_F_EMAIL_RECEIVED, 0, "from y"),
		text(NRS_F_EMAIL_HEADER, 0, "X-Mailer: p: q"),
		text(NRS_F_EMAIL_HEADER, 0, "X-Mailer: r"),
		text(NRS_F_EMAIL_ATTACHMENT, 0, "a.bin"),
		text(NRS_F_EMAIL_ATTACHMENT, 1, "b.bin"),
		text(NRS_F_FILE_NAME, 1, "b.bin"),
		text(NRS_F_FILE_SHA1, 1,
		     "8843d7f92416211de9ebb963ff4ce28125932878"),
	};
	static const char *const parts[] = {
		"\"type\":\"email-addr\",\"spec_version\":\"2.1\",\"id\":"
		"\"" A_ID "\",\"value\":\"a@b.example\"}",
		"\"value\":\"e@d.example\"}",
		"\"is_multipart\":true,\"date\":\"1997-11-21T15:55:06."
		"000000Z\","
		"\"from_ref\":\"" A_ID "\",\"to_refs\":[\"email-addr--",
		",\"" A_ID "\"],\"subject\":\"a \\\"b\\\"\","
		"\"received_lines\":[\"from x\",\"from y\"],"
		"\"additional_header_fields\":{\"X-Mailer\":[\"p: q\",\"r\"]},"
		"\"body_multipart\":[{\"body_raw_ref\":\"file--",
		"\"hashes\":{\"SHA-1\":"
		"\"8843d7f92416211de9ebb963ff4ce28125932878\"},"
		"\"name\":\"b.bin\"}",
		"\"type\":\"email-message\"",
		NULL};

	(void)state;
	/* three addresses, two files, the message */
	expect(values, sizeof(values) / sizeof(*values), 6, parts);
}

static void what_a_sighting_may_say_of_a_mail_is_a_message_too(void **state)
{
	const struct nrs_hit_value values[] = {
		text(NRS_F_EMAIL_SUBJECT, 0, "s")};
	static const char *const parts[] = {
		"\"subject\":\"s\",\"is_multipart\":false}", NULL};

	(void)state;
	expect(values, 1, 1, parts);
}

/* STIX 2.1: from_ref, subject and body make the id. */
static void without_author_and_subject_there_are_addresses_alone(void **state)
{
	const struct nrs_hit_value values[] = {
		text(NRS_F_EMAIL_TO, 0, "c@d.example")};
	static const char *const parts[] = {"\"value\":\"c@d.example\"}", NULL};

	(void)state;
	expect(values, 1, 1, parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_mail_is_a_message_with_its_addresses_and_files),
		cmocka_unit_test(
			what_a_sighting_may_say_of_a_mail_is_a_message_too),
		cmocka_unit_test(
			without_author_and_subject_there_are_addresses_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
