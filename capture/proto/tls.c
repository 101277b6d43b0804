/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: records to a handshake message, and the ClientHello's fields.
 */
#include "capture/proto/tls.h"

#define RECORD_HEAD 5
#define RECORD_MAX ((size_t)16384 + 256)
#define TYPE_HANDSHAKE 22
#define CLIENT_HELLO 1

enum extension {
	EXT_SERVER_NAME = 0,
	EXT_ALPN = 16,
	EXT_SUPPORTED_VERSIONS = 43,
	EXT_ENCRYPTED_HELLO = 0xfe0d,
};

/* A reader that can only run out. */
struct reader {
	struct nrs_span rest;
	bool failed;
};

static uint32_t number(struct reader *r, unsigned int octets)
{
	uint32_t value = 0;

	if (r->failed || r->rest.len < octets) {
		r->failed = true;
		return 0;
	}
	for (unsigned int i = 0; i < octets; i++)
		value = value << 8 | r->rest.ptr[i];
	r->rest = nrs_span_from(r->rest, octets);
	return value;
}

static struct nrs_span take(struct reader *r, size_t len)
{
	if (r->failed || r->rest.len < len) {
		r->failed = true;
		return nrs_span(NULL, 0);
	}
	const struct nrs_span taken = nrs_span_part(r->rest, 0, len);
	r->rest = nrs_span_from(r->rest, len);
	return taken;
}

int nrs_tls_sniff(struct nrs_span bytes)
{
	if (bytes.len == 0)
		return NRS_E_MORE;
	if (bytes.ptr[0] != TYPE_HANDSHAKE ||
	    (bytes.len > 1 && bytes.ptr[1] != 3) ||
	    (bytes.len > 2 && bytes.ptr[2] > 4))
		return NRS_E_FORMAT;
	if (bytes.len < RECORD_HEAD + 1)
		return NRS_E_MORE;
	/* ClientHello or ServerHello */
	return bytes.ptr[RECORD_HEAD] == 1 || bytes.ptr[RECORD_HEAD] == 2
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

/* The fragment of the record at the start of @bytes. */
static int record(struct nrs_span bytes, struct nrs_span *fragment)
{
	struct reader r = {.rest = bytes};

	if (bytes.len < RECORD_HEAD)
		return NRS_E_MORE;
	if (number(&r, 1) != TYPE_HANDSHAKE || number(&r, 2) >> 8 != 3)
		return NRS_E_FORMAT;
	const size_t len = number(&r, 2);
	if (len == 0 || len > RECORD_MAX)
		return NRS_E_FORMAT;
	*fragment = nrs_span_part(r.rest, 0, len);
	return fragment->len < len ? NRS_E_MORE : NRS_OK;
}

int nrs_tls_handshake(struct nrs_span bytes, uint8_t *room,
		      struct nrs_span *message)
{
	struct nrs_span fragment;
	size_t used = 0, want = 4;
	int err = record(bytes, &fragment);

	if (err == NRS_E_FORMAT)
		return err;
	if (err == NRS_OK && fragment.len >= 4) {
		want = 4 + ((size_t)fragment.ptr[1] << 16 |
			    (size_t)fragment.ptr[2] << 8 | fragment.ptr[3]);
		if (want > NRS_TLS_HELLO_MAX + 4)
			return NRS_E_LIMIT;
		if (want <= fragment.len) {
			*message = nrs_span_part(fragment, 0, want);
			return NRS_OK;
		}
	}
	while (err == NRS_OK) {
		if (fragment.len > NRS_TLS_HELLO_MAX + 4 - used)
			return NRS_E_LIMIT;
		memcpy(room + used, fragment.ptr, fragment.len);
		used += fragment.len;
		if (used >= 4)
			want = 4 + ((size_t)room[1] << 16 |
				    (size_t)room[2] << 8 | room[3]);
		if (want > NRS_TLS_HELLO_MAX + 4)
			return NRS_E_LIMIT;
		if (used >= want) {
			*message = nrs_span(room, want);
			return NRS_OK;
		}
		bytes = nrs_span_from(bytes, RECORD_HEAD + fragment.len);
		err = record(bytes, &fragment);
	}
	return err;
}

static void server_name(struct nrs_tls_client_hello *hello,
			struct nrs_span data)
{
	struct reader r = {.rest = data};
	struct reader list = {.rest = take(&r, number(&r, 2))};

	while (!list.failed && list.rest.len > 0) {
		const uint32_t type = number(&list, 1);
		const struct nrs_span name = take(&list, number(&list, 2));

		if (!list.failed && type == 0 && name.len > 0 &&
		    hello->server_name.len == 0) {
			hello->server_name = name;
			hello->has_server_name = true;
		}
	}
}

static void extension(struct nrs_tls_client_hello *hello, uint32_t type,
		      struct nrs_span data)
{
	struct reader r = {.rest = data};

	switch (type) {
	case EXT_SERVER_NAME:
		server_name(hello, data);
		break;
	case EXT_ALPN:
		hello->alpn = take(&r, number(&r, 2));
		break;
	case EXT_SUPPORTED_VERSIONS:
		hello->supported_versions = take(&r, number(&r, 1));
		break;
	case EXT_ENCRYPTED_HELLO:
		hello->has_encrypted_hello = true;
		break;
	default:
		break;
	}
}

int nrs_tls_client_hello(struct nrs_tls_client_hello *hello,
			 struct nrs_span message)
{
	struct reader r = {.rest = message};

	*hello = (struct nrs_tls_client_hello){0};
	if (number(&r, 1) != CLIENT_HELLO)
		return r.failed ? NRS_E_TRUNCATED : NRS_E_FORMAT;
	struct reader body = {.rest = take(&r, number(&r, 3))};
	hello->legacy_version = (uint16_t)number(&body, 2);
	(void)take(&body, 32); /* random */
	hello->session_id = take(&body, number(&body, 1));
	hello->cipher_suites = take(&body, number(&body, 2));
	(void)take(&body, number(&body, 1)); /* compression methods */
	if (r.failed || body.failed)
		return NRS_E_TRUNCATED;
	if (hello->legacy_version >> 8 != 3)
		return NRS_E_FORMAT;
	if (body.rest.len == 0)
		return NRS_OK; /* none: an old client */
	hello->extensions = take(&body, number(&body, 2));
	struct reader list = {.rest = hello->extensions};
	while (!list.failed && list.rest.len > 0) {
		const uint32_t type = number(&list, 2);
		const struct nrs_span data = take(&list, number(&list, 2));

		if (!list.failed)
			extension(hello, type, data);
	}
	return body.failed || list.failed ? NRS_E_TRUNCATED : NRS_OK;
}
