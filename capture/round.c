/* SPDX-License-Identifier: Apache-2.0 */
/*
 * round: its memory, what is put in, and who is done with it.
 */
#include "capture/round.h"

#include <stdlib.h>

#include "capture/decode/decode.h"
#include "capture/decode/defrag.h"
#include "capture/source/source.h"

int nrs_round_init(struct nrs_round *round, unsigned int workers)
{
	*round = (struct nrs_round){.workers = workers};
	atomic_init(&round->users, 0);
	round->block = malloc(NRS_SOURCE_BLOCK_ROOM);
	round->datagrams =
		calloc(NRS_ROUND_DATAGRAMS, sizeof(*round->datagrams));
	round->picked_count = calloc(workers, sizeof(*round->picked_count));
	round->picked =
		calloc((size_t)workers * NRS_ROUND_DATAGRAMS, sizeof(uint16_t));
	round->whole = malloc(NRS_ROUND_WHOLE);
	if (round->block == NULL || round->whole == NULL ||
	    round->datagrams == NULL || round->picked_count == NULL ||
	    round->picked == NULL) {
		nrs_round_fini(round);
		return NRS_E_NOMEM;
	}
	return NRS_OK;
}

void nrs_round_fini(struct nrs_round *round)
{
	free(round->block);
	free(round->whole);
	free(round->datagrams);
	free(round->picked_count);
	free(round->picked);
	round->block = NULL;
	round->whole = NULL;
	round->datagrams = NULL;
	round->picked_count = NULL;
	round->picked = NULL;
}

void nrs_round_begin(struct nrs_round *round, uint32_t session)
{
	round->session = session;
	round->count = 0;
	round->whole_used = 0;
	round->is_session_end = false;
	round->is_set_back = false;
	memset(round->picked_count, 0,
	       round->workers * sizeof(*round->picked_count));
}

/* The next datagram, for its shard's owner. */
static inline void pick(struct nrs_round *round,
			const struct nrs_datagram *datagram)
{
	const unsigned int owner =
		nrs_shard_owner(datagram->shard, round->workers);
	uint16_t *const picked =
		round->picked + (size_t)owner * NRS_ROUND_DATAGRAMS;

	picked[round->picked_count[owner]++] = (uint16_t)round->count++;
}

/* Records of one packet go by shard (contracts.md section 3), whoever owns
 * them: so the tunnels around a packet, and it, are taken in that order. */
static void sort_by_shard(struct nrs_datagram *first, int count)
{
	for (int i = 1; i < count; i++) {
		const struct nrs_datagram moved = first[i];
		int at = i;

		for (; at > 0 && first[at - 1].shard > moved.shard; at--)
			first[at] = first[at - 1];
		first[at] = moved;
	}
}

static inline void count_tunnel(const struct nrs_datagram *last, int count,
				struct nrs_counters *counters)
{
	if (count > 1)
		nrs_count(counters, NRS_C_TUNNELLED);
	if ((last->flags & NRS_DG_OPAQUE) != 0) {
		nrs_count(counters, NRS_C_TUNNEL_OPAQUE);
		nrs_blind_packets(counters, NRS_B_TUNNELS, 1, last->ip_len);
	}
}

/* No IP was found in a packet of @len octets. */
static void count_none(struct nrs_counters *counters, int why, uint32_t len)
{
	static const struct {
		int why;
		enum nrs_counter counter;
		enum nrs_blind blind;
	} rows[] = {
		{NRS_E_NOTFOUND, NRS_C_NOT_IP, NRS_B_NOT_IP},
		{NRS_E_OPAQUE, NRS_C_OPAQUE, NRS_B_ENCAPSULATION},
		{NRS_E_UNSUPPORTED, NRS_C_UNDECODED, NRS_B_LINK},
		{0, NRS_C_UNDECODED, NRS_B_HEADERS},
	};
	unsigned int row = 0;

	while (rows[row].why != why && rows[row].why != 0)
		row++;
	nrs_count(counters, rows[row].counter);
	nrs_blind_packets(counters, rows[row].blind, 1, len);
}

/* What a fragment carries counts when its packet is whole; the first one still
 * shows the flow. */
static void hold(struct nrs_datagram *fragment)
{
	fragment->payload_len = fragment->payload_got = 0;
	fragment->ip_len = 0;
}

/* Put @fragment with the others; the packet if it is whole now, else empty. */
static struct nrs_span complete(struct nrs_round *round,
				const struct nrs_datagram *fragment,
				struct nrs_defrag *defrag,
				struct nrs_counters *counters)
{
	uint8_t *room = round->whole + round->whole_used;
	size_t len = 0;

	if (NRS_ROUND_WHOLE - round->whole_used < NRS_DEFRAG_WHOLE_MAX)
		nrs_defrag_lose(counters, 1, fragment->ip_len);
	else
		len = nrs_defrag_add(defrag, fragment, room, counters);
	round->whole_used += len;
	return nrs_span(room, len);
}

