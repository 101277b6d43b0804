/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flows: a table of flows in the kernel. Every packet is counted in its flow;
 * what begins one is sent up, and of each side as many octets as names,
 * certificates and first requests take. The rest stays where it is.
 *
 * User space deletes what is over (an LRU would do it in silence); a table that
 * is full is counted. Whoever reads is woken when there is much to read, and
 * looks by itself every few milliseconds otherwise.
 */
#include "capture/bpf/flow_event.h"
/* It begins with the link layer here; parts may stand elsewhere. */
#define NRS_WALK_LOAD bpf_skb_load_bytes
#include "capture/bpf/walk_tunnel.h"

#define ETHERNET_LEN 14
#define TYPE_ARP 0x0806
#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_SCTP 132
#define TCP_FIN 1
#define TCP_SYN 2
#define TCP_RST 4
#define WAKE_BYTES (256u << 10)
#define NEXT (-1) /* of TCX_NEXT and TC_ACT_UNSPEC: as if we were not here */

/* Filled before the program is loaded. */
const volatile __u32 place = 0; /* of the interface, as user space counts */
const volatile __u64 tell_ns = 5000000000ull; /* a flow that goes on */
const volatile __u32 sample_bytes = 16384;    /* of a side's payload */
const volatile __u32 sample_tcp = 32;	      /* frames of a side */
const volatile __u32 sample_quic = 6;
const volatile __u32 sample_other = 2;

/* Set by user space at its end: what follows is nobody's. A program of clsact
 * may stay at the interface then. */
volatile __u32 is_over;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__type(key, struct nrs_flow_key);
	__type(value, struct nrs_flow_kept);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16u << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nrs_flow_counts);
} counts SEC(".maps");

/* Sockets of this machine; what a listening one accepts is its owner's. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct nrs_flow_owner);
} owners SEC(".maps");

/* Too large for the stack. */
struct scratch {
	struct nrs_flow_kept fresh;
	struct nrs_flow_event event;
	__u8 frame[NRS_FLOW_FRAME];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} room SEC(".maps");

/* A packet under way. */
struct packet {
	struct nrs_flow_key key;
	struct nrs_flow_counts *counts;
	struct scratch *scratch;
	__u64 now_ns;
	__u32 payload; /* octets */
	__u32 payload_off;
	__u32 ip_len;
	__u8 tcp_flags;
	__u8 sender; /* of the key's two */
	__u8 is_dns, is_quic;
};

static __always_inline void tell(struct packet *p, __u32 len)
{
	const __u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	if (bpf_ringbuf_output(&events, &p->scratch->event,
			       sizeof(p->scratch->event) + len,
			       waiting > WAKE_BYTES ? BPF_RB_FORCE_WAKEUP
						    : BPF_RB_NO_WAKEUP) != 0)
		p->counts->lost++;
}

/* The frame, or its first octets, sent up; they may stand in several places. */
static __always_inline void send_up(struct __sk_buff *skb, struct packet *p)
{
	struct nrs_flow_event *event = &p->scratch->event;
	__u32 len = skb->len;

	if (len > NRS_FLOW_FRAME)
		len = NRS_FLOW_FRAME;
	if (len == 0)
		return;
	/* Told to the verifier once more: a mask of what it may be. */
	len = ((len - 1) & (NRS_FLOW_FRAME - 1)) + 1;
	if (bpf_skb_load_bytes(skb, 0, p->scratch->frame, len) != 0) {
		p->counts->lost++;
		return;
	}
	event->totals.last_ns = p->now_ns;
	event->kind = NRS_FLOW_EVENT_FRAME;
	event->iface = place;
	event->len = len;
	event->wirelen = skb->len;
	event->tag_type = skb->vlan_present ? bpf_ntohs(skb->vlan_proto) : 0;
	event->tag = (__u16)skb->vlan_tci;
	tell(p, len);
}

static __always_inline void tell_totals(struct packet *p,
					struct nrs_flow_kept *flow)
{
	struct nrs_flow_event *event = &p->scratch->event;

