/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_table: the program of capture/bpf/flows.c in the kernel: loaded once
 * per interface, with one table and one ring of events for all of them. For
 * kernel_flows.c and the bench.
 */
#pragma once

#include "capture/bpf/flow_event.h"
#include "capture/source/live.h"

struct nrs_kernel_table;

/* Programs for the interfaces of @options. NRS_E_UNSUPPORTED: the kernel or our
 * rights do not allow it; NRS_E_NOMEM; @diag says which. */
int nrs_kernel_table_new(struct nrs_kernel_table **out,
			 const struct nrs_live_options *options,
			 struct nrs_diag *diag);
/* Out of the kernel again. */
void nrs_kernel_table_free(struct nrs_kernel_table *table);

/* Before attaching: put the program there that counts packets and does no more.
 * For comparison (bench/flows). */
void nrs_kernel_table_count_only(struct nrs_kernel_table *table);

/* Let program @at see both directions of @interface. NRS_E_IO,
 * NRS_E_UNSUPPORTED: it sees none; @diag says which. */
int nrs_kernel_table_attach(struct nrs_kernel_table *table, unsigned int at,
			    const struct nrs_live_interface *interface,
			    struct nrs_diag *diag);
/* Until it is attached again. */
void nrs_kernel_table_detach(struct nrs_kernel_table *table, unsigned int at);
/* No packet is counted from now on, on any interface: what is in the table and
 * in the ring is all there will be. */
void nrs_kernel_table_end(struct nrs_kernel_table *table);
/* False: the interface has gone away, or another one has its name. */
bool nrs_kernel_table_is_there(const struct nrs_kernel_table *table,
			       unsigned int at,
			       const struct nrs_live_interface *interface);

/*
 * Sockets that processes of @cgroup (version 2) or below it make, or use from
 * now on, name their process. What the kernel sends by itself names none.
 * NRS_E_IO: no such group; NRS_E_UNSUPPORTED: this kernel does not take the
 * programs; then all else works. @diag says which.
 */
int nrs_kernel_table_own(struct nrs_kernel_table *table, const char *cgroup,
			 struct nrs_diag *diag);

/* Those of before, too: kernel_older.h. */
int nrs_kernel_table_own_older(struct nrs_kernel_table *table,
			       const char *cgroup, unsigned int *noted,
			       struct nrs_diag *diag);

/* Give each event that waits to @take, until it returns nonzero; what it says
 * stays good until it returns. NRS_E_IO. */
int nrs_kernel_table_events(struct nrs_kernel_table *table, void *ctx,
			    int (*take)(void *ctx, void *event, size_t len));

/* Until much waits, or for 5 ms. True: much does, or did until somebody took it
 * at last: only that wakes. */
bool nrs_kernel_table_wait(struct nrs_kernel_table *table);

/* Are at least @percent (1 to 100) of 100 of the ring of events waiting? */
bool nrs_kernel_table_is_filled(const struct nrs_kernel_table *table,
				unsigned int percent);

/*
 * The next flows of a walk through the table: at most *@count of them, which
 * says how many there are. NRS_E_NOTFOUND: these are the last; the next call
 * begins anew. NRS_E_IO: likewise, and some were not seen.
 */
int nrs_kernel_table_next(struct nrs_kernel_table *table,
			  struct nrs_flow_key *keys, struct nrs_flow_kept *kept,
			  unsigned int *count);

/* NRS_E_NOTFOUND: it is gone already. */
int nrs_kernel_table_delete(struct nrs_kernel_table *table,
			    const struct nrs_flow_key *key);

/* Of the interface @at, summed over the processors. */
void nrs_kernel_table_counts(const struct nrs_kernel_table *table,
			     unsigned int at, struct nrs_flow_counts *out);

/* "tcx" or "clsact". */
const char *nrs_kernel_table_hook(const struct nrs_kernel_table *table);
