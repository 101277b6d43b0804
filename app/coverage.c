/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coverage: one table of reasons, as a table and as JSON.
 */
#include "app/coverage.h"

static bool is_of_flows(unsigned int reason)
{
	return reason >= NRS_B_FIRST_OF_FLOWS;
}

static void put_share(struct nrs_text *out, uint64_t part, uint64_t all)
{
	char number[NRS_GROUPED_LEN];

	nrs_text_printf(out, "  %13s", nrs_grouped(part, number));
	if (all > 0)
		nrs_text_printf(out, " %5.1f %%",
				100 * (double)part / (double)all);
	else
		nrs_text_puts(out, "        ");
}

static void put_row(struct nrs_text *out, const struct nrs_counters *c,
		    unsigned int reason)
{
	const struct nrs_blind_sum *sum = &c->blind[reason];
	const struct nrs_blind_sum *all = &c->blind[NRS_B_ALL];
	const bool of_flows = is_of_flows(reason);

	nrs_text_printf(out, "  %-52s", nrs_blind_text((enum nrs_blind)reason));
	if (of_flows)
		put_share(out, sum->flows, all->flows);
	put_share(out, sum->packets,
		  of_flows ? all->packets : c->value[NRS_C_PACKETS]);
	put_share(out, sum->bytes,
		  of_flows ? all->bytes : c->value[NRS_C_BYTES]);
	nrs_text_putc(out, '\n');
}

static void put_head(struct nrs_text *out, const char *head, bool of_flows)
{
	nrs_text_printf(out, "  %-52s", head);
	if (of_flows)
		nrs_text_printf(out, "  %13s        ", "FLOWS");
	nrs_text_printf(out, "  %13s          %13s        \n", "PACKETS",
			"BYTES");
}

/* The rows of @range that occurred, under @head. */
static void put_rows(struct nrs_text *out, const struct nrs_counters *c,
		     const char *head, const unsigned int range[2])
{
	bool has_head = false;

	for (unsigned int i = range[0]; i < range[1]; i++) {
		if (c->blind[i].packets == 0 && c->blind[i].flows == 0)
			continue;
		if (!has_head)
			put_head(out, head, is_of_flows(i));
		has_head = true;
		put_row(out, c, i);
	}
}

void nrs_coverage_text(struct nrs_text *out, const struct nrs_counters *c)
{
	static const unsigned int of_packets[] = {0, NRS_B_FIRST_OF_FLOWS};
	static const unsigned int of_flows[] = {NRS_B_FIRST_OF_FLOWS,
						NRS_BLINDS};
	char flows[NRS_GROUPED_LEN], packets[NRS_GROUPED_LEN],
		bytes[NRS_GROUPED_LEN], clear[NRS_GROUPED_LEN];

	nrs_text_printf(out,
			"coverage: %s packets, %s bytes; %s flows, of which %s "
			"without any blind spot\n",
			nrs_grouped(c->value[NRS_C_PACKETS], packets),
			nrs_grouped(c->value[NRS_C_BYTES], bytes),
			nrs_grouped(c->blind[NRS_B_ALL].flows, flows),
			nrs_grouped(c->blind[NRS_B_CLEAR].flows, clear));
	put_rows(out, c, "PACKETS NOT INSPECTED", of_packets);
	put_rows(out, c, "FLOWS NOT INSPECTED, IN PART OR WHOLE", of_flows);
}

static void put_sum(struct nrs_jsonw *w, const char *key,
		    const struct nrs_blind_sum *sum, bool of_flows)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '{');
	if (of_flows)
		nrs_jsonw_member_u64(w, "flows", sum->flows);
	nrs_jsonw_member_u64(w, "packets", sum->packets);
	nrs_jsonw_member_u64(w, "bytes", sum->bytes);
	nrs_jsonw_close(w, '}');
}

void nrs_coverage_json(struct nrs_jsonw *w, const struct nrs_counters *c)
{
	put_sum(w, "seen", &c->blind[NRS_B_ALL], true);
	put_sum(w, "clear", &c->blind[NRS_B_CLEAR], true);
	nrs_jsonw_key(w, "not_inspected");
	nrs_jsonw_open(w, '{');
	for (unsigned int i = 0; i < NRS_BLINDS; i++)
		put_sum(w, nrs_blind_name((enum nrs_blind)i), &c->blind[i],
			is_of_flows(i));
	nrs_jsonw_close(w, '}');
}
