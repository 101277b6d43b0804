/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: the only door to libcurl: engine/base/http.h made real.
 *
 * A client is one hub's: its certificates and proxy. Only http and https, TLS
 * 1.2 and up with the host verified, no cookies, no .netrc, no proxy from the
 * environment, no redirect to another place. Connections are kept and used
 * again. One thread makes exchanges; any other may cancel them.
 */
#pragma once

#include "engine/base/http.h"

/* NULL leaves a thing out. */
struct nrs_http_config {
	const char *ca_file; /* PEM: instead of the system's authorities */
	const char *client_certificate; /* PEM, for mutual TLS */
	const char *client_key;		/* PEM, mode 0600 */
	const char *proxy; /* http://host:port, socks5h://host:port */
	uint32_t total_ms; /* for an exchange that says nothing; 0: default */
};

struct nrs_http_client;

/* NRS_E_USAGE: a file of @config is not there, or the key may be read by
 * others. NRS_E_NOMEM, NRS_E_INTERNAL. */
int nrs_http_client_new(struct nrs_http_client **out,
			const struct nrs_http_config *config,
			struct nrs_diag *diag);

/* Not during an exchange. Waits for no server. NULL is fine. */
void nrs_http_client_free(struct nrs_http_client *client);

/* To hand to others; lives as long as @client. */
struct nrs_http nrs_http_client_door(struct nrs_http_client *client);

/* From any thread, no signal handler: the exchange that runs, and each later
 * one, ends at once with NRS_E_CANCELLED. */
void nrs_http_client_cancel(struct nrs_http_client *client);
