/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mail_address: lists of RFC 5322, appendix A, and what is sent besides.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mail_address.h"

static void a_list_gives_its_addresses_alone(void **state)
{
	static const struct {
		const char *list, *addresses;
	} rows[] = {
		{"John Doe <jdoe@machine.example>", "jdoe@machine.example|"},
		{"Mary Smith <mary@x.test>, jdoe@example.org, Who? "
		 "<one@y.test>",
		 "mary@x.test|jdoe@example.org|one@y.test|"},
		{"A Group:Ed Jones <c@a.test>,joe@where.test,John "
		 "<jdoe@one.test>;",
		 "c@a.test|joe@where.test|jdoe@one.test|"},
		{"Undisclosed recipients:;", ""},
		{"\"Joe Q. Public\" <john.q.public@example.com>, <b@c.test>",
		 "john.q.public@example.com|b@c.test|"},
		{"Pete(A nice \\) chap) <pete(his account)@silly.test(his "
		 "host)>",
		 "pete@silly.test|"},
		{"Mary Smith <@node.test:mary@example.net>, , "
		 "jdoe@test  . example",
		 "mary@example.net|jdoe@test.example|"},
		{"a@b.example (A, B), c@d.example", "a@b.example|c@d.example|"},
		{"\"a b\"@c.example", "\"a b\"@c.example|"},
		{"\"x@y.example <x@y.example>\" <a@b.example>", "a@b.example|"},
		{"\"Test Group\":addr-spec@example.com, \"M\" "
		 "<name-addr@example.com>;, jan@c.example",
		 "addr-spec@example.com|name-addr@example.com|jan@c.example|"},
		{"John Doe jdoe@a.example", "jdoe@a.example|"},
		{"\"never ends <a@b.example>", "a@b.example|"},
		{"(never ends <a@b.example>", "a@b.example|"},
		{"a@b.example;c@d.example", "a@b.example|c@d.example|"},
		{"nobody", ""},
		{"@b.example", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_mail_addresses list = {
			.rest = nrs_span_of(rows[i].list)};
		struct nrs_span address;
		char out[256];
		size_t len = 0;

		while (nrs_mail_address_next(&list, &address)) {
			memcpy(out + len, address.ptr, address.len);
			len += address.len;
			out[len++] = '|';
		}
		if (!nrs_span_is(nrs_span(out, len), rows[i].addresses))
			fail_msg("%s: %.*s", rows[i].list, (int)len, out);
	}
}

static void an_address_too_long_is_passed_over(void **state)
{
	struct nrs_mail_addresses list;
	struct nrs_span address;
	char text[400];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + 380, "@b.example,c@d.test", 19);
	list.rest = nrs_span(text, 399);
	assert_true(nrs_mail_address_next(&list, &address));
	assert_true(nrs_span_is(address, "c@d.test"));
	assert_false(nrs_mail_address_next(&list, &address));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_gives_its_addresses_alone),
		cmocka_unit_test(an_address_too_long_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
