/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eve_out: members in the order in which Suricata writes them. What EVE has no
 * word for stands in alert.metadata.tag, lists of texts that every reader
 * takes.
 */
#include "sightings/eve_out.h"

#include <netinet/in.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"
#include "engine/handling.h"
#include "engine/value_text.h"
#include "sightings/stix_parts.h"

/* Above the signatures that anybody distributes, and within 31 bits. */
#define SID_BASE UINT32_C(1073741824)
#define FLOW_BITS 51 /* as many as Suricata's own have */

bool nrs_is_above(enum nrs_tlp tlp, enum nrs_tlp ceiling)
{
	return nrs_stix_tlp(tlp) > nrs_stix_tlp(ceiling);
}

void nrs_opaque_id(struct nrs_text *out, const struct nrs_sighted *s,
		   struct nrs_span key)
{
	struct nrs_text id = {0};
	uint8_t mac[NRS_SHA256_LEN];
	char hex[2 * 8 + 1];

	nrs_sighted_id(s, &id);
	nrs_hmac_sha256(key, nrs_text_span(&id), mac);
	nrs_hex(nrs_span(mac, 8), hex);
	nrs_text_puts(out, hex);
	out->failed |= id.failed;
	nrs_text_fini(&id);
}

static void put_text(struct nrs_jsonw *w, const char *key, const char *text)
{
	nrs_jsonw_member(w, key, nrs_span_of(text));
}

/* 2026-03-01T12:00:00.104233+0000 */
static void put_time(struct nrs_jsonw *w, int64_t ns)
{
	char text[NRS_STAMP_LEN + 8];
	const size_t len = nrs_stamp_format(ns, 6, text);

	memcpy(text + len - 1, "+0000", 6);
	put_text(w, "timestamp", text);
}

static uint64_t hash(struct nrs_span text)
{
	struct nrs_hash_key key;

	nrs_hash_key_init(&key, 1); /* the same on every sensor */
	return nrs_hash(&key, text);
}

static uint64_t flow_id(const struct nrs_flow_info *flow)
{
	uint8_t tuple[16 + 16 + 4 + 8 + 1] = {0};

	memcpy(tuple, flow->src.bytes, 16);
	memcpy(tuple + 16, flow->dst.bytes, 16);
	memcpy(tuple + 32, &flow->src_port, 2);
	memcpy(tuple + 34, &flow->dst_port, 2);
	memcpy(tuple + 36, &flow->start_ns, 8);
	tuple[44] = flow->proto;
	return hash(nrs_span(tuple, sizeof(tuple))) >> (64 - FLOW_BITS);
}

static const char *proto_name(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_ICMP:
		return "ICMP";
	case IPPROTO_ICMPV6:
		return "IPv6-ICMP";
	case IPPROTO_SCTP:
		return "SCTP";
	default:
		return "unknown";
	}
}

static void put_end(struct nrs_jsonw *w, const char *ip, const char *port,
		    const struct nrs_flow_info *flow, bool is_src)
{
	const bool has_ports = flow->proto == IPPROTO_TCP ||
			       flow->proto == IPPROTO_UDP ||
			       flow->proto == IPPROTO_SCTP;
	char text[NRS_ADDR_LEN];

	/* Readers want an address there, or nothing. */
	if (!nrs_flow_is_token(flow, is_src))
		nrs_jsonw_member(
			w, ip,
			nrs_span(text, nrs_flow_end(flow, is_src, text)));
	if (has_ports)
		nrs_jsonw_member_u64(w, port,
				     is_src ? flow->src_port : flow->dst_port);
}

static void put_where(struct nrs_jsonw *w, const struct nrs_sighted *s,
		      const struct nrs_hits_run *run)
{
	const struct nrs_record_hit *hit = s->hit;

	nrs_jsonw_member_u64(w, "flow_id", flow_id(&hit->flow));
	if (run->is_live && !run->is_retro)
		put_text(w, "in_iface", run->captures[hit->file]);
	else
		put_text(w, "pcap_filename", run->captures[hit->file]);
	if (!run->is_live && hit->frame > 0)
		nrs_jsonw_member_u64(w, "pcap_cnt", hit->frame);
	put_text(w, "event_type", "alert");
	if (hit->flow.vlan != 0) {
		nrs_jsonw_key(w, "vlan");
		nrs_jsonw_open(w, '[');
		nrs_jsonw_u64(w, hit->flow.vlan);
		nrs_jsonw_close(w, ']');
	}
}

static void put_tag(struct nrs_jsonw *w, const char *name, struct nrs_span text)
{
	struct nrs_text tag = {0};

	if (text.len == 0)
		return;
	nrs_text_printf(&tag, "%s:", name);
	nrs_text_add(&tag, text);
	nrs_jsonw_string(w, nrs_text_span(&tag));
	w->out->failed |= tag.failed;
	nrs_text_fini(&tag);
}

