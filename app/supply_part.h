/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply_part: inside the supply: what supply.c decides and supply_force.c
 * publishes.
 *
 * Synchronisation: the list of living sets and the state are behind a lock
 * that no worker takes. A set is added to the list before its db is published,
 * and taken off after the emitter has done with its generation.
 */
#pragma once

#include "app/merger.h"
#include "app/supply.h"
#include "app/threads.h"

/* One is in force, one on its way out. */
#define NRS_SUPPLY_SETS 4

struct nrs_living_set {
	uint32_t generation; /* 0: a free place */
	const struct nrs_set *set;
	struct nrs_set *over; /* the same, where it is over the stock's */
	struct nrs_stock *stock;
};

struct nrs_supply {
	struct nrs_supply_options options;
	struct nrs_publisher *publisher;
	struct nrs_crew *crew;
	const struct nrs_db *db;
	struct nrs_stock *stock;      /* under what is in force */
	struct nrs_source_seen *seen; /* each unit when it was tried last */
	struct stat *exceptions_seen;
	struct nrs_by_hand *hand; /* NULL: nothing can be taken off so */
	struct stat hand_seen;
	struct nrs_merger *merger;
	struct nrs_lock *lock;
	struct nrs_living_set living[NRS_SUPPLY_SETS];
	struct nrs_supply_state state;
	uint32_t generation;
	int64_t since_ns; /* matched with it */
	int64_t ends_ns;  /* of the next exception */
	bool accepts;	  /* the next set, whatever its sources did */
	bool wants_all, has_news, wants_digest;
	bool has_hand; /* another list of what is taken off by hand */
	const struct nrs_select_policy *wanted;	  /* to choose by */
	const struct nrs_select_policy *chose_by; /* the stock's */
};

/* One user of @stock less; NULL is fine. */
void nrs_supply_let_go(struct nrs_stock *stock);
void nrs_supply_free_living(struct nrs_living_set *living);

/* Large enough for changes to be laid over it. */
bool nrs_supply_is_large(const struct nrs_supply *s);

/* Publish under the generation that is next. Takes @db, and @over (NULL: the
 * stock's set alone). NRS_E_NOMEM. */
int nrs_supply_put_in_force(struct nrs_supply *s, struct nrs_db *db,
			    struct nrs_set *over,
			    struct nrs_supply_state *known);
