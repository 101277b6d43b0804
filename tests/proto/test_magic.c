/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_magic: types by the first octets, against the formats' specifications.
 */
#include "capture/proto/magic.h"
#include "tests/nrs_test.h"

static const struct {
	const char *name;
	const char *head;
	size_t len;
	const char *type; /* NULL: none */
} cases[] = {
	{"nothing", "", 0, NULL},
	{"a DOS header", "MZ\x90\0", 4, "application/x-dosexec"},
	{"half of one", "M", 1, NULL},
	{"ELF", "\177ELF\2\1\1\0", 8, "application/x-executable"},
	{"a PDF", "%PDF-1.7\n", 9, "application/pdf"},
	{"a zip", "PK\3\4\24\0\0\0\10\0", 10, "application/zip"},
	{"a jar, whose first entry is its manifest's folder",
	 "PK\3\4\24\0\10\10\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\4\0"
	 "META-INF/",
	 39, "application/java-archive"},
	{"gzip, deflated (RFC 1952)", "\x1f\x8b\x08\0", 4, "application/gzip"},
	{"gzip of no known method", "\x1f\x8b\x07\0", 4, NULL},
	{"a PNG", "\x89PNG\r\n\x1a\n", 8, "image/png"},
	{"a page", "\r\n <!DOCTYPE HTML PUBLIC", 24, "text/html"},
	{"a page's word within text", "see <html>", 10, NULL},
	{"text", "hello", 5, NULL},
};

static void types_are_told_by_the_first_octets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *type =
			nrs_magic_type(nrs_span(cases[i].head, cases[i].len));

		if ((type == NULL) != (cases[i].type == NULL) ||
		    (type != NULL && strcmp(type, cases[i].type) != 0))
			fail_msg("%s: %s", cases[i].name,
				 type == NULL ? "none" : type);
	}
}

static void a_tar_is_told_by_its_257th_octet(void **state)
{
	uint8_t head[NRS_MAGIC_LEN] = "name";

	(void)state;
	memcpy(head + 257, "ustar", 5);
	assert_string_equal(nrs_magic_type(nrs_span(head, sizeof(head))),
			    "application/x-tar");
	assert_null(nrs_magic_type(nrs_span(head, 261)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_told_by_the_first_octets),
		cmocka_unit_test(a_tar_is_told_by_its_257th_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