static void put_list(struct nrs_jsonw *w, const char *key, struct nrs_span text)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '[');
	nrs_jsonw_string(w, text);
	nrs_jsonw_close(w, ']');
}

static void put_metadata(struct nrs_jsonw *w, const struct nrs_sighted *s,
			 const struct nrs_judgement *judged, struct nrs_span id)
{
	const struct nrs_indicator *item = s->indicator;
	struct nrs_text modified = {0}, value = {0};

	nrs_jsonw_key(w, "metadata");
	nrs_jsonw_open(w, '{');
	put_list(w, "signature_severity",
		 nrs_span_of(nrs_class_name(judged->grade)));
	nrs_jsonw_key(w, "tag");
	nrs_jsonw_open(w, '[');
	put_tag(w, "indicator", id);
	put_tag(w, "source", nrs_set_source_of(s->set, item->source)->name);
	put_tag(w, "tlp", nrs_span_of(nrs_tlp_name((enum nrs_tlp)item->tlp)));
	put_tag(w, "report", nrs_indicator_background(item)->report_id);
	put_tag(w, "exercise", nrs_sighted_exercise(s));
	put_tag(w, "direction", nrs_span_of(nrs_direction_name(s->direction)));
	put_tag(w, "outcome", nrs_span_of(nrs_outcome_name(s->outcome)));
	put_tag(w, "field",
		nrs_span_of(nrs_field_table[s->values[0].field].name));
	nrs_value_text(&value, s->values[0].field, s->values[0].value);
	put_tag(w, "value", nrs_text_span(&value));
	if (judged->asset != NULL)
		put_tag(w, "asset",
			nrs_span_of(nrs_importance_name(
				judged->asset->importance)));
	nrs_jsonw_close(w, ']');
	nrs_sighted_modified(s, &modified);
	put_list(w, "updated_at", nrs_text_span(&modified));
	nrs_jsonw_close(w, '}');
	w->out->failed |= modified.failed || value.failed;
	nrs_text_fini(&modified);
	nrs_text_fini(&value);
}

static void put_signature(struct nrs_jsonw *w, const struct nrs_sighted *s)
{
	const struct nrs_indicator *item = s->indicator;
	struct nrs_text text = {0};

	nrs_text_puts(&text, "noroshi ");
	if (item->context != NULL && item->context->name.len > 0)
		nrs_text_add(&text, item->context->name);
	else
		nrs_text_add(&text, nrs_span_part(item->pattern, 0, 200));
	nrs_jsonw_member(w, "signature", nrs_text_span(&text));
	w->out->failed |= text.failed;
	nrs_text_fini(&text);
}

static void put_alert(struct nrs_jsonw *w, const struct nrs_sighted *s,
		      const struct nrs_hits_run *run)
{
	/* 1 is the worst in Suricata. */
	static const unsigned int severities[] = {4, 4, 3, 2, 1};
	const int64_t modified = s->indicator->modified_ns / NRS_SECOND_NS;
	struct nrs_judgement judged;
	struct nrs_text id = {0};

	nrs_judge_sighted(run->judge, s, s->outcome, &judged);
	nrs_sighted_id(s, &id);
	nrs_jsonw_key(w, "alert");
	nrs_jsonw_open(w, '{');
	put_text(w, "action", "allowed");
	nrs_jsonw_member_u64(w, "gid", 1);
	nrs_jsonw_member_u64(
		w, "signature_id",
		SID_BASE + (uint32_t)(hash(nrs_text_span(&id)) % SID_BASE));
	nrs_jsonw_member_u64(w, "rev", modified > 0 ? (uint64_t)modified : 0);
	put_signature(w, s);
	put_text(w, "category", "Shared Indicator");
	nrs_jsonw_member_u64(w, "severity", severities[judged.grade]);
	put_metadata(w, s, &judged, nrs_text_span(&id));
	nrs_jsonw_close(w, '}');
	w->out->failed |= id.failed;
	nrs_text_fini(&id);
}

/* What matched, where EVE has a place for it; rows of one object together. */
static const struct {
	const char *object, *member;
	enum nrs_field field;
} places[] = {
	{"http", "hostname", NRS_F_HTTP_HOST},
	{"http", "url", NRS_F_HTTP_URI},
	{"http", "http_user_agent", NRS_F_HTTP_USER_AGENT},
	{"tls", "subject", NRS_F_CERT_SUBJECT},
	{"tls", "issuerdn", NRS_F_CERT_ISSUER},
	{"tls", "sni", NRS_F_TLS_SNI},
	{"quic", "sni", NRS_F_QUIC_SNI},
};

