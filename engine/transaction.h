/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transaction: one exchange of a protocol, or the flow itself, as a stream of
 * field values (contracts.md section 4).
 *
 * A parser begins it, pushes each value as soon as it is read, and ends it.
 * Each value is looked up at once; only what satisfied a test is kept, in
 * chunks of the shard's slab. Nothing here allocates from the heap.
 */
#pragma once

#include "engine/field.h"

enum nrs_txn_kind {
	NRS_TXN_FLOW, /* the flow's own: addresses, ports, counters */
	NRS_TXN_DNS,
	NRS_TXN_HTTP,
	NRS_TXN_TLS,
	NRS_TXN_QUIC,
	NRS_TXN_SSH,
	NRS_TXN_FTP, /* one command */
	NRS_TXN_FTP_DATA,
	NRS_TXN_TFTP,
	NRS_TXN_SMB,
	NRS_TXN_SMTP,
	NRS_TXN_IMAP,
	NRS_TXN_POP3,
	NRS_TXN_DTLS,
	NRS_TXN_KINDS
};

/* Name of the exchange's protocol as STIX has it: "dns"; "" for the flow. */
const char *nrs_txn_protocol(enum nrs_txn_kind kind);

struct nrs_kept;

struct nrs_txn {
	struct nrs_txn *flow;  /* the flow's own transaction, or itself */
	struct nrs_kept *kept; /* first chunk of what is remembered */
	int64_t start_ns;
	uint32_t number;     /* within the flow, from 1; 0: the flow's own */
	uint32_t generation; /* of the db that what is kept refers to; 0 none */
	uint8_t kind;	     /* enum nrs_txn_kind */
	uint8_t chunks;
	bool has_candidates; /* some pattern waits for more values */
	bool is_overdue;
};

struct nrs_matcher;

/* Begin in place. @flow is the flow's own transaction (== @txn for that). */
void nrs_txn_begin(struct nrs_txn *txn, struct nrs_txn *flow,
		   enum nrs_txn_kind kind, uint32_t number, int64_t start_ns);

/*
 * Bring what is kept under the matcher's current db: kept values are looked up
 * again, what fired stays fired (contracts.md section 6). True: @txn was under
 * an older one, so that its owner pushes again what it has not kept. Pushing
 * and ending do it too.
 */
bool nrs_txn_renew(struct nrs_matcher *matcher, struct nrs_txn *txn);

/*
 * Push one value: octets as decoded, borrowed for the call. Addresses are 16
 * octets (struct nrs_addr), MAC addresses 6. @object numbers the object of
 * its kind within the transaction: addresses of a flow 0 (source) and 1
 * (destination), the question of DNS 0 and names and addresses of answers
 * from 1 on; else 0.
 */
void nrs_txn_value(struct nrs_matcher *matcher, struct nrs_txn *txn,
		   enum nrs_field field, unsigned int object,
		   struct nrs_span value);

/* The same for integer and time fields. */
void nrs_txn_int(struct nrs_matcher *matcher, struct nrs_txn *txn,
		 enum nrs_field field, int64_t value);

/*
 * @txn has been open for NRS_TXN_OPEN_NS. What it satisfies of patterns of
 * several observations is told now, as far as it is seen, and from then on at
 * once (contracts.md section 7). Not in the strict profile.
 */
#define NRS_TXN_OPEN_NS (60 * INT64_C(1000000000))
void nrs_txn_overdue(struct nrs_matcher *matcher, struct nrs_txn *txn);

/* Evaluate what waits for the end, then forget everything kept. The flow's
 * own transaction ends last. */
void nrs_txn_end(struct nrs_matcher *matcher, struct nrs_txn *txn);

/* Forget everything kept and evaluate nothing: what waits for the end cannot be
 * decided, because not all of @txn is there (a log of single values). */
void nrs_txn_drop(struct nrs_matcher *matcher, struct nrs_txn *txn);
