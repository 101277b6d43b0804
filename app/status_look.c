/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status_look: figures as people and programs read them.
 */
#include "app/status_look.h"

#include "engine/base/stamp.h"

static void put_number(struct nrs_text *out, const char *before,
		       uint64_t number, const char *behind)
{
	char text[NRS_GROUPED_LEN];

	nrs_text_printf(out, "%s%s%s", before, nrs_grouped(number, text),
			behind);
}

static void put_troubles(const struct nrs_look_figures *f, struct nrs_text *out)
{
	const struct {
		uint64_t count;
		const char *what;
	} troubles[] = {
		{f->refused, " indicators never looked for (too many)"},
		{f->damaged, " damaged parts of logs"},
		{f->failed, " looks failed"},
		{f->lost, " hits too long"},
		{f->unwritten, " times what is known was not kept (state.dir)"},
	};
	const char *before = "WARN looking back: ";

	for (size_t i = 0; i < sizeof(troubles) / sizeof(*troubles); i++) {
		if (troubles[i].count == 0)
			continue;
		put_number(out, before, troubles[i].count, troubles[i].what);
		before = ", ";
	}
	if (before[0] == ',')
		nrs_text_putc(out, '\n');
}

void nrs_status_look_text(const struct nrs_look_figures *f,
			  struct nrs_text *out)
{
	char stamp[NRS_STAMP_LEN];

	if (f == NULL)
		return;
	put_number(out, "looked back for ", f->indicators, " indicators");
	put_number(out, ": ", f->rows, " rows, ");
	put_number(out, "", f->hits, " hits");
	if (f->ended_ns != 0) {
		(void)nrs_stamp_format(f->ended_ns, 0, stamp);
		nrs_text_printf(out, ", the last look until %s", stamp);
	}
	if (f->wanted > 0)
		put_number(out, f->is_under_way ? "; under way for " : "; ",
			   f->wanted, f->is_under_way ? "" : " wait");
	nrs_text_putc(out, '\n');
	put_troubles(f, out);
}

void nrs_status_look_json(const struct nrs_look_figures *f, struct nrs_jsonw *w)
{
	char stamp[NRS_STAMP_LEN];

	if (f == NULL)
		return;
	const struct {
		const char *key;
		uint64_t count;
	} members[] = {{"known", f->known},	{"waiting", f->wanted},
		       {"looks", f->looks},	{"indicators", f->indicators},
		       {"rows", f->rows},	{"hits", f->hits},
		       {"refused", f->refused}, {"forgotten", f->forgotten},
		       {"damaged", f->damaged}, {"lost", f->lost},
		       {"failed", f->failed},	{"unwritten", f->unwritten}};

	nrs_jsonw_key(w, "look_back");
	nrs_jsonw_open(w, '{');
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		nrs_jsonw_member_u64(w, members[i].key, members[i].count);
	nrs_jsonw_key(w, "under_way");
	nrs_jsonw_bool(w, f->is_under_way);
	nrs_jsonw_key(w, "ended");
	if (f->ended_ns == 0)
		nrs_jsonw_null(w);
	else
		nrs_jsonw_string(
			w, nrs_span(stamp,
				    nrs_stamp_format(f->ended_ns, 3, stamp)));
	nrs_jsonw_close(w, '}');
}
