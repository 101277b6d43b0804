/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tenants: one table of all prefixes, each with its owner's index.
 */
#include "engine/tenants.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/tables/iptab.h"

struct nrs_tenants {
	struct nrs_iptab *table;
	unsigned int count;
	struct nrs_owner owners[];
};

struct making {
	struct nrs_iptab_entry *entries;
	size_t count;
};

static int by_prefix(const void *left, const void *right)
{
	const struct nrs_iptab_entry *a = left, *b = right;
	const int by = nrs_addr_compare(&a->prefix.addr, &b->prefix.addr);

	if (by != 0)
		return by;
	if (a->prefix.bits != b->prefix.bits)
		return (int)a->prefix.bits - (int)b->prefix.bits;
	return a->value < b->value ? -1 : a->value > b->value;
}

/* Of the same prefix the first owner stays. */
static void leave_out_same(struct making *m)
{
	size_t kept = 0;

	if (m->count > 0)
		qsort(m->entries, m->count, sizeof(*m->entries), by_prefix);
	for (size_t i = 0; i < m->count; i++) {
		const struct nrs_prefix *this = &m->entries[i].prefix;
		const struct nrs_prefix *last =
			kept == 0 ? NULL : &m->entries[kept - 1].prefix;

		if (last == NULL || last->bits != this->bits ||
		    nrs_addr_compare(&last->addr, &this->addr) != 0)
			m->entries[kept++] = m->entries[i];
	}
	m->count = kept;
}

static void add_tenant(struct nrs_tenants *t, struct making *m,
		       const struct nrs_tenant *tenant)
{
	struct nrs_owner *owner = &t->owners[t->count];

	(void)snprintf(owner->name, sizeof(owner->name), "%s", tenant->name);
	owner->is_tenant = true;
	for (unsigned int i = 0; i < tenant->nets.count; i++)
		m->entries[m->count++] = (struct nrs_iptab_entry){
			.prefix = tenant->nets.nets[i], .value = t->count};
	t->count++;
}

static void add_network(struct nrs_tenants *t, struct making *m,
			const struct nrs_prefix *network)
{
	struct nrs_owner *owner = &t->owners[t->count];
	char text[NRS_ADDR_LEN];
	const size_t len = nrs_prefix_format(network, text);

	(void)snprintf(owner->name, sizeof(owner->name), "%.*s", (int)len,
		       text);
	m->entries[m->count++] =
		(struct nrs_iptab_entry){.prefix = *network, .value = t->count};
	t->count++;
}

int nrs_tenants_new(struct nrs_tenants **out, const struct nrs_home_nets *home,
		    const struct nrs_tenant *tenants, unsigned int count)
{
	struct making m = {0};
	struct nrs_tenants *t;
	size_t nets = home->count;
	int err = NRS_E_NOMEM;

	if (count > NRS_TENANTS_MAX)
		return NRS_E_LIMIT;
	for (unsigned int i = 0; i < count; i++)
		nets += tenants[i].nets.count;
	t = calloc(1, sizeof(*t) + ((size_t)count + home->count) *
					   sizeof(*t->owners));
	m.entries = calloc(nets + 1, sizeof(*m.entries));
	if (t != NULL && m.entries != NULL) {
		for (unsigned int i = 0; i < count; i++)
			add_tenant(t, &m, &tenants[i]);
		for (unsigned int i = 0; i < home->count; i++)
			add_network(t, &m, &home->nets[i]);
		leave_out_same(&m);
		err = nrs_iptab_build(&t->table, m.entries, m.count);
	}
	free(m.entries);
	if (err != NRS_OK) {
		nrs_tenants_free(t);
		return err;
	}
	*out = t;
	return NRS_OK;
}

void nrs_tenants_free(struct nrs_tenants *t)
{
	if (t == NULL)
		return;
	nrs_iptab_free(t->table);
	free(t);
}

unsigned int nrs_tenants_count(const struct nrs_tenants *t)
{
	return t->count;
}

const struct nrs_owner *nrs_tenants_at(const struct nrs_tenants *t,
				       unsigned int index)
{
	return &t->owners[index];
}

uint32_t nrs_tenants_find(const struct nrs_tenants *t,
			  const struct nrs_addr *addr)
{
	uint32_t owner = NRS_NO_OWNER;

	(void)nrs_iptab_find(t->table, addr, &owner, 1);
	return owner;
}
