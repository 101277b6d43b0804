/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: numbers as people read them, and the verdict.
 *
 * The reasons of a verdict are made once, as texts; both forms show them.
 */
#include "app/status.h"

#include <stdio.h>

#include "app/funnel_text.h"
#include "app/status_logs.h"
#include "app/status_look.h"
#include "engine/base/json.h"
#include "sightings/table_out.h"

#define AGO_ROOM 32

/* "31 s", "12 min", "5 h", "12 d" */
static const char *span(int64_t ns, char out[AGO_ROOM])
{
	const int64_t s = ns < 0 ? 0 : ns / NRS_SECOND_NS;

	if (s < 120)
		(void)snprintf(out, AGO_ROOM, "%lld s", (long long)s);
	else if (s < 7200)
		(void)snprintf(out, AGO_ROOM, "%lld min", (long long)s / 60);
	else if (s < 172800)
		(void)snprintf(out, AGO_ROOM, "%lld h", (long long)s / 3600);
	else
		(void)snprintf(out, AGO_ROOM, "%lld d", (long long)s / 86400);
	return out;
}

static void put_safe(struct nrs_text *out, const char *text)
{
	nrs_table_safe(out, nrs_span_of(text == NULL ? "" : text), 0);
}

static double dropped_percent(const struct nrs_status_interface *i)
{
	return i->received == 0
		       ? 0
		       : 100 * (double)i->dropped / (double)i->received;
}

/* One reason after the other, as "what: why" without a line feed. */
struct reasons {
	const struct nrs_status_view *status;
	unsigned int next;
};

/* What follows "isac-a/alerts has" and "posts to isac-a have". */
static bool put_failure(const struct nrs_status_view *s, int64_t since_ns,
			const char *message, struct nrs_text *out)
{
	char ago[AGO_ROOM];

	nrs_text_printf(out, " failed for %s", span(s->now_ns - since_ns, ago));
	if (message != NULL && message[0] != '\0') {
		nrs_text_puts(out, ": ");
		put_safe(out, message);
	}
	return true;
}

static bool is_hub_reason(const struct nrs_status_view *s,
			  const struct nrs_status_hub *hub,
			  struct nrs_text *out)
{
	if (hub->failing_since_ns == NRS_TIME_MIN)
		return false;
	put_safe(out, hub->name);
	nrs_text_puts(out, " has");
	return put_failure(s, hub->failing_since_ns, hub->message, out);
}

static bool is_audience_reason(const struct nrs_status_view *s,
			       const struct nrs_status_audience *audience,
			       struct nrs_text *out)
{
	if (audience->failing_since_ns == NRS_TIME_MIN)
		return false;
	nrs_text_puts(out, "posts to ");
	put_safe(out, audience->name);
	nrs_text_puts(out, " have");
	return put_failure(s, audience->failing_since_ns, audience->message,
			   out);
}

static bool is_interface_reason(const struct nrs_status_interface *i,
				struct nrs_text *out)
{
	if (!i->is_down && dropped_percent(i) <= 0.1)
		return false;
	put_safe(out, i->name);
	if (i->is_down)
		nrs_text_puts(out, " is down");
	else
		nrs_text_printf(out, " lost %.2f %% of its packets",
				dropped_percent(i));
	return true;
}

static bool next_reason(struct reasons *r, struct nrs_text *out)
{
	const struct nrs_status_view *s = r->status;

	for (;;) {
		unsigned int i = r->next++;

		if (i == 0) {
			if (s->generation != 0)
				continue;
			nrs_text_puts(out, "no set of indicators yet");
			return true;
		}
		i--;
		if (i == 0) {
			if (nrs_status_logs_reason(s->logs, out))
				return true;
			continue;
		}
		i--;
		if (i < s->interface_count) {
			if (is_interface_reason(&s->interfaces[i], out))
				return true;
			continue;
		}
		i -= s->interface_count;
		if (i < s->hub_count) {
			if (is_hub_reason(s, &s->hubs[i], out))
				return true;
			continue;
		}
		i -= s->hub_count;
		if (i < s->audience_count) {
			if (is_audience_reason(s, &s->audiences[i], out))
				return true;
			continue;
		}
		i -= s->audience_count;
		if (i >= s->note_count)
			return false;
		if (s->notes[i].is_trouble) {
			put_safe(out, s->notes[i].text);
			return true;
		}
	}
}

