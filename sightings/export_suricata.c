/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_suricata: rules that alert, one for each place where a value shows.
 * Numbers are given in the order of the file, from --sid on.
 */
#include "sightings/export_part.h"

#include "engine/canon.h"

/* As the text of content: anything that means something there in hex. */
static void put_content(struct nrs_text *out, struct nrs_span text)
{
	nrs_text_puts(out, "content:\"");
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];
		const bool is_plain =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != 0 && strchr("./-_=&?%+~,", c) != NULL);

		if (is_plain)
			nrs_text_putc(out, (char)c);
		else
			nrs_text_printf(out, "|%02X|", (unsigned int)c);
	}
	nrs_text_puts(out, "\"; ");
}

/* "alert WHERE (msg:..; ". */
static void begin(struct nrs_export *e, const char *where)
{
	nrs_text_printf(e->out, "alert %s (msg:\"noroshi ", where);
}

static void title(struct nrs_export *e, size_t first)
{
	const struct nrs_indicator *item =
		nrs_set_at(e->set, e->rows[first].indicator);

	if (item->context != NULL && item->context->name.len > 0)
		nrs_export_safe(e->out, item->context->name);
	else
		nrs_export_safe(e->out,
				nrs_set_source_of(e->set, item->source)->name);
	nrs_text_puts(e->out, "\"; ");
}

static void end(struct nrs_export *e)
{
	nrs_text_printf(e->out, "sid:%u; rev:1;)\n", e->sid++);
}

static void put_names(struct nrs_export *e, const struct nrs_measure *m,
		      size_t first)
{
	static const char *const places[][2] = {
		{"dns any any -> any any", "dns.query; "},
		{"tls any any -> any any", "tls.sni; "},
		{"http any any -> any any", "http.host; "}};
	struct nrs_text below = {0};

	nrs_text_putc(&below, '.');
	nrs_text_add(&below, m->value);
	e->out->failed |= below.failed;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		begin(e, places[i][0]);
		title(e, first);
		nrs_text_puts(e->out, places[i][1]);
		if (m->kind == NRS_MEASURE_TREE)
			nrs_text_puts(e->out, "dotprefix; ");
		put_content(e->out, m->kind == NRS_MEASURE_NAME
					    ? m->value
					    : nrs_text_span(&below));
		if (i < 2) /* http.host is in lower case already */
			nrs_text_puts(e->out, "nocase; ");
		if (m->kind == NRS_MEASURE_NAME)
			nrs_text_printf(e->out, "bsize:%zu; ", m->value.len);
		else
			nrs_text_puts(e->out, "endswith; ");
		end(e);
	}
	nrs_text_fini(&below);
}

static void put_addresses(struct nrs_export *e, const struct nrs_measure *m,
			  size_t first)
{
	static const char *const protocols[] = {"tcp", "udp"};

	for (unsigned int i = 0; i < (m->port != 0 ? 2u : 1u); i++) {
		nrs_text_printf(e->out, "alert %s ",
				m->port != 0 ? protocols[i] : "ip");
		if (m->side == NRS_SIDE_SRC) {
			nrs_export_prefix(e->out, &m->prefix);
			nrs_text_puts(e->out, " any -> any any");
		} else {
			nrs_text_puts(e->out, m->side == NRS_SIDE_ANY
						      ? "any any <> "
						      : "any any -> ");
			nrs_export_prefix(e->out, &m->prefix);
			if (m->port != 0)
				nrs_text_printf(e->out, " %u",
						(unsigned int)m->port);
			else
				nrs_text_puts(e->out, " any");
		}
		nrs_text_puts(e->out, " (msg:\"noroshi ");
		title(e, first);
		end(e);
	}
}

/* Host and target of a URL: a request shows both, in clear. */
static const char *put_url(struct nrs_export *e, const struct nrs_measure *m,
			   size_t first)
{
	const size_t room = NRS_CANON_URL_ROOM(m->value.len);
	uint8_t *bytes = nrs_arena_bytes(e->arena, room);
	struct nrs_url url;

	if (bytes == NULL) {
		e->out->failed = true;
		return NULL;
	}
	if (nrs_canon_url(m->value, NRS_CANON_INDICATOR, bytes, room, &url) !=
		    NRS_OK ||
	    url.target.len == 0 || url.target.len > 1024)
		return "a URL too long for a rule";
	nrs_export_notes(e, "# ", first, nrs_export_same(e, first));
	begin(e, "http any any -> any any");
	title(e, first);
	nrs_text_puts(e->out, "http.host; ");
	put_content(e->out, url.host);
	nrs_text_printf(e->out, "bsize:%zu; http.uri.raw; ", url.host.len);
	put_content(e->out, url.target);
	nrs_text_printf(e->out, "bsize:%zu; ", url.target.len);
	end(e);
	return NULL;
}

static void put_digest(struct nrs_export *e, const struct nrs_measure *m,
		       size_t first)
{
	struct nrs_text pairs = {0};

	begin(e, "tls any any -> any any");
	title(e, first);
	if (m->kind == NRS_MEASURE_JA3) {
		nrs_text_puts(e->out, "ja3.hash; ");
		put_content(e->out, m->value);
		end(e);
		return;
	}
	for (size_t i = 0; i < m->value.len; i += 2) {
		nrs_text_puts(&pairs, i > 0 ? ":" : "");
		nrs_text_add(&pairs, nrs_span_part(m->value, i, 2));
	}
	e->out->failed |= pairs.failed;
	nrs_text_puts(e->out, "tls.cert_fingerprint; ");
	put_content(e->out, nrs_text_span(&pairs));
	nrs_text_fini(&pairs);
	end(e);
}

static const char *put(struct nrs_export *e, const struct nrs_measure *m,
		       size_t first, size_t count)
{
	switch (m->kind) {
	case NRS_MEASURE_ADDR:
		nrs_export_notes(e, "# ", first, count);
		put_addresses(e, m, first);
		return NULL;
	case NRS_MEASURE_NAME:
	case NRS_MEASURE_BELOW:
	case NRS_MEASURE_TREE:
		nrs_export_notes(e, "# ", first, count);
		put_names(e, m, first);
		return NULL;
	case NRS_MEASURE_URL:
		return put_url(e, m, first);
	case NRS_MEASURE_JA3:
	case NRS_MEASURE_CERT:
		nrs_export_notes(e, "# ", first, count);
		put_digest(e, m, first);
		return NULL;
	case NRS_MEASURE_JA4:
		return "JA4, which Suricata 7 has no keyword for";
	case NRS_MEASURE_EMAIL:
		return nrs_export_not_said(m->kind);
	default:
		return "a digest of a file: needs a list beside the rules";
	}
}

void nrs_export_suricata(struct nrs_export *e)
{
	nrs_export_head(e, "# ",
			"undo: take the file out of rule-files, and reload");
	nrs_export_each(e, put);
}
