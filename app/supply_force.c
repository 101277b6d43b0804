/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply_force: what is in force, and what becomes of what was.
 */
#include <errno.h>
#include <stdio.h>

#include "app/exceptions.h"
#include "app/say.h"
#include "app/supply_part.h"

void nrs_supply_let_go(struct nrs_stock *stock)
{
	if (stock != NULL && --stock->users == 0)
		nrs_stock_free(stock);
}

void nrs_supply_free_living(struct nrs_living_set *living)
{
	nrs_set_free(living->over);
	nrs_supply_let_go(living->stock);
}

bool nrs_supply_is_large(const struct nrs_supply *s)
{
	return s->stock != NULL &&
	       (s->stock->has_image ||
		nrs_set_count(s->stock->set) >= s->options.large);
}

static void remember(struct nrs_supply *s, struct nrs_set *over)
{
	nrs_lock_take(s->lock);
	for (unsigned int i = 0; i < NRS_SUPPLY_SETS; i++) {
		if (s->living[i].generation != 0)
			continue;
		s->living[i] = (struct nrs_living_set){
			.generation = s->generation,
			.set = over != NULL ? over : s->stock->set,
			.over = over,
			.stock = s->stock};
		s->stock->users++;
		break;
	}
	nrs_lock_give(s->lock);
}

static void forget(struct nrs_supply *s, uint32_t generation)
{
	struct nrs_living_set gone = {0};

	nrs_lock_take(s->lock);
	for (unsigned int i = 0; i < NRS_SUPPLY_SETS; i++) {
		if (s->living[i].generation != generation)
			continue;
		gone = s->living[i];
		s->living[i] = (struct nrs_living_set){0};
	}
	nrs_lock_give(s->lock);
	nrs_supply_free_living(&gone);
}

static int publish(struct nrs_supply *s, struct nrs_db *db)
{
	struct nrs_db *old;

	s->since_ns = nrs_wall_ns();
	if (s->publisher == NULL)
		return nrs_publisher_new(&s->publisher, db,
					 s->options.building.seats);
	old = nrs_publisher_swap(s->publisher, db);
	s->since_ns = nrs_wall_ns();
	const uint32_t generation = nrs_db_generation(old);
	/* Hits that name the old set's indicators may be on their way. */
	if (s->crew != NULL)
		nrs_crew_forget(s->crew, generation);
	nrs_db_free(old);
	forget(s, generation);
	return NRS_OK;
}

static void tell(struct nrs_supply *s, struct nrs_supply_state *known)
{
	known->generation = s->generation;
	known->kept = (uint32_t)(known->funnel.full + known->funnel.partial);
	known->since_ns = s->since_ns;
	known->has_image = s->stock->has_image;
	known->policy = s->chose_by;
	known->by_hand = nrs_by_hand_count(s->hand);
	known->is_large = nrs_supply_is_large(s);
	if (known->digest[0] == '\0')
		(void)snprintf(known->digest, sizeof(known->digest),
			       "generation %u", s->generation);
	nrs_lock_take(s->lock);
	known->disbelieved = s->state.disbelieved;
	known->is_merging = s->state.is_merging;
	s->state = *known;
	nrs_lock_give(s->lock);
}

int nrs_supply_put_in_force(struct nrs_supply *s, struct nrs_db *db,
			    struct nrs_set *over,
			    struct nrs_supply_state *known)
{
	const struct nrs_set *set = over != NULL ? over : s->stock->set;

	remember(s, over);
	const int err = publish(s, db);
	if (err != NRS_OK) {
		nrs_db_free(db);
		forget(s, s->generation);
		return err;
	}
	s->db = db;
	tell(s, known);
	if (s->options.in_force != NULL)
		s->options.in_force(s->options.ctx, set);
	if (s->options.vetoes != NULL &&
	    nrs_vetoes_write(set, s->options.vetoes) != NRS_OK)
		nrs_complain("cannot write %s: %s", s->options.vetoes,
			     strerror(errno));
	return NRS_OK;
}

struct nrs_publisher *nrs_supply_publisher(const struct nrs_supply *s)
{
	return s->publisher;
}

const struct nrs_db *nrs_supply_db(const struct nrs_supply *s)
{
	return s->db;
}

const struct nrs_set *nrs_supply_set_of(struct nrs_supply *s,
					uint32_t generation)
{
	const struct nrs_set *set = NULL;

	nrs_lock_take(s->lock);
	for (unsigned int i = 0; i < NRS_SUPPLY_SETS; i++) {
		if (s->living[i].generation == generation)
			set = s->living[i].set;
	}
	nrs_lock_give(s->lock);
	return set;
}

void nrs_supply_state(struct nrs_supply *s, struct nrs_supply_state *out)
{
	nrs_lock_take(s->lock);
	*out = s->state;
	nrs_lock_give(s->lock);
}
