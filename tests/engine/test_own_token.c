/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_own_token: one host, one key, one token; and nothing of the host in it.
 */
#include "tests/nrs_test.h"

#include "engine/base/err.h"
#include "engine/own_token.h"

static struct nrs_addr addr(const char *text)
{
	struct nrs_addr out;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &out), NRS_OK);
	return out;
}

static void text_of(const struct nrs_addr *token, char out[NRS_OWN_TOKEN_LEN])
{
	nrs_own_token_text(token, out);
	assert_int_equal(strlen(out), NRS_OWN_TOKEN_LEN - 1);
}

/* By another tool: printf 'own host|10.1.2.3' | openssl dgst -sha256 -mac HMAC
 * -macopt hexkey:0101...01, of 32 octets; likewise 2001:db8::5. */
static void a_token_is_the_hmac_of_the_address(void **state)
{
	static const struct {
		const char *addr, *want;
		bool is_v4;
	} rows[] = {{"10.1.2.3", "h-944bc013", true},
		    {"2001:db8::5", "h-6aa2cd1f", false}};
	uint8_t key[NRS_OWN_KEY_LEN];

	(void)state;
	memset(key, 1, sizeof(key));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_addr own = addr(rows[i].addr);
		const struct nrs_addr token =
			nrs_own_token(nrs_span(key, sizeof(key)), &own);
		char text[NRS_OWN_TOKEN_LEN];

		text_of(&token, text);
		assert_string_equal(text, rows[i].want);
		assert_int_equal(nrs_own_token_is_v4(&token), rows[i].is_v4);
		assert_false(nrs_addr_is_v4(&token));
	}
}

static void another_key_makes_another_token(void **state)
{
	uint8_t one[NRS_OWN_KEY_LEN] = {1}, two[NRS_OWN_KEY_LEN] = {2};
	const struct nrs_addr own = addr("10.1.2.3");
	const struct nrs_addr a = nrs_own_token(nrs_span(one, 32), &own);
	const struct nrs_addr b = nrs_own_token(nrs_span(two, 32), &own);

	(void)state;
	assert_int_not_equal(nrs_addr_compare(&a, &b), 0);
}

static void a_text_is_read_back_and_others_are_none(void **state)
{
	static const char *const bad[] = {
		"",	      "h-",	     "10.0.0.1",
		"h-7c1e90a",  "h-7c1e90abc", "h-7C1E90AB",
		"i-7c1e90ab", "h-7c1e90ag"};
	struct nrs_addr token;
	char text[NRS_OWN_TOKEN_LEN];

	(void)state;
	assert_true(
		nrs_own_token_parse(nrs_span_of("h-7c1e90ab"), true, &token));
	assert_true(nrs_own_token_is_v4(&token));
	text_of(&token, text);
	assert_string_equal(text, "h-7c1e90ab");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		print_message("%s\n", bad[i]);
		assert_false(
			nrs_own_token_parse(nrs_span_of(bad[i]), true, &token));
	}
}

/* More hosts than are known at a time: those that come again have the same. */
static void what_is_known_is_what_would_be_made(void **state)
{
	uint8_t key[NRS_OWN_KEY_LEN] = {7};
	struct nrs_own_tokens *tokens = NULL;

	(void)state;
	assert_int_equal(nrs_own_tokens_new(&tokens, key), NRS_OK);
	for (unsigned int i = 0; i < 20000; i++) {
		const uint8_t octets[4] = {10, 0, (uint8_t)(i % 5000 >> 8),
					   (uint8_t)(i % 5000)};
		const struct nrs_addr own = nrs_addr_from_v4(octets);
		const struct nrs_addr want =
			nrs_own_token(nrs_span(key, sizeof(key)), &own);
		const struct nrs_addr got = nrs_own_tokens_of(tokens, &own);

		assert_int_equal(nrs_addr_compare(&want, &got), 0);
	}
	nrs_own_tokens_free(tokens);
	nrs_own_tokens_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_the_hmac_of_the_address),
		cmocka_unit_test(another_key_makes_another_token),
		cmocka_unit_test(a_text_is_read_back_and_others_are_none),
		cmocka_unit_test(what_is_known_is_what_would_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
