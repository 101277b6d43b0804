/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merger: one thread, for the length of one stock.
 *
 * Synchronisation: what the thread made is read after it was joined; the flag
 * only says that joining will not take long.
 */
#include "app/merger.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/threads.h"

struct nrs_merger {
	const struct nrs_supply_options *options;
	struct nrs_thread *thread; /* NULL: it rests */
	struct nrs_stock *stock;
	struct nrs_diag diag;
	int err;
	_Atomic(bool) is_done;
};

int nrs_merger_new(struct nrs_merger **out,
		   const struct nrs_supply_options *options)
{
	struct nrs_merger *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NRS_E_NOMEM;
	m->options = options;
	*out = m;
	return NRS_OK;
}

void nrs_merger_free(struct nrs_merger *m)
{
	if (m == NULL)
		return;
	nrs_thread_join(m->thread);
	nrs_stock_free(m->stock);
	free(m);
}

static void make(void *arg)
{
	struct nrs_merger *m = arg;

	m->err = nrs_stock_make(&m->stock, m->options, true, &m->diag);
	atomic_store_explicit(&m->is_done, true, memory_order_release);
	if (m->options->wake != NULL)
		m->options->wake(m->options->ctx);
}

int nrs_merger_start(struct nrs_merger *m)
{
	if (m->thread != NULL)
		return NRS_OK;
	m->diag = (struct nrs_diag){0};
	m->stock = NULL;
	atomic_store_explicit(&m->is_done, false, memory_order_relaxed);
	return nrs_thread_start(&m->thread, "merger", make, m);
}

bool nrs_merger_is_busy(const struct nrs_merger *m)
{
	return m->thread != NULL;
}

bool nrs_merger_is_done(const struct nrs_merger *m)
{
	/* Pairs with the release at the thread's end. */
	return m->thread != NULL &&
	       atomic_load_explicit(&m->is_done, memory_order_acquire);
}

int nrs_merger_take(struct nrs_merger *m, struct nrs_stock **out,
		    struct nrs_diag *diag)
{
	nrs_thread_join(m->thread);
	m->thread = NULL;
	*out = m->stock;
	m->stock = NULL;
	if (m->err != NRS_OK && diag != NULL)
		*diag = m->diag;
	return m->err;
}
