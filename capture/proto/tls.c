/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: what the hellos hold.
 */
#include "capture/proto/tls.h"

#include "capture/proto/wire.h"

#define RECORD_HEAD 5
#define RECORD_MAX_HIGH 0x48 /* of the upper octet of a length */
#define TYPE_ALERT 21
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

/* A ClientHello in the format of SSL 2.0 that offers SSL 3.0 or later. */
static int sniff_old(struct nrs_span bytes)
{
	if ((bytes.ptr[0] & 0x80) == 0 ||
	    (bytes.len > 2 && bytes.ptr[2] != 1) ||
	    (bytes.len > 3 && bytes.ptr[3] != 3) ||
	    (bytes.len > 4 && bytes.ptr[4] > 4) ||
	    (bytes.len > 5 && bytes.ptr[5] != 0))
		return NRS_E_FORMAT;
	return bytes.len < RECORD_HEAD + 1 ? NRS_E_MORE : NRS_OK;
}

/* A warning in clear: servers pass over one before the hello. */
static int sniff_alert(struct nrs_span bytes)
{
	static const uint8_t want[] = {TYPE_ALERT, 3, 0, 0, 2, 1};

	for (size_t i = 0; i < sizeof(want); i++) {
		if (bytes.len == i)
			return NRS_E_MORE;
		if (bytes.ptr[i] != want[i] && i != 2)
			return NRS_E_FORMAT;
	}
	return NRS_OK;
}

/* The minor version of the first record says nothing (RFC 5246 appendix E.1:
 * a server accepts any). */
int nrs_tls_sniff(struct nrs_span bytes)
{
	if (bytes.len == 0)
		return NRS_E_MORE;
	if (bytes.ptr[0] == TYPE_ALERT)
		return sniff_alert(bytes);
	if (bytes.ptr[0] != TYPE_HANDSHAKE)
		return sniff_old(bytes);
	if ((bytes.len > 1 && bytes.ptr[1] != 3) ||
	    (bytes.len > 3 && bytes.ptr[3] > RECORD_MAX_HIGH))
		return NRS_E_FORMAT;
	if (bytes.len < RECORD_HEAD + 1)
		return NRS_E_MORE;
	return bytes.ptr[RECORD_HEAD] == CLIENT_HELLO ||
			       bytes.ptr[RECORD_HEAD] == SERVER_HELLO
		       ? NRS_OK
		       : NRS_E_FORMAT;
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

/* What is behind the head of a message of @type; fails if it is another. */
static int body_of(struct nrs_wire *body, uint32_t type,
		   struct nrs_span message)
{
	struct nrs_wire r = {.rest = message};

	if (nrs_wire_number(&r, 1) != type)
		return r.failed ? NRS_E_TRUNCATED : NRS_E_FORMAT;
	*body = (struct nrs_wire){
		.rest = nrs_wire_take(&r, nrs_wire_number(&r, 3))};
	return r.failed ? NRS_E_TRUNCATED : NRS_OK;
}

static int client_hello(struct nrs_tls_client_hello *hello,
			struct nrs_wire body, bool is_datagram)
{
	hello->legacy_version = (uint16_t)nrs_wire_number(&body, 2);
	(void)nrs_wire_take(&body, 32); /* random */
	hello->session_id = nrs_wire_take(&body, nrs_wire_number(&body, 1));
	if (is_datagram) /* its cookie */
		(void)nrs_wire_take(&body, nrs_wire_number(&body, 1));
	hello->cipher_suites = nrs_wire_take(&body, nrs_wire_number(&body, 2));
	(void)nrs_wire_take(
		&body, nrs_wire_number(&body, 1)); /* compression methods */
	const unsigned int major = hello->legacy_version >> 8;
	if (body.failed)
		return NRS_E_TRUNCATED;
	if (is_datagram ? major != 0xfe && major != 1 : major != 3)
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

int nrs_tls_client_hello(struct nrs_tls_client_hello *hello,
			 struct nrs_span message)
{
	struct nrs_wire body;

	*hello = (struct nrs_tls_client_hello){0};
	const int err = body_of(&body, CLIENT_HELLO, message);
	return err == NRS_OK ? client_hello(hello, body, false) : err;
}

int nrs_dtls_client_hello(struct nrs_tls_client_hello *hello,
			  struct nrs_span body)
{
	*hello = (struct nrs_tls_client_hello){0};
	return client_hello(hello, (struct nrs_wire){.rest = body}, true);
}

/* The random of a HelloRetryRequest: SHA-256 of that word. */
static const uint8_t retry[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static int server_hello(struct nrs_tls_server_hello *hello,
			struct nrs_wire body)
{
	hello->legacy_version = (uint16_t)nrs_wire_number(&body, 2);
	hello->version = hello->legacy_version;
	const struct nrs_span random = nrs_wire_take(&body, 32);
	hello->is_retry = random.len == sizeof(retry) &&
			  memcmp(random.ptr, retry, sizeof(retry)) == 0;
	/* The drafts of TLS 1.3 before the 22nd have no session id here. */
	if (hello->legacy_version >> 8 != 0x7f)
		(void)nrs_wire_take(&body, nrs_wire_number(&body, 1));
	hello->cipher_suite = (uint16_t)nrs_wire_number(&body, 2);
	if (hello->legacy_version >> 8 != 0x7f)
		(void)nrs_wire_number(&body, 1); /* compression method */
	if (body.failed)
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

int nrs_tls_server_hello(struct nrs_tls_server_hello *hello,
			 struct nrs_span message)
{
	struct nrs_wire body;

	*hello = (struct nrs_tls_server_hello){0};
	const int err = body_of(&body, SERVER_HELLO, message);
	return err == NRS_OK ? server_hello(hello, body) : err;
}

int nrs_dtls_server_hello(struct nrs_tls_server_hello *hello,
			  struct nrs_span body)
{
	*hello = (struct nrs_tls_server_hello){0};
	return server_hello(hello, (struct nrs_wire){.rest = body});
}
