/* SPDX-License-Identifier: Apache-2.0 */
/*
 * funnel_text: the stages in one table, written twice.
 */
#include "app/funnel_text.h"

#include <stdio.h>

#include "sightings/table_out.h"

#define WIDTH 120

/* Lines of parts with " | " between, none longer than WIDTH if it can be. */
struct parts {
	struct nrs_text *out;
	struct nrs_text part; /* under way */
	size_t column;
};

static void begin(struct parts *p, uint64_t taken)
{
	char text[NRS_GROUPED_LEN];

	nrs_text_clear(&p->part);
	nrs_text_printf(&p->part, "-%s ", nrs_grouped(taken, text));
}

static void end(struct parts *p)
{
	const bool wraps = p->column + 3 + p->part.len > WIDTH;

	if (wraps)
		nrs_text_puts(p->out, "\n ");
	nrs_text_puts(p->out, " | ");
	nrs_text_add(p->out, nrs_text_span(&p->part));
	p->column = (wraps ? 1 : p->column) + 3 + p->part.len;
}

static void put(struct parts *p, uint64_t taken, const char *what)
{
	if (taken == 0)
		return;
	begin(p, taken);
	nrs_text_puts(&p->part, what);
	end(p);
}

static void put_unseen(struct parts *p, const struct nrs_funnel *f)
{
	char text[NRS_GROUPED_LEN];

	if (f->unseen == 0)
		return;
	begin(p, f->unseen);
	nrs_text_puts(&p->part, "not evaluable");
	if (f->reasons[0].count > 0) {
		nrs_text_puts(&p->part, " (");
		nrs_table_safe(&p->part, nrs_span_of(f->reasons[0].word), 0);
		nrs_text_printf(&p->part, " %s%s)",
				nrs_grouped(f->reasons[0].count, text),
				f->reasons[0].count < f->unseen ? ", .." : "");
	}
	end(p);
}

static void put_ended(struct parts *p, const struct nrs_funnel *f)
{
	const struct {
		uint64_t count;
		const char *word;
	} rows[] = {{f->expired, "expired"},
		    {f->revoked, "revoked"},
		    {f->superseded, "superseded"}};
	const char *between = "";

	if (f->expired + f->revoked + f->superseded == 0)
		return;
	begin(p, f->expired + f->revoked + f->superseded);
	for (unsigned int i = 0; i < 3; i++) {
		if (rows[i].count == 0)
			continue;
		nrs_text_printf(&p->part, "%s%s", between, rows[i].word);
		between = ", ";
	}
	end(p);
}

/* "noroshi.yaml:41", and ":44" when the same file was named just before. */
static void put_place(struct nrs_text *out, const char *where,
		      const char *before)
{
	const struct nrs_span span = nrs_span_of(where);
	const size_t colon = nrs_span_find(span, ':', 0);
	const bool is_same = before != NULL && colon != SIZE_MAX &&
			     strncmp(where, before, colon + 1) == 0;

	nrs_text_puts(out, is_same ? where + colon : where);
}

static void put_rules(struct parts *p, const struct nrs_funnel *f,
		      const struct nrs_select_policy *policy)
{
	const char *before = NULL;

	for (unsigned int r = 0; r <= policy->rule_count; r++) {
		const struct nrs_select_rule *rule =
			r < policy->rule_count ? &policy->rules[r] : NULL;

		if (f->by_rule[r] == 0)
			continue;
		begin(p, f->by_rule[r]);
		nrs_select_label(policy, r, &p->part);
		if (rule != NULL) {
			nrs_text_printf(&p->part, " (rule %u", r + 1);
			if (rule->where != NULL) {
				nrs_text_puts(&p->part, ", ");
				put_place(&p->part, rule->where, before);
				before = rule->where;
			}
			nrs_text_putc(&p->part, ')');
		}
		end(p);
	}
}

