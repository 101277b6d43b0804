/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_why: the funnel as a whole, and one indicator's way through it. Nothing
 * here depends on when or where it runs.
 */
#include "app/check_why.h"

#include <stdio.h>

#include "app/exceptions.h"
#include "app/found.h"
#include "app/funnel_text.h"
#include "engine/base/json.h"
#include "engine/handling.h"
#include "sightings/table_out.h"

/* Where one indicator ended, and what would have kept it. */
struct fate {
	struct nrs_text state;	/* "dropped by", "expired" */
	struct nrs_text cause;	/* "rule 3, confidence 50 < 70" */
	struct nrs_text remedy; /* "min_confidence <= 50" */
};

static void fate_fini(struct fate *fate)
{
	nrs_text_fini(&fate->state);
	nrs_text_fini(&fate->cause);
	nrs_text_fini(&fate->remedy);
}

void nrs_why_funnel(const struct nrs_why *why, struct nrs_text *out)
{
	struct nrs_jsonw w = {.out = out};
	struct nrs_funnel funnel;
	struct nrs_text digest = {0};
	char stamp[NRS_STAMP_LEN];

	nrs_funnel_count(&funnel, why->set, why->select);
	if (!why->json) {
		nrs_funnel_text(out, &funnel, why->policy);
		if (why->allow != NULL)
			nrs_exceptions_text(why->allow, out);
		return;
	}
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "format", nrs_span_of("noroshi-why/1"));
	nrs_jsonw_member(
		&w, "at",
		nrs_span(stamp, nrs_stamp_format(why->at_ns, 0, stamp)));
	nrs_funnel_json(&w, &funnel, why->policy);
	if (nrs_set_digest(why->set, &digest) == NRS_OK)
		nrs_jsonw_member(&w, "set", nrs_text_span(&digest));
	nrs_text_fini(&digest);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

static bool is_guarded(const char *reason)
{
	return strncmp(reason, "guard: ", 7) == 0;
}

/* What is kept: in full or in part, and if its hits stay at home. */
static void find_kept(const struct nrs_indicator *item, const char *reason,
		      struct fate *fate)
{
	nrs_text_puts(&fate->state, "kept");
	nrs_text_puts(&fate->cause,
		      nrs_status_name((enum nrs_status)item->status));
	if (reason[0] != '\0')
		nrs_text_printf(&fate->cause, " (%s)", reason);
	if (item->watched)
		nrs_text_puts(&fate->cause, ", watched");
}

static void find_fate(const struct nrs_why *why, uint32_t index,
		      struct fate *fate)
{
	const struct nrs_indicator *item = nrs_set_at(why->set, index);
	const enum nrs_status status = (enum nrs_status)item->status;
	const char *reason = nrs_shown_reason(why->set, index);
	char stamp[NRS_STAMP_LEN];

	if (status == NRS_STATUS_FULL || status == NRS_STATUS_PARTIAL) {
		find_kept(item, reason, fate);
		return;
	}
	if (status == NRS_STATUS_DROPPED) {
		nrs_text_puts(&fate->state, "dropped by");
		nrs_select_why(why->select, why->set, index, &fate->cause,
			       &fate->remedy);
		return;
	}
	nrs_text_puts(&fate->state, nrs_status_name(status));
	if (status == NRS_STATUS_EXPIRED) {
		(void)nrs_stamp_format(item->valid_until_ns, 0, stamp);
		nrs_text_printf(&fate->cause, "valid until %s", stamp);
		nrs_text_puts(&fate->remedy, "validity is since-expiry");
		return;
	}
	nrs_text_puts(&fate->cause, reason);
	if (status == NRS_STATUS_REJECTED && is_guarded(reason))
		nrs_text_puts(&fate->remedy, "guards: no");
	if (status == NRS_STATUS_EXCEPTED)
		nrs_text_puts(&fate->remedy, "that exception is gone");
}

static struct nrs_span report_of(const struct nrs_indicator *item)
{
	return nrs_indicator_background(item)->report_name;
}

