/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_out: hits as JSON lines.
 */
#include "sightings/hits_out.h"

#include "engine/handling.h"
#include "engine/indicator_json.h"
#include "engine/outer.h"
#include "engine/value_text.h"

static void put_text(struct nrs_jsonw *w, const char *key, const char *text)
{
	nrs_jsonw_member(w, key, nrs_span_of(text));
}

static void put_time(struct nrs_jsonw *w, const char *key, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	nrs_jsonw_member(w, key, nrs_span(text, nrs_stamp_format(ns, 6, text)));
}

static void put_null(struct nrs_jsonw *w, const char *key)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_null(w);
}

static void put_or_null(struct nrs_jsonw *w, const char *key,
			struct nrs_span text)
{
	if (text.len > 0)
		nrs_jsonw_member(w, key, text);
	else
		put_null(w, key);
}

static void put_side(struct nrs_jsonw *w, const char *key,
		     const struct nrs_sighted *s, bool is_src, bool with_role)
{
	const struct nrs_flow_info *flow = &s->hit->flow;
	char text[NRS_ADDR_LEN];

	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, nrs_flow_is_token(flow, is_src) ? "token" : "ip",
			 nrs_span(text, nrs_flow_end(flow, is_src, text)));
	nrs_jsonw_member_u64(w, "port",
			     is_src ? flow->src_port : flow->dst_port);
	if (with_role)
		put_text(w, "role", is_src ? "client" : "server");
	nrs_jsonw_close(w, '}');
}

/* Where the sensor runs on the host itself. */
static void put_process(struct nrs_jsonw *w, const struct nrs_process *process,
			const char *group)
{
	if (process->pid == 0)
		return;
	nrs_jsonw_key(w, "process");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member_u64(w, "pid", process->pid);
	put_text(w, "command", process->command);
	nrs_jsonw_member_u64(w, "cgroup", process->cgroup);
	if (group != NULL)
		put_text(w, "cgroup_path", group);
	nrs_jsonw_close(w, '}');
}

static void put_indicator(struct nrs_jsonw *w, const struct nrs_sighted *s)
{
	const struct nrs_indicator *item = s->indicator;
	struct nrs_text text = {0};

	nrs_sighted_id(s, &text);
	nrs_jsonw_member(w, "indicator", nrs_text_span(&text));
	nrs_text_clear(&text);
	nrs_sighted_modified(s, &text);
	nrs_jsonw_member(w, "modified", nrs_text_span(&text));
	nrs_text_fini(&text);
	nrs_jsonw_member(w, "source",
			 nrs_set_source_of(s->set, item->source)->name);
	put_or_null(w, "report", nrs_indicator_background(item)->report_id);
	put_text(w, "tlp", nrs_tlp_name((enum nrs_tlp)item->tlp));
	nrs_jsonw_key(w, "confidence");
	if (item->confidence >= 0)
		nrs_jsonw_i64(w, item->confidence);
	else
		nrs_jsonw_null(w);
	put_text(w, "grade",
		 item->status == NRS_STATUS_PARTIAL ? "partial" : "full");
}

static void put_values(struct nrs_jsonw *w, const struct nrs_sighted *s)
{
	nrs_jsonw_key(w, "values");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < s->value_count; i++) {
		const struct nrs_hit_value *v = &s->values[i];
		struct nrs_text text = {0};

		nrs_value_text(&text, v->field, v->value);
		nrs_jsonw_open(w, '{');
		put_text(w, "field", nrs_field_table[v->field].name);
		nrs_jsonw_member_u64(w, "object", v->object);
		nrs_jsonw_member(w, "value", nrs_text_span(&text));
		nrs_jsonw_close(w, '}');
		nrs_text_fini(&text);
	}
	nrs_jsonw_close(w, ']');
}

static void put_lists(struct nrs_jsonw *w, const struct nrs_sighted *s)
{
	const char *names[NRS_FLOW_PROTOCOLS];
	const unsigned int count =
		nrs_flow_protocols(&s->hit->flow, s->protocols, names);

	nrs_jsonw_key(w, "protocols");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < count; i++)
		nrs_jsonw_string(w, nrs_span_of(names[i]));
	nrs_jsonw_close(w, ']');
	put_time(w, "start", s->hit->flow.start_ns);
	nrs_indicator_json_markings(w, s->indicator);
}

static void put_end(struct nrs_jsonw *w, const char *key,
		    const struct nrs_addr *addr, uint16_t port)
{
	char text[NRS_ADDR_LEN];

	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, "ip", nrs_span(text, nrs_addr_format(addr, text)));
	nrs_jsonw_member_u64(w, "port", port);
	nrs_jsonw_close(w, '}');
}

