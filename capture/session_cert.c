/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_cert: one certificate's digests and fields. It is parsed only if
 * somebody asks for more than digests.
 */
#include "capture/session_hello.h"

#include "capture/proto/x509.h"

#define BIT(field) NRS_FIELD_BIT(NRS_F_##field)
#define OF_DIGESTS (BIT(CERT_MD5) | BIT(CERT_SHA1) | BIT(CERT_SHA256))

struct push {
	struct nrs_session_env *env;
	struct nrs_txn *txn;
	unsigned int index;
};

static bool wants(const struct push *p, enum nrs_field field)
{
	return nrs_wanted(p->env->demand, field);
}

static void push(const struct push *p, enum nrs_field field, const void *value,
		 size_t len)
{
	nrs_txn_value(p->env->matcher, p->txn, field, p->index,
		      nrs_span(value, len));
}

static void push_digest(const struct push *p, enum nrs_field field,
			const uint8_t *sum, size_t len)
{
	char hex[2 * NRS_SHA256_LEN + 1];

	nrs_hex(nrs_span(sum, len), hex);
	push(p, field, hex, 2 * len);
}

static void push_digests(const struct push *p, struct nrs_span der)
{
	uint8_t sum[NRS_SHA256_LEN];

	if (wants(p, NRS_F_CERT_MD5)) {
		nrs_hasher_md5(p->env->hasher, der, sum);
		push_digest(p, NRS_F_CERT_MD5, sum, NRS_MD5_LEN);
	}
	if (wants(p, NRS_F_CERT_SHA1)) {
		nrs_hasher_sha1(p->env->hasher, der, sum);
		push_digest(p, NRS_F_CERT_SHA1, sum, NRS_SHA1_LEN);
	}
	if (wants(p, NRS_F_CERT_SHA256)) {
		nrs_hasher_sha256(p->env->hasher, der, sum);
		push_digest(p, NRS_F_CERT_SHA256, sum, NRS_SHA256_LEN);
	}
}

/* "4c:0b:1d", as the STIX specification shows it. */
static void push_serial(const struct push *p, struct nrs_span serial)
{
	static const char digits[] = "0123456789abcdef";
	char text[3 * 64];
	size_t len = 0;

	if (!wants(p, NRS_F_CERT_SERIAL) || serial.len == 0)
		return;
	if (serial.len > sizeof(text) / 3) {
		nrs_count(p->env->counters, NRS_C_VALUES_BAD);
		return;
	}
	for (size_t i = 0; i < serial.len; i++) {
		if (i > 0)
			text[len++] = ':';
		text[len++] = digits[serial.ptr[i] >> 4];
		text[len++] = digits[serial.ptr[i] & 15];
	}
	push(p, NRS_F_CERT_SERIAL, text, len);
}

static void push_name(const struct push *p, enum nrs_field field,
		      struct nrs_span name)
{
	struct nrs_span text;

	if (!wants(p, field) || name.len == 0)
		return;
	if (nrs_x509_name_text(name, p->env->text_room, NRS_SESSION_TEXT_ROOM,
			       &text) == NRS_OK)
		push(p, field, text.ptr, text.len);
	else
		nrs_lack(p->env, NRS_C_CERT_BAD);
}

static void push_time(const struct push *p, enum nrs_field field,
		      const struct nrs_x509_time *time)
{
	int64_t at_ns;

	if (wants(p, field) && nrs_x509_instant(time, &at_ns))
		push(p, field, &at_ns, sizeof(at_ns));
}

/* A common name that could be a host's. */
static bool is_host(struct nrs_span name)
{
	return nrs_span_find(name, '.', 0) != SIZE_MAX &&
	       nrs_span_find(name, ' ', 0) == SIZE_MAX;
}

/* Names of hosts, which only the first of a chain has: each an object of its
 * own behind the server name's. */
static void push_hosts(const struct push *p, const struct nrs_x509 *c)
{
	struct nrs_span rest = c->names, name;
	unsigned int names = 0;

	if (!wants(p, NRS_F_CERT_NAME) || p->index > 0)
		return;
	while (nrs_x509_next_name(&rest, &name))
		nrs_txn_value(p->env->matcher, p->txn, NRS_F_CERT_NAME, ++names,
			      name);
	name = nrs_x509_common_name(c->subject);
	if (names == 0 && is_host(name))
		nrs_txn_value(p->env->matcher, p->txn, NRS_F_CERT_NAME, 1,
			      name);
}

void nrs_session_certificate(struct nrs_session_env *env, struct nrs_txn *txn,
			     unsigned int index, struct nrs_span der)
{
	const struct push p = {.env = env, .txn = txn, .index = index};
	struct nrs_x509 c;

	nrs_count(env->counters, NRS_C_CERT);
	push_digests(&p, der);
	if ((env->demand & NRS_HELLO_OF_CHAIN & ~OF_DIGESTS) == 0)
		return;
	if (nrs_x509_parse(&c, der) != NRS_OK) /* its front may be good */
		nrs_lack(env, NRS_C_CERT_BAD);
	push_serial(&p, c.serial);
	push_name(&p, NRS_F_CERT_SUBJECT, c.subject);
	push_name(&p, NRS_F_CERT_ISSUER, c.issuer);
	push_time(&p, NRS_F_CERT_NOT_BEFORE, &c.not_before);
	push_time(&p, NRS_F_CERT_NOT_AFTER, &c.not_after);
	if (wants(&p, NRS_F_CERT_SELF_SIGNED) && c.subject.len > 0) {
		const int64_t is_self_signed = c.is_self_signed;

		push(&p, NRS_F_CERT_SELF_SIGNED, &is_self_signed,
		     sizeof(is_self_signed));
	}
	push_hosts(&p, &c);
}
