/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heartbeat: the same facts twice, in full and as an audience may have them.
 */
#include "sightings/heartbeat.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/base/stamp.h"
#include "sightings/stix_parts.h"
#include "sightings/stix_post.h"

static void put_time(struct nrs_jsonw *w, const char *key, int64_t ns)
{
	char stamp[NRS_STAMP_LEN];

	nrs_jsonw_member(w, key,
			 nrs_span(stamp, nrs_stamp_format(ns, 3, stamp)));
}

static void put_report(struct nrs_jsonw *w,
		       const struct nrs_beat_report *report)
{
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, "id", report->id);
	nrs_jsonw_member(w, "name", report->name);
	nrs_jsonw_member(w, "source", report->source);
	put_time(w, "active_since", report->since_ns);
	if (report->is_exercise) {
		nrs_jsonw_key(w, "exercise");
		nrs_jsonw_bool(w, true);
	}
	nrs_jsonw_key(w, "indicators");
	nrs_jsonw_open(w, '{');
	for (unsigned int i = 0; i <= NRS_TLP_RED; i++)
		if (report->indicators[i] > 0)
			nrs_jsonw_member_u64(w, nrs_tlp_name((enum nrs_tlp)i),
					     report->indicators[i]);
	nrs_jsonw_close(w, '}');
	nrs_jsonw_close(w, '}');
}