void nrs_funnel_text(struct nrs_text *out, const struct nrs_funnel *f,
		     const struct nrs_select_policy *policy)
{
	struct parts p = {.out = out};
	const size_t from = out->len;
	char text[NRS_GROUPED_LEN];

	nrs_text_printf(out, "%s received", nrs_grouped(f->received, text));
	p.column = out->len - from;
	put(&p, f->rejected, "rejected");
	put_unseen(&p, f);
	put_ended(&p, f);
	put(&p, f->duplicates, "duplicates (ids kept)");
	put(&p, f->benign, "benign");
	put(&p, f->guarded, "refused by guards");
	put(&p, f->excepted, "excepted");
	if (policy != NULL)
		put_rules(&p, f, policy);
	out->failed |= p.part.failed;
	nrs_text_fini(&p.part);
	nrs_text_printf(out, "\n= %s kept",
			nrs_grouped(f->full + f->partial, text));
	nrs_text_printf(out, ": full %s", nrs_grouped(f->full, text));
	nrs_text_printf(out, ", partial %s", nrs_grouped(f->partial, text));
	if (f->watched > 0)
		nrs_text_printf(out, "; %s of them watched",
				nrs_grouped(f->watched, text));
	nrs_text_putc(out, '\n');
}

struct json {
	struct nrs_jsonw *w;
	uint64_t left;
};

static void open_stage(struct json *j, const char *name, uint64_t dropped)
{
	j->left -= dropped;
	nrs_jsonw_open(j->w, '{');
	nrs_jsonw_member(j->w, "stage", nrs_span_of(name));
	nrs_jsonw_member_u64(j->w, "dropped", dropped);
	nrs_jsonw_member_u64(j->w, "left", j->left);
}

static void json_stage(struct json *j, const char *name, uint64_t dropped)
{
	open_stage(j, name, dropped);
	nrs_jsonw_close(j->w, '}');
}

static void json_unseen(struct json *j, const struct nrs_funnel *f)
{
	open_stage(j, "not evaluable", f->unseen);
	nrs_jsonw_key(j->w, "reasons");
	nrs_jsonw_open(j->w, '[');
	for (unsigned int i = 0;
	     i < NRS_FUNNEL_REASONS && f->reasons[i].count > 0; i++) {
		nrs_jsonw_open(j->w, '{');
		nrs_jsonw_member(j->w, "reason",
				 nrs_span_of(f->reasons[i].word));
		nrs_jsonw_member_u64(j->w, "count", f->reasons[i].count);
		nrs_jsonw_close(j->w, '}');
	}
	nrs_jsonw_close(j->w, ']');
	nrs_jsonw_close(j->w, '}');
}

static void json_rules(struct json *j, const struct nrs_funnel *f,
		       const struct nrs_select_policy *policy)
{
	struct nrs_text label = {0};

	for (unsigned int r = 0; r <= policy->rule_count; r++) {
		const bool is_rule = r < policy->rule_count;

		if (!is_rule && policy->otherwise != NRS_SELECT_DROP)
			continue;
		nrs_text_clear(&label);
		nrs_select_label(policy, r, &label);
		open_stage(j, is_rule ? "rule" : "otherwise", f->by_rule[r]);
		if (is_rule)
			nrs_jsonw_member_u64(j->w, "rule", r + 1);
		nrs_jsonw_member(j->w, "drops", nrs_text_span(&label));
		if (is_rule && policy->rules[r].where != NULL)
			nrs_jsonw_member(j->w, "where",
					 nrs_span_of(policy->rules[r].where));
		nrs_jsonw_close(j->w, '}');
	}
	nrs_text_fini(&label);
}

void nrs_funnel_json(struct nrs_jsonw *w, const struct nrs_funnel *f,
		     const struct nrs_select_policy *policy)
{
	struct json j = {.w = w, .left = f->received};

	nrs_jsonw_member_u64(w, "received", f->received);
	nrs_jsonw_key(w, "stages");
	nrs_jsonw_open(w, '[');
	json_stage(&j, "rejected", f->rejected);
	json_unseen(&j, f);
	json_stage(&j, "expired", f->expired);
	json_stage(&j, "revoked", f->revoked);
	json_stage(&j, "superseded", f->superseded);
	json_stage(&j, "duplicates", f->duplicates);
	json_stage(&j, "benign", f->benign);
	json_stage(&j, "guards", f->guarded);
	json_stage(&j, "excepted", f->excepted);
	if (policy != NULL)
		json_rules(&j, f, policy);
	nrs_jsonw_close(w, ']');
	nrs_jsonw_key(w, "kept");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member_u64(w, "all", f->full + f->partial);
	nrs_jsonw_member_u64(w, "full", f->full);
	nrs_jsonw_member_u64(w, "partial", f->partial);
	nrs_jsonw_member_u64(w, "watched", f->watched);
	nrs_jsonw_close(w, '}');
}
