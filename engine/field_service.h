/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field_service: rows of the table of fields: what SSH, FTP, TFTP and HTTP/2
 * show. Only field.h includes it.
 */
#pragma once

#include "engine/lane.h"

/* ssh.*.version is the whole line, software what it says of itself (RFC 4253
 * section 4.2); the client is who opened the connection. */
#define NRS_FIELDS_OF_SERVICES(X)                                              \
	X(SSH_CLIENT_LINE, "ssh.client.version", TEXT, 0, EXCHANGE)            \
	X(SSH_CLIENT_SOFTWARE, "ssh.client.software", TEXT, 0, EXCHANGE)       \
	X(SSH_SERVER_LINE, "ssh.server.version", TEXT, 0, EXCHANGE)            \
	X(SSH_SERVER_SOFTWARE, "ssh.server.software", TEXT, 0, EXCHANGE)       \
	X(SSH_HASSH, "ssh.hassh", TOKEN, NRS_L(HASSH), EXCHANGE)               \
	X(SSH_HASSH_SERVER, "ssh.hassh_server", TOKEN, NRS_L(HASSH_SERVER),    \
	  EXCHANGE)                                                            \
	X(FTP_COMMAND, "ftp.command", TEXT, 0, EXCHANGE)                       \
	X(TFTP_FILE, "tftp.file", TEXT, 0, EXCHANGE)                           \
	X(HTTP2_METHOD, "http2.method", TOKEN, NRS_L(METHOD), EXCHANGE)        \
	X(HTTP2_HOST, "http2.host", HOST, NRS_L_DSTNAME, EXCHANGE)             \
	X(HTTP2_URI, "http2.uri", TEXT, NRS_L(REQUEST_VALUE), EXCHANGE)        \
	X(HTTP2_URL, "http2.url", URL, NRS_L(URL) | NRS_L(URL_REST), EXCHANGE) \
	X(HTTP2_USER_AGENT, "http2.user_agent", TEXT, 0, EXCHANGE)             \
	X(HTTP2_REFERER, "http2.referer", TEXT, 0, EXCHANGE)                   \
	X(HTTP2_HEADER, "http2.request_header", HEADER, NRS_L(HEADER),         \
	  EXCHANGE)                                                            \
	X(HTTP2_BODY_LENGTH, "http2.request_body_length", INT,                 \
	  NRS_L(BODY_LENGTH), EXCHANGE)                                        \
	X(HTTP2_STATUS, "http2.status", TEXT, 0, EXCHANGE)                     \
	X(HTTP2_LOCATION, "http2.location", TEXT, 0, EXCHANGE)                 \
	X(HTTP2_CONTENT_TYPE, "http2.content_type", TEXT, 0, EXCHANGE)
