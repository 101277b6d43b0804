/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_token: what is told of an own host in place of its address: "h-7c1e90ab",
 * the same for the same key, and without it nothing (sharing-rules.md rule 13).
 *
 * Where an address is expected, a token stands as one of 100::/64, which is
 * for what is thrown away (RFC 6666). That it is a token says whoever holds it,
 * never the octets: any packet may carry such an address.
 */
#pragma once

#include "engine/base/addr.h"

#define NRS_OWN_KEY_LEN 32
#define NRS_OWN_TOKEN_LEN 11 /* with NUL */

/* The token of @addr under @key, as an address. */
struct nrs_addr nrs_own_token(struct nrs_span key, const struct nrs_addr *addr);

/* "h-7c1e90ab" of such a one, and back. False: it is none. */
void nrs_own_token_text(const struct nrs_addr *token,
			char out[NRS_OWN_TOKEN_LEN]);
bool nrs_own_token_parse(struct nrs_span text, bool is_v4,
			 struct nrs_addr *out);

/* The family of the host. */
bool nrs_own_token_is_v4(const struct nrs_addr *token);

/* Tokens of many hosts under one key; those made last are known. One thread. */
struct nrs_own_tokens;
int nrs_own_tokens_new(struct nrs_own_tokens **out,
		       const uint8_t key[NRS_OWN_KEY_LEN]); /* NRS_E_NOMEM */
void nrs_own_tokens_free(struct nrs_own_tokens *tokens);    /* NULL: nothing */
struct nrs_addr nrs_own_tokens_of(struct nrs_own_tokens *tokens,
				  const struct nrs_addr *addr);
