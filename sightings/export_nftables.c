/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_nftables: one table of its own with sets of addresses and a chain for
 * each hook, replaced as a whole when the file is loaded again.
 *
 * Intervals of a set must not overlap: what a wider prefix contains has its
 * owners noted beside that.
 */
#include "sightings/export_part.h"

/* A set of the table: what is in it, and the rule that uses it. */
static const struct {
	const char *name, *type, *rule;
	enum nrs_measure_side side;
	bool is_v4, has_port;
} sets[] = {
	{"any4", "ipv4_addr", "ip saddr @any4 drop\n\t\tip daddr @any4 drop",
	 NRS_SIDE_ANY, true, false},
	{"any6", "ipv6_addr", "ip6 saddr @any6 drop\n\t\tip6 daddr @any6 drop",
	 NRS_SIDE_ANY, false, false},
	{"from4", "ipv4_addr", "ct direction original ip saddr @from4 drop",
	 NRS_SIDE_SRC, true, false},
	{"from6", "ipv6_addr", "ct direction original ip6 saddr @from6 drop",
	 NRS_SIDE_SRC, false, false},
	{"to4", "ipv4_addr", "ct direction original ip daddr @to4 drop",
	 NRS_SIDE_DST, true, false},
	{"to6", "ipv6_addr", "ct direction original ip6 daddr @to6 drop",
	 NRS_SIDE_DST, false, false},
	{"port4", "ipv4_addr . inet_service",
	 "ct direction original ip daddr . th dport @port4 drop", NRS_SIDE_DST,
	 true, true},
	{"port6", "ipv6_addr . inet_service",
	 "ct direction original ip6 daddr . th dport @port6 drop", NRS_SIDE_DST,
	 false, true},
};
#define SETS (sizeof(sets) / sizeof(*sets))

static bool is_in(size_t set, const struct nrs_measure *m)
{
	return m->kind == NRS_MEASURE_ADDR && m->side == sets[set].side &&
	       (m->port != 0) == sets[set].has_port &&
	       nrs_addr_is_v4(&m->prefix.addr) == sets[set].is_v4;
}

/* The elements of one set; false: there are none. */
static bool put_elements(struct nrs_export *e, size_t set)
{
	const struct nrs_measure *wider = NULL;
	bool is_begun = false;

	for (size_t i = 0; i < e->count;) {
		const struct nrs_measure *m = &e->rows[i].measure;
		const size_t count = nrs_export_same(e, i);

		if (is_in(set, m)) {
			if (!is_begun)
				nrs_text_puts(e->out, "\t\telements = {\n");
			is_begun = true;
			const bool is_covered =
				wider != NULL && wider->port == m->port &&
				nrs_prefix_contains(&wider->prefix,
						    &m->prefix.addr);
			nrs_export_notes(e, "\t\t\t# ", i, count);
			nrs_export_written(e, i, count);
			nrs_text_puts(e->out, is_covered ? "\t\t\t# in it: "
							 : "\t\t\t");
			nrs_export_prefix(e->out, &m->prefix);
			if (m->port != 0)
				nrs_text_printf(e->out, " . %u",
						(unsigned int)m->port);
			nrs_text_puts(e->out, ",\n");
			wider = is_covered ? wider : m;
		}
		i += count;
	}
	if (is_begun)
		nrs_text_puts(e->out, "\t\t}\n");
	return is_begun;
}

static void put_chain(struct nrs_export *e, const char *hook, uint32_t used)
{
	nrs_text_printf(e->out,
			"\tchain %s {\n\t\ttype filter hook %s priority "
			"filter - 10; policy accept;\n",
			hook, hook);
	for (size_t s = 0; s < SETS; s++) {
		if ((used >> s & 1) != 0)
			nrs_text_printf(e->out, "\t\t%s\n", sets[s].rule);
	}
	nrs_text_puts(e->out, "\t}\n");
}

static const char *put_other(struct nrs_export *e, const struct nrs_measure *m,
			     size_t first, size_t count)
{
	(void)e, (void)first, (void)count;
	return m->kind == NRS_MEASURE_ADDR ? NRS_EXPORT_ELSEWHERE
					   : nrs_export_not_said(m->kind);
}

void nrs_export_nftables(struct nrs_export *e)
{
	uint32_t used = 0;

	nrs_text_puts(e->out, "#!/usr/sbin/nft -f\n");
	nrs_export_head(e, "# ", "undo: nft delete table inet noroshi");
	nrs_text_puts(e->out, "table inet noroshi\ndelete table inet noroshi\n"
			      "table inet noroshi {\n");
	for (size_t s = 0; s < SETS; s++) {
		nrs_text_printf(e->out,
				"\tset %s {\n\t\ttype %s\n\t\tflags interval\n",
				sets[s].name, sets[s].type);
		if (put_elements(e, s))
			used |= 1u << s;
		nrs_text_puts(e->out, "\t}\n");
	}
	put_chain(e, "input", used);
	put_chain(e, "forward", used);
	put_chain(e, "output", used);
	nrs_text_puts(e->out, "}\n");
	nrs_export_each(e, put_other);
}
