/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_dns: DNS messages to transactions: a question and its answer are
 * one, joined by the message id; an answer whose question was not seen stands
 * alone.
 */
#include "capture/session_part.h"

#include "engine/canon.h"

#define OPCODE_QUERY 0
#define RCODE_REFUSED 5
#define SSHFP_DIGEST_MAX 64

static struct nrs_pending *find_pending(struct nrs_session *session,
					uint16_t id)
{
	for (unsigned int i = 0; i < NRS_SESSION_SLOTS; i++) {
		struct nrs_pending *p = &session->pending[i];

		if (p->is_open && p->id == id)
			return p;
	}
	return NULL;
}

static void push(struct nrs_session_env *env, struct nrs_txn *txn,
		 enum nrs_field field, unsigned int object,
		 struct nrs_span value)
{
	if (nrs_wanted(env->demand, field) && value.len > 0)
		nrs_txn_value(env->matcher, txn, field, object, value);
}

static void push_addr(struct nrs_session_env *env, struct nrs_txn *txn,
		      const struct nrs_dns_record *record, unsigned int object)
{
	const bool is_v4 = record->type == NRS_DNS_A;
	struct nrs_addr addr;

	if (record->rdata.len != (is_v4 ? 4u : 16u))
		return;
	addr = is_v4 ? nrs_addr_from_v4(record->rdata.ptr)
		     : nrs_addr_from_v6(record->rdata.ptr);
	push(env, txn, is_v4 ? NRS_F_DNS_A : NRS_F_DNS_AAAA, object,
	     nrs_span(addr.bytes, sizeof(addr.bytes)));
}

static enum nrs_field target_field(uint16_t type)
{
	switch (type) {
	case NRS_DNS_CNAME:
		return NRS_F_DNS_CNAME;
	case NRS_DNS_MX:
		return NRS_F_DNS_MX;
	case NRS_DNS_NS:
		return NRS_F_DNS_NS;
	case NRS_DNS_PTR:
		return NRS_F_DNS_PTR;
	case NRS_DNS_SOA:
		return NRS_F_DNS_SOA;
	case NRS_DNS_SRV:
		return NRS_F_DNS_SRV;
	default:
		return NRS_FIELD_COUNT;
	}
}

static void push_texts(struct nrs_session_env *env, struct nrs_txn *txn,
		       struct nrs_span rdata, unsigned int object)
{
	struct nrs_span text;

	if (!nrs_wanted(env->demand, NRS_F_DNS_TXT))
		return;
	while (nrs_dns_txt(&rdata, &text))
		push(env, txn, NRS_F_DNS_TXT, object, text);
}

/* Algorithm, kind, digest (RFC 4255 section 3.1): the digest as it is shown,
 * "0b:24:d9". */
static void push_fingerprint(struct nrs_session_env *env, struct nrs_txn *txn,
			     struct nrs_span rdata, unsigned int object)
{
	const struct nrs_span digest =
		nrs_span_part(rdata, 2, SSHFP_DIGEST_MAX);
	char hex[2 * SSHFP_DIGEST_MAX + 1], text[3 * SSHFP_DIGEST_MAX];
	size_t len = 0;

	nrs_hex(digest, hex);
	for (size_t i = 0; i < digest.len; i++) {
		if (i > 0)
			text[len++] = ':';
		memcpy(text + len, hex + 2 * i, 2);
		len += 2;
	}
	push(env, txn, NRS_F_DNS_SSHFP, object, nrs_span(text, len));
}

static void tell_answer(struct nrs_session_env *env,
			const struct nrs_flow *flow, struct nrs_span question,
			const struct nrs_dns_record *record)
{
	const bool is_v4 = record->type == NRS_DNS_A;
	struct nrs_answer answer = {.client = flow->info.src,
				    .ttl_s = record->ttl_s,
				    .name = question};

	if (env->answer == NULL || question.len == 0 ||
	    record->section != NRS_DNS_ANSWER ||
	    (!is_v4 && record->type != NRS_DNS_AAAA) ||
	    record->rdata.len != (is_v4 ? 4u : 16u))
		return;
	answer.addr = is_v4 ? nrs_addr_from_v4(record->rdata.ptr)
			    : nrs_addr_from_v6(record->rdata.ptr);
	env->answer(env->ctx, &answer);
}

