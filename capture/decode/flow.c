/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow: index, roles and wheel.
 *
 * The wheel is lazy: a flow stands in the bucket of the earliest time at which
 * it can be over, and moves only when that bucket comes up, so that a packet
 * touches no list. Buckets are rings with the newest flow last; a tick takes
 * them in order, which makes the order of ends the same for any worker.
 */
#include "capture/decode/flow.h"

#include <assert.h>
#include <netinet/in.h>
#include <sys/mman.h>

#include "capture/decode/decode.h"
#include "engine/base/err.h"
#include "engine/base/stamp.h"

static_assert(offsetof(struct nrs_flow, last_ns) == 64, "the key's line");
static_assert(offsetof(struct nrs_flow, session) == 128, "two lines a packet");

#define TCP_SYN 0x02
#define TCP_ACK 0x10
#define WELL_KNOWN_PORTS 1024

int nrs_flow_table_init(struct nrs_flow_table *table, uint32_t flows)
{
	uint64_t heads = 1024;

	while (heads < flows)
		heads *= 2;
	table->mask = heads - 1;
	table->bytes = heads * sizeof(*table->heads);
	void *at = mmap(NULL, table->bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED) {
		table->heads = NULL;
		return NRS_E_NOMEM;
	}
	/* Best effort: small pages only cost faults. */
	(void)madvise(at, table->bytes, MADV_HUGEPAGE);
	table->heads = at;
	return NRS_OK;
}

void nrs_flow_table_fini(struct nrs_flow_table *table)
{
	if (table->heads != NULL)
		munmap(table->heads, table->bytes);
	*table = (struct nrs_flow_table){0};
}

