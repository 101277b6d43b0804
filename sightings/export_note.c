/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_note: what stands beside each entry: whose it is, until when, which
 * indicator. All of it is somebody else's text, and must stay a comment.
 */
#include "engine/handling.h"
#include "sightings/export_part.h"

#define TEXT_MAX 80u

void nrs_export_safe(struct nrs_text *out, struct nrs_span text)
{
	for (size_t i = 0; i < text.len && i < TEXT_MAX; i++) {
		const uint8_t c = text.ptr[i];
		const bool is_safe =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || strchr(" .-_/+@", c) != NULL;

		nrs_text_putc(out, is_safe && c != 0 ? (char)c : '_');
	}
}

void nrs_export_prefix(struct nrs_text *out, const struct nrs_prefix *prefix)
{
	char text[NRS_ADDR_LEN];

	nrs_text_add(
		out,
		nrs_span(text, prefix->bits == 128
				       ? nrs_addr_format(&prefix->addr, text)
				       : nrs_prefix_format(prefix, text)));
}

static const char *tlp_of(enum nrs_tlp tlp)
{
	return tlp == NRS_TLP_NONE ? "amber+strict (unmarked)"
				   : nrs_tlp_name(tlp);
}

static void put_note(struct nrs_export *e, uint32_t index)
{
	const struct nrs_indicator *item = nrs_set_at(e->set, index);
	const struct nrs_background *b = nrs_indicator_background(item);
	struct nrs_text id = {0};
	char until[NRS_STAMP_LEN];

	nrs_text_puts(e->out, "owner ");
	nrs_export_safe(e->out, nrs_set_source_of(e->set, item->source)->name);
	if (b->creator.len > 0) {
		nrs_text_puts(e->out, " of ");
		nrs_export_safe(e->out, b->creator);
	}
	nrs_text_puts(e->out, ", until ");
	if (item->valid_until_ns == NRS_TIME_MAX)
		nrs_text_puts(e->out, "withdrawn");
	else
		nrs_text_add(
			e->out,
			nrs_span(until, nrs_stamp_format(item->valid_until_ns,
							 0, until)));
	nrs_text_puts(e->out, ", ");
	nrs_shown_id(e->set, index, &id);
	nrs_export_safe(e->out, nrs_text_span(&id));
	e->out->failed |= id.failed;
	nrs_text_fini(&id);
	nrs_text_printf(e->out, ", TLP %s", tlp_of((enum nrs_tlp)item->tlp));
}

void nrs_export_notes(struct nrs_export *e, const char *mark, size_t first,
		      size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		nrs_text_puts(e->out, mark);
		put_note(e, e->rows[i].indicator);
		nrs_text_putc(e->out, '\n');
	}
}

void nrs_export_note(struct nrs_export *e, size_t first, size_t count)
{
	for (size_t i = first; i < first + count && i < first + 4; i++) {
		nrs_text_puts(e->out, i > first ? "; " : "");
		put_note(e, e->rows[i].indicator);
	}
	if (count > 4)
		nrs_text_printf(e->out, "; and %zu more", count - 4);
}

void nrs_export_head(struct nrs_export *e, const char *mark, const char *undo)
{
	char at[NRS_STAMP_LEN];

	(void)nrs_stamp_format(e->options->rules.at_ns, 0, at);
	nrs_text_printf(e->out,
			"%smade by noroshi export --as %s; valid at %s\n"
			"%sstrictest marking in it: TLP %s; pass it on to "
			"nobody whom that leaves out\n",
			mark, e->options->target->name, at, mark,
			tlp_of(e->result->strictest));
	if (undo != NULL)
		nrs_text_printf(e->out, "%s%s\n", mark, undo);
}