/* The owner and what its data names are two objects; the owner that was asked
 * for is the question's object. */
static void push_record(struct nrs_session_env *env, struct nrs_txn *txn,
			const struct nrs_dns_record *record,
			struct nrs_span asked, unsigned int number)
{
	const enum nrs_field target = target_field(record->type);
	const unsigned int object = 2 * number + 1;

	push(env, txn, NRS_F_DNS_NAME,
	     nrs_span_equal(record->name, asked) ? 0 : 2 * number,
	     record->name);
	if (record->type == NRS_DNS_A || record->type == NRS_DNS_AAAA)
		push_addr(env, txn, record, object);
	else if (target != NRS_FIELD_COUNT)
		push(env, txn, target, object, record->target);
	else if (record->type == NRS_DNS_TXT)
		push_texts(env, txn, record->rdata, object);
	else if (record->type == NRS_DNS_NULL)
		push(env, txn, NRS_F_DNS_NULL, object, record->rdata);
	else if (record->type == NRS_DNS_SSHFP &&
		 nrs_wanted(env->demand, NRS_F_DNS_SSHFP))
		push_fingerprint(env, txn, record->rdata, object);
}

static void take_records(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, struct nrs_txn *txn,
			 struct nrs_dns *dns)
{
	struct nrs_dns_record record;
	uint8_t question[NRS_CANON_NAME_ROOM];
	struct nrs_span asked = {question, 0};
	unsigned int number = 0;
	int err;

	while ((err = nrs_dns_next(dns, &record, env->dns_room)) == NRS_OK) {
		if (record.section == NRS_DNS_QUESTION) {
			push(env, txn,
			     dns->is_response ? NRS_F_DNS_ANSWER_NAME
					      : NRS_F_DNS_QUERY,
			     0, record.name);
			if (!dns->is_response && dns->opcode == OPCODE_QUERY)
				nrs_session_asked(env, NRS_ASKED_DNS,
						  record.type, side);
			if (record.name.len <= sizeof(question) &&
			    record.name.len > 0) {
				memcpy(question, record.name.ptr,
				       record.name.len);
				asked.len = record.name.len;
			}
			continue;
		}
		if (!dns->is_response || record.type == NRS_DNS_OPT ||
		    record.section == NRS_DNS_ADDITIONAL)
			continue;
		push_record(env, txn, &record, asked, ++number);
		tell_answer(env, flow, asked, &record);
	}
	if (err != NRS_E_NOTFOUND)
		nrs_lack(env, NRS_C_DNS_BAD);
}

void nrs_session_dns(struct nrs_session_env *env, struct nrs_flow *flow,
		     unsigned int side, struct nrs_span message)
{
	struct nrs_session *session = flow->session;
	struct nrs_pending *pending = NULL;
	struct nrs_dns dns;

	if (nrs_dns_open(&dns, message) != NRS_OK) {
		nrs_lack(env, NRS_C_DNS_BAD);
		return;
	}
	nrs_count(env->counters, NRS_C_DNS);
	nrs_session_protocol(env, flow, NRS_TXN_DNS);
	if (dns.is_response)
		pending = find_pending(session, dns.id);
	if (pending == NULL) {
		pending = nrs_pending_new(env, flow, NRS_TXN_DNS);
		pending->id = dns.id;
	}
	if (dns.is_response && dns.rcode == RCODE_REFUSED)
		env->is_refusal = true;
	if (dns.is_response && dns.opcode == OPCODE_QUERY)
		nrs_session_asked(env, NRS_ASKED_DNS_ANSWER, dns.rcode, side);
	take_records(env, flow, side, &pending->txn, &dns);
	if (dns.is_response)
		nrs_pending_end(env, pending);
}

size_t nrs_session_dns_tcp(struct nrs_session_env *env, struct nrs_flow *flow,
			   unsigned int side, struct nrs_span bytes)
{
	if (bytes.len < 2)
		return 0;
	const size_t len = (size_t)bytes.ptr[0] << 8 | bytes.ptr[1];
	if (len > NRS_SESSION_BUFFER - 2) {
		nrs_lack(env, NRS_C_DNS_BAD);
		nrs_session_ignore(env, flow->session);
		return bytes.len;
	}
	if (bytes.len - 2 < len)
		return 0;
	nrs_session_dns(env, flow, side, nrs_span_part(bytes, 2, len));
	return len + 2;
}
