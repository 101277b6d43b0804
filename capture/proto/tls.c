/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: records to a handshake message, and the ClientHello's fields.
 */
#include "capture/proto/tls.h"

#include "capture/proto/wire.h"

#define RECORD_HEAD 5
#define RECORD_MAX ((size_t)16384 + 256)
#define TYPE_HANDSHAKE 22
#define CLIENT_HELLO 1
#define SERVER_HELLO 2

enum extension {
	EXT_SERVER_NAME = 0,
	EXT_GROUPS = 10,
	EXT_POINT_FORMATS = 11,
	EXT_SIGNATURES = 13,
	EXT_ALPN = 16,
	EXT_SUPPORTED_VERSIONS = 43,
	EXT_ENCRYPTED_HELLO = 0xfe0d,
};

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
	struct nrs_wire r = {.rest = bytes};

	if (bytes.len < RECORD_HEAD)
		return NRS_E_MORE;
	if (nrs_wire_number(&r, 1) != TYPE_HANDSHAKE ||
	    nrs_wire_number(&r, 2) >> 8 != 3)
		return NRS_E_FORMAT;
	const size_t len = nrs_wire_number(&r, 2);
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
	struct nrs_wire r = {.rest = data};
	struct nrs_wire list = {
		.rest = nrs_wire_take(&r, nrs_wire_number(&r, 2))};

	while (!list.failed && list.rest.len > 0) {
		const uint32_t type = nrs_wire_number(&list, 1);
		const struct nrs_span name =
			nrs_wire_take(&list, nrs_wire_number(&list, 2));

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
	struct nrs_wire r = {.rest = data};

	switch (type) {
	case EXT_SERVER_NAME:
		server_name(hello, data);
		break;
	case EXT_GROUPS:
		hello->groups = nrs_wire_take(&r, nrs_wire_number(&r, 2));
		break;
	case EXT_POINT_FORMATS:
		hello->point_formats =
			nrs_wire_take(&r, nrs_wire_number(&r, 1));
		break;
	case EXT_SIGNATURES:
		hello->signatures = nrs_wire_take(&r, nrs_wire_number(&r, 2));
		break;
	case EXT_ALPN:
		hello->alpn = nrs_wire_take(&r, nrs_wire_number(&r, 2));
		break;
	case EXT_SUPPORTED_VERSIONS:
		hello->supported_versions =
			nrs_wire_take(&r, nrs_wire_number(&r, 1));
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
	struct nrs_wire r = {.rest = message};

	*hello = (struct nrs_tls_client_hello){0};
	if (nrs_wire_number(&r, 1) != CLIENT_HELLO)
		return r.failed ? NRS_E_TRUNCATED : NRS_E_FORMAT;
	struct nrs_wire body = {
		.rest = nrs_wire_take(&r, nrs_wire_number(&r, 3))};
	hello->legacy_version = (uint16_t)nrs_wire_number(&body, 2);
	(void)nrs_wire_take(&body, 32); /* random */
	hello->session_id = nrs_wire_take(&body, nrs_wire_number(&body, 1));
	hello->cipher_suites = nrs_wire_take(&body, nrs_wire_number(&body, 2));
	(void)nrs_wire_take(
		&body, nrs_wire_number(&body, 1)); /* compression methods */
	if (r.failed || body.failed)
		return NRS_E_TRUNCATED;
	if (hello->legacy_version >> 8 != 3)
		return NRS_E_FORMAT;
	if (body.rest.len == 0)
		return NRS_OK; /* none: an old client */
	hello->extensions = nrs_wire_take(&body, nrs_wire_number(&body, 2));
	struct nrs_wire list = {.rest = hello->extensions};
	while (!list.failed && list.rest.len > 0) {
		const uint32_t type = nrs_wire_number(&list, 2);
		const struct nrs_span data =
			nrs_wire_take(&list, nrs_wire_number(&list, 2));

		if (!list.failed)
			extension(hello, type, data);
	}
	return body.failed || list.failed ? NRS_E_TRUNCATED : NRS_OK;
}

int nrs_tls_server_hello(struct nrs_tls_server_hello *hello,
			 struct nrs_span message)
{
	struct nrs_wire r = {.rest = message};

	*hello = (struct nrs_tls_server_hello){0};
	if (nrs_wire_number(&r, 1) != SERVER_HELLO)
		return r.failed ? NRS_E_TRUNCATED : NRS_E_FORMAT;
	struct nrs_wire body = {
		.rest = nrs_wire_take(&r, nrs_wire_number(&r, 3))};
	hello->legacy_version = (uint16_t)nrs_wire_number(&body, 2);
	hello->version = hello->legacy_version;
	(void)nrs_wire_take(&body, 32); /* random */
	/* The drafts of TLS 1.3 before the 22nd have no session id here. */
	if (hello->legacy_version >> 8 != 0x7f)
		(void)nrs_wire_take(&body, nrs_wire_number(&body, 1));
	hello->cipher_suite = (uint16_t)nrs_wire_number(&body, 2);
	if (hello->legacy_version >> 8 != 0x7f)
		(void)nrs_wire_number(&body, 1); /* compression method */
	if (r.failed || body.failed)
		return NRS_E_TRUNCATED;
	if (body.rest.len == 0)
		return NRS_OK;
	hello->extensions = nrs_wire_take(&body, nrs_wire_number(&body, 2));
	struct nrs_wire list = {.rest = hello->extensions};
	while (!list.failed && list.rest.len > 0) {
		const uint32_t type = nrs_wire_number(&list, 2);
		const struct nrs_span data =
			nrs_wire_take(&list, nrs_wire_number(&list, 2));

		if (!list.failed && type == EXT_SUPPORTED_VERSIONS &&
		    data.len == 2)
			hello->version =
				(uint16_t)(data.ptr[0] << 8 | data.ptr[1]);
	}
	return body.failed || list.failed ? NRS_E_TRUNCATED : NRS_OK;
}
