/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipfix: flows that ended as IPFIX messages (RFC 7011, STD 77): a flow of two
 * directions is one record with reverse elements (RFC 5103), where the client
 * is the source. Only octets are made here; who sends them is app/collector.
 *
 * What a record holds stands in the table of ipfix.c: elements of IANA's
 * registry (RFC 7012), each as it is defined there. For use at home: nothing is
 * masked in it. One thread.
 */
#pragma once

#include "engine/record_log.h"
#include "logs/as_table.h"

/* RFC 7011 section 10.3.3: that much every path carries; and the most that a
 * message's own length can say. */
#define NRS_IPFIX_MESSAGE_MIN 512u
#define NRS_IPFIX_MESSAGE_MAX 65535u

struct nrs_ipfix;

/* All is borrowed; texts may be NULL. */
struct nrs_ipfix_options {
	uint32_t domain;		     /* observation domain */
	uint32_t message_max;		     /* octets */
	const struct nrs_as_table *as_table; /* NULL: no AS numbers */
	const char *name;	       /* of the domain: sensor and place */
	const char *const *interfaces; /* by file index; NULL: captures */
	unsigned int interface_count;
	/* Lengths are of some packets only (flows from the kernel): none told,
	 * because the elements speak of all. */
	bool has_no_lengths;
};

/* NRS_E_RANGE: message_max; NRS_E_NOMEM. */
int nrs_ipfix_new(struct nrs_ipfix **out,
		  const struct nrs_ipfix_options *options);
void nrs_ipfix_free(struct nrs_ipfix *ipfix); /* NULL: nothing */

/* A record for @ended, behind its template where that was not told yet. False:
 * the message has no room for it; take it and add again, then it is true. */
bool nrs_ipfix_add(struct nrs_ipfix *ipfix,
		   const struct nrs_record_ended *ended);

/* The message, ready to be sent at @export_s (seconds since 1970), and how many
 * flows are in it; empty if there are none. Its octets hold until the next
 * call. The next message goes on behind its sequence number. */
struct nrs_span nrs_ipfix_take(struct nrs_ipfix *ipfix, uint32_t export_s,
			       uint32_t *flows);

/* Every template is told again when it is used next: to be called now and then
 * where messages can be lost (RFC 7011 section 8.4). */
void nrs_ipfix_retell(struct nrs_ipfix *ipfix);

/* A new transport session: templates again, and records counted from 0. */
void nrs_ipfix_restart(struct nrs_ipfix *ipfix);
