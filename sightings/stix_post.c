/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_post: what may be said of a sighting. Each value is asked whether it
 * may leave; at the end the whole text is searched for own addresses, so that
 * a mistake above keeps a sighting at home and never gives a host away.
 */
#include "sightings/stix_post.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/base/json.h"
#include "engine/own_token.h"
#include "sightings/own_trace.h"
#include "sightings/stix_parts.h"

#define BORN "2026-01-01T00:00:00.000Z"
#define COUNT_MAX UINT64_C(999999999) /* STIX 2.1 section 5.2 */

struct post {
	const struct nrs_window *window;
	const struct nrs_stix_post_options *options;
	const struct nrs_record_hit *hit;
	enum nrs_direction direction;
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX]; /* that may leave */
	unsigned int value_count;
	struct nrs_sco_list scos;
	char reporter[NRS_SCO_ID_LEN], observed[NRS_SCO_ID_LEN];
};

void nrs_stix_post_fini(struct nrs_stix_post *post)
{
	nrs_text_fini(&post->whole);
	nrs_text_fini(&post->bare);
}

/* Type and UUIDv5 over HMAC(key of this audience, what) (rule 15). */
static void make_id(const struct post *p, const char *type,
		    struct nrs_span what, char out[NRS_SCO_ID_LEN])
{
	uint8_t mac[NRS_SHA256_LEN];
	char uuid[NRS_UUID_LEN + 1];

	nrs_hmac_sha256(p->options->audience->key, what, mac);
	nrs_uuid5(nrs_uuid_noroshi, nrs_span(mac, sizeof(mac)), uuid);
	snprintf(out, NRS_SCO_ID_LEN, "%s--%s", type, uuid);
}

/* sensor | indicator | version | own host or pair | window | part */
static int window_id(const struct post *p, const char *type,
		     char out[NRS_SCO_ID_LEN])
{
	const struct nrs_window *w = p->window;
	const struct nrs_witness_head *head = nrs_witness_head(w->first);
	struct nrs_text what = {0};
	char addr[NRS_ADDR_LEN];
	int err = NRS_OK;

	nrs_text_add(&what, p->options->sensor);
	nrs_text_putc(&what, '|');
	nrs_text_add(&what, nrs_witness_text(w->first, NRS_WITNESS_ID));
	nrs_text_printf(&what, "|%lld|", (long long)head->modified_ns);
	nrs_text_add(&what,
		     nrs_span(addr, nrs_addr_format(nrs_witness_own(w->first),
						    addr)));
	if (p->direction == NRS_DIRECTION_TRANSIT) {
		nrs_text_putc(&what, '-');
		nrs_text_add(&what,
			     nrs_span(addr, nrs_addr_format(
						    nrs_witness_peer(w->first),
						    addr)));
	}
	nrs_text_printf(&what, "|%u.%lld|%s.%s.%s.%u.%lld.%s", w->stage,
			(long long)w->number, nrs_direction_name(p->direction),
			nrs_outcome_name(w->outcome), nrs_class_name(w->grade),
			(unsigned int)w->part, (long long)w->first_ns / 1000,
			type); /* microseconds, as hits.jsonl has them */
	if (what.failed)
		err = NRS_E_NOMEM;
	else
		make_id(p, type, nrs_text_span(&what), out);
	nrs_text_fini(&what);
	return err;
}

/* What is said of the own host: in transit nobody knows which one it is, and
 * of what a log kept as its token nobody knows the address. */
static enum nrs_share_own own_host(const struct post *p)
{
	return p->direction == NRS_DIRECTION_TRANSIT ||
			       nrs_witness_hit(p->window->first)->flow.tokens !=
				       0
		       ? NRS_SHARE_OWN_OMIT
		       : p->options->audience->own_host;
}

/* "h-7c1e90ab": the same host is the same token in this audience alone. */
static void own_token(const struct post *p, char out[NRS_OWN_TOKEN_LEN])
{
	const struct nrs_addr token = nrs_own_token(
		p->options->audience->key, nrs_witness_own(p->window->first));

	nrs_own_token_text(&token, out);
}