void nrs_heartbeat_json(const struct nrs_beat *beat, struct nrs_text *out)
{
	struct nrs_jsonw w = {.out = out};

	nrs_jsonw_open(&w, '{');
	put_time(&w, "time", beat->now_ns);
	nrs_jsonw_member(&w, "sensor", beat->sensor);
	nrs_jsonw_member(&w, "version", beat->version);
	nrs_jsonw_member(&w, "set", beat->digest);
	put_time(&w, "set_since", beat->since_ns);
	nrs_jsonw_key(&w, "indicators");
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member_u64(&w, "received", beat->received);
	nrs_jsonw_member_u64(&w, "full", beat->full);
	nrs_jsonw_member_u64(&w, "partial", beat->partial);
	nrs_jsonw_close(&w, '}');
	nrs_jsonw_key(&w, "reports");
	nrs_jsonw_open(&w, '[');
	for (size_t i = 0; i < beat->report_count; i++)
		put_report(&w, &beat->reports[i]);
	nrs_jsonw_close(&w, ']');
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

struct telling {
	const struct nrs_beat *beat;
	const struct nrs_share_policy *policy;
	const struct nrs_share_audience *audience;
	unsigned int to;
	struct nrs_heartbeat_note *out;
	struct nrs_text refs;	 /* ids of reports, quoted, commas between */
	struct nrs_text content; /* a line for each */
};

/* How many of its indicators the audience may hear of. */
static uint32_t count_told(struct telling *t,
			   const struct nrs_beat_report *report)
{
	struct nrs_heartbeat_note *note = t->out;
	uint32_t count = 0;

	for (unsigned int i = 0; i <= NRS_TLP_RED; i++) {
		const struct nrs_share_item item = {.source = report->source,
						    .tlp = (enum nrs_tlp)i,
						    .grade = NRS_CLASS_URGENT};
		struct nrs_share_verdict verdict;

		if (report->indicators[i] == 0)
			continue;
		nrs_disclose(t->policy, t->to, &item, &verdict);
		if (verdict.act == NRS_SHARE_REFUSE)
			continue;
		if (note->reports + count == 0 ||
		    verdict.tlp > note->verdict.tlp) {
			note->verdict = verdict;
			note->item = item;
		}
		count += report->indicators[i];
	}
	note->reports += count > 0;
	return count;
}

static int64_t cut(const struct telling *t, int64_t ns)
{
	const int64_t grain_ns = t->audience->grain_ns;

	return grain_ns > 0 ? ns - ns % grain_ns : ns;
}

static void tell_report(struct telling *t, const struct nrs_beat_report *report,
			uint32_t count)
{
	char stamp[NRS_STAMP_LEN];
	const size_t len = nrs_stamp_format(cut(t, report->since_ns), 3, stamp);

	if (t->refs.len > 0)
		nrs_text_putc(&t->refs, ',');
	nrs_json_quote(&t->refs, report->id);
	nrs_text_add(&t->content, report->id);
	nrs_text_printf(&t->content, " active since %.*s, %u indicators\n",
			(int)len, stamp, count);
}

static void make_id(struct telling *t)
{
	struct nrs_text what = {0};
	uint8_t mac[NRS_SHA256_LEN];
	char uuid[NRS_UUID_LEN + 1];

	nrs_text_puts(&what, "heartbeat|");
	nrs_text_add(&what, t->beat->sensor);
	nrs_text_printf(&what, "|%lld", (long long)t->beat->now_ns);
	nrs_hmac_sha256(t->audience->key, nrs_text_span(&what), mac);
	nrs_uuid5(nrs_uuid_noroshi, nrs_span(mac, sizeof(mac)), uuid);
	(void)snprintf(t->out->id, sizeof(t->out->id), "note--%s", uuid);
	nrs_text_fini(&what);
}

static void put_note(struct telling *t, struct nrs_jsonw *w,
		     const char *reporter)
{
	const int64_t now_ns = cut(t, t->beat->now_ns);
	struct nrs_text list = {0};

	nrs_text_putc(&list, '[');
	nrs_text_add(&list, nrs_text_span(&t->refs));
	nrs_text_putc(&list, ']');
	nrs_stix_begin(w, "note", t->out->id);
	nrs_stix_text(w, "created_by_ref", reporter);
	nrs_stix_time(w, "created", now_ns, 3);
	nrs_stix_time(w, "modified", now_ns, 3);
	nrs_stix_text(w, "abstract", "heartbeat of a noroshi sensor");
	nrs_jsonw_member(w, "content", nrs_text_span(&t->content));
	nrs_jsonw_key(w, "object_refs");
	nrs_jsonw_raw(w, nrs_text_span(&list));
	nrs_stix_ref(w, "object_marking_refs",
		     nrs_stix_marking_id(t->out->verdict.tlp));
	nrs_jsonw_close(w, '}');
	nrs_text_fini(&list);
}

static int write_note(struct telling *t)
{
	struct nrs_heartbeat_note *note = t->out;
	char reporter[NRS_SCO_ID_LEN];
	struct nrs_jsonw w = {.out = &note->objects};
	int err;

	nrs_text_printf(&t->content, "noroshi %.*s", (int)t->beat->version.len,
			t->beat->version.ptr);
	if (nrs_share_as(t->audience) == NRS_SHARE_NAMED &&
	    t->beat->digest.len > 0) {
		nrs_text_puts(&t->content, ", set ");
		nrs_text_add(&t->content, t->beat->digest);
	}
	if (t->content.failed || t->refs.failed)
		return NRS_E_NOMEM;
	nrs_sha256(nrs_text_span(&t->content), note->digest);
	make_id(t);
	nrs_stix_marking(&w, note->verdict.tlp);
	nrs_text_putc(&note->objects, ',');
	w.comma = 0;
	err = nrs_stix_reporter(t->audience, reporter, &w);
	if (err != NRS_OK)
		return err;
	nrs_text_putc(&note->objects, ',');
	w.comma = 0;
	put_note(t, &w, reporter);
	return note->objects.failed ? NRS_E_NOMEM : NRS_OK;
}

int nrs_heartbeat_note(const struct nrs_beat *beat,
		       const struct nrs_share_policy *policy, unsigned int to,
		       struct nrs_heartbeat_note *out)
{
	struct telling t = {.beat = beat,
			    .policy = policy,
			    .audience = &policy->audiences[to],
			    .to = to,
			    .out = out};
	int err = NRS_OK;

	for (size_t i = 0; i < beat->report_count; i++) {
		/* A note that tells of both would make the real ones one of an
		 * exercise (rule 8). */
		const uint32_t count =
			beat->reports[i].is_exercise
				? 0
				: count_told(&t, &beat->reports[i]);

		if (count > 0)
			tell_report(&t, &beat->reports[i], count);
	}
	if (out->reports > 0)
		err = write_note(&t);
	nrs_text_fini(&t.refs);
	nrs_text_fini(&t.content);
	return err;
}

void nrs_heartbeat_note_fini(struct nrs_heartbeat_note *note)
{
	nrs_text_fini(&note->objects);
}
