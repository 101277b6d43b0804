/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_line: the members of a line, in one order. "client" is who opened the
 * flow; a side that sent nothing has no lengths.
 */
#include "logs/flow_line.h"

#include <netinet/in.h>

#include "engine/base/json.h"
#include "engine/base/stamp.h"
#include "engine/value_text.h"

void nrs_tcp_flags_text(uint8_t flags, char out[NRS_TCP_FLAGS_LEN])
{
	static const char letters[] = "FSRPAUEC";
	size_t len = 0;

	for (unsigned int bit = 0; bit < 8; bit++) {
		if ((flags >> bit & 1) != 0)
			out[len++] = letters[bit];
	}
	out[len] = '\0';
}

static void put_text(struct nrs_jsonw *w, const char *key, const char *text)
{
	if (text != NULL)
		nrs_jsonw_member(w, key, nrs_span_of(text));
}

static void put_time(struct nrs_jsonw *w, const char *key, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	nrs_jsonw_member(w, key, nrs_span(text, nrs_stamp_format(ns, 6, text)));
}

static void put_as(struct nrs_jsonw *w, const struct nrs_as_table *table,
		   const struct nrs_addr *addr)
{
	const struct nrs_as as = nrs_as_table_find(table, addr);

	if (as.number == 0)
		return;
	nrs_jsonw_member_u64(w, "as", as.number);
	if (as.name.len > 0)
		nrs_jsonw_member(w, "as_name", as.name);
}

static void put_side(struct nrs_jsonw *w, const struct nrs_record_ended *ended,
		     unsigned int side, const struct nrs_as_table *table)
{
	const struct nrs_flow_info *flow = &ended->flow;
	const struct nrs_addr *addr = side == 0 ? &flow->src : &flow->dst;
	char text[NRS_ADDR_LEN], flags[NRS_TCP_FLAGS_LEN];

	nrs_jsonw_key(w, side == 0 ? "client" : "server");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, "ip", nrs_span(text, nrs_addr_format(addr, text)));
	if (nrs_flow_has_ports(flow))
		nrs_jsonw_member_u64(
			w, "port", side == 0 ? flow->src_port : flow->dst_port);
	nrs_jsonw_member_u64(w, "packets", ended->packets[side]);
	nrs_jsonw_member_u64(w, "bytes", ended->bytes[side]);
	if (ended->log.shortest[side] > 0) {
		nrs_jsonw_member_u64(w, "shortest", ended->log.shortest[side]);
		nrs_jsonw_member_u64(w, "longest", ended->log.longest[side]);
	}
	if (flow->proto == IPPROTO_TCP) {
		nrs_tcp_flags_text(ended->tcp_flags[side], flags);
		put_text(w, "flags", flags);
	}
	put_as(w, table, addr);
	nrs_jsonw_close(w, '}');
}

static const char *end_name(uint8_t why)
{
	static const char *const names[] = {
		[NRS_FLOW_END_IDLE] = "idle",
		[NRS_FLOW_END_CLOSED] = "closed",
		[NRS_FLOW_END_FORCED] = "forced",
		[NRS_FLOW_END_EVICTED] = "evicted",
	};

	return why < sizeof(names) / sizeof(*names) ? names[why] : NULL;
}

static void put_icmp(struct nrs_jsonw *w, const char *key, unsigned int type,
		     unsigned int code)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member_u64(w, "type", type);
	nrs_jsonw_member_u64(w, "code", code);
	nrs_jsonw_close(w, '}');
}

/* What IP carries, and what was spoken in it. */
static void put_protocols(struct nrs_jsonw *w, const struct nrs_flow_info *flow)
{
	const char *names[NRS_FLOW_PROTOCOLS];
	const unsigned int count =
		nrs_flow_protocols(flow, flow->protocols, names);

	nrs_jsonw_member_u64(w, "proto", flow->proto);
	nrs_jsonw_key(w, "protocols");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < count; i++)
		nrs_jsonw_string(w, nrs_span_of(names[i]));
	nrs_jsonw_close(w, ']');
	if (flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6)
		put_icmp(w, "icmp", flow->src_port, flow->dst_port);
	if (flow->vlan != 0)
		nrs_jsonw_member_u64(w, "vlan", flow->vlan);
	if (flow->tunnel != 0)
		nrs_jsonw_member_u64(w, "tunnel", flow->tunnel);
}

void nrs_flow_line(struct nrs_text *out, const struct nrs_record_ended *ended,
		   const struct nrs_flow_line_run *run)
{
	const struct nrs_flow_info *flow = &ended->flow;
	struct nrs_jsonw w = {.out = out};
	char id[NRS_COMMUNITY_ID_LEN];

	nrs_jsonw_open(&w, '{');
	put_time(&w, "start", flow->start_ns);
	put_time(&w, "end", ended->last_ns);
	nrs_flow_community_id(flow, id);
	put_text(&w, "flow", id);
	put_side(&w, ended, 0, run->as_table);
	put_side(&w, ended, 1, run->as_table);
	put_protocols(&w, flow);
	put_text(&w, "direction",
		 nrs_direction_name(nrs_home_direction(run->home, &flow->src,
						       &flow->dst)));
	put_text(&w, "outcome",
		 nrs_outcome_name((enum nrs_outcome)flow->outcome));
	put_text(&w, "ended", end_name(ended->end_reason));
	if (ended->log.refusal != 0)
		put_icmp(&w, "refused", ended->log.refusal >> 8,
			 ended->log.refusal & 0xff);
	if (ended->has_hits != 0) {
		nrs_jsonw_key(&w, "hit");
		nrs_jsonw_bool(&w, true);
	}
	put_text(&w, "sensor", run->sensor);
	put_text(&w, "location", run->location);
	put_text(&w, run->is_live ? "interface" : "capture",
		 run->captures[ended->log.file]);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}