/* Another name or contact is another object: an id's content never changes. */
static int reporter_id(struct post *p)
{
	const struct nrs_share_reporter *r = &p->options->audience->reporter;
	const enum nrs_share_as as = nrs_share_as(p->options->audience);
	struct nrs_text what = {0};
	int err = NRS_OK;

	if (as == NRS_SHARE_ANONYMOUS) { /* the same for everybody */
		char uuid[NRS_UUID_LEN + 1];

		nrs_uuid5(nrs_uuid_noroshi, nrs_span_of("anonymous"), uuid);
		snprintf(p->reporter, sizeof(p->reporter), "identity--%s",
			 uuid);
		return NRS_OK;
	}
	nrs_text_printf(&what, "reporter %d|", (int)as);
	nrs_text_add(&what, r->name);
	nrs_text_putc(&what, '|');
	nrs_text_add(&what, r->contact);
	nrs_text_putc(&what, '|');
	nrs_text_add(&what, r->sectors);
	if (what.failed)
		err = NRS_E_NOMEM;
	else
		make_id(p, "identity", nrs_text_span(&what), p->reporter);
	nrs_text_fini(&what);
	return err;
}

static int64_t cut(const struct post *p, int64_t ns)
{
	const int64_t grain = p->options->audience->grain_ns;

	return grain <= 0 ? ns : ns - (ns % grain + grain) % grain;
}

/* The only address of the flow that may be said: the other side's, and in
 * transit, where nobody knows which is whose, the one that was looked for. */
static const struct nrs_addr *sayable(const struct post *p)
{
	const struct nrs_addr *peer = nrs_witness_peer(p->window->first);

	switch (p->direction) {
	case NRS_DIRECTION_OUT:
	case NRS_DIRECTION_IN:
		return nrs_home_nets_hold(p->options->home, peer) ? NULL : peer;
	case NRS_DIRECTION_LATERAL:
		return NULL;
	case NRS_DIRECTION_TRANSIT:
		break;
	}
	for (unsigned int i = 0; i < p->value_count; i++) {
		if (p->values[i].field == NRS_F_IP_SRC)
			return &p->hit->flow.src;
		if (p->values[i].field == NRS_F_IP_DST)
			return &p->hit->flow.dst;
	}
	return NULL;
}

/* An address that this audience may not have. */
static bool is_own_addr(const struct post *p, const struct nrs_hit_value *v)
{
	struct nrs_addr addr;

	if (own_host(p) == NRS_SHARE_OWN_FULL)
		return false;

	memcpy(addr.bytes, v->value.ptr, sizeof(addr.bytes));
	return nrs_home_nets_hold(p->options->home, &addr) ||
	       nrs_addr_compare(&addr, nrs_witness_own(p->window->first)) == 0;
}

/* Names that were asked for or answered: not a name of the server's. */
static bool is_of_dns(enum nrs_field field)
{
	return field >= NRS_F_DNS_QUERY && field <= NRS_F_DNS_TXT;
}

/* "Name: value". Never a cookie or a credential, whatever a pattern asks. */
static bool is_harmless_header(struct nrs_span line)
{
	const struct nrs_span name =
		nrs_span_part(line, 0, nrs_span_find(line, ':', 0));

	return nrs_span_is_icase(name, "host") ||
	       nrs_span_is_icase(name, "user-agent");
}

/* What stands in a mail is people's: it leaves where the pattern names it,
 * letter for letter, not where it only resembles. */
static bool is_of_mail(const struct nrs_hit_value *v)
{
	return v->field >= NRS_F_SMTP_HELO && v->field <= NRS_F_EMAIL_URL_HOST;
}

/* What an own client says of itself (rule 14). */
static bool is_user_agent(const struct nrs_hit_value *v)
{
	return v->field == NRS_F_HTTP_USER_AGENT ||
	       (nrs_field_table[v->field].kind == NRS_VALUE_HEADER &&
		nrs_span_is_icase(
			nrs_span_part(v->value, 0,
				      nrs_span_find(v->value, ':', 0)),
			"user-agent"));
}

/* May this value of the pattern's own fields leave? (Rules 13 and 14.) */
static bool may_leave(const struct post *p, const struct nrs_hit_value *v)
{
	const struct nrs_flow_info *flow = &p->hit->flow;

	switch (nrs_field_table[v->field].kind) {
	case NRS_VALUE_MAC:
		return false; /* of our own wires */
	case NRS_VALUE_ADDR:
		if (v->field == NRS_F_IP_SRC || v->field == NRS_F_IP_DST)
			return p->direction == NRS_DIRECTION_TRANSIT
				       ? !nrs_home_nets_hold(
						 p->options->home,
						 v->field == NRS_F_IP_SRC
							 ? &flow->src
							 : &flow->dst)
				       : !is_own_addr(p, v);
		return p->direction != NRS_DIRECTION_IN && !is_own_addr(p, v);
	case NRS_VALUE_INT:
	case NRS_VALUE_OFFSET:
	case NRS_VALUE_TIME:
		return false; /* said by the flow, or not at all */
	case NRS_VALUE_HEADER:
		if (!is_harmless_header(v->value))
			return false;
		break;
	default:
		break;
	}
	if (is_of_mail(v) && v->how != NRS_HOW_EXACT &&
	    v->how != NRS_HOW_SUBDOMAIN)
		return false;
	if (is_user_agent(v) && v->how != NRS_HOW_EXACT)
		return false; /* the indicator knows but a part of it */
	if (p->direction == NRS_DIRECTION_IN ||
	    (p->direction == NRS_DIRECTION_LATERAL && !is_of_dns(v->field)))
		return false;
	return !nrs_own_trace(v->value, p->options->home) &&
	       !nrs_own_trace_of(v->value, nrs_witness_own(p->window->first));
}