static void put_set(struct nrs_text *out, const struct nrs_status_view *s)
{
	char stamp[NRS_STAMP_LEN], kept[NRS_GROUPED_LEN],
		received[NRS_GROUPED_LEN];

	if (s->generation == 0)
		return;
	const bool has_digest = strchr(s->digest, ':') != NULL;
	(void)nrs_stamp_format(s->since_ns, 0, stamp);
	nrs_text_printf(
		out,
		"set gen %u%s%.20s active since %s, %s of %s indicators   "
		"exercise: ",
		s->generation, has_digest ? " " : "",
		has_digest ? s->digest : "", stamp, nrs_grouped(s->kept, kept),
		nrs_grouped(s->received, received));
	put_safe(out, s->exercise == NULL ? "none" : s->exercise);
	nrs_text_putc(out, '\n');
	if (s->funnel != NULL && s->funnel->received > s->kept)
		nrs_funnel_text(out, s->funnel, s->rules);
}

static bool has_postures(const struct nrs_status_view *s)
{
	return s->posture != NULL && s->posture->is_there;
}

static const char *posture_name(const struct nrs_status_view *s)
{
	return s->posture->is_heightened ? "heightened" : "normal";
}

static void put_posture(struct nrs_text *out, const struct nrs_status_view *s)
{
	char stamp[NRS_STAMP_LEN];

	if (!has_postures(s))
		return;
	nrs_text_printf(out, "posture %s", posture_name(s));
	if (s->posture->is_heightened) {
		(void)nrs_stamp_format(s->posture->since_ns, 0, stamp);
		nrs_text_printf(out, " since %s%s", stamp,
				s->posture->by_source ? ", as its source says"
						      : "");
	}
	nrs_text_putc(out, '\n');
}

static void put_interface(struct nrs_text *out,
			  const struct nrs_status_interface *i)
{
	put_safe(out, i->name);
	if (i->is_down) {
		nrs_text_puts(out, " down");
	} else {
		nrs_text_putc(out, ' ');
		nrs_status_scaled(out, i->packets_per_s);
		nrs_text_puts(out, "pps");
	}
	nrs_text_printf(out, " drop %.2f %%\n", dropped_percent(i));
}

static bool has_classes(const struct nrs_status_view *s)
{
	for (unsigned int c = NRS_CLASS_NOISE; c <= NRS_CLASS_URGENT; c++)
		if (s->classes_today[c] > 0)
			return true;
	return false;
}

static void put_hits(struct nrs_text *out, const struct nrs_status_view *s)
{
	char number[NRS_GROUPED_LEN];

	nrs_text_printf(out, "hits today %s",
			nrs_grouped(s->hits_today, number));
	for (unsigned int c = NRS_CLASS_NOISE;
	     has_classes(s) && c <= NRS_CLASS_URGENT; c++)
		nrs_text_printf(out, "%s%s %s",
				c == NRS_CLASS_NOISE ? ": " : " ",
				nrs_class_name((enum nrs_class)c),
				nrs_grouped(s->classes_today[c], number));
	nrs_text_putc(out, '\n');
}

static void put_hub(struct nrs_text *out, const struct nrs_status_view *s,
		    const struct nrs_status_hub *hub)
{
	char ago[AGO_ROOM];

	put_safe(out, hub->name);
	if (hub->pulled_ns == NRS_TIME_MIN)
		nrs_text_puts(out, " not pulled yet\n");
	else
		nrs_text_printf(out, " pulled %s ago\n",
				span(s->now_ns - hub->pulled_ns, ago));
}

/* "answered 2 (1 confirmed, 1 false)" */
static void put_answered(struct nrs_text *out,
			 const struct nrs_status_audience *a)
{
	char number[NRS_GROUPED_LEN];

	nrs_text_printf(out, ", answered %s", nrs_grouped(a->answered, number));
	if (a->agreed + a->refuted == 0)
		return;
	nrs_text_puts(out, " (");
	if (a->agreed > 0)
		nrs_text_printf(out, "%s confirmed%s",
				nrs_grouped(a->agreed, number),
				a->refuted > 0 ? ", " : "");
	if (a->refuted > 0)
		nrs_text_printf(out, "%s false",
				nrs_grouped(a->refuted, number));
	nrs_text_putc(out, ')');
}

