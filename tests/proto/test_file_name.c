/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_file_name: names as RFC 6266 and RFC 8187 give them, and as people do.
 */
#include "capture/proto/file_name.h"
#include "tests/nrs_test.h"

static const struct {
	const char *value, *name;
} dispositions[] = {
	{"attachment; filename=example.html", "example.html"},
	{"Attachment; FileName = \"an example.html\"", "an example.html"},
	{"attachment; filename*=UTF-8''%e2%82%ac%20rates",
	 "\xe2\x82\xac rates"},
	/* RFC 6266 section 5: the starred one counts */
	{"attachment; filename=\"EURO rates\"; filename*=utf-8''%e2%82%ac",
	 "\xe2\x82\xac"},
	{"form-data; name=\"f\"; filename=\"a;b\\\".txt\"", "a;b\".txt"},
	{"form-data; name=\"f\"; filename=\"C:\\Users\\x\\evil.exe\"",
	 "evil.exe"},
	{"attachment; filename=\"../../etc/passwd\"", "passwd"},
	{"attachment; filename=x.bin;size=3", "x.bin"},
	{"attachment; filename=\"unclosed.txt", "unclosed.txt"},
	{"attachment; filename*=nonsense; filename=b", "b"},
	{"inline", ""},
	{"attachment; filename=", ""},
	{"form-data; name=\"filename=x\"", ""},
	{"", ""},
};

static void a_disposition_gives_a_name(void **state)
{
	uint8_t room[64];

	(void)state;
	for (size_t i = 0; i < sizeof(dispositions) / sizeof(*dispositions);
	     i++) {
		const struct nrs_span name = nrs_disposition_name(
			nrs_span_of(dispositions[i].value), room, sizeof(room));

		if (!nrs_span_is(name, dispositions[i].name))
			fail_msg("%s: %.*s", dispositions[i].value,
				 (int)name.len, (const char *)name.ptr);
	}
}

static const struct {
	const char *target, *name;
} targets[] = {
	{"/a/b.exe", "b.exe"},
	{"/a/b%20c.exe?x=/y", "b c.exe"},
	{"/a/b%2", "b%2"},
	{"/%zz", "%zz"},
	{"/", ""},
	{"/a/", ""},
	{"http://host.example/x.js#f", "x.js"},
	{"http://host.example", ""},
	{"*", ""},
	{"/a b", "a"},
	{"", ""},
};

static void a_target_names_its_last_segment(void **state)
{
	uint8_t room[16];

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		const struct nrs_span name = nrs_target_name(
			nrs_span_of(targets[i].target), room, sizeof(room));

		if (!nrs_span_is(name, targets[i].name))
			fail_msg("%s: %.*s", targets[i].target, (int)name.len,
				 (const char *)name.ptr);
	}
	assert_int_equal(
		nrs_target_name(nrs_span_of("/seventeen-octets"), room, 15).len,
		0);
}

static void a_parameter_is_cut_to_its_room(void **state)
{
	uint8_t room[4];

	(void)state;
	assert_true(
		nrs_span_is(nrs_header_parameter(nrs_span_of("a; b=\"123456\""),
						 "b", room, sizeof(room)),
			    "1234"));
	assert_true(nrs_span_is(nrs_header_parameter(nrs_span_of("a; b=123456"),
						     "b", room, sizeof(room)),
				"1234"));
}

static void a_range_is_all_or_a_part(void **state)
{
	static const struct {
		const char *value;
		bool is_part;
	} ranges[] = {
		{"bytes 0-499/500", false},
		{"Bytes 0-499/500", false},
		{"0-499/500", false},
		{"bytes 0 - 499 / 500", false},
		{"bytes 0-498/500", true},
		{"bytes 1-499/500", true},
		{"bytes 0-499/*", true},
		{"bytes */500", true},
		{"bytes 0-18446744073709551615/0", true},
		{"bytes 0-499", true},
		{"bytes ", false},
		{"bytes", true},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (nrs_range_is_part(nrs_span_of(ranges[i].value)) !=
		    ranges[i].is_part)
			fail_msg("%s", ranges[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disposition_gives_a_name),
		cmocka_unit_test(a_target_names_its_last_segment),
		cmocka_unit_test(a_parameter_is_cut_to_its_room),
		cmocka_unit_test(a_range_is_all_or_a_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
