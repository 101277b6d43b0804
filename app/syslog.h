/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syslog: messages to a log server, over TCP or TLS, from a thread of their
 * own: who has something to say never waits. What does not fit into the queue
 * is dropped, counted; a server that is gone is tried again and again.
 */
#pragma once

#include "app/wire.h"
#include "engine/base/text.h"

#define NRS_SYSLOG_QUEUE_BYTES ((size_t)8 << 20)

struct nrs_syslog;

/* Starts the thread. @config and what it points at is borrowed. NRS_E_NOMEM,
 * NRS_E_IO. */
int nrs_syslog_new(struct nrs_syslog **out,
		   const struct nrs_wire_config *config);

/* What is queued is sent for at most @grace_ms more. NULL is fine. */
void nrs_syslog_end(struct nrs_syslog *syslog, unsigned int grace_ms);

/* Any thread: one frame (syslog_out.h), whole or not at all. */
void nrs_syslog_put(struct nrs_syslog *syslog, struct nrs_span frame);

struct nrs_syslog_figures {
	uint64_t sent, dropped;
	uint64_t queued;
	char message[200]; /* why nothing is sent now; "": it is */
};
/* Any thread. */
void nrs_syslog_figures(struct nrs_syslog *syslog,
			struct nrs_syslog_figures *out);