static bool is_icmp(uint8_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

static nrs_flow_link link_to(const struct nrs_flow *flow, uint64_t hash)
{
	return (uint64_t)(uintptr_t)flow | (hash & UINT64_C(0xffff) << 48);
}

static inline bool is_equal(const struct nrs_addr *a, const struct nrs_addr *b)
{
	uint64_t a_high, a_low, b_high, b_low;

	memcpy(&a_high, a->bytes, sizeof(a_high));
	memcpy(&a_low, a->bytes + 8, sizeof(a_low));
	memcpy(&b_high, b->bytes, sizeof(b_high));
	memcpy(&b_low, b->bytes + 8, sizeof(b_low));
	return ((a_high ^ b_high) | (a_low ^ b_low)) == 0;
}

/* Does a packet from @src to @dst go the way of @info? */
static inline bool is_between(const struct nrs_flow_info *info,
			      const struct nrs_addr *src,
			      const struct nrs_addr *dst)
{
	return is_equal(&info->src, src) && is_equal(&info->dst, dst);
}

static inline uint32_t ports(uint16_t low, uint16_t high)
{
	return (uint32_t)high << 16 | low;
}

#define NO_SIDE 2

/* The side of @info that @t is from, or NO_SIDE: it is of another flow. Ports
 * first: they mostly tell which way is worth a look. */
__attribute__((always_inline)) static inline unsigned int
side_of(const struct nrs_flow_info *info, const struct nrs_tuple *t)
{
	const uint32_t own = ports(info->src_port, info->dst_port);
	const uint32_t sent = ports(t->src_port, t->dst_port);

	if (((info->proto ^ t->proto) | (info->vlan ^ t->vlan)) != 0 ||
	    info->tunnel != t->tunnel)
		return NO_SIDE;
	if (is_icmp(t->proto)) /* type and code are no ports */
		return is_between(info, &t->src, &t->dst)   ? 0
		       : is_between(info, &t->dst, &t->src) ? 1
							    : NO_SIDE;
	if (own == sent && is_between(info, &t->src, &t->dst))
		return 0;
	if (own == (sent << 16 | sent >> 16) &&
	    is_between(info, &t->dst, &t->src))
		return 1;
	return NO_SIDE;
}

static inline struct nrs_tuple tuple_of(const struct nrs_datagram *d)
{
	return (struct nrs_tuple){.src = nrs_datagram_src(d),
				  .dst = nrs_datagram_dst(d),
				  .src_port = d->src_port,
				  .dst_port = d->dst_port,
				  .vlan = d->vlan,
				  .proto = d->proto,
				  .tunnel = d->tunnel};
}

/* The shard does not follow from the key: an ICMP error whose quoted flow is
 * not known stands in the quoted pair's shard. */
__attribute__((noinline)) struct nrs_flow *
nrs_flow_find(const struct nrs_flow_table *table, const struct nrs_datagram *d,
	      unsigned int *side)
{
	nrs_flow_link link = table->heads[d->hash & table->mask];

	for (; link != 0; link = nrs_flow_of_link(link)->next) {
		struct nrs_flow *flow = nrs_flow_of_link(link);

		if ((link ^ d->hash) >> 48 != 0 || flow->shard != d->shard)
			continue;
		const struct nrs_tuple t = tuple_of(d);
		const unsigned int found = side_of(&flow->info, &t);
		if (found != NO_SIDE) {
			*side = found;
			return flow;
		}
	}
	*side = 0;
	return NULL;
}

struct nrs_flow *nrs_flow_find_tuple(const struct nrs_flow_table *table,
				     const struct nrs_tuple *tuple,
				     uint64_t hash, uint8_t shard)
{
	nrs_flow_link link = table->heads[hash & table->mask];

	for (; link != 0; link = nrs_flow_of_link(link)->next) {
		struct nrs_flow *flow = nrs_flow_of_link(link);

		if ((link ^ hash) >> 48 == 0 && flow->shard == shard &&
		    side_of(&flow->info, tuple) != NO_SIDE)
			return flow;
	}
	return NULL;
}

/* Is the sender of this first packet the server? (contracts.md section 8) */
static bool is_from_server(const struct nrs_datagram *d)
{
	if (d->proto == IPPROTO_TCP && (d->tcp_flags & TCP_SYN) != 0)
		return (d->tcp_flags & TCP_ACK) != 0;
	if (is_icmp(d->proto))
		return false;
	return d->src_port < WELL_KNOWN_PORTS && d->src_port < d->dst_port &&
	       d->src_port != 0;
}

static void wheel_add(struct nrs_flow_shard *shard, struct nrs_flow *flow,
		      int64_t due_ns)
{
	int64_t steps = (due_ns - shard->wheel_ns) / NRS_WHEEL_STEP_NS + 1;

	if (steps < 1)
		steps = 1;
	if (steps > NRS_WHEEL_BUCKETS - 1)
		steps = NRS_WHEEL_BUCKETS - 1;
	flow->bucket = (uint8_t)((shard->position + (uint64_t)steps) %
				 NRS_WHEEL_BUCKETS);
	struct nrs_flow **head = &shard->wheel[flow->bucket];
	if (*head == NULL) {
		*head = flow->wheel.next = flow->wheel.previous = flow;
		return;
	}
	flow->wheel.next = *head;
	flow->wheel.previous = (*head)->wheel.previous;
	flow->wheel.previous->wheel.next = flow;
	(*head)->wheel.previous = flow;
}

static void wheel_remove(struct nrs_flow_shard *shard, struct nrs_flow *flow)
{
	struct nrs_flow **head = &shard->wheel[flow->bucket];

	if (flow->wheel.next == flow) {
		*head = NULL;
		return;
	}
	flow->wheel.previous->wheel.next = flow->wheel.next;
	flow->wheel.next->wheel.previous = flow->wheel.previous;
	if (*head == flow)
		*head = flow->wheel.next;
}

int64_t nrs_flow_timeout_ns(const struct nrs_flow *flow)
{
	if (is_icmp(flow->info.proto) || (flow->flags & NRS_FLOW_CLOSED) != 0)
		return 30 * NRS_SECOND_NS;
	if (flow->info.proto != IPPROTO_TCP)
		return 120 * NRS_SECOND_NS;
	return flow->info.outcome >= NRS_OUTCOME_ANSWERED ? 600 * NRS_SECOND_NS
							  : 60 * NRS_SECOND_NS;
}

struct nrs_flow *nrs_flow_add(struct nrs_flow_table *table,
			      struct nrs_flow_shard *shard,
			      const struct nrs_datagram *d, unsigned int *side)
{
	struct nrs_flow *flow = nrs_slab_take(&shard->flows);
	const struct nrs_tuple t = tuple_of(d);
	const bool reversed = is_from_server(d);

	if (flow == NULL)
		return NULL;
	*flow = (struct nrs_flow){
		.hash = d->hash,
		.shard = d->shard,
		.last_ns = d->ts_ns,
		.first_ordinal = d->ordinal,
		.log.file = d->file,
		.last_ordinal = d->ordinal,
		.info = {.src = reversed ? t.dst : t.src,
			 .dst = reversed ? t.src : t.dst,
			 .src_port = reversed ? t.dst_port : t.src_port,
			 .dst_port = reversed ? t.src_port : t.dst_port,
			 .start_ns = d->ts_ns,
			 .id = shard->next_id++,
			 .tunnel = d->tunnel,
			 .vlan = d->vlan,
			 .proto = d->proto}};
	*side = reversed ? 1 : 0;
	nrs_flow_link *head = &table->heads[d->hash & table->mask];
	flow->next = *head;
	*head = link_to(flow, d->hash);
	if (shard->wheel_ns == 0)
		shard->wheel_ns = d->ts_ns;
	wheel_add(shard, flow, d->ts_ns + nrs_flow_timeout_ns(flow));
	return flow;
}

void nrs_flow_remove(struct nrs_flow_table *table, struct nrs_flow_shard *shard,
		     struct nrs_flow *flow)
{
	nrs_flow_link *link = &table->heads[flow->hash & table->mask];

	while (nrs_flow_of_link(*link) != flow)
		link = &nrs_flow_of_link(*link)->next;
	*link = flow->next;
	wheel_remove(shard, flow);
	nrs_slab_give(&shard->flows, flow);
}

/* One packet from far in the future moves the clock so that a wheel is years
 * behind. In one turn it comes by every flow: further ones are not walked. */
static void skip_turns(struct nrs_flow_shard *shard, int64_t clock_ns)
{
	const int64_t turn_ns = NRS_WHEEL_BUCKETS * NRS_WHEEL_STEP_NS;
	const int64_t turns = (clock_ns - shard->wheel_ns) / turn_ns;

	if (turns > 1)
		shard->wheel_ns += (turns - 1) * turn_ns;
}

struct nrs_flow *nrs_flow_expired(struct nrs_flow_shard *shard,
				  int64_t clock_ns)
{
	while (shard->wheel_ns != 0 &&
	       clock_ns - shard->wheel_ns >= NRS_WHEEL_STEP_NS) {
		struct nrs_flow *flow = shard->wheel[shard->position];

		if (flow == NULL) {
			if (shard->position == 0)
				skip_turns(shard, clock_ns);
			shard->position = (uint8_t)((shard->position + 1) %
						    NRS_WHEEL_BUCKETS);
			shard->wheel_ns += NRS_WHEEL_STEP_NS;
			continue;
		}
		const int64_t due = flow->last_ns + nrs_flow_timeout_ns(flow);
		if (due <= clock_ns)
			return flow;
		wheel_remove(shard, flow);
		wheel_add(shard, flow, due);
	}
	return NULL;
}

static void move_back(struct nrs_flow *flow, int64_t clock_ns)
{
	const int64_t late_ns = flow->last_ns - clock_ns;

	if (late_ns <= 0)
		return;
	flow->last_ns -= late_ns;
	flow->info.start_ns -= late_ns;
}

void nrs_flow_set_back(struct nrs_flow_shard *shard, int64_t clock_ns)
{
	struct nrs_flow *flow, *first = NULL, **last = &first;

	if (shard->wheel_ns == 0)
		return;
	while ((flow = nrs_flow_oldest(shard)) != NULL) {
		wheel_remove(shard, flow);
		*last = flow;
		last = &flow->wheel.next;
	}
	*last = NULL;
	shard->wheel_ns = clock_ns;
	while (first != NULL) {
		flow = first;
		first = flow->wheel.next;
		move_back(flow, clock_ns);
		wheel_add(shard, flow,
			  flow->last_ns + nrs_flow_timeout_ns(flow));
	}
}

struct nrs_flow *nrs_flow_oldest(const struct nrs_flow_shard *shard)
{
	for (unsigned int i = 0; i < NRS_WHEEL_BUCKETS; i++) {
		struct nrs_flow *flow =
			shard->wheel[(shard->position + i) % NRS_WHEEL_BUCKETS];

		if (flow != NULL)
			return flow;
	}
	return NULL;
}
