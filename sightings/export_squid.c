/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_squid: ACLs for a proxy, named by what they hold. Squid complains of
 * entries that another one contains: their owners are noted, and no line is
 * written for them.
 */
#include "sightings/export_part.h"

enum acl { NAMES, BELOW, ADDRESSES, URLS, ACLS };

static const char *const acls[ACLS][2] = {
	[NAMES] = {"noroshi_names", "dstdomain"},
	[BELOW] = {"noroshi_below", "dstdom_regex -i"},
	[ADDRESSES] = {"noroshi_addresses", "dst"},
	[URLS] = {"noroshi_urls", "url_regex"},
};

/* Is there an entry for @name and all below it? */
static bool has_tree(const struct nrs_export *e, struct nrs_span name)
{
	size_t low = 0, high = e->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct nrs_measure *m = &e->rows[middle].measure;
		const int by = m->kind != NRS_MEASURE_TREE
				       ? (m->kind < NRS_MEASURE_TREE ? -1 : 1)
				       : nrs_span_compare(m->value, name);

		if (by == 0)
			return true;
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Does an entry for a name above hold this one too? */
static bool is_in_tree(const struct nrs_export *e, const struct nrs_measure *m)
{
	struct nrs_span name = m->value;
	bool is_self = true;

	while (name.len > 0) {
		if ((!is_self || m->kind != NRS_MEASURE_TREE) &&
		    has_tree(e, name))
			return true;
		const size_t dot = nrs_span_find(name, '.', 0);
		name = dot == SIZE_MAX ? nrs_span(NULL, 0)
				       : nrs_span_from(name, dot + 1);
		is_self = false;
	}
	return false;
}

static void put_acl(struct nrs_export *e, enum acl acl)
{
	nrs_text_printf(e->out, "acl %s %s ", acls[acl][0], acls[acl][1]);
	e->marks |= 1u << acl;
}

/* The literal @text as a regular expression; false: it cannot be one here. */
static bool put_regex(struct nrs_text *out, struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		if (c <= ' ' || c >= 0x7f || c == '"' || c == '\'' || c == '#')
			return false;
		if (strchr(".[]{}()\\*+?^$|", c) != NULL)
			nrs_text_putc(out, '\\');
		nrs_text_putc(out, (char)c);
	}
	return true;
}

static const char *put_url(struct nrs_export *e, const struct nrs_measure *m,
			   size_t first, size_t count)
{
	struct nrs_text regex = {0};
	const char *reason = NULL;

	nrs_text_putc(&regex, '^');
	if (nrs_span_find_text(m->value, "://") == SIZE_MAX)
		nrs_text_puts(&regex, "https?://");
	if (!put_regex(&regex, m->value) || regex.len > 2000) {
		reason = "a URL too long or too odd for a line";
	} else {
		nrs_export_notes(e, "# ", first, count);
		put_acl(e, URLS);
		nrs_text_add(e->out, nrs_text_span(&regex));
		nrs_text_puts(e->out, "$\n");
	}
	e->out->failed |= regex.failed;
	nrs_text_fini(&regex);
	return reason;
}

static void put_name(struct nrs_export *e, const struct nrs_measure *m,
		     size_t first, size_t count)
{
	nrs_export_notes(e, "# ", first, count);
	if (is_in_tree(e, m)) {
		nrs_text_puts(e->out, "# in the entry for a name above: ");
		nrs_text_add(e->out, m->value);
	} else if (m->kind == NRS_MEASURE_BELOW) {
		put_acl(e, BELOW);
		nrs_text_puts(e->out, "\\.");
		(void)put_regex(e->out, m->value);
		nrs_text_putc(e->out, '$');
	} else {
		put_acl(e, NAMES);
		nrs_text_puts(e->out, m->kind == NRS_MEASURE_TREE ? "." : "");
		nrs_text_add(e->out, m->value);
	}
	nrs_text_putc(e->out, '\n');
}

static const char *put(struct nrs_export *e, const struct nrs_measure *m,
		       size_t first, size_t count)
{
	switch (m->kind) {
	case NRS_MEASURE_NAME:
	case NRS_MEASURE_BELOW:
	case NRS_MEASURE_TREE:
		put_name(e, m, first, count);
		return NULL;
	case NRS_MEASURE_URL:
		return put_url(e, m, first, count);
	case NRS_MEASURE_ADDR:
		break;
	default:
		return nrs_export_not_said(m->kind);
	}
	if (m->side == NRS_SIDE_SRC)
		return "an address only where it opens connections";
	if (m->port != 0)
		return "a port with an address: two ACLs at once";
	const bool is_covered =
		e->wider != NULL && e->wider->side == m->side &&
		nrs_prefix_contains(&e->wider->prefix, &m->prefix.addr);
	nrs_export_notes(e, "# ", first, count);
	if (is_covered)
		nrs_text_puts(e->out, "# in the prefix above: ");
	else
		put_acl(e, ADDRESSES);
	nrs_export_prefix(e->out, &m->prefix);
	nrs_text_putc(e->out, '\n');
	e->wider = is_covered ? e->wider : m;
	return NULL;
}

void nrs_export_squid(struct nrs_export *e)
{
	nrs_export_head(e, "# ", "undo: take the include out of squid.conf");
	nrs_export_each(e, put);
	nrs_text_puts(e->out, "# what makes use of them, in squid.conf:\n");
	for (unsigned int a = 0; a < ACLS; a++) {
		if ((e->marks >> a & 1) != 0)
			nrs_text_printf(e->out, "# http_access deny %s\n",
					acls[a][0]);
	}
}