static void pick_values(struct post *p)
{
	struct nrs_hit_value all[NRS_HIT_VALUES_MAX];
	const unsigned int count = nrs_hit_values(p->hit, all);

	for (unsigned int i = 0; i < count; i++) {
		if (may_leave(p, &all[i]))
			p->values[p->value_count++] = all[i];
	}
}

/* The flow as far as it may be said; @said: the side that may, or NULL. */
static void put_traffic(struct post *p, const struct nrs_addr *said,
			struct nrs_span extra)
{
	const struct nrs_flow_info *flow = &p->hit->flow;
	const bool is_full = own_host(p) == NRS_SHARE_OWN_FULL;
	const bool is_src = !is_full && nrs_addr_compare(said, &flow->src) == 0;
	const struct nrs_sco_traffic traffic = {
		.flow = flow,
		.protocols = nrs_witness_head(p->window->first)->protocols,
		.values = p->values,
		.count = p->value_count,
		.hides_src = !is_full && !is_src,
		.hides_dst = !is_full && is_src,
		.start_ns = cut(p, flow->start_ns),
		.extra = extra,
		.is_peer_only = !p->options->audience->tells_technique};

	nrs_sco_add_traffic(&p->scos, &traffic);
}

/* The objects: those of the indicator's own values, then the flow's. What is
 * not the value itself carries the marking (rule 16): a name below the one
 * that was looked for is what our people asked for. */
static void put_scos(struct post *p)
{
	const struct nrs_addr *said = sayable(p);
	struct nrs_text extra = {0};
	const bool is_full = own_host(p) == NRS_SHARE_OWN_FULL;

	/* Whose indicator it is knows what it looks for (rule 4). */
	if (nrs_witness_head(p->window->first)->is_hidden)
		return;
	nrs_text_printf(&extra, "\"object_marking_refs\":[\"%s\"]",
			nrs_stix_marking_id(p->options->tlp));
	nrs_sco_add_values_with(&p->scos, p->values, p->value_count,
				nrs_text_span(&extra));
	if (extra.failed)
		p->scos.objects.failed = true;
	if (said != NULL || is_full)
		put_traffic(p, said, nrs_text_span(&extra));
	nrs_text_fini(&extra);
}

static void put_named(const struct nrs_share_reporter *r, struct nrs_jsonw *w)
{
	struct nrs_span rest = r->sectors, one;

	nrs_jsonw_member(w, "name",
			 r->name.len > 0 ? r->name : nrs_span_of("noroshi"));
	nrs_stix_text(w, "identity_class", "organization");
	if (r->sectors.len > 0) {
		nrs_jsonw_key(w, "sectors");
		nrs_jsonw_open(w, '[');
		while (nrs_span_split(&rest, ',', &one))
			nrs_jsonw_string(w, nrs_span_trim(one));
		nrs_jsonw_close(w, ']');
	}
	if (r->contact.len > 0)
		nrs_jsonw_member(w, "contact_information", r->contact);
}

static void put_reporter(const struct post *p, struct nrs_jsonw *w)
{
	const enum nrs_share_as as = nrs_share_as(p->options->audience);
	char name[32];

	nrs_stix_begin(w, "identity", p->reporter);
	nrs_stix_text(w, "created", BORN);
	nrs_stix_text(w, "modified", BORN);
	if (as == NRS_SHARE_NAMED) {
		put_named(&p->options->audience->reporter, w);
	} else if (as == NRS_SHARE_PSEUDONYM) {
		/* The id's own first digits: nothing more to be told. */
		snprintf(name, sizeof(name), "member-%.8s",
			 p->reporter + strlen("identity--"));
		nrs_stix_text(w, "name", name);
		nrs_stix_text(w, "identity_class", "organization");
	} else {
		nrs_stix_text(w, "name", "anonymous");
		nrs_stix_text(w, "identity_class", "unknown");
	}
	nrs_jsonw_close(w, '}');
}