	event->totals = flow->totals;
	event->owner = flow->owner;
	event->kind = NRS_FLOW_EVENT_TOTALS;
	event->iface = p->key.iface;
	event->len = flow->head_len;
	event->wirelen = flow->head_len;
	event->tag_type = flow->tag_type;
	event->tag = flow->tag;
	__builtin_memcpy(p->scratch->frame, flow->head, NRS_FLOW_HEAD);
	flow->told_ns = p->now_ns;
	tell(p, NRS_FLOW_HEAD);
}

static __always_inline struct nrs_flow_kept *begin(struct __sk_buff *skb,
						   struct packet *p)
{
	struct nrs_flow_kept *fresh = &p->scratch->fresh;
	__u32 len = p->payload_off; /* what was said is not kept */

	__builtin_memset(fresh, 0, sizeof(*fresh));
	if (len > skb->len)
		len = skb->len;
	if (len > NRS_FLOW_HEAD)
		len = NRS_FLOW_HEAD;
	if (len == 0 || len > NRS_FLOW_HEAD ||
	    bpf_skb_load_bytes(skb, 0, fresh->head, len) != 0)
		return 0;
	fresh->head_len = (__u16)len;
	fresh->told_ns = fresh->totals.last_ns = p->now_ns;
	fresh->first_side = p->sender;
	if (skb->vlan_present) {
		fresh->tag_type = bpf_ntohs(skb->vlan_proto);
		fresh->tag = (__u16)skb->vlan_tci;
	}
	if (bpf_map_update_elem(&table, &p->key, fresh, BPF_ANY) != 0) {
		p->counts->full++;
		return 0;
	}
	p->counts->flows++;
	return bpf_map_lookup_elem(&table, &p->key);
}

/* Is this frame one of those that tell something? */
static __always_inline int
is_wanted(const struct packet *p, const struct nrs_flow_kept *flow, __u32 side)
{
	const __u32 count = flow->sent_count[side & 1];

	if (count == 0 || p->is_dns)
		return 1;
	if (flow->sent_up[side & 1] >= sample_bytes)
		return 0;
	if (p->key.proto != PROTO_TCP)
		return count < (p->is_quic ? sample_quic : sample_other);
	return count < sample_tcp &&
	       (p->payload > 0 ||
		(p->tcp_flags & (TCP_FIN | TCP_SYN | TCP_RST)) != 0);
}

static __always_inline void count_in(const struct packet *p,
				     struct nrs_flow_kept *flow, __u32 side)
{
	struct nrs_flow_totals *totals = &flow->totals;

	side &= 1;
	totals->last_ns = p->now_ns;
	__sync_fetch_and_add(&totals->packets[side], 1);
	__sync_fetch_and_add(&totals->bytes[side], p->ip_len);
	totals->tcp_flags[side] |= p->tcp_flags;
}

/* True once: the packet that closes it. */
static __always_inline int closes(struct nrs_flow_totals *totals)
{
	const __u8 both = totals->tcp_flags[0] & totals->tcp_flags[1];
	const __u8 any = totals->tcp_flags[0] | totals->tcp_flags[1];

	if (totals->is_closed ||
	    ((any & TCP_RST) == 0 && (both & TCP_FIN) == 0))
		return 0;
	totals->is_closed = 1;
	return 1;
}

/* What leaves this machine knows its socket. Told at once, before the packet
 * that shows it. */
static __always_inline void find_owner(struct __sk_buff *skb, struct packet *p,
				       struct nrs_flow_kept *flow)
{
	struct bpf_sock *sk = skb->sk;

	if (flow->owner.pid != 0 || !sk)
		return;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return;
	const struct nrs_flow_owner *owner =
		bpf_sk_storage_get(&owners, sk, 0, 0);
	if (!owner)
		return;
	flow->owner = *owner;
	tell_totals(p, flow);
}