/* The last of @count datagrams may be a fragment, and what it completes may be
 * a tunnel with another one. How many there are then. */
static int join_fragments(struct nrs_round *round, int count,
			  const struct nrs_hash_key *key,
			  struct nrs_defrag *defrag,
			  struct nrs_counters *counters)
{
	struct nrs_datagram *first = &round->datagrams[round->count];

	for (int i = 0; i < NRS_DATAGRAMS_MAX; i++) {
		struct nrs_datagram *last = &first[count - 1];

		if ((last->flags & NRS_DG_FRAGMENT) == 0)
			return count;
		const struct nrs_span whole =
			complete(round, last, defrag, counters);
		const int more = whole.len == 0
					 ? 0
					 : nrs_decode_whole(last,
							    NRS_DATAGRAMS_MAX +
								    1 - count,
							    whole, key);
		if (more <= 0)
			break;
		count += more - 1;
	}
	hold(&first[count - 1]);
	return count;
}

/* Fragments and tunnels: few packets. */
__attribute__((noinline)) static int add_odd(struct nrs_round *round, int count,
					     const struct nrs_hash_key *key,
					     struct nrs_defrag *defrag,
					     struct nrs_counters *counters)
{
	struct nrs_datagram *first = &round->datagrams[round->count];

	if ((first[count - 1].flags & NRS_DG_FRAGMENT) != 0)
		count = join_fragments(round, count, key, defrag, counters);
	count_tunnel(&first[count - 1], count, counters);
	if (count > 1)
		sort_by_shard(first, count);
	for (int i = 0; i < count; i++) {
		if ((first[i].flags & NRS_DG_LATER_FRAGMENT) != 0)
			round->count++;
		else
			pick(round, &first[i]);
	}
	return count;
}

int nrs_round_add(struct nrs_round *round, const struct nrs_packet *packet,
		  const struct nrs_hash_key *key, struct nrs_defrag *defrag,
		  struct nrs_counters *counters)
{
	struct nrs_datagram *const first = &round->datagrams[round->count];
	const int count = nrs_decode(first, packet, key);

	if (count != 1 ||
	    (first->flags & (NRS_DG_FRAGMENT | NRS_DG_OPAQUE)) != 0) {
		if (count > 0)
			return add_odd(round, count, key, defrag, counters);
		count_none(counters, count, packet->wirelen);
		return count;
	}
	pick(round, first);
	return 1;
}

void nrs_round_report(struct nrs_round *round, const struct nrs_packet *report,
		      const struct nrs_hash_key *key)
{
	struct nrs_datagram *first = &round->datagrams[round->count];
	const int count = nrs_decode(first, report, key);

	if (count <= 0 || (first[count - 1].flags & NRS_DG_FRAGMENT) != 0)
		return;
	struct nrs_datagram *last = &first[count - 1];
	last->flags |= NRS_DG_REPORT;
	last->flags &= (uint16_t) ~(NRS_DG_OUTER | NRS_DG_ICMP_ERROR);
	last->payload_len = last->payload_got = 0;
	/* The tunnel around it has reports of its own only. */
	round->count += (uint32_t)count - 1;
	pick(round, last);
}

/* From what stands before the octets of @d. */
static unsigned int handed_outers(const struct nrs_datagram *d,
				  struct nrs_outer out[NRS_OUTERS_MAX])
{
	const size_t bytes = d->level * sizeof(*out);

	memcpy(out, d->data - bytes, bytes);
	return d->level;
}

unsigned int nrs_round_outers(const struct nrs_round *round,
			      const struct nrs_datagram *d,
			      struct nrs_outer out[NRS_OUTERS_MAX])
{
	const struct nrs_datagram *const all = round->datagrams;
	const struct nrs_datagram *const end = all + round->count;
	const struct nrs_datagram *first = d;
	unsigned int found = 0;

	if (d->level == 0 || d->level > NRS_OUTERS_MAX)
		return 0;
	if ((d->flags & NRS_DG_HANDED) != 0)
		return handed_outers(d, out);
	if (d < all || d >= end)
		return 0;
	while (first > all && first[-1].ordinal == d->ordinal)
		first--;
	for (; first < end && first->ordinal == d->ordinal; first++) {
		if ((first->flags & NRS_DG_OUTER) == 0 ||
		    first->level >= d->level)
			continue;
		out[first->level] =
			(struct nrs_outer){.src = nrs_datagram_src(first),
					   .dst = nrs_datagram_dst(first),
					   .src_port = first->src_port,
					   .dst_port = first->dst_port,
					   .proto = first->proto};
		found |= 1u << first->level;
	}
	return found == (1u << d->level) - 1 ? d->level : 0;
}

bool nrs_round_release(struct nrs_round *round)
{
	/* Pairs with the reader's acquire before it fills the round anew. */
	return atomic_fetch_sub_explicit(&round->users, 1,
					 memory_order_acq_rel) == 1;
}