int nrs_stix_reporter(const struct nrs_share_audience *audience,
		      char id[NRS_SCO_ID_LEN], struct nrs_jsonw *w)
{
	const struct nrs_stix_post_options options = {.audience = audience};
	struct post p = {.options = &options};
	const int err = reporter_id(&p);

	if (err != NRS_OK)
		return err;
	memcpy(id, p.reporter, sizeof(p.reporter));
	put_reporter(&p, w);
	return NRS_OK;
}

static void put_value(const struct post *p, struct nrs_jsonw *w)
{
	const struct nrs_witness *first = p->window->first;
	const struct nrs_span id = nrs_witness_text(first, NRS_WITNESS_ID);
	char text[NRS_SCO_ID_LEN];
	const struct nrs_stix_value value = {
		.id = text,
		.created_by = p->reporter,
		.name = nrs_witness_text(first, NRS_WITNESS_NAME),
		.pattern = nrs_witness_text(first, NRS_WITNESS_PATTERN),
		.exercise = nrs_witness_text(first, NRS_WITNESS_EXERCISE),
		.tlp = p->options->tlp};

	if (!nrs_witness_head(first)->is_value)
		return;
	snprintf(text, sizeof(text), "%.*s", (int)id.len, (const char *)id.ptr);
	nrs_stix_value(w, &value);
}

static void put_observed(const struct post *p, struct nrs_jsonw *w)
{
	const int64_t at_ns = cut(p, p->hit->head.ts_ns);
	struct nrs_text refs = {0};

	nrs_stix_begin(w, "observed-data", p->observed);
	nrs_stix_text(w, "created_by_ref", p->reporter);
	nrs_stix_time(w, "created", cut(p, p->window->last_ns), 3);
	nrs_stix_time(w, "modified", cut(p, p->window->last_ns), 3);
	nrs_stix_time(w, "first_observed", at_ns, 6);
	nrs_stix_time(w, "last_observed", at_ns, 6);
	nrs_jsonw_member_u64(w, "number_observed", 1);
	nrs_text_putc(&refs, '[');
	nrs_text_add(&refs, nrs_text_span(&p->scos.refs));
	nrs_text_putc(&refs, ']');
	nrs_jsonw_key(w, "object_refs");
	nrs_jsonw_raw(w, nrs_text_span(&refs));
	if (refs.failed)
		w->out->failed = true;
	nrs_text_fini(&refs);
	nrs_stix_exercise(
		w, nrs_witness_text(p->window->first, NRS_WITNESS_EXERCISE));
	nrs_stix_ref(w, "object_marking_refs",
		     nrs_stix_marking_id(p->options->tlp));
	nrs_jsonw_close(w, '}');
}

/* Where we are: it would tell who a pseudonym is. */
static void put_provider(const struct nrs_share_audience *to,
			 struct nrs_text *text)
{
	if (nrs_share_as(to) != NRS_SHARE_NAMED)
		return;
	if (to->reporter.site.len > 0) {
		nrs_text_puts(text, ", site ");
		nrs_text_add(text, to->reporter.site);
	}
	if (to->reporter.as_number > 0)
		nrs_text_printf(text, ", AS %u", to->reporter.as_number);
}

/* Words for people, as far as the audience's blocks go (rule 18). */
static void put_description(const struct post *p, struct nrs_jsonw *w)
{
	const struct nrs_share_audience *to = p->options->audience;
	const enum nrs_importance importance = p->window->importance;
	struct nrs_text text = {0};
	char token[NRS_OWN_TOKEN_LEN];

	if (to->tells_technique)
		nrs_text_printf(&text, ", direction %s, outcome %s",
				nrs_direction_name(p->direction),
				nrs_outcome_name(p->window->outcome));
	if (own_host(p) == NRS_SHARE_OWN_TOKEN) {
		own_token(p, token);
		nrs_text_printf(&text, ", own host %s", token);
	}
	if (to->tells_damage && importance != NRS_IMPORTANCE_UNKNOWN)
		nrs_text_printf(&text, ", importance of the asset %s",
				nrs_importance_name(importance));
	put_provider(to, &text);
	if (text.failed)
		w->out->failed = true;
	else if (text.len > 2)
		nrs_jsonw_member(w, "description",
				 nrs_span_from(nrs_text_span(&text), 2));
	nrs_text_fini(&text);
}