static const struct nrs_hit_value *value_of(const struct nrs_sighted *s,
					    enum nrs_field field)
{
	for (unsigned int i = 0; i < s->value_count; i++) {
		if (s->values[i].field == field)
			return &s->values[i];
	}
	return NULL;
}

static void put_question(struct nrs_jsonw *w, struct nrs_span name)
{
	nrs_jsonw_key(w, "dns");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member_u64(w, "version", 2);
	nrs_jsonw_key(w, "query");
	nrs_jsonw_open(w, '[');
	nrs_jsonw_open(w, '{');
	put_text(w, "type", "query");
	nrs_jsonw_member(w, "rrname", name);
	nrs_jsonw_close(w, '}');
	nrs_jsonw_close(w, ']');
	nrs_jsonw_close(w, '}');
}

static void put_exchange(struct nrs_jsonw *w, const struct nrs_sighted *s)
{
	const struct nrs_hit_value *name = value_of(s, NRS_F_DNS_QUERY);
	const char *open = "";

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const struct nrs_hit_value *value =
			value_of(s, places[i].field);
		struct nrs_text text = {0};

		if (value == NULL)
			continue;
		if (strcmp(open, places[i].object) != 0) {
			if (open[0] != '\0')
				nrs_jsonw_close(w, '}');
			open = places[i].object;
			nrs_jsonw_key(w, open);
			nrs_jsonw_open(w, '{');
		}
		nrs_value_text(&text, value->field, value->value);
		nrs_jsonw_member(w, places[i].member, nrs_text_span(&text));
		w->out->failed |= text.failed;
		nrs_text_fini(&text);
	}
	if (open[0] != '\0')
		nrs_jsonw_close(w, '}');
	if (name != NULL)
		put_question(w, name->value);
}

static void put_above(struct nrs_jsonw *w, const struct nrs_sighted *s,
		      struct nrs_span key, bool is_above)
{
	struct nrs_text id = {0};

	nrs_text_puts(&id, is_above ? "noroshi above this output's ceiling: "
				    : "noroshi ");
	if (is_above)
		nrs_opaque_id(&id, s, key);
	else
		nrs_shown_id(s->set, s->hit->indicator, &id);
	put_text(w, "event_type", "alert");
	if (s->direction != NRS_DIRECTION_TRANSIT)
		put_end(w, s->own_is_src ? "src_ip" : "dest_ip",
			s->own_is_src ? "src_port" : "dest_port", &s->hit->flow,
			s->own_is_src);
	nrs_jsonw_key(w, "alert");
	nrs_jsonw_open(w, '{');
	put_text(w, "action", "allowed");
	nrs_jsonw_member_u64(w, "gid", 1);
	nrs_jsonw_member_u64(w, "signature_id", SID_BASE - 1);
	nrs_jsonw_member_u64(w, "rev", 1);
	nrs_jsonw_member(w, "signature", nrs_text_span(&id));
	put_text(w, "category", "Shared Indicator");
	nrs_jsonw_member_u64(w, "severity", 2);
	nrs_jsonw_close(w, '}');
	w->out->failed |= id.failed;
	nrs_text_fini(&id);
}

bool nrs_eve_line(struct nrs_text *out, const struct nrs_sighted *s,
		  const struct nrs_eve_options *options)
{
	const struct nrs_record_hit *hit = s->hit;
	const bool is_above =
		nrs_is_above((enum nrs_tlp)s->indicator->tlp, options->max_tlp);
	struct nrs_jsonw w = {.out = out};
	char community[NRS_COMMUNITY_ID_LEN];

	nrs_jsonw_open(&w, '{');
	put_time(&w, hit->head.ts_ns);
	if (is_above || nrs_is_hidden(s->indicator)) {
		put_above(&w, s, options->key, is_above);
	} else {
		put_where(&w, s, options->run);
		put_end(&w, "src_ip", "src_port", &hit->flow, true);
		put_end(&w, "dest_ip", "dest_port", &hit->flow, false);
		put_text(&w, "proto", proto_name(hit->flow.proto));
		nrs_flow_community_id(&hit->flow, community);
		if (community[0] != '\0')
			put_text(&w, "community_id", community);
		if (hit->txn_number > 0)
			nrs_jsonw_member_u64(&w, "tx_id", hit->txn_number - 1);
		put_alert(&w, s, options->run);
		if (hit->txn_kind != NRS_TXN_FLOW)
			put_text(&w, "app_proto",
				 nrs_txn_protocol(
					 (enum nrs_txn_kind)hit->txn_kind));
		put_exchange(&w, s);
	}
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
	return is_above;
}