/* What is not there is not said, but for what a hub took. */
static void put_audience(struct nrs_text *out,
			 const struct nrs_status_audience *a)
{
	char number[NRS_GROUPED_LEN];

	nrs_text_puts(out, "to ");
	put_safe(out, a->name);
	nrs_text_printf(out, ": accepted %s", nrs_grouped(a->accepted, number));
	nrs_text_printf(out, ", confirmed %s",
			nrs_grouped(a->confirmed, number));
	if (a->answered > 0)
		put_answered(out, a);
	if (a->queued > 0)
		nrs_text_printf(out, ", waiting %s",
				nrs_grouped(a->queued, number));
	if (a->failed > 0)
		nrs_text_printf(out, ", failed %s",
				nrs_grouped(a->failed, number));
	if (a->refused > 0)
		nrs_text_printf(out, ", refused %s -> noroshi released",
				nrs_grouped(a->refused, number));
	if (a->held > 0) {
		nrs_text_printf(out, ", held %s -> noroshi held (audiences.",
				nrs_grouped(a->held, number));
		put_safe(out, a->name);
		nrs_text_puts(out, ".mode: hold)");
	}
	nrs_text_putc(out, '\n');
}

int nrs_status_text(const struct nrs_status_view *s, struct nrs_text *out)
{
	struct reasons reasons = {.status = s};
	struct nrs_text reason = {0};
	int verdict = NRS_STATUS_WELL;
	char up[AGO_ROOM];

	put_safe(out, s->sensor);
	nrs_text_printf(out, " up %s\n", span(s->up_ns, up));
	put_set(out, s);
	put_posture(out, s);
	for (unsigned int i = 0; i < s->interface_count; i++)
		put_interface(out, &s->interfaces[i]);
	put_hits(out, s);
	nrs_status_look_text(s->look, out);
	for (unsigned int i = 0; i < s->hub_count; i++)
		put_hub(out, s, &s->hubs[i]);
	for (unsigned int i = 0; i < s->audience_count; i++)
		put_audience(out, &s->audiences[i]);
	nrs_status_logs_text(out, s->logs);
	for (unsigned int i = 0; i < s->note_count; i++) {
		if (s->notes[i].is_trouble)
			continue;
		nrs_text_puts(out, "WARN ");
		put_safe(out, s->notes[i].text);
		nrs_text_putc(out, '\n');
	}
	while (next_reason(&reasons, &reason)) {
		verdict = NRS_STATUS_DEGRADED;
		nrs_text_puts(out, "DEGRADED ");
		nrs_text_add(out, nrs_text_span(&reason));
		nrs_text_putc(out, '\n');
		nrs_text_clear(&reason);
	}
	nrs_text_fini(&reason);
	return verdict;
}

static void member_time(struct nrs_jsonw *w, const char *key, int64_t ns)
{
	char stamp[NRS_STAMP_LEN];

	nrs_jsonw_key(w, key);
	if (ns == NRS_TIME_MIN) {
		nrs_jsonw_null(w);
		return;
	}
	const size_t len = nrs_stamp_format(ns, 3, stamp);
	nrs_jsonw_string(w, nrs_span(stamp, len));
}

static void member_bool(struct nrs_jsonw *w, const char *key, bool value)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_bool(w, value);
}