static __always_inline void take(struct __sk_buff *skb, struct packet *p)
{
	struct nrs_flow_kept *flow = bpf_map_lookup_elem(&table, &p->key);

	if (flow && flow->totals.is_closed &&
	    (p->tcp_flags & 0x12) == TCP_SYN) {
		tell_totals(p, flow); /* its ports are used anew */
		flow = 0;
	}
	if (!flow)
		flow = begin(skb, p);
	if (!flow)
		return;
	find_owner(skb, p, flow);
	const __u32 side = (p->sender ^ flow->first_side) & 1;
	count_in(p, flow, side);
	if (is_wanted(p, flow, side)) {
		flow->sent_count[side]++;
		flow->sent_up[side] += p->payload;
		send_up(skb, p);
	}
	if (closes(&flow->totals) || p->now_ns - flow->told_ns > tell_ns)
		tell_totals(p, flow);
}

/* Ports, flags and payload. 0: it belongs to no flow that can be counted. */
static __always_inline int transport(struct __sk_buff *skb, struct packet *p,
				     struct nrs_walk *w)
{
	__u32 head = 0;

	if (w->is_opaque || w->is_final || w->proto == 1 || w->proto == 58)
		return 0;
	p->key.proto = w->proto;
	if (w->proto == PROTO_TCP || w->proto == PROTO_UDP ||
	    w->proto == PROTO_SCTP) {
		if (nrs_walk_load(skb, w, 8) != 0)
			return 0;
		p->key.port[0] = nrs_walk_number(w->bytes);
		p->key.port[1] = nrs_walk_number(w->bytes + 2);
		head = 8;
	}
	if (w->proto == PROTO_TCP) {
		if (nrs_walk_load(skb, w, 14) != 0)
			return 0;
		p->tcp_flags = w->bytes[13];
		head = (__u32)(w->bytes[12] >> 4) * 4;
	}
	if (w->proto == PROTO_UDP && nrs_walk_load(skb, w, 9) == 0)
		p->is_quic = (w->bytes[8] & 0xc0) == 0xc0; /* a long header */
	const __u32 used = w->off - w->ip_off + head;
	p->payload = w->ip_len > used ? w->ip_len - used : 0;
	p->payload_off = w->off + head;
	p->is_dns = w->proto == PROTO_UDP &&
		    (p->key.port[0] == 53 || p->key.port[1] == 53 ||
		     p->key.port[1] == 5353 || p->key.port[1] == 5355 ||
		     p->key.port[0] == 5355);
	return 1;
}

static __always_inline void order(struct packet *p, const struct nrs_walk *w)
{
	const int swap =
		w->src[0] > w->dst[0] ||
		(w->src[0] == w->dst[0] &&
		 (w->src[1] > w->dst[1] ||
		  (w->src[1] == w->dst[1] && p->key.port[0] > p->key.port[1])));
	const __u16 port = p->key.port[0];

	p->sender = (__u8)swap;
	p->key.addr[0][0] = swap ? w->dst[0] : w->src[0];
	p->key.addr[0][1] = swap ? w->dst[1] : w->src[1];
	p->key.addr[1][0] = swap ? w->src[0] : w->dst[0];
	p->key.addr[1][1] = swap ? w->src[1] : w->dst[1];
	if (swap) {
		p->key.port[0] = p->key.port[1];
		p->key.port[1] = port;
	}
}

/* Before IP, what user space knows and the walk does not: backbone bridges,
 * FabricPath, NSH, VN-Tag, E-Tag, LLC; and whatever stands behind tags, labels
 * or PPPoE, but ARP: more of them, a frame, another protocol of PPP. */
static __always_inline int may_hide_ip(const struct nrs_walk *w)
{
	const __u16 type = w->type;

	if (w->off > ETHERNET_LEN)
		return type != TYPE_ARP;
	return type == 0x88e7 || type == 0x8903 || type == 0x894f ||
	       type == 0x8926 || type == 0x893f || (type > 0 && type <= 1500);
}

/* One flow may come through several tunnels: each shows other addresses, or
 * those of another tenant. */
