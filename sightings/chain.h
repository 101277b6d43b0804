/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: a ring of links inside larger structs, its head one link more. For
 * this room's tables; one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct nrs_chain {
	struct nrs_chain *prev, *next;
};

/* The struct of @type whose member @member is @link. */
#define NRS_CHAIN_ITEM(link, type, member)                                     \
	((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void nrs_chain_init(struct nrs_chain *head)
{
	head->prev = head;
	head->next = head;
}

static inline bool nrs_chain_is_empty(const struct nrs_chain *head)
{
	return head->next == head;
}

/* @link becomes the last; it must stand in no chain. */
static inline void nrs_chain_append(struct nrs_chain *head,
				    struct nrs_chain *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

static inline void nrs_chain_remove(struct nrs_chain *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	nrs_chain_init(link);
}