static void json_interfaces(struct nrs_jsonw *w,
			    const struct nrs_status_view *s)
{
	nrs_jsonw_key(w, "interfaces");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < s->interface_count; i++) {
		const struct nrs_status_interface *it = &s->interfaces[i];

		nrs_jsonw_open(w, '{');
		nrs_jsonw_member(w, "name", nrs_span_of(it->name));
		member_bool(w, "down", it->is_down);
		nrs_jsonw_member_u64(w, "packets_per_s", it->packets_per_s);
		nrs_jsonw_member_u64(w, "received", it->received);
		nrs_jsonw_member_u64(w, "dropped", it->dropped);
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

static void json_hubs(struct nrs_jsonw *w, const struct nrs_status_view *s)
{
	nrs_jsonw_key(w, "hubs");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < s->hub_count; i++) {
		const struct nrs_status_hub *it = &s->hubs[i];

		nrs_jsonw_open(w, '{');
		nrs_jsonw_member(w, "name", nrs_span_of(it->name));
		member_time(w, "pulled", it->pulled_ns);
		member_time(w, "failing_since", it->failing_since_ns);
		nrs_jsonw_member(w, "message", nrs_span_of(it->message));
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

static void json_audiences(struct nrs_jsonw *w, const struct nrs_status_view *s)
{
	nrs_jsonw_key(w, "audiences");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < s->audience_count; i++) {
		const struct nrs_status_audience *it = &s->audiences[i];

		nrs_jsonw_open(w, '{');
		nrs_jsonw_member(w, "name", nrs_span_of(it->name));
		nrs_jsonw_member_u64(w, "held", it->held);
		nrs_jsonw_member_u64(w, "queued", it->queued);
		nrs_jsonw_member_u64(w, "accepted", it->accepted);
		nrs_jsonw_member_u64(w, "confirmed", it->confirmed);
		nrs_jsonw_member_u64(w, "answered", it->answered);
		nrs_jsonw_member_u64(w, "answered_confirmed", it->agreed);
		nrs_jsonw_member_u64(w, "answered_false", it->refuted);
		nrs_jsonw_member_u64(w, "failed", it->failed);
		nrs_jsonw_member_u64(w, "refused", it->refused);
		member_time(w, "failing_since", it->failing_since_ns);
		nrs_jsonw_member(w, "message", nrs_span_of(it->message));
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

static void json_hits(struct nrs_jsonw *w, const struct nrs_status_view *s)
{
	nrs_jsonw_key(w, "hits_today");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member_u64(w, "all", s->hits_today);
	for (unsigned int c = NRS_CLASS_NOISE;
	     has_classes(s) && c <= NRS_CLASS_URGENT; c++)
		nrs_jsonw_member_u64(w, nrs_class_name((enum nrs_class)c),
				     s->classes_today[c]);
	nrs_jsonw_close(w, '}');
}

static int json_verdict(struct nrs_jsonw *w, const struct nrs_status_view *s)
{
	struct reasons reasons = {.status = s};
	struct nrs_text reason = {0};
	int verdict = NRS_STATUS_WELL;

	nrs_jsonw_key(w, "degraded");
	nrs_jsonw_open(w, '[');
	while (next_reason(&reasons, &reason)) {
		verdict = NRS_STATUS_DEGRADED;
		nrs_jsonw_string(w, nrs_text_span(&reason));
		nrs_text_clear(&reason);
	}
	nrs_jsonw_close(w, ']');
	nrs_jsonw_key(w, "warnings");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < s->note_count; i++)
		if (!s->notes[i].is_trouble)
			nrs_jsonw_string(w, nrs_span_of(s->notes[i].text));
	nrs_jsonw_close(w, ']');
	nrs_text_fini(&reason);
	return verdict;
}

int nrs_status_json(const struct nrs_status_view *s, struct nrs_text *out)
{
	struct nrs_jsonw w = {.out = out};

	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "sensor", nrs_span_of(s->sensor));
	member_time(&w, "time", s->now_ns);
	nrs_jsonw_member_u64(&w, "up_s",
			     (uint64_t)(s->up_ns < 0 ? 0 : s->up_ns) /
				     NRS_SECOND_NS);
	if (has_postures(s))
		nrs_jsonw_member(&w, "posture", nrs_span_of(posture_name(s)));
	nrs_jsonw_key(&w, "set");
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member_u64(&w, "generation", s->generation);
	nrs_jsonw_member(&w, "digest", nrs_span_of(s->digest));
	member_time(&w, "since",
		    s->generation == 0 ? NRS_TIME_MIN : s->since_ns);
	nrs_jsonw_member_u64(&w, "kept", s->kept);
	nrs_jsonw_member_u64(&w, "received", s->received);
	nrs_jsonw_member_u64(&w, "disbelieved", s->disbelieved);
	if (s->exercise != NULL)
		nrs_jsonw_member(&w, "exercise", nrs_span_of(s->exercise));
	if (s->funnel != NULL) {
		nrs_jsonw_key(&w, "funnel");
		nrs_jsonw_open(&w, '{');
		nrs_funnel_json(&w, s->funnel, s->rules);
		nrs_jsonw_close(&w, '}');
	}
	nrs_jsonw_close(&w, '}');
	json_interfaces(&w, s);
	json_hits(&w, s);
	nrs_status_look_json(s->look, &w);
	json_hubs(&w, s);
	json_audiences(&w, s);
	nrs_status_logs_json(&w, s->logs);
	const int verdict = json_verdict(&w, s);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
	return verdict;
}
