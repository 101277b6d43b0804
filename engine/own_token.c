/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_token: the first four octets of HMAC-SHA256 over the address as text.
 */
#include "engine/own_token.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"
#include "engine/base/err.h"

#define KNOWN 4096u /* a power of two */

/* 100:: and, of IPv4 hosts, a 4 before the token. */
static const uint8_t prefix[12] = {0x01};
#define FAMILY_AT 11

struct known {
	struct nrs_addr addr, token;
	bool is_set;
};

struct nrs_own_tokens {
	struct nrs_hash_key hash;
	uint8_t key[NRS_OWN_KEY_LEN];
	struct known known[KNOWN];
};

struct nrs_addr nrs_own_token(struct nrs_span key, const struct nrs_addr *addr)
{
	char what[NRS_ADDR_LEN + 16], text[NRS_ADDR_LEN];
	uint8_t mac[NRS_SHA256_LEN];
	struct nrs_addr token;

	text[nrs_addr_format(addr, text)] = '\0';
	(void)snprintf(what, sizeof(what), "own host|%s", text);
	nrs_hmac_sha256(key, nrs_span_of(what), mac);
	memcpy(token.bytes, prefix, sizeof(prefix));
	token.bytes[FAMILY_AT] = nrs_addr_is_v4(addr) ? 4 : 0;
	memcpy(token.bytes + sizeof(prefix), mac, 4);
	return token;
}

void nrs_own_token_text(const struct nrs_addr *token,
			char out[NRS_OWN_TOKEN_LEN])
{
	const uint8_t *at = token->bytes + sizeof(prefix);

	(void)snprintf(out, NRS_OWN_TOKEN_LEN, "h-%02x%02x%02x%02x", at[0],
		       at[1], at[2], at[3]);
}

bool nrs_own_token_is_v4(const struct nrs_addr *token)
{
	return token->bytes[FAMILY_AT] == 4;
}

bool nrs_own_token_parse(struct nrs_span text, bool is_v4, struct nrs_addr *out)
{
	uint32_t value = 0;

	if (text.len != NRS_OWN_TOKEN_LEN - 1 || !nrs_span_starts(text, "h-"))
		return false;
	for (size_t i = 2; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		else
			return false;
	}
	memcpy(out->bytes, prefix, sizeof(prefix));
	out->bytes[FAMILY_AT] = is_v4 ? 4 : 0;
	for (unsigned int i = 0; i < 4; i++)
		out->bytes[12 + i] = (uint8_t)(value >> (24 - 8 * i));
	return true;
}

int nrs_own_tokens_new(struct nrs_own_tokens **out,
		       const uint8_t key[NRS_OWN_KEY_LEN])
{
	struct nrs_own_tokens *t =
		aligned_alloc(64, (sizeof(*t) + 63) / 64 * 64);

	if (t == NULL)
		return NRS_E_NOMEM;
	memset(t, 0, sizeof(*t));
	nrs_hash_key_init(&t->hash, 0);
	memcpy(t->key, key, NRS_OWN_KEY_LEN);
	*out = t;
	return NRS_OK;
}

void nrs_own_tokens_free(struct nrs_own_tokens *t)
{
	free(t);
}

struct nrs_addr nrs_own_tokens_of(struct nrs_own_tokens *t,
				  const struct nrs_addr *addr)
{
	const uint64_t hash =
		nrs_hash(&t->hash, nrs_span(addr->bytes, sizeof(addr->bytes)));
	struct known *known = &t->known[hash % KNOWN];

	if (!known->is_set || nrs_addr_compare(&known->addr, addr) != 0)
		*known = (struct known){
			.addr = *addr,
			.token = nrs_own_token(nrs_span(t->key, sizeof(t->key)),
					       addr),
			.is_set = true};
	return known->token;
}
