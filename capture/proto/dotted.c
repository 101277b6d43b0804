/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dotted: whole runs of lines are handed on where they stand. A run ends
 * before a line that begins with a dot; what a dot held back was right after
 * all comes from a constant.
 */
#include "capture/proto/dotted.h"

enum state {
	LINE_START,  /* behind CR LF, and at the very beginning */
	BARE_START,  /* behind LF alone */
	IN_LINE,     /* anywhere else */
	AFTER_CR,    /* within a line, behind CR */
	DOT,	     /* "." at the beginning of a line */
	BARE_DOT,    /* the same behind LF alone */
	DOT_CR,	     /* ".\r" */
	BARE_DOT_CR, /* the same behind LF alone */
};

static bool is_bare(const struct nrs_dotted *dotted)
{
	return dotted->state == BARE_DOT || dotted->state == BARE_DOT_CR;
}

/* What stands at the end of @run, which is not empty. */
static uint8_t state_behind(const struct nrs_dotted *dotted,
			    struct nrs_span run)
{
	const uint8_t last = run.ptr[run.len - 1];

	if (last != '\n')
		return last == '\r' ? AFTER_CR : IN_LINE;
	const bool has_cr = run.len > 1 ? run.ptr[run.len - 2] == '\r'
					: dotted->state == AFTER_CR;
	return has_cr ? LINE_START : BARE_START;
}

/* Up to a dot that begins a line. */
static size_t run_len(struct nrs_dotted *dotted, struct nrs_span bytes)
{
	const bool is_start =
		dotted->state == LINE_START || dotted->state == BARE_START;
	size_t at = 0;

	if (is_start && bytes.ptr[0] == '.')
		return 0;
	do {
		at = nrs_span_find(bytes, '.', at + 1);
	} while (at != SIZE_MAX && bytes.ptr[at - 1] != '\n');
	const struct nrs_span run = nrs_span_part(bytes, 0, at);
	dotted->state = state_behind(dotted, run);
	return run.len;
}

/* Behind a dot that begins a line: the end, or text that goes on. */
static struct nrs_span after_dot(struct nrs_dotted *dotted,
				 struct nrs_span *bytes)
{
	const bool has_cr =
		dotted->state == DOT_CR || dotted->state == BARE_DOT_CR;
	const uint8_t c = bytes->ptr[0];

	if (c == '\n') {
		dotted->has_bare_end = is_bare(dotted) || !has_cr;
		dotted->is_over = true;
		*bytes = nrs_span_from(*bytes, 1);
	} else if (has_cr) { /* ".\rx": the CR is text */
		dotted->state = IN_LINE;
		return nrs_span("\r", 1);
	} else if (c == '\r') {
		dotted->state = is_bare(dotted) ? BARE_DOT_CR : DOT_CR;
		*bytes = nrs_span_from(*bytes, 1);
	} else {
		dotted->state = IN_LINE;
	}
	return nrs_span(NULL, 0);
}

struct nrs_span nrs_dotted_next(struct nrs_dotted *dotted,
				struct nrs_span *bytes)
{
	while (bytes->len > 0 && !dotted->is_over) {
		if (dotted->state >= DOT) {
			const struct nrs_span text = after_dot(dotted, bytes);

			if (text.len > 0)
				return text;
			continue;
		}
		const size_t len = run_len(dotted, *bytes);
		const struct nrs_span run = nrs_span_part(*bytes, 0, len);

		*bytes = nrs_span_from(*bytes, len);
		if (bytes->len > 0) { /* the dot itself */
			dotted->state =
				dotted->state == LINE_START ? DOT : BARE_DOT;
			*bytes = nrs_span_from(*bytes, 1);
		}
		if (run.len > 0)
			return run;
	}
	return nrs_span(NULL, 0);
}

void nrs_dotted_gap(struct nrs_dotted *dotted)
{
	dotted->state = IN_LINE;
}
