/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preload: decodes once to find the owner, copies, and lets the round decode
 * again where the packet will stand.
 */
#include "bench/preload.h"

#include <stdlib.h>

#include "capture/decode/decode.h"
#include "capture/decode/defrag.h"
#include "capture/source/source.h"

struct preload {
	struct nrs_track *lanes;
	unsigned int workers, round_packets;
	const struct nrs_hash_key *key;
	struct nrs_defrag *defrag;
	struct nrs_counters counters;
};

/* A new round at the end of @lane; NULL: no room, or no memory. */
static struct nrs_round *add_round(const struct preload *p,
				   struct nrs_track *lane)
{
	struct nrs_round *round =
		lane->count == NRS_TRACK_ROUNDS
			? NULL
			: aligned_alloc(64, (sizeof(*round) + 63) / 64 * 64);

	if (round == NULL || nrs_round_init(round, p->workers) != NRS_OK)
		return NULL;
	nrs_round_begin(round, 1);
	lane->rounds[lane->count++] = round;
	lane->used = lane->packets = 0;
	return round;
}

/* Copy @packet to where its owner finds it, as the kernel would. */
static bool place(struct preload *p, const struct nrs_packet *packet)
{
	struct nrs_datagram d[NRS_DATAGRAMS_MAX];
	const int count = nrs_decode(d, packet, p->key);

	if (count <= 0)
		return true;
	struct nrs_track *lane =
		&p->lanes[nrs_shard_owner(d[count - 1].shard, p->workers)];
	struct nrs_round *round =
		lane->count == 0 || lane->packets == p->round_packets ||
				lane->used + packet->span.len > NRS_SOURCE_BLOCK
			? add_round(p, lane)
			: lane->rounds[lane->count - 1];
	struct nrs_packet copy = *packet;
	if (round == NULL)
		return false;
	memcpy(round->block + lane->used, packet->span.ptr, packet->span.len);
	copy.span.ptr = round->block + lane->used;
	copy.ordinal = lane->ordinal++;
	lane->used += (packet->span.len + 15) / 16 * 16;
	lane->packets++;
	(void)nrs_round_add(round, &copy, p->key, p->defrag, &p->counters);
	round->last_ordinal = lane->ordinal;
	round->clock_ns = packet->ts_ns;
	return true;
}

int nrs_preload(const char *path, struct nrs_track *lanes, unsigned int workers,
		unsigned int round_packets, const struct nrs_hash_key *key)
{
	static struct nrs_packet packets[4096];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	struct preload *p = aligned_alloc(64, (sizeof(*p) + 63) / 64 * 64);
	struct nrs_source *source = NULL;
	struct nrs_diag diag = {0};
	bool has_room = true;
	int count;

	if (p == NULL)
		return NRS_E_NOMEM;
	*p = (struct preload){.lanes = lanes,
			      .workers = workers,
			      .round_packets = round_packets,
			      .key = key};
	int err = nrs_defrag_new(&p->defrag);
	if (err == NRS_OK)
		err = nrs_source_open(&source, path, NULL, &diag);
	while (err == NRS_OK && has_room &&
	       (count = nrs_source_read(source, packets, 4096, block, &diag)) >
		       0) {
		for (int i = 0; i < count && has_room; i++)
			has_room = place(p, &packets[i]);
	}
	if (err == NRS_OK)
		nrs_source_close(source);
	nrs_defrag_free(p->defrag);
	free(p);
	return err;
}
