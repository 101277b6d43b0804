/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: octets to a server over TCP, or TLS 1.2 and up with the host verified.
 * The only door to libssl. Nothing waits longer than it is told; one thread.
 */
#pragma once

#include <stdbool.h>

#include "engine/base/err.h"
#include "engine/base/span.h"

/* All borrowed while the wire lives; NULL leaves a thing out. */
struct nrs_wire_config {
	const char *host, *port;
	bool is_tls;
	const char *ca_file; /* PEM: instead of the system's authorities */
	const char *client_certificate; /* PEM, for mutual TLS */
	const char *client_key;		/* PEM */
	unsigned int timeout_ms;	/* of each wait; 0: 10 s */
};

struct nrs_wire;

/* Connect. NRS_E_IO with the reason in @diag; NRS_E_NOMEM. */
int nrs_wire_open(struct nrs_wire **out, const struct nrs_wire_config *config,
		  struct nrs_diag *diag);
void nrs_wire_close(struct nrs_wire *wire);

/* All of @octets, or NRS_E_IO: then nobody knows how many arrived. */
int nrs_wire_write(struct nrs_wire *wire, struct nrs_span octets,
		   struct nrs_diag *diag);

/* Did the server end it? */
bool nrs_wire_is_over(struct nrs_wire *wire);
