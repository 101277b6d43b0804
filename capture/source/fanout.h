/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout: the program in the kernel that gives each packet to the socket of
 * the worker which owns its shard (capture/bpf/fanout.c).
 */
#pragma once

#include "engine/base/checksum.h"
#include "engine/base/err.h"

struct nrs_fanout;

/*
 * Load it for @workers sockets and the shards of @key. NRS_E_UNSUPPORTED: this
 * kernel, or our rights, do not allow it, @diag says which; NRS_E_NOMEM.
 */
int nrs_fanout_new(struct nrs_fanout **out, const struct nrs_hash_key *key,
		   unsigned int workers, struct nrs_diag *diag);
void nrs_fanout_free(struct nrs_fanout *fanout);

/* The program's descriptor, of @fanout: for PACKET_FANOUT_DATA. */
int nrs_fanout_fd(const struct nrs_fanout *fanout);

/* What it says of an Ethernet frame, which is run through it in the kernel:
 * the worker, or NRS_E_IO. For tests. */
int nrs_fanout_try(const struct nrs_fanout *fanout, struct nrs_span frame);
