/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_out: cells first, then columns as wide as their widest cell.
 */
#include "sightings/table_out.h"

#include <stdlib.h>

#include "engine/handling.h"
#include "engine/refang.h"
#include "engine/value_text.h"
#include "sightings/stix_parts.h"

#define COLUMNS 11
#define CELL_MAX 34u
#define CELL_CUT 24u /* of INDICATOR and VALUE where the terminal is narrow */
#define CELL_MIN 8u
#define GAP 2u
#define ACTION_MAX 200u	  /* columns of one course of action */
#define ACTIONS_SHOWN 10u /* indicators whose actions are shown */

static const char *const titles[COLUMNS] = {
	"INDICATOR", "VALUE",	"OWN HOST",	  "PEER",
	"DIRECTION", "OUTCOME", "FIRST SEEN",	  "LAST SEEN",
	"COUNT",     "CONF",	"MARKING, SOURCE"};

struct cells {
	struct nrs_text text;
	size_t ends[COLUMNS];
};

/* The character at the start of well-formed UTF-8. */
static uint32_t code_point(const uint8_t *p, size_t len)
{
	if (len == 1)
		return p[0];
	uint32_t code = p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++)
		code = code << 6 | (p[i] & 0x3f);
	return code;
}

static bool is_hostile(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

/* Two columns for the scripts of East Asia (Unicode UAX 11, wide). */
static unsigned int width_of(uint32_t c)
{
	const bool wide =
		(c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
		(c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
		(c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
		(c >= 0x1f300 && c <= 0x1faff) ||
		(c >= 0x20000 && c <= 0x3fffd);
	const bool zero = c >= 0x300 && c <= 0x36f;

	return wide ? 2 : zero ? 0 : 1;
}

static unsigned int display_width(struct nrs_span text)
{
	unsigned int width = 0;

	for (size_t i = 0; i < text.len;) {
		const size_t len = nrs_span_utf8_len(nrs_span_from(text, i));

		width += len == 0 ? 1 : width_of(code_point(text.ptr + i, len));
		i += len == 0 ? 1 : len;
	}
	return width;
}

void nrs_table_safe(struct nrs_text *out, struct nrs_span text,
		    unsigned int width)
{
	unsigned int used = 0;

	for (size_t i = 0; i < text.len;) {
		const size_t len = nrs_span_utf8_len(nrs_span_from(text, i));
		const uint32_t c = len == 0 ? 0 : code_point(text.ptr + i, len);
		const bool bad = len == 0 || is_hostile(c);
		const unsigned int columns = bad ? 1 : width_of(c);

		if (width > 0 && used + columns >= width &&
		    (used + columns > width || i + len < text.len)) {
			nrs_text_puts(out, "~");
			return;
		}
		if (bad)
			nrs_text_putc(out, '?');
		else
			nrs_text_add(out, nrs_span_part(text, i, len));
		used += columns;
		i += len == 0 ? 1 : len;
	}
}

/* A blank between members is no part of a string: it stays. */
static void put_escaped(struct nrs_text *out, uint32_t c)
{
	if (c == '\t' || c == '\n' || c == '\r')
		nrs_text_putc(out, (char)c);
	else if (c <= 0xffff)
		nrs_text_printf(out, "\\u%04x", (unsigned int)c);
	else
		nrs_text_printf(out, "\\u%04x\\u%04x",
				(unsigned int)(0xd800 + ((c - 0x10000) >> 10)),
				(unsigned int)(0xdc00 + (c & 0x3ff)));
}

void nrs_table_json(struct nrs_text *out, struct nrs_span json)
{
	for (size_t i = 0; i < json.len;) {
		const size_t len = nrs_span_utf8_len(nrs_span_from(json, i));
		/* What is no UTF-8 is no JSON either. */
		const uint32_t c =
			len == 0 ? 0xfffd : code_point(json.ptr + i, len);

		if (len == 0 || is_hostile(c))
			put_escaped(out, c);
		else
			nrs_text_add(out, nrs_span_part(json, i, len));
		i += len == 0 ? 1 : len;
	}
}

static void end_cell(struct cells *cells, unsigned int column)
{
	cells->ends[column] = cells->text.len;
}

static void put_defanged(struct cells *cells, struct nrs_span text,
			 unsigned int width)
{
	struct nrs_text defanged = {0};

	nrs_defang(&defanged, text);
	nrs_table_safe(&cells->text, nrs_text_span(&defanged), width);
	nrs_text_fini(&defanged);
}

/* An end of its first flow. */
static void put_addr(struct cells *cells, const struct nrs_sighting *s,
		     const struct nrs_addr *addr, uint16_t port, bool defang)
{
	const struct nrs_flow_info *flow = &s->first->flow;
	const bool is_src = nrs_addr_compare(addr, &flow->src) == 0;
	char text[NRS_ADDR_LEN];
	const struct nrs_span span =
		nrs_span(text, nrs_flow_end(flow, is_src, text));

	if (defang)
		put_defanged(cells, span, 0);
	else
		nrs_text_add(&cells->text, span);
	if (port != 0)
		nrs_text_printf(&cells->text, " %u", (unsigned int)port);
}

static void put_time(struct cells *cells, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	(void)nrs_stamp_format(ns, 0, text);
	text[10] = ' ';
	text[19] = '\0';
	nrs_text_puts(&cells->text, text);
}

static void put_title(struct cells *cells, const struct nrs_indicator *item)
{
	const struct nrs_span exercise = nrs_exercise_of(item);

	if (exercise.len > 0) {
		nrs_text_puts(&cells->text, "EXERCISE ");
		nrs_table_safe(&cells->text, exercise, CELL_MAX);
		nrs_text_puts(&cells->text, ": ");
	}
	if (item->context != NULL && item->context->name.len > 0)
		put_defanged(cells, item->context->name, CELL_MAX);
	else
		put_defanged(cells, item->pattern, CELL_MAX);
}

static bool is_above(const struct nrs_table_options *options,
		     const struct nrs_indicator *item)
{
	return options->max_tlp != NRS_TLP_NONE &&
	       nrs_stix_tlp((enum nrs_tlp)item->tlp) > options->max_tlp;
}

static void put_times(struct cells *cells, const struct nrs_sighting *s)
{
	put_time(cells, s->first_ns);
	end_cell(cells, 6);
	put_time(cells, s->last_ns);
	end_cell(cells, 7);
}

/* Of what may not be read here. In transit nobody knows which host is own. */
static void fill_opaque(struct cells *cells, const struct nrs_sighting *s,
			const struct nrs_set *set)
{
	nrs_opaque_name(set, s->indicator, &cells->text);
	end_cell(cells, 0);
	nrs_text_putc(&cells->text, '-');
	end_cell(cells, 1);
	if (s->direction == NRS_DIRECTION_TRANSIT)
		nrs_text_putc(&cells->text, '-');
	else
		put_addr(cells, s, &s->own, 0, false);
	for (unsigned int c = 2; c < 6; c++) {
		end_cell(cells, c);
		if (c < 5)
			nrs_text_putc(&cells->text, '-');
	}
	put_times(cells, s);
	for (unsigned int c = 8; c < COLUMNS; c++) {
		nrs_text_putc(&cells->text, '-');
		end_cell(cells, c);
	}
}

static void fill(struct cells *cells, const struct nrs_sighting *s,
		 const struct nrs_table_options *options)
{
	const struct nrs_set *set = options->set;
	const struct nrs_indicator *item = nrs_set_at(set, s->indicator);
	struct nrs_text value = {0};
	struct nrs_sighted first;

	if (is_above(options, item) || nrs_is_hidden(item)) {
		fill_opaque(cells, s, set);
		return;
	}
	nrs_sighted_read(&first, s->first, set, options->home);
	put_title(cells, item);
	end_cell(cells, 0);
	nrs_value_text(&value, first.values[0].field, first.values[0].value);
	put_defanged(cells, nrs_text_span(&value), CELL_MAX);
	nrs_text_fini(&value);
	end_cell(cells, 1);
	put_addr(cells, s, &s->own, 0, s->direction == NRS_DIRECTION_TRANSIT);
	end_cell(cells, 2);
	put_addr(cells, s, &s->peer,
		 first.own_is_src ? s->first->flow.dst_port : 0, true);
	end_cell(cells, 3);
	nrs_text_puts(&cells->text, nrs_direction_name(s->direction));
	end_cell(cells, 4);
	nrs_text_puts(&cells->text, nrs_outcome_name(s->outcome));
	end_cell(cells, 5);
	put_times(cells, s);
	nrs_text_printf(&cells->text, "%llu", (unsigned long long)s->count);
	end_cell(cells, 8);
	if (item->confidence >= 0)
		nrs_text_printf(&cells->text, "%d", item->confidence);
	else
		nrs_text_putc(&cells->text, '-');
	end_cell(cells, 9);
	nrs_text_printf(&cells->text, "%s, ",
			nrs_tlp_name((enum nrs_tlp)item->tlp));
	nrs_table_safe(&cells->text, nrs_set_source_of(set, item->source)->name,
		       CELL_MAX);
	end_cell(cells, 10);
}

static struct nrs_span cell(const struct cells *cells, unsigned int column)
{
	const size_t begin = column == 0 ? 0 : cells->ends[column - 1];

	return nrs_span(cells->text.ptr + begin, cells->ends[column] - begin);
}

static unsigned int sum_of(const unsigned int widths[COLUMNS])
{
	unsigned int sum = 0;

	for (unsigned int c = 0; c < COLUMNS; c++)
		sum += widths[c] == 0 ? 0 : widths[c] + GAP;
	return sum - GAP;
}

/* Into @width columns: the two that may be cut are, those that are missed least
 * left out but for what still finds room, and if need be the two cut again. Is
 * anything missing? */
static bool narrow(unsigned int widths[COLUMNS], unsigned int width)
{
	static const uint8_t missed_least[] = {10, 9, 7, 5, 4, 8, 6};
	const size_t count = sizeof(missed_least);
	unsigned int whole[COLUMNS];

	if (width == 0 || sum_of(widths) <= width)
		return false;
	memcpy(whole, widths, sizeof(whole));
	for (unsigned int c = 0; c < 2; c++)
		widths[c] = widths[c] > CELL_CUT ? CELL_CUT : widths[c];
	for (size_t i = 0; i < count && sum_of(widths) > width; i++)
		widths[missed_least[i]] = 0;
	for (size_t i = count; i-- > 0;) {
		const uint8_t c = missed_least[i];

		if (sum_of(widths) - widths[c] + whole[c] + GAP <= width)
			widths[c] = whole[c];
	}
	while (sum_of(widths) > width &&
	       (widths[0] > CELL_MIN || widths[1] > CELL_MIN))
		widths[widths[0] > widths[1] ? 0 : 1]--;
	return true;
}

/* A column of width 0 is left out. */
static void put_row(struct nrs_text *out, const struct cells *cells,
		    const unsigned int widths[COLUMNS])
{
	unsigned int pad = 0;

	for (unsigned int c = 0; c < COLUMNS; c++) {
		const struct nrs_span text =
			cells == NULL ? nrs_span_of(titles[c]) : cell(cells, c);
		const unsigned int wide = display_width(text);

		if (widths[c] == 0)
			continue;
		for (; pad > 0; pad--)
			nrs_text_putc(out, ' ');
		if (wide > widths[c])
			nrs_table_safe(out, text, widths[c]);
		else
			nrs_text_add(out, text);
		pad = GAP + (wide > widths[c] ? 0 : widths[c] - wide);
	}
	nrs_text_putc(out, '\n');
}

/* One line: the indicator, and its courses of action. */
static void put_action(struct nrs_text *out, const struct nrs_indicator *item)
{
	struct nrs_span rest = nrs_indicator_background(item)->actions, one;
	struct cells line = {.text = {0}};

	put_title(&line, item);
	nrs_text_puts(&line.text, ": ");
	for (bool is_first = true; nrs_span_split(&rest, '\n', &one);
	     is_first = false) {
		nrs_text_puts(&line.text, is_first ? "" : "; ");
		put_defanged(&line, one, ACTION_MAX);
	}
	nrs_text_puts(out, "WHAT TO DO  ");
	nrs_text_add(out, nrs_text_span(&line.text));
	nrs_text_putc(out, '\n');
	out->failed |= line.text.failed;
	nrs_text_fini(&line.text);
}

/* What to do about what was seen, where a source says so: the first few, each
 * indicator once. */
static void put_actions(struct nrs_text *out, const struct nrs_sighting *list,
			size_t count, const struct nrs_table_options *options)
{
	uint32_t told[ACTIONS_SHOWN];
	size_t tell = 0;

	for (size_t i = 0; i < count && tell < ACTIONS_SHOWN; i++) {
		const struct nrs_indicator *item =
			nrs_set_at(options->set, list[i].indicator);
		size_t before = 0;

		while (before < tell && told[before] != list[i].indicator)
			before++;
		if (before < tell || nrs_is_hidden(item) ||
		    is_above(options, item) ||
		    nrs_indicator_background(item)->actions.len == 0)
			continue;
		told[tell++] = list[i].indicator;
		put_action(out, item);
	}
}

/* Of all sightings, shown or not. */
static void count_above(struct nrs_text *out, const struct nrs_sighting *list,
			size_t count, const struct nrs_table_options *options)
{
	size_t above = 0;

	for (size_t i = 0; i < count; i++)
		above += is_above(options,
				  nrs_set_at(options->set, list[i].indicator));
	if (above > 0)
		nrs_text_printf(out,
				"%zu sightings are above the ceiling %s "
				"(--max-tlp): opaque ids\n",
				above, nrs_tlp_name(options->max_tlp));
}

void nrs_table(struct nrs_text *out, const struct nrs_aggregate *aggregate,
	       const struct nrs_table_options *options)
{
	const struct nrs_sighting *list;
	const size_t count = nrs_aggregate_list(aggregate, &list);
	const size_t rows = options->rows;
	const size_t shown = rows == 0 || count < rows ? count : rows;
	unsigned int widths[COLUMNS];
	struct cells *cells = calloc(shown + 1, sizeof(*cells));

	if (cells == NULL) {
		out->failed = true;
		return;
	}
	for (unsigned int c = 0; c < COLUMNS; c++)
		widths[c] = (unsigned int)strlen(titles[c]);
	for (size_t i = 0; i < shown; i++) {
		fill(&cells[i], &list[i], options);
		for (unsigned int c = 0; c < COLUMNS; c++) {
			const unsigned int width =
				display_width(cell(&cells[i], c));

			widths[c] = width > widths[c] ? width : widths[c];
		}
	}
	const bool is_cut = shown > 0 && narrow(widths, options->width);
	if (shown > 0)
		put_row(out, NULL, widths);
	for (size_t i = 0; i < shown; i++) {
		put_row(out, &cells[i], widths);
		nrs_text_fini(&cells[i].text);
	}
	if (shown < count)
		nrs_text_printf(out, "... and %zu more (see --out)\n",
				count - shown);
	if (is_cut)
		nrs_text_puts(out, "(not all of it fits this terminal: see "
				   "--out, or | less -S)\n");
	count_above(out, list, count, options);
	put_actions(out, list, shown, options);
	free(cells);
}
