/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_hello: server name, protocols and fingerprints of hellos.
 */
#include "capture/session_hello.h"

static bool wants(const struct nrs_session_env *env, enum nrs_field field)
{
	return nrs_wanted(env->demand, field);
}

static void push_md5(struct nrs_session_env *env, struct nrs_txn *txn,
		     enum nrs_field field, struct nrs_span text)
{
	uint8_t sum[NRS_MD5_LEN];
	char hex[2 * NRS_MD5_LEN + 1];

	nrs_hasher_md5(env->hasher, text, sum);
	nrs_hex(nrs_span(sum, sizeof(sum)), hex);
	nrs_txn_value(env->matcher, txn, field, 0, nrs_span_of(hex));
}

static void push_alpn(struct nrs_session_env *env, struct nrs_txn *txn,
		      enum nrs_field field, struct nrs_span list)
{
	while (list.len > 0) {
		const struct nrs_span name =
			nrs_span_part(list, 1, list.ptr[0]);

		if (name.len > 0)
			nrs_txn_value(env->matcher, txn, field, 0, name);
		list = nrs_span_from(list, 1 + name.len);
	}
}

void nrs_session_client_hello(struct nrs_session_env *env, struct nrs_txn *txn,
			      const struct nrs_tls_client_hello *hello,
			      const struct nrs_hello_fields *fields)
{
	char ja4[NRS_JA4_LEN + 1];
	struct nrs_span text;
	bool is_long = false;

	if (!hello->has_server_name)
		nrs_lack(env, NRS_C_TLS_NO_NAME);
	if (hello->has_encrypted_hello)
		nrs_lack(env, NRS_C_TLS_ECH);
	if (hello->server_name.len > 0)
		nrs_txn_value(env->matcher, txn, fields->sni, 0,
			      hello->server_name);
	if (wants(env, fields->alpn))
		push_alpn(env, txn, fields->alpn, hello->alpn);
	if (wants(env, fields->ja3)) {
		if (nrs_tls_ja3(hello, env->text_room, NRS_SESSION_TEXT_ROOM,
				&text) == NRS_OK)
			push_md5(env, txn, fields->ja3, text);
		else
			is_long = true;
	}
	if (wants(env, fields->ja4)) {
		if (nrs_tls_ja4(hello, fields->transport, env->hasher, ja4) ==
		    NRS_OK)
			nrs_txn_value(env->matcher, txn, fields->ja4, 0,
				      nrs_span_of(ja4));
		else
			is_long = true;
	}
	if (is_long)
		nrs_lack(env, NRS_C_TLS_NO_PRINT);
}

void nrs_session_server_hello(struct nrs_session_env *env, struct nrs_txn *txn,
			      const struct nrs_tls_server_hello *hello,
			      const struct nrs_hello_fields *fields)
{
	struct nrs_span text;

	if (!wants(env, fields->ja3s))
		return;
	if (nrs_tls_ja3s(hello, env->text_room, NRS_SESSION_TEXT_ROOM, &text) ==
	    NRS_OK)
		push_md5(env, txn, fields->ja3s, text);
	else
		nrs_lack(env, NRS_C_TLS_NO_PRINT);
}
