/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collector: flows that ended to a collector of the site, as IPFIX (logs/ipfix)
 * over UDP or TCP (RFC 7011 sections 10.3 and 10.4).
 *
 * Who ends a flow never waits: what cannot be sent at once is lost, counted; in
 * a replay (may_wait) TCP is waited for, and UDP paced. No name is looked up:
 * there is an address. One thread, but for the figures.
 */
#pragma once

#include "engine/base/err.h"
#include "logs/ipfix.h"

struct nrs_collector;

/* All is borrowed. */
struct nrs_collector_options {
	const char *server; /* ADDRESS:PORT, [ADDRESS]:PORT */
	bool is_tcp;
	bool may_wait;
	int64_t retell_ns; /* UDP: templates, at least so often */
	struct nrs_ipfix_options records;
};

/* NRS_E_USAGE: no such address, or message length; NRS_E_IO, with may_wait:
 * nobody there; with @diag. NRS_E_NOMEM. */
int nrs_collector_open(struct nrs_collector **out,
		       const struct nrs_collector_options *options,
		       struct nrs_diag *diag);
void nrs_collector_free(struct nrs_collector *collector); /* NULL: nothing */

/* The last one: what is left is sent, a second at most when live. */
void nrs_collector_end(struct nrs_collector *collector);

void nrs_collector_add(struct nrs_collector *collector,
		       const struct nrs_record_ended *ended);

/* Now and then: what waits for more is sent, after a second. */
void nrs_collector_step(struct nrs_collector *collector, int64_t now_ns);

struct nrs_collector_figures {
	uint64_t messages, flows, bytes; /* handed to the kernel */
	uint64_t lost;			 /* flows that were not */
	uint64_t refused; /* times that nobody listened there (ICMP, RST) */
	int error;	  /* errno of why nothing is sent now; 0: it is */
};
/* Any thread. */
void nrs_collector_figures(const struct nrs_collector *collector,
			   struct nrs_collector_figures *out);