static void put_line(const struct nrs_why *why, uint32_t index,
		     const struct fate *fate, struct nrs_text *out)
{
	const struct nrs_indicator *item = nrs_set_at(why->set, index);
	const struct nrs_span report = report_of(item);
	const bool is_dropped = item->status == NRS_STATUS_DROPPED;
	struct nrs_text id = {0};

	nrs_shown_id(why->set, index, &id);
	nrs_table_safe(out, nrs_text_span(&id), 0);
	nrs_text_fini(&id);
	nrs_text_putc(out, ' ');
	nrs_table_safe(out, nrs_set_source_of(why->set, item->source)->name, 0);
	if (report.len > 0) {
		nrs_text_puts(out, ", report \"");
		nrs_table_safe(out, report, 60);
		nrs_text_putc(out, '"');
	}
	nrs_text_puts(out, ": ");
	nrs_text_add(out, nrs_text_span(&fate->state));
	if (fate->cause.len > 0) {
		nrs_text_puts(out, is_dropped ? " " : ": ");
		nrs_table_safe(out, nrs_text_span(&fate->cause), 0);
	}
	if (fate->remedy.len > 0) {
		nrs_text_puts(out, is_dropped ? "; kept if " : "; not if ");
		nrs_table_safe(out, nrs_text_span(&fate->remedy), 0);
	}
	nrs_text_putc(out, '\n');
}

static void put_json(const struct nrs_why *why, uint32_t index,
		     const struct fate *fate, struct nrs_text *out)
{
	const struct nrs_indicator *item = nrs_set_at(why->set, index);
	struct nrs_jsonw w = {.out = out};
	struct nrs_text text = {0};

	nrs_jsonw_open(&w, '{');
	nrs_shown_id(why->set, index, &text);
	nrs_jsonw_member(&w, "id", nrs_text_span(&text));
	nrs_text_clear(&text);
	nrs_shown_pattern(why->set, index, &text);
	nrs_jsonw_member(&w, "pattern", nrs_text_span(&text));
	nrs_text_fini(&text);
	nrs_jsonw_member(&w, "source",
			 nrs_set_source_of(why->set, item->source)->name);
	nrs_jsonw_member(&w, "report", report_of(item));
	nrs_jsonw_member(
		&w, "status",
		nrs_span_of(nrs_status_name((enum nrs_status)item->status)));
	nrs_jsonw_member(&w, "cause", nrs_text_span(&fate->cause));
	nrs_jsonw_member(&w, "kept_if", nrs_text_span(&fate->remedy));
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

/* Entries that never became an indicator and quote the value. */
static bool put_refusals(const struct nrs_why *why, struct nrs_span value,
			 struct nrs_text *out)
{
	const struct nrs_set_refusal *refusals;
	const size_t count = nrs_set_refusals(why->set, &refusals);
	bool found = false;
	char needle[256];

	if (value.len == 0 || value.len >= sizeof(needle) || why->json)
		return false;
	memcpy(needle, value.ptr, value.len);
	needle[value.len] = '\0';
	for (size_t i = 0; i < count; i++) {
		if (nrs_span_find_text(refusals[i].text, needle) == SIZE_MAX)
			continue;
		found = true;
		nrs_table_safe(
			out,
			nrs_set_source_of(why->set, refusals[i].source)->name,
			0);
		nrs_text_printf(out, ":%llu refused: ",
				(unsigned long long)refusals[i].place);
		nrs_table_safe(out, refusals[i].text, 0);
		nrs_text_putc(out, '\n');
	}
	return found;
}

static bool is_id(const struct nrs_set *set, uint32_t index,
		  struct nrs_span value)
{
	struct nrs_text id = {0};

	nrs_set_id(set, index, &id);
	const bool is = nrs_span_equal(nrs_text_span(&id), value);
	nrs_text_fini(&id);
	return is;
}

static bool put_fates(const struct nrs_why *why, struct nrs_span value,
		      const struct nrs_sought *sought, struct nrs_text *out)
{
	const bool may_be_id = nrs_span_find_text(value, "--") != SIZE_MAX;
	bool found = false;

	for (uint32_t i = 0; i < nrs_set_count(why->set); i++) {
		struct fate fate = {0};

		if (sought->rows[i].relation == NRS_RELATION_NONE &&
		    (!may_be_id || !is_id(why->set, i, value)))
			continue;
		found = true;
		find_fate(why, i, &fate);
		if (why->json)
			put_json(why, i, &fate, out);
		else
			put_line(why, i, &fate, out);
		fate_fini(&fate);
	}
	return found;
}

int nrs_why_value(const struct nrs_why *why, struct nrs_span value,
		  struct nrs_text *out)
{
	const struct nrs_found_options options = {0};
	struct nrs_sought sought = {0};
	const int err = nrs_found_value(&sought, why->set, value, &options);

	if (err != NRS_OK && err != NRS_E_FORMAT)
		return err;
	bool found = err == NRS_OK && put_fates(why, value, &sought, out);
	if (err == NRS_OK)
		found |= put_refusals(why, sought.value, out);
	if (!found && !why->json) {
		nrs_table_safe(out, value, 0);
		nrs_text_puts(out,
			      ": nothing that was received speaks of it\n");
	}
	nrs_sought_fini(&sought);
	return out->failed ? NRS_E_NOMEM : NRS_OK;
}