/* The tunnels around the packet, the outermost first. */
static void put_tunnels(struct nrs_jsonw *w, const struct nrs_record_hit *hit)
{
	struct nrs_outer outers[NRS_OUTERS_MAX];
	const unsigned int count = nrs_hit_outers(hit, outers);

	if (count == 0)
		return;
	nrs_jsonw_key(w, "tunnels");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < count; i++) {
		const char *name = nrs_transport_name(outers[i].proto);

		nrs_jsonw_open(w, '{');
		put_end(w, "client", &outers[i].src, outers[i].src_port);
		put_end(w, "server", &outers[i].dst, outers[i].dst_port);
		put_or_null(w, "protocol",
			    nrs_span_of(name == NULL ? "" : name));
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

/* The observations that a pattern of several is made of. */
static void put_observations(struct nrs_jsonw *w, const struct nrs_sighted *s,
			     const struct nrs_hits_run *run)
{
	const struct nrs_record_hit *part;
	size_t at = 0;

	nrs_jsonw_key(w, "observations");
	nrs_jsonw_open(w, '[');
	while ((part = nrs_sighted_part(s, &at)) != NULL) {
		struct nrs_sighted one = {.hit = part};
		char flow[NRS_COMMUNITY_ID_LEN];

		one.value_count = nrs_hit_values(part, one.values);
		nrs_jsonw_open(w, '{');
		put_time(w, "start", part->txn_start_ns);
		put_time(w, "end", part->txn_end_ns);
		nrs_flow_community_id(&part->flow, flow);
		put_text(w, "flow", flow);
		nrs_jsonw_member_u64(w, "transaction", part->txn_number);
		put_text(w, "capture", run->captures[part->file]);
		put_end(w, "client", &part->flow.src, part->flow.src_port);
		put_end(w, "server", &part->flow.dst, part->flow.dst_port);
		put_values(w, &one);
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

/* The class, and what of the site's own knowledge made it. */
static void put_class(struct nrs_jsonw *w, const struct nrs_sighted *s,
		      const struct nrs_hits_run *run)
{
	struct nrs_judgement judged;

	nrs_judge_sighted(run->judge, s, s->outcome, &judged);
	put_text(w, "class", nrs_class_name(judged.grade));
	if (judged.asset != NULL) {
		nrs_jsonw_key(w, "asset");
		nrs_jsonw_open(w, '{');
		put_text(w, "importance",
			 nrs_importance_name(judged.asset->importance));
		if (judged.asset->role.len > 0)
			nrs_jsonw_member(w, "role", judged.asset->role);
		if (judged.asset->owner.len > 0)
			nrs_jsonw_member(w, "owner", judged.asset->owner);
		nrs_jsonw_close(w, '}');
	}
	if (judged.suppressed != NULL)
		nrs_jsonw_member(w, "suppressed_by", judged.suppressed->by);
	if (s->indicator->watched) {
		nrs_jsonw_key(w, "watched");
		nrs_jsonw_bool(w, true);
	}
}

/* A list's value stands in no bundle: who reports it needs its pattern. */
static void put_listed(struct nrs_jsonw *w, const struct nrs_sighted *s)
{
	struct nrs_text pattern = {0};

	if (s->indicator->shape == NRS_SHAPE_PATTERN)
		return;
	nrs_set_pattern(s->set, s->hit->indicator, &pattern);
	nrs_jsonw_key(w, "listed");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, "name", s->indicator->pattern);
	nrs_jsonw_member(w, "pattern", nrs_text_span(&pattern));
	nrs_jsonw_close(w, '}');
	w->out->failed |= pattern.failed;
	nrs_text_fini(&pattern);
}

/* How often the value was seen with the own host, and until when. */
static void put_times(struct nrs_jsonw *w, const struct nrs_record_hit *hit)
{
	put_time(w, "last", hit->txn_end_ns);
	nrs_jsonw_member_u64(w, "times", hit->times);
}

static const char *mode_of(const struct nrs_hits_run *run)
{
	return run->is_retro ? "retro" : run->is_live ? "live" : "replay";
}

/* Rule 4: what may be run and not read. Neither the other side nor the packet
 * is named: they would say what is looked for. */
static void put_hidden(struct nrs_jsonw *w, const struct nrs_sighted *s,
		       const struct nrs_hits_run *run)
{
	struct nrs_text id = {0};

	nrs_jsonw_open(w, '{');
	put_time(w, "time", s->hit->head.ts_ns);
	nrs_shown_id(s->set, s->hit->indicator, &id);
	nrs_jsonw_member(w, "hidden", nrs_text_span(&id));
	nrs_jsonw_member(w, "source",
			 nrs_set_source_of(s->set, s->indicator->source)->name);
	if (s->direction == NRS_DIRECTION_TRANSIT)
		put_null(w, "own");
	else
		put_side(w, "own", s, s->own_is_src, true);
	put_text(w, "direction", nrs_direction_name(s->direction));
	put_text(w, "outcome", nrs_outcome_name(s->outcome));
	put_class(w, s, run);
	put_text(w, "mode", mode_of(run));
	if (s->hit->times > 0)
		put_times(w, s->hit);
	put_or_null(w, "exercise", nrs_sighted_exercise(s));
	nrs_jsonw_member(w, "set", run->set_digest);
	if (run->is_live)
		nrs_jsonw_member_u64(w, "n", run->number);
	nrs_jsonw_close(w, '}');
	w->out->failed |= id.failed;
	nrs_text_fini(&id);
}

void nrs_hits_line(struct nrs_text *out, const struct nrs_sighted *s,
		   const struct nrs_hits_run *run)
{
	const struct nrs_record_hit *hit = s->hit;
	const struct nrs_hit_value *lead = &s->values[0];
	struct nrs_jsonw w = {.out = out};
	struct nrs_text value = {0};
	char flow[NRS_COMMUNITY_ID_LEN];

	if (nrs_is_hidden(s->indicator)) {
		put_hidden(&w, s, run);
		nrs_text_putc(out, '\n');
		return;
	}
	nrs_jsonw_open(&w, '{');
	put_time(&w, "time", hit->head.ts_ns);
	put_indicator(&w, s);
	put_text(&w, "how", nrs_how_name(nrs_sighted_how(s)));
	put_text(&w, "field", nrs_field_table[lead->field].name);
	nrs_value_text(&value, lead->field, lead->value);
	nrs_jsonw_member(&w, "value", nrs_text_span(&value));
	nrs_text_fini(&value);
	if (s->direction == NRS_DIRECTION_TRANSIT)
		put_null(&w, "own");
	else
		put_side(&w, "own", s, s->own_is_src, true);
	put_side(&w, "peer", s, !s->own_is_src, false);
	if (s->direction == NRS_DIRECTION_TRANSIT)
		put_side(&w, "client", s, true, false);
	put_text(&w, "direction", nrs_direction_name(s->direction));
	put_text(&w, "outcome", nrs_outcome_name(s->outcome));
	put_process(&w, &hit->process, run->group);
	put_class(&w, s, run);
	put_text(&w, "validity", hit->before ? "before" : "in");
	nrs_flow_community_id(&hit->flow, flow);
	put_or_null(&w, "flow", nrs_span_of(flow));
	put_text(&w, "capture", run->captures[hit->file]);
	nrs_jsonw_key(&w, "packet");
	if (hit->frame > 0)
		nrs_jsonw_u64(&w, hit->frame);
	else
		nrs_jsonw_null(&w);
	put_text(&w, "mode", mode_of(run));
	if (hit->times > 0)
		put_times(&w, hit);
	put_or_null(&w, "exercise", nrs_sighted_exercise(s));
	nrs_jsonw_member(&w, "set", run->set_digest);
	put_values(&w, s);
	put_lists(&w, s);
	nrs_jsonw_member_u64(&w, "transaction", hit->txn_number);
	if (s->resolved_from.len > 0)
		nrs_jsonw_member(&w, "resolved_from", s->resolved_from);
	put_listed(&w, s);
	nrs_indicator_json_times(&w, s->indicator);
	nrs_indicator_json_context(&w, s->indicator);
	put_tunnels(&w, hit);
	if (s->parts.len > 0)
		put_observations(&w, s, run);
	if (run->is_live)
		nrs_jsonw_member_u64(&w, "n", run->number);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

void nrs_hits_raise(struct nrs_text *out, uint64_t number,
		    const struct nrs_record_flow *flow, enum nrs_class grade,
		    const char *group)
{
	struct nrs_jsonw w = {.out = out};

	nrs_jsonw_open(&w, '{');
	put_time(&w, "time", flow->head.ts_ns);
	nrs_jsonw_member_u64(&w, "raises", number);
	put_text(&w, "outcome",
		 nrs_outcome_name((enum nrs_outcome)flow->outcome));
	put_text(&w, "class", nrs_class_name(grade));
	put_process(&w, &flow->process, group);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}
