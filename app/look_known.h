/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_known: which indicators were looked for in the logs, and which are to
 * be, over restarts. An indicator is known by its identity
 * (nrs_set_identity), so that a new version of it is new.
 *
 * Two files in the folder of what survives: all that is known, appended to,
 * and how far the look that is under way has come. Where there is none, or one
 * of another version, what is in force first is taken as known: nothing is
 * looked for that may have been told long ago.
 *
 * One thread says what is in force, another takes what is wanted.
 */
#pragma once

#include "engine/set.h"

#define NRS_LOOK_KNOWN_MAX ((size_t)8 << 20)

struct nrs_look_item {
	uint64_t identity;
	int64_t since_ns; /* in force since: live hits tell of what follows */
};

/* How far a look has come: the logs before this one are done, and of it what
 * is before (place, item). */
struct nrs_look_place {
	char file[80];	/* its name, without ".part"; "": at the begin */
	uint64_t place; /* of the unit (look_source.h) */
	uint64_t item;	/* rows of it, or lines */
};

struct nrs_look_list {
	struct nrs_look_item *items; /* by identity */
	size_t count;
	struct nrs_look_place from; /* where an earlier life stopped */
};
void nrs_look_list_fini(struct nrs_look_list *list);
/* The item of @identity, or NULL. */
const struct nrs_look_item *nrs_look_list_find(const struct nrs_look_list *list,
					       uint64_t identity);

struct nrs_look_known;

/* @path (copied; NULL: nothing survives) and the same with ".at"; @most: 0 for
 * NRS_LOOK_KNOWN_MAX. What cannot be read is complained of, and is as if it
 * were not there. NRS_E_NOMEM. */
int nrs_look_known_open(struct nrs_look_known **out, const char *path,
			size_t most);
void nrs_look_known_close(struct nrs_look_known *known); /* NULL: nothing */

/*
 * Builder's thread, each time a set comes into force: what of @set is new is
 * wanted from now on. Of a set over the same one as the last only its own
 * indicators are looked at. Self-tests are not wanted. NRS_E_NOMEM.
 */
int nrs_look_known_force(struct nrs_look_known *known,
			 const struct nrs_set *set, int64_t now_ns);

/* The other thread: what is wanted, in *@list (freed by the caller); the count
 * may be 0. Then keep, as it comes on, and done. NRS_E_NOMEM. */
int nrs_look_known_take(struct nrs_look_known *known,
			struct nrs_look_list *list);
void nrs_look_known_keep(struct nrs_look_known *known,
			 const struct nrs_look_place *place);
void nrs_look_known_done(struct nrs_look_known *known);

struct nrs_look_known_figures {
	uint64_t known;
	uint64_t wanted;    /* not looked for yet */
	uint64_t forgotten; /* too many: no longer in force, and forgotten */
	uint64_t refused;   /* too many: never looked for */
	uint64_t unwritten; /* times that a file could not be written */
};
/* Any thread. */
void nrs_look_known_figures(struct nrs_look_known *known,
			    struct nrs_look_known_figures *out);
