/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed: live packets into rounds: what the reader is to files. One session
 * from start to end; one thread; the time comes from outside.
 */
#pragma once

#include "capture/round.h"
#include "capture/source/kernel_flows.h"
#include "capture/source/tap.h"

struct nrs_feed;

/* One of them; borrowed. */
struct nrs_feed_source {
	struct nrs_live *live;
	struct nrs_tap *tap; /* one worker's */
	struct nrs_kernel_flows *flows;
};

/* Ordinals of several feeds must compare: a tap's are the packets' times, made
 * to rise. NRS_E_NOMEM. */
int nrs_feed_new(struct nrs_feed **out, const struct nrs_feed_source *source,
		 const struct nrs_hash_key *key);
void nrs_feed_free(struct nrs_feed *feed);

/*
 * Fill @round with what came since, perhaps nothing; waits for at most 10 ms.
 * @now_ns is wall time: the round's clock is the highest packet time, and with
 * no packets follows 100 ms behind @now_ns, so that flows time out on a silent
 * wire; when @now_ns is set back by more than a minute it follows, once.
 * NRS_OK, or NRS_E_IO with @diag: an interface went away; the round is good all
 * the same.
 */
int nrs_feed_next(struct nrs_feed *feed, struct nrs_round *round,
		  int64_t now_ns, struct nrs_diag *diag);

/* The next round has @packet too, at its end, as if it came then: for a
 * self-test. Its octets are borrowed for as long as rounds are under way. */
void nrs_feed_inject(struct nrs_feed *feed, const struct nrs_packet *packet);

/* Another ordinal behind all that it gave: for a datagram that came from
 * another worker, and for the tick after it. */
uint64_t nrs_feed_ordinal(struct nrs_feed *feed);

/* The last round: empty, and every flow ends in it. */
void nrs_feed_end(struct nrs_feed *feed, struct nrs_round *round);

/* Read by another thread for `status`: words may be a round old. */
const struct nrs_counters *nrs_feed_counters(const struct nrs_feed *feed);