static __always_inline __u32 both_ends(const struct nrs_walk *w,
				       const struct nrs_flow_key *key)
{
	const __u64 spread = 0x9e3779b97f4a7c15ull;
	const __u64 tenant = (__u64)key->tunnel << 12 | key->vlan;

	return (__u32)(((w->src[0] ^ w->src[1]) * spread) >> 32) +
	       (__u32)(((w->dst[0] ^ w->dst[1]) * spread) >> 32) +
	       (__u32)((tenant * spread) >> 32);
}

/* Whose level this is; what is inside of it begins without. */
static __always_inline void note_tenant(struct packet *p, struct nrs_walk *w)
{
	p->key.vlan = w->tag & 0x0fff;
	p->key.tunnel = w->tunnel;
	w->tag = 0;
	w->tunnel = 0;
}

SEC("tc")
int nrs_flows(struct __sk_buff *skb)
{
	struct nrs_walk w = {0};
	struct packet p = {0};
	const __u32 zero = 0;
	int level;

	if (is_over)
		return NEXT;
	p.counts = bpf_map_lookup_elem(&counts, &zero);
	p.scratch = bpf_map_lookup_elem(&room, &zero);
	if (!p.counts || !p.scratch)
		return NEXT;
	p.counts->packets++;
	p.counts->bytes += skb->len;
	if (nrs_walk_ethernet(skb, &w) != 0)
		return NEXT;
	if (skb->vlan_present) /* taken out of the frame */
		nrs_walk_note_tag(&w, (__u16)skb->vlan_tci);
	for (level = 0; level < LEVELS_MAX; level++) {
		if (nrs_walk_ip(skb, &w) != 0) {
			w.is_opaque = level > 0 || may_hide_ip(&w);
			break;
		}
		note_tenant(&p, &w);
		if (w.is_final || nrs_walk_enter(skb, &w) != 0)
			break;
		p.key.outer += both_ends(&w, &p.key);
	}
	if (w.ip_len == 0 && !w.is_opaque)
		return NEXT; /* ARP and the like */
	p.now_ns = bpf_ktime_get_ns();
	p.ip_len = w.ip_len;
	p.key.iface = (__u16)place;
	if (!transport(skb, &p, &w)) {
		p.counts->not_kept++;
		send_up(skb, &p);
		return NEXT;
	}
	order(&p, &w);
	take(skb, &p);
	return NEXT;
}

/* The process under way owns @sk. */
static __always_inline int own(void *sk)
{
	struct nrs_flow_owner *owner =
		bpf_sk_storage_get(&owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (owner) {
		owner->pid = bpf_get_current_pid_tgid() >> 32;
		owner->cgroup = bpf_get_current_cgroup_id();
		bpf_get_current_comm(owner->command, sizeof(owner->command));
	}
	return 1; /* let it be */
}

SEC("cgroup/sock_create")
int nrs_own_new(struct bpf_sock *sk)
{
	return own(sk);
}

/* A socket that is older than we are, or was passed on. */
static __always_inline int own_address(struct bpf_sock_addr *address)
{
	return address->sk ? own(address->sk) : 1;
}

SEC("cgroup/connect4")
int nrs_own_connect4(struct bpf_sock_addr *address)
{
	return own_address(address);
}

SEC("cgroup/connect6")
int nrs_own_connect6(struct bpf_sock_addr *address)
{
	return own_address(address);
}

SEC("cgroup/sendmsg4")
int nrs_own_sendmsg4(struct bpf_sock_addr *address)
{
	return own_address(address);
}

SEC("cgroup/sendmsg6")
int nrs_own_sendmsg6(struct bpf_sock_addr *address)
{
	return own_address(address);
}

/* For comparison: what any program at this place costs (bench/flows). */
SEC("tc")
int nrs_count_only(struct __sk_buff *skb)
{
	const __u32 zero = 0;
	struct nrs_flow_counts *sum = bpf_map_lookup_elem(&counts, &zero);

	if (sum) {
		sum->packets++;
		sum->bytes += skb->len;
	}
	return NEXT;
}

char license_text[] SEC("license") = "Apache-2.0";
