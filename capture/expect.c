/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expect: a short list, walked only at the beginning of flows, and empty where
 * nobody announces any.
 */
#include "capture/expect.h"

#include <netinet/in.h>

#include "engine/base/stamp.h"

#define WAIT_NS (60 * NRS_SECOND_NS)

int nrs_expect_init(struct nrs_expectations *list, uint32_t quota)
{
	*list = (struct nrs_expectations){0};
	return nrs_slab_init(&list->items, sizeof(struct nrs_expected), quota);
}

void nrs_expect_fini(struct nrs_expectations *list)
{
	nrs_slab_fini(&list->items);
	list->first = NULL;
}

void nrs_expect_forget(struct nrs_session_env *env,
		       struct nrs_expected *expected)
{
	struct nrs_expectations *list = &env->pools->expected;
	struct nrs_expected **link = &list->first;

	while (*link != NULL && *link != expected)
		link = &(*link)->next;
	if (*link == NULL)
		return;
	*link = expected->next;
	nrs_slab_give(&list->items, expected);
}

static void forget_oldest(struct nrs_session_env *env)
{
	struct nrs_expected *last = env->pools->expected.first;

	while (last != NULL && last->next != NULL)
		last = last->next;
	if (last != NULL)
		nrs_expect_forget(env, last);
}

static bool is_at(const struct nrs_expected *e, const struct nrs_addr *listener,
		  uint16_t port, const struct nrs_addr *other)
{
	return e->port == port &&
	       nrs_addr_compare(&e->listener, listener) == 0 &&
	       nrs_addr_compare(&e->other, other) == 0;
}

struct nrs_expected *nrs_expect_find(const struct nrs_session_env *env,
				     const struct nrs_flow *flow)
{
	const struct nrs_flow_info *info = &flow->info;

	for (struct nrs_expected *e = env->pools->expected.first; e != NULL;
	     e = e->next) {
		if (e->proto == info->proto && e->until_ns >= env->now_ns &&
		    (is_at(e, &info->dst, info->dst_port, &info->src) ||
		     is_at(e, &info->src, info->src_port, &info->dst)))
			return e;
	}
	return NULL;
}

struct nrs_expected *nrs_expect(struct nrs_session_env *env,
				const struct nrs_flow *flow,
				unsigned int listener, uint16_t port)
{
	struct nrs_expectations *list = &env->pools->expected;
	const struct nrs_flow_info *info = &flow->info;
	const struct nrs_addr *at = listener == 0 ? &info->src : &info->dst;
	const struct nrs_addr *other = listener == 0 ? &info->dst : &info->src;
	struct nrs_expected *e = list->first;

	while (e != NULL &&
	       !(e->proto == info->proto && is_at(e, at, port, other)))
		e = e->next;
	if (e != NULL)
		nrs_expect_forget(env, e);
	e = nrs_slab_take(&list->items);
	if (e == NULL) {
		forget_oldest(env);
		e = nrs_slab_take(&list->items);
	}
	if (e == NULL)
		return NULL;
	list->number += list->number == UINT32_MAX ? 2 : 1;
	e->next = list->first;
	e->listener = *at;
	e->other = *other;
	e->until_ns = env->now_ns + WAIT_NS;
	e->offset = 0;
	e->number = list->number;
	e->block_bytes = 0;
	e->port = port;
	e->name_len = 0;
	e->proto = info->proto;
	e->has_file = e->is_list = false;
	list->first = e;
	return e;
}

struct nrs_expected *nrs_expect_numbered(struct nrs_session_env *env,
					 uint32_t number)
{
	struct nrs_expected *e = env->pools->expected.first;

	while (e != NULL && e->number != number)
		e = e->next;
	return e;
}

void nrs_expect_name(struct nrs_expected *expected, struct nrs_span name)
{
	expected->name_len = 0;
	if (name.len == 0 || name.len > sizeof(expected->name))
		return;
	memcpy(expected->name, name.ptr, name.len);
	expected->name_len = (uint16_t)name.len;
}
