/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco_tunnel: a flow inside of tunnels. Ids do not depend on the references
 * between traffic, so all ids are found first, in a list that is thrown away.
 */
#include "engine/sco_tunnel.h"

#include "engine/sco_part.h"
#include "engine/value_text.h"

/* Members of an outer network-traffic but its references to inner ones. */
static void put_outer(struct nrs_sco_list *list, struct nrs_text *members,
		      const struct nrs_outer *outer)
{
	const struct nrs_flow_info flow = {
		.src = outer->src, .dst = outer->dst, .proto = outer->proto};
	const char *names[NRS_FLOW_PROTOCOLS];
	const unsigned int named = nrs_flow_protocols(&flow, 0, names);
	char src[NRS_SCO_ID_LEN], dst[NRS_SCO_ID_LEN];

	nrs_sco_put_addr(list, &outer->src, nrs_span(NULL, 0), src);
	nrs_sco_put_addr(list, &outer->dst, nrs_span(NULL, 0), dst);
	nrs_text_printf(members,
			"\"src_ref\":\"%s\",\"dst_ref\":\"%s\",\"protocols\":[",
			src, dst);
	for (unsigned int i = 0; i < named; i++)
		nrs_text_printf(members, "%s\"%s\"", i == 0 ? "" : ",",
				names[i]);
	nrs_text_putc(members, ']');
	if (outer->src_port != 0 || outer->dst_port != 0)
		nrs_text_printf(members, ",\"src_port\":%u,\"dst_port\":%u",
				(unsigned int)outer->src_port,
				(unsigned int)outer->dst_port);
}

static void put_tunnel(struct nrs_sco_list *list, const struct nrs_outer *outer,
		       const char *around, const char *inside,
		       char id[NRS_SCO_ID_LEN])
{
	struct nrs_text members = {0};

	put_outer(list, &members, outer);
	if (inside[0] != '\0')
		nrs_text_printf(&members, ",\"encapsulates_refs\":[\"%s\"]",
				inside);
	if (around[0] != '\0')
		nrs_text_printf(&members, ",\"encapsulated_by_ref\":\"%s\"",
				around);
	nrs_sco_put(list, "network-traffic", nrs_text_span(&members), id);
	nrs_text_fini(&members);
}

void nrs_sco_add_inner(struct nrs_sco_list *list,
		       const struct nrs_sco_traffic *inner,
		       const struct nrs_outer *outers, unsigned int count)
{
	char ids[NRS_OUTERS_MAX + 1][NRS_SCO_ID_LEN];
	struct nrs_sco_traffic traffic = *inner;
	struct nrs_sco_list ignored = {0};
	char id[NRS_SCO_ID_LEN];

	for (unsigned int i = 0; i < count; i++)
		put_tunnel(&ignored, &outers[i], "", "", ids[i]);
	nrs_sco_list_fini(&ignored);
	if (count > 0)
		traffic.encapsulated_by = ids[count - 1];
	traffic.id = ids[count];
	nrs_sco_add_traffic(list, &traffic);
	for (unsigned int i = 0; i < count; i++)
		put_tunnel(list, &outers[i], i > 0 ? ids[i - 1] : "",
			   ids[i + 1], id);
}
