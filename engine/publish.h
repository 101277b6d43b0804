/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish: hand a freshly compiled database to running workers.
 *
 * One builder swaps the current database; each worker borrows it for the
 * length of one batch. The old one comes back once no batch can still hold it.
 * A worker never waits, never allocates and never sees half a database.
 */
#pragma once

struct nrs_db;
struct nrs_publisher;

/* One reader seat per worker. Takes @first on success. 0 or NRS_E_NOMEM. */
int nrs_publisher_new(struct nrs_publisher **out, struct nrs_db *first,
		      unsigned int seats);

/* Frees the current database too; every seat must be empty. NULL is fine. */
void nrs_publisher_free(struct nrs_publisher *publisher);

/*
 * Make @next current and wait out running batches. Takes @next, returns the
 * old one: records that workers wrote under it may still be on their way to
 * the emitter, so it is retired, not freed at once. Builder thread only.
 */
struct nrs_db *nrs_publisher_swap(struct nrs_publisher *publisher,
				  struct nrs_db *next);

/* Borrow the current database until the leave. One thread per seat. */
const struct nrs_db *nrs_publisher_enter(struct nrs_publisher *publisher,
					 unsigned int seat);
void nrs_publisher_leave(struct nrs_publisher *publisher, unsigned int seat);
