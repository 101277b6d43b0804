/* SPDX-License-Identifier: Apache-2.0 */
/*
 * round: its memory, and who is done with it.
 */
#include "capture/round.h"

#include <stdlib.h>

#include "capture/source/source.h"
#include "engine/base/err.h"

int nrs_round_init(struct nrs_round *round, unsigned int workers)
{
	*round = (struct nrs_round){.workers = workers};
	atomic_init(&round->users, 0);
	round->block = malloc(NRS_SOURCE_BLOCK_ROOM);
	round->datagrams = calloc(NRS_ROUND_PACKETS, sizeof(*round->datagrams));
	round->picked_count = calloc(workers, sizeof(*round->picked_count));
	round->picked =
		calloc((size_t)workers * NRS_ROUND_PACKETS, sizeof(uint16_t));
	if (round->block == NULL || round->datagrams == NULL ||
	    round->picked_count == NULL || round->picked == NULL) {
		nrs_round_fini(round);
		return NRS_E_NOMEM;
	}
	return NRS_OK;
}

void nrs_round_fini(struct nrs_round *round)
{
	free(round->block);
	free(round->datagrams);
	free(round->picked_count);
	free(round->picked);
	round->block = NULL;
	round->datagrams = NULL;
	round->picked_count = NULL;
	round->picked = NULL;
}

bool nrs_round_release(struct nrs_round *round)
{
	/* Pairs with the reader's acquire before it fills the round anew. */
	return atomic_fetch_sub_explicit(&round->users, 1,
					 memory_order_acq_rel) == 1;
}
