/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field_service: rows of the table of fields: what SSH shows. Only field.h
 * includes it.
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
	  EXCHANGE)