static void put_sighting(const struct post *p, struct nrs_jsonw *w,
			 const char *id, bool is_bare)
{
	const struct nrs_window *win = p->window;
	const struct nrs_witness_head *head = nrs_witness_head(win->first);

	nrs_stix_begin(w, "sighting", id);
	nrs_stix_text(w, "created_by_ref", p->reporter);
	nrs_stix_time(w, "created", cut(p, win->last_ns), 3);
	nrs_stix_time(w, "modified", cut(p, win->last_ns), 3);
	put_description(p, w);
	nrs_stix_time(w, "first_seen", cut(p, win->first_ns), 6);
	nrs_stix_time(w, "last_seen", cut(p, win->last_ns), 6);
	nrs_jsonw_member_u64(w, "count",
			     win->count > COUNT_MAX ? COUNT_MAX : win->count);
	if (head->confidence >= 0) {
		nrs_jsonw_key(w, "confidence");
		nrs_jsonw_i64(w, nrs_stix_confidence(head->confidence, win->how,
						     head->is_partial));
	}
	nrs_jsonw_member(w, "sighting_of_ref",
			 nrs_witness_text(win->first, NRS_WITNESS_ID));
	if (p->scos.count > 0 && !is_bare)
		nrs_stix_ref(w, "observed_data_refs", p->observed);
	nrs_stix_ref(w, "where_sighted_refs", p->reporter);
	nrs_jsonw_key(w, "summary");
	nrs_jsonw_bool(w, false);
	nrs_stix_exercise(
		w, nrs_witness_text(p->window->first, NRS_WITNESS_EXERCISE));
	nrs_stix_ref(w, "object_marking_refs",
		     nrs_stix_marking_id(p->options->tlp));
	nrs_jsonw_close(w, '}');
}

/* The objects in the order that hubs want: marking, identity, observables,
 * observed-data, indicator, sighting (specification section 4.7). */
static void put_all(const struct post *p, struct nrs_text *out, const char *id,
		    bool is_bare)
{
	struct nrs_jsonw w = {.out = out};

	nrs_jsonw_open(&w, '[');
	nrs_stix_marking(&w, p->options->tlp);
	put_reporter(p, &w);
	if (p->scos.count > 0 && !is_bare) {
		nrs_jsonw_raw(&w, nrs_text_span(&p->scos.objects));
		put_observed(p, &w);
	}
	put_value(p, &w);
	put_sighting(p, &w, id, is_bare);
	nrs_jsonw_close(&w, ']');
	if (out->failed)
		return;
	out->len -= 2; /* without its brackets */
	memmove(out->ptr, out->ptr + 1, out->len);
}

/* Rule 21's search, before anything is kept. */
static bool gives_away(const struct post *p, const struct nrs_text *text)
{
	const struct nrs_flow_info *flow = &p->hit->flow;
	const struct nrs_addr *said = sayable(p);
	const struct nrs_addr *const sides[] = {&flow->src, &flow->dst};

	if (own_host(p) == NRS_SHARE_OWN_FULL)
		return false; /* neither is hidden from this audience */
	for (unsigned int i = 0; i < 2; i++) {
		const bool is_said =
			said != NULL && nrs_addr_compare(said, sides[i]) == 0;

		if (!is_said && nrs_own_trace_of(nrs_text_span(text), sides[i]))
			return true;
	}
	return false;
}

int nrs_stix_post(struct nrs_stix_post *out, const struct nrs_window *window,
		  const struct nrs_stix_post_options *options)
{
	struct post p = {
		.window = window,
		.options = options,
		.hit = nrs_witness_hit(window->first),
		.direction = (enum nrs_direction)nrs_witness_head(window->first)
				     ->direction};
	int err;

	*out = (struct nrs_stix_post){0};
	err = reporter_id(&p);
	if (err == NRS_OK)
		err = window_id(&p, "observed-data", p.observed);
	if (err == NRS_OK)
		err = window_id(&p, "sighting", out->id);
	if (err != NRS_OK)
		return err;
	pick_values(&p);
	put_scos(&p);
	put_all(&p, &out->whole, out->id, false);
	put_all(&p, &out->bare, out->id, true);
	if (p.scos.objects.failed || p.scos.refs.failed || out->whole.failed ||
	    out->bare.failed)
		err = NRS_E_NOMEM;
	else if (gives_away(&p, &out->whole))
		err = NRS_E_USAGE;
	nrs_sco_list_fini(&p.scos);
	if (err != NRS_OK)
		nrs_stix_post_fini(out);
	return err;
}
