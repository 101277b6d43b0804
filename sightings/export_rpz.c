/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_rpz: a response policy zone: names, and addresses in answers, that
 * the resolver says do not exist. Owner names are relative to the zone, which
 * the resolver's configuration names.
 */
#include "sightings/export_part.h"

#define NAME_MAX 200u /* with the zone's own name within 253 */

/* "2001:db8::7" as "7.zz.db8.2001", "192.0.2.7" as "7.2.0.192". */
static void put_reversed(struct nrs_text *out, struct nrs_span address)
{
	const uint8_t separator =
		nrs_span_find(address, ':', 0) == SIZE_MAX ? '.' : ':';
	size_t end = address.len;

	while (end > 0) {
		size_t begin = end;

		while (begin > 0 && address.ptr[begin - 1] != separator)
			begin--;
		if (begin < end) {
			nrs_text_add(out, nrs_span_part(address, begin,
							end - begin));
			nrs_text_putc(out, '.');
		}
		if (begin > 1 && address.ptr[begin - 2] == separator) {
			nrs_text_puts(out, "zz."); /* "::" */
			begin--;
		}
		end = begin > 0 ? begin - 1 : 0;
	}
}

static void put_address(struct nrs_export *e, const struct nrs_prefix *prefix)
{
	const bool is_v4 = nrs_addr_is_v4(&prefix->addr);
	char text[NRS_ADDR_LEN];

	nrs_text_printf(
		e->out, "%u.",
		(unsigned int)(is_v4 ? prefix->bits - 96 : prefix->bits));
	put_reversed(e->out,
		     nrs_span(text, nrs_addr_format(&prefix->addr, text)));
	nrs_text_puts(e->out, "rpz-ip CNAME .\n");
}

static const char *put(struct nrs_export *e, const struct nrs_measure *m,
		       size_t first, size_t count)
{
	if (m->kind == NRS_MEASURE_ADDR && m->side == NRS_SIDE_SRC)
		return "an address that opens connections is in no answer";
	if (m->kind == NRS_MEASURE_ADDR && m->port != 0)
		return "a port, of which DNS knows nothing";
	if (m->kind > NRS_MEASURE_TREE)
		return nrs_export_not_said(m->kind);
	if (m->value.len > NAME_MAX)
		return "a name too long to stand below a zone";
	nrs_export_notes(e, "; ", first, count);
	if (m->kind == NRS_MEASURE_ADDR)
		put_address(e, &m->prefix);
	if (m->kind == NRS_MEASURE_NAME || m->kind == NRS_MEASURE_TREE) {
		nrs_text_add(e->out, m->value);
		nrs_text_puts(e->out, " CNAME .\n");
	}
	if (m->kind == NRS_MEASURE_BELOW || m->kind == NRS_MEASURE_TREE) {
		nrs_text_puts(e->out, "*.");
		nrs_text_add(e->out, m->value);
		nrs_text_puts(e->out, " CNAME .\n");
	}
	return NULL;
}

void nrs_export_rpz(struct nrs_export *e)
{
	nrs_export_head(e, "; ",
			"undo: take the zone out of response-policy, or load "
			"the file before");
	nrs_text_printf(
		e->out,
		"$TTL 300\n@ IN SOA localhost. hostmaster.localhost. %u 3600 "
		"600 604800 300\n@ IN NS localhost.\n",
		(unsigned int)(e->options->rules.at_ns / NRS_SECOND_NS));
	nrs_export_each(e, put);
}
