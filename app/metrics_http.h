/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics_http: GET /metrics over HTTP, for Prometheus. The door to
 * libmicrohttpd.
 *
 * Steps in the main thread's loop, as control.h: no thread of its own, nothing
 * waits for a client. Clients are few (NRS_METRICS_CLIENTS_MAX), a connection
 * serves one request and lives NRS_METRICS_CLIENT_S at most, and what is told
 * is made at most once a second.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

#define NRS_METRICS_CLIENTS_MAX 16u
#define NRS_METRICS_CLIENT_S 10

struct nrs_metrics_http_options {
	const char *listen; /* as listen.h reads it; port 0: a free one */
	void *ctx;
	void (*write)(void *ctx, struct nrs_text *out); /* what is told */
};

struct nrs_metrics_http;

/* NRS_E_SYNTAX; NRS_E_IO: cannot listen there, @diag says why; NRS_E_NOMEM. */
int nrs_metrics_http_open(struct nrs_metrics_http **out,
			  const struct nrs_metrics_http_options *options,
			  struct nrs_diag *diag);
/* NULL is fine, here and in the step. */
void nrs_metrics_http_close(struct nrs_metrics_http *http);

/* To poll for input. */
int nrs_metrics_http_fd(const struct nrs_metrics_http *http);
/* Where it listens. */
uint16_t nrs_metrics_http_port(const struct nrs_metrics_http *http);

/* Do what can be done without waiting; call it each second too. @now_ns: any
 * clock that only goes on. */
void nrs_metrics_http_step(struct nrs_metrics_http *http, int64_t now_ns);
