/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish: the current database behind one atomic pointer, and an epoch that
 * tells when nobody can hold the old one any more. The only door to ck_epoch.
 *
 * Synchronisation: the swap's exchange releases the new database to the
 * readers' acquiring load. What readers did with the old one happens before
 * the swap returns; ck orders that in inline assembly, which ThreadSanitizer
 * cannot see, hence the two annotations.
 */
#include "engine/publish.h"

#include <assert.h>
#include <ck_epoch.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "engine/base/err.h"
#include "engine/base/tsan.h"
#include "engine/db.h"

struct nrs_publisher {
	_Atomic(struct nrs_db *) current;
	unsigned int seats;
	ck_epoch_t epoch;
	ck_epoch_record_t reader[]; /* ck lists them until the end */
};

int nrs_publisher_new(struct nrs_publisher **out, struct nrs_db *first,
		      unsigned int seats)
{
	const size_t line = CK_MD_CACHELINE; /* records need the alignment */
	const size_t size = sizeof(struct nrs_publisher) +
			    seats * sizeof(ck_epoch_record_t);
	struct nrs_publisher *p =
		aligned_alloc(line, (size + line - 1) / line * line);

	if (p == NULL)
		return NRS_E_NOMEM;
	atomic_init(&p->current, first);
	p->seats = seats;
	ck_epoch_init(&p->epoch);
	for (unsigned int i = 0; i < seats; i++)
		ck_epoch_register(&p->epoch, &p->reader[i], NULL);
	*out = p;
	return NRS_OK;
}

void nrs_publisher_free(struct nrs_publisher *p)
{
	if (p == NULL)
		return;
	nrs_db_free(atomic_load_explicit(&p->current, memory_order_acquire));
	free(p);
}

/* Let the workers finish rather than spin against them. */
static void yield_cpu(ck_epoch_t *epoch, ck_epoch_record_t *record, void *arg)
{
	(void)epoch, (void)record, (void)arg;
	sched_yield();
}

struct nrs_db *nrs_publisher_swap(struct nrs_publisher *p, struct nrs_db *next)
{
	struct nrs_db *old = atomic_exchange_explicit(&p->current, next,
						      memory_order_acq_rel);

	ck_epoch_synchronize_wait(&p->epoch, yield_cpu, NULL);
	nrs_tsan_acquire(&p->epoch); /* pairs with the release in leave */
	return old;
}

const struct nrs_db *nrs_publisher_enter(struct nrs_publisher *p,
					 unsigned int seat)
{
	assert(seat < p->seats);
	ck_epoch_begin(&p->reader[seat], NULL);
	return atomic_load_explicit(&p->current, memory_order_acquire);
}

void nrs_publisher_leave(struct nrs_publisher *p, unsigned int seat)
{
	nrs_tsan_release(&p->epoch); /* pairs with the acquire in swap */
	ck_epoch_end(&p->reader[seat], NULL);
}
