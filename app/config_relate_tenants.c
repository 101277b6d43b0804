/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_relate_tenants: networks of tenants are own, and one tenant's each.
 */
#include "app/config_inside.h"

static bool is_same(const struct nrs_prefix *a, const struct nrs_prefix *b)
{
	return a->bits == b->bits && nrs_addr_compare(&a->addr, &b->addr) == 0;
}

static bool has(const struct nrs_home_nets *nets, const struct nrs_prefix *net)
{
	for (unsigned int i = 0; i < nets->count; i++) {
		if (is_same(&nets->nets[i], net))
			return true;
	}
	return false;
}

static bool is_inside(const struct nrs_home_nets *home,
		      const struct nrs_prefix *net)
{
	for (unsigned int i = 0; i < home->count; i++) {
		if (home->nets[i].bits <= net->bits &&
		    nrs_prefix_contains(&home->nets[i], &net->addr))
			return true;
	}
	return false;
}

static void relate_net(struct nrs_reader *r, unsigned int tenant,
		       const struct nrs_prefix *net)
{
	const struct nrs_tenant *all = r->config->judging.tenants.items;
	const char *path =
		nrs_reader_text(r, "tenants.%s.nets", all[tenant].name);
	const char *where = nrs_config_where(r->config, path);
	char text[NRS_ADDR_LEN];
	const int len = (int)nrs_prefix_format(net, text);

	for (unsigned int i = 0; i < tenant; i++) {
		if (has(&all[i].nets, net))
			nrs_reader_problem(r, where, path, "%.*s is %s's, too",
					   len, text, all[i].name);
	}
	if (!is_inside(&r->config->home_net, net))
		nrs_reader_problem(r, where, path,
				   "%.*s is no part of home_net", len, text);
}

void nrs_reader_relate_tenants(struct nrs_reader *r)
{
	const struct nrs_config_tenants *all = &r->config->judging.tenants;

	for (unsigned int i = 0; i < all->count; i++) {
		for (unsigned int n = 0; n < all->items[i].nets.count; n++)
			relate_net(r, i, &all->items[i].nets.nets[n]);
	}
}
