/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed: reads all interfaces, stamps ordinals, cuts rounds by time.
 */
#include "capture/feed.h"

#include <stdlib.h>

#include "capture/decode/decode.h"
#include "capture/decode/defrag.h"
#include "engine/base/stamp.h"

#define IDLE_LAG_NS (NRS_SECOND_NS / 10)
#define JUMP_MAX_NS (3600 * NRS_SECOND_NS)
#define BACK_MAX_NS (60 * NRS_SECOND_NS) /* by which flows may last longer */
#define FOLLOW_NS (10 * NRS_SECOND_NS)

struct nrs_feed {
	struct nrs_feed_source from;
	const struct nrs_hash_key *key;
	struct nrs_packet *packets;
	struct nrs_defrag *defrag;
	struct nrs_counters counters;
	uint64_t ordinal; /* of the next packet or empty round */
	uint32_t frames;
	int64_t clock_ns;
	int64_t ahead_ns; /* of a tap: what ordinals are ahead of times */
	int64_t wall_ns, follow_until_ns;  /* at the last round; or 0 */
	const struct nrs_packet *injected; /* for the next round; or NULL */
};

int nrs_feed_new(struct nrs_feed **out, const struct nrs_feed_source *source,
		 const struct nrs_hash_key *key)
{
	struct nrs_feed *f = aligned_alloc(64, (sizeof(*f) + 63) / 64 * 64);

	if (f == NULL)
		return NRS_E_NOMEM;
	*f = (struct nrs_feed){.from = *source, .key = key};
	f->packets = calloc(NRS_ROUND_PACKETS, sizeof(*f->packets));
	if (f->packets == NULL || nrs_defrag_new(&f->defrag) != NRS_OK) {
		nrs_feed_free(f);
		return NRS_E_NOMEM;
	}
	*out = f;
	return NRS_OK;
}

void nrs_feed_free(struct nrs_feed *f)
{
	if (f == NULL)
		return;
	nrs_defrag_free(f->defrag);
	free(f->packets);
	free(f);
}

/* The kernel's stamps follow the wall clock, which a person may set. */
static void advance_clock(struct nrs_feed *f, int64_t ts_ns)
{
	if (f->clock_ns != 0 && ts_ns > f->clock_ns + JUMP_MAX_NS) {
		nrs_count(&f->counters, NRS_C_TIME_JUMP);
		f->clock_ns += JUMP_MAX_NS;
	} else if (ts_ns > f->clock_ns) {
		f->clock_ns = ts_ns;
	}
}

/* A clock that stood still until the wall clock is there again would keep every
 * flow until then. For a while packets come that were stamped before; a device
 * whose stamps always are ahead is left alone. Ordinals only rise. True: it was
 * set back. */
static bool follow_back(struct nrs_feed *f, int64_t now_ns)
{
	if (f->wall_ns - now_ns > BACK_MAX_NS)
		f->follow_until_ns = now_ns + FOLLOW_NS;
	f->wall_ns = now_ns;
	if (now_ns >= f->follow_until_ns || f->clock_ns - now_ns <= BACK_MAX_NS)
		return false;
	nrs_count(&f->counters, NRS_C_TIME_JUMP);
	f->clock_ns = now_ns - IDLE_LAG_NS;
	if (f->from.tap != NULL)
		f->ahead_ns = (int64_t)f->ordinal - f->clock_ns;
	return true;
}

static uint64_t later(uint64_t ordinal, int64_t ns)
{
	return ns > 0 && (uint64_t)ns > ordinal ? (uint64_t)ns : ordinal;
}

/* No packet, but of a flow's time. */
static void take_report(struct nrs_feed *f, struct nrs_round *round,
			struct nrs_packet *packet)
{
	packet->ordinal = f->ordinal++;
	nrs_count(&f->counters, NRS_C_FLOW_REPORTS);
	advance_clock(f, packet->ts_ns);
	nrs_round_report(round, packet, f->key);
}

static void take(struct nrs_feed *f, struct nrs_round *round,
		 struct nrs_packet *packet)
{
	if (packet->is_report) {
		take_report(f, round, packet);
		return;
	}
	packet->frame = ++f->frames;
	if (f->from.tap != NULL)
		f->ordinal = later(f->ordinal, packet->ts_ns + f->ahead_ns);
	packet->ordinal = f->ordinal++;
	nrs_count(&f->counters, NRS_C_PACKETS);
	nrs_count_add(&f->counters, NRS_C_BYTES, packet->wirelen);
	if (packet->span.len < packet->wirelen) {
		nrs_count(&f->counters, NRS_C_TRUNCATED);
		nrs_blind_packets(&f->counters, NRS_B_SNAPLEN, 1,
				  packet->wirelen - packet->span.len);
	}
	advance_clock(f, packet->ts_ns);
	(void)nrs_round_add(round, packet, f->key, f->defrag, &f->counters);
}

static int read_packets(struct nrs_feed *f, struct nrs_round *round,
			struct nrs_diag *diag)
{
	if (f->from.flows != NULL)
		return nrs_kernel_flows_read(f->from.flows, f->packets,
					     NRS_ROUND_PACKETS, round->block,
					     diag);
	return f->from.live != NULL
		       ? nrs_live_read(f->from.live, f->packets,
				       NRS_ROUND_PACKETS, round->block, diag)
		       : nrs_tap_read(f->from.tap, f->packets,
				      NRS_ROUND_PACKETS, diag);
}

void nrs_feed_inject(struct nrs_feed *f, const struct nrs_packet *packet)
{
	f->injected = packet;
}

/* What was put in front: a packet of now. True: it was taken. */
static bool take_injected(struct nrs_feed *f, struct nrs_round *round,
			  int64_t now_ns)
{
	struct nrs_packet packet = *f->injected;

	packet.ts_ns = now_ns;
	take(f, round, &packet);
	f->injected = NULL;
	return true;
}

int nrs_feed_next(struct nrs_feed *f, struct nrs_round *round, int64_t now_ns,
		  struct nrs_diag *diag)
{
	const int count = read_packets(f, round, diag);
	bool any = count > 0;

	nrs_round_begin(round, 1);
	for (int i = 0; i < count; i++)
		take(f, round, &f->packets[i]);
	if (f->injected != NULL && count < (int)NRS_ROUND_PACKETS)
		any = take_injected(f, round, now_ns);
	advance_clock(f, now_ns - IDLE_LAG_NS);
	round->is_set_back = follow_back(f, now_ns);
	round->clock_ns = f->clock_ns;
	/* An empty round's tick has an ordinal of its own, like the reader's;
	 * of several feeds, each tick. */
	if (f->from.tap != NULL)
		round->last_ordinal = nrs_feed_ordinal(f);
	else
		round->last_ordinal = any ? f->ordinal - 1 : f->ordinal++;
	return count < 0 ? count : NRS_OK;
}

uint64_t nrs_feed_ordinal(struct nrs_feed *f)
{
	if (f->from.tap != NULL)
		f->ordinal = later(f->ordinal, f->clock_ns + f->ahead_ns);
	return f->ordinal++;
}

void nrs_feed_end(struct nrs_feed *f, struct nrs_round *round)
{
	nrs_round_begin(round, 1);
	round->last_ordinal = nrs_feed_ordinal(f);
	round->clock_ns = f->clock_ns;
	round->is_session_end = true;
	nrs_defrag_end(f->defrag, &f->counters);
}

const struct nrs_counters *nrs_feed_counters(const struct nrs_feed *f)
{
	return &f->counters;
}
