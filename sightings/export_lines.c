/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_lines: targets that are one line an entry: Zeek's intelligence
 * files, plain lists, and Squid's ACLs.
 */
#include "sightings/export_part.h"

#include "engine/canon.h"

static const char *zeek_type(const struct nrs_measure *m)
{
	static const char *const types[NRS_MEASURE_KINDS] = {
		[NRS_MEASURE_NAME] = "DOMAIN",
		[NRS_MEASURE_TREE] = "DOMAIN",
		[NRS_MEASURE_URL] = "URL",
		[NRS_MEASURE_MD5] = "FILE_HASH",
		[NRS_MEASURE_SHA1] = "FILE_HASH",
		[NRS_MEASURE_SHA256] = "FILE_HASH",
		[NRS_MEASURE_CERT] = "CERT_HASH",
		[NRS_MEASURE_EMAIL] = "EMAIL"};

	if (m->kind == NRS_MEASURE_ADDR)
		return m->prefix.bits == 128 ? "ADDR" : "SUBNET";
	return types[m->kind];
}

static const char *put_zeek(struct nrs_export *e, const struct nrs_measure *m,
			    size_t first, size_t count)
{
	const char *type = zeek_type(m);
	const size_t scheme = nrs_span_find_text(m->value, "://");

	if (m->kind == NRS_MEASURE_BELOW)
		return "names below one: Zeek knows whole names";
	if (m->port != 0)
		return "a port with an address";
	if (type == NULL)
		return nrs_export_not_said(m->kind);
	if (m->kind == NRS_MEASURE_ADDR)
		nrs_export_prefix(e->out, &m->prefix);
	else if (m->kind == NRS_MEASURE_URL && scheme != SIZE_MAX)
		nrs_text_add(e->out, nrs_span_from(m->value, scheme + 3));
	else
		nrs_text_add(e->out, m->value);
	nrs_text_printf(e->out, "\tIntel::%s\t", type);
	nrs_export_safe(
		e->out,
		nrs_set_source_of(
			e->set,
			nrs_set_at(e->set, e->rows[first].indicator)->source)
			->name);
	nrs_text_putc(e->out, '\t');
	nrs_export_note(e, first, count);
	nrs_text_putc(e->out, '\n');
	if (m->kind == NRS_MEASURE_TREE)
		nrs_export_unsaid(e, first, count,
				  "names below one: the name itself is there");
	return NULL;
}

void nrs_export_zeek(struct nrs_export *e)
{
	nrs_export_head(e, "# ",
			"undo: take the file out of Intel::read_files");
	nrs_text_puts(e->out, "#fields\tindicator\tindicator_type\tmeta.source"
			      "\tmeta.desc\n");
	nrs_export_each(e, put_zeek);
}

static const char *put_list(struct nrs_export *e, const struct nrs_measure *m,
			    size_t first, size_t count)
{
	const bool is_v6 = !nrs_addr_is_v4(&m->prefix.addr);

	if (m->kind == NRS_MEASURE_ADDR && m->side == NRS_SIDE_SRC)
		return "an address only where it opens connections";
	if (m->kind == NRS_MEASURE_BELOW)
		return "names below one without itself";
	if (m->kind == NRS_MEASURE_ADDR) {
		nrs_text_puts(e->out, m->port != 0 && is_v6 ? "[" : "");
		nrs_export_prefix(e->out, &m->prefix);
		if (m->port != 0)
			nrs_text_printf(e->out, "%s:%u", is_v6 ? "]" : "",
					(unsigned int)m->port);
	} else {
		nrs_text_puts(e->out, m->kind == NRS_MEASURE_TREE ? "*." : "");
		nrs_text_add(e->out, m->value);
	}
	nrs_text_puts(e->out, " # ");
	nrs_export_note(e, first, count);
	nrs_text_putc(e->out, '\n');
	return NULL;
}

void nrs_export_list(struct nrs_export *e)
{
	nrs_export_head(e, "# ", NULL);
	nrs_export_each(e, put_list);
}
