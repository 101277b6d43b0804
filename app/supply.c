/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply: load, compile, publish, retire.
 *
 * Synchronisation: the list of living sets and the state are behind a lock
 * that no worker takes. A set is added to the list before its db is published,
 * and taken off after the emitter has done with its generation.
 */
#include "app/supply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "app/added.h"
#include "app/exceptions.h"
#include "app/say.h"
#include "app/threads.h"

/* One is in force, one on its way out; a third while it is built. */
#define SETS_MAX 4

/* A set is chosen anew so often where exceptions may end. */
#define EXCEPTIONS_NS (3600 * NRS_SECOND_NS)

struct living_set {
	uint32_t generation; /* 0: a free place */
	struct nrs_set *set;
};

struct nrs_supply {
	struct nrs_supply_options options;
	struct nrs_publisher *publisher;
	struct nrs_crew *crew;
	const struct nrs_db *db;
	struct stat *seen; /* of each file, when it was read */
	struct nrs_lock *lock;
	struct living_set living[SETS_MAX];
	struct nrs_supply_state state;
	uint32_t generation;
	int64_t built_ns; /* the last try, well or not */
	bool accepts;	  /* the next set, whatever its sources did */
};

int nrs_supply_new(struct nrs_supply **out,
		   const struct nrs_supply_options *options)
{
	struct nrs_supply *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NRS_E_NOMEM;
	s->options = *options;
	s->seen = calloc((size_t)options->file_count +
				 options->exception_count + 1,
			 sizeof(*s->seen));
	if (s->seen == NULL || nrs_lock_new(&s->lock) != NRS_OK) {
		nrs_supply_free(s);
		return NRS_E_NOMEM;
	}
	*out = s;
	return NRS_OK;
}

void nrs_supply_free(struct nrs_supply *s)
{
	if (s == NULL)
		return;
	nrs_publisher_free(s->publisher);
	for (unsigned int i = 0; i < SETS_MAX; i++)
		nrs_set_free(s->living[i].set);
	nrs_lock_free(s->lock);
	free(s->seen);
	free(s);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* A feed's folder is as new as its manifest: that is what is written last. */
static void look_at_path(const char *path, bool is_folder, struct stat *out)
{
	char manifest[4200];

	if (stat(path, out) != 0)
		memset(out, 0, sizeof(*out));
	if (!S_ISDIR(out->st_mode) || is_folder)
		return;
	snprintf(manifest, sizeof(manifest), "%s/manifest.json", path);
	if (stat(manifest, out) != 0)
		memset(out, 0, sizeof(*out));
}

/* Files first, then lists of exceptions. */
static void look_at(const struct nrs_supply *s, unsigned int index,
		    struct stat *out)
{
	const struct nrs_supply_options *o = &s->options;

	if (index < o->file_count)
		look_at_path(o->files[index].path, o->files[index].is_folder,
			     out);
	else
		look_at_path(o->exceptions[index - o->file_count], true, out);
}

bool nrs_supply_changed(struct nrs_supply *s)
{
	const unsigned int count =
		s->options.file_count + s->options.exception_count;

	/* Exceptions end, and their vetoes with them. */
	if (s->options.exception_count > 0 &&
	    nrs_wall_ns() - s->built_ns >= EXCEPTIONS_NS)
		return true;
	for (unsigned int i = 0; i < count; i++) {
		struct stat now;

		look_at(s, i, &now);
		if (!is_same_file(&now, &s->seen[i]))
			return true;
	}
	return false;
}

static int load_file(struct nrs_supply *s, struct nrs_set *set,
		     unsigned int index, struct nrs_diag *diag)
{
	const struct nrs_supply_file *file = &s->options.files[index];
	struct nrs_loader_result result;
	struct nrs_diag reason = {0};
	struct stat now;

	/* Its date first: a change while it is read is seen next time. */
	look_at(s, index, &now);
	s->seen[index] = now;
	if (file->is_folder)
		return nrs_added_load(file->path, &file->options, set, diag);
	if (file->may_be_absent && now.st_size == 0)
		return NRS_OK;
	const int err = nrs_load_file(set, file->path, &file->options, &result,
				      &reason);
	if (err == NRS_OK)
		return NRS_OK;
	return nrs_diag_set(diag, err, reason.place, "%s: %s", file->path,
			    reason.text[0] != '\0' ? reason.text
						   : nrs_strerror(err));
}

static int load(struct nrs_supply *s, struct nrs_set **out,
		struct nrs_diag *diag)
{
	struct nrs_set *set = NULL;
	int err = nrs_set_new(&set), first = NRS_OK;

	/* All of them, so that each one's date is known. */
	for (unsigned int i = 0; i < s->options.file_count && err == NRS_OK;
	     i++) {
		const int one =
			load_file(s, set, i, first == NRS_OK ? diag : NULL);

		if (first == NRS_OK)
			first = one;
	}
	if (err == NRS_OK)
		err = first;
	if (err == NRS_OK && s->options.load != NULL)
		err = s->options.load(s->options.ctx, set, diag);
	if (err == NRS_OK)
		err = nrs_set_settle(set);
	if (err != NRS_OK) {
		nrs_set_free(set);
		return err;
	}
	*out = set;
	return NRS_OK;
}

static void count(const struct nrs_supply *s, const struct nrs_set *set,
		  struct nrs_supply_state *state)
{
	state->unmarked = 0;
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		state->unmarked +=
			nrs_set_status(set, i) <= NRS_STATUS_PARTIAL &&
			nrs_set_tlp(set, i) == NRS_TLP_NONE;
	}
	nrs_funnel_count(&state->funnel, set, s->options.select);
	state->kept = (uint32_t)(state->funnel.full + state->funnel.partial);
}

void nrs_supply_accept(struct nrs_supply *s)
{
	s->accepts = true;
}

static void doubt(struct nrs_supply *s, const char *text)
{
	nrs_lock_take(s->lock);
	s->state.disbelieved += text[0] != '\0';
	(void)snprintf(s->state.doubt, sizeof(s->state.doubt), "%s", text);
	nrs_lock_give(s->lock);
}

/* What is in force stays when a source is not believed. */
static int believe(struct nrs_supply *s, const struct nrs_set *set,
		   struct nrs_diag *diag)
{
	const struct nrs_set *before =
		nrs_supply_set_of(s, s->state.generation);
	struct nrs_diag reason = {0};

	if (before == NULL || s->accepts)
		return NRS_OK;
	const int err =
		nrs_feeds_check(before, set, &s->options.feeds, &reason);
	if (err != NRS_E_LIMIT)
		return err;
	doubt(s, reason.text);
	return nrs_diag_set(diag, err, 0, "%s", reason.text);
}

static int load_exceptions(struct nrs_supply *s, struct nrs_allow **out,
			   struct nrs_diag *diag)
{
	for (unsigned int i = 0; i < s->options.exception_count; i++)
		look_at(s, s->options.file_count + i,
			&s->seen[s->options.file_count + i]);
	return nrs_exceptions_load(out, s->options.exceptions,
				   s->options.exception_count, diag);
}

static int choose(struct nrs_supply *s, struct nrs_set *set,
		  struct nrs_diag *diag)
{
	struct nrs_choose_options options = {
		.building = &s->options.building,
		.select = s->options.select,
		.at_ns = nrs_wall_ns(),
		.drop_expired = s->options.building.validity !=
				NRS_VALIDITY_SINCE_EXPIRY};
	int err = believe(s, set, diag);

	s->options.building.at_ns = options.at_ns;
	s->accepts = false;
	if (err == NRS_OK)
		err = load_exceptions(s, &options.allow, diag);
	if (err == NRS_OK)
		err = nrs_choose(set, &options);
	nrs_allow_free(options.allow);
	return err;
}

static int describe(struct nrs_supply *s, const struct nrs_set *set,
		    struct nrs_supply_state *state)
{
	struct nrs_text digest = {0};
	struct timespec now;
	const int err = nrs_set_digest(set, &digest);

	*state = (struct nrs_supply_state){.generation = s->generation};
	if (err == NRS_OK && digest.len < sizeof(state->digest))
		memcpy(state->digest, digest.ptr, digest.len);
	nrs_text_fini(&digest);
	count(s, set, state);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	state->since_ns = (int64_t)now.tv_sec * NRS_SECOND_NS + now.tv_nsec;
	return err;
}

static void remember(struct nrs_supply *s, struct nrs_set *set)
{
	nrs_lock_take(s->lock);
	for (unsigned int i = 0; i < SETS_MAX; i++) {
		if (s->living[i].generation != 0)
			continue;
		s->living[i].generation = s->generation;
		s->living[i].set = set;
		break;
	}
	nrs_lock_give(s->lock);
}

static void forget(struct nrs_supply *s, uint32_t generation)
{
	struct nrs_set *set = NULL;

	nrs_lock_take(s->lock);
	for (unsigned int i = 0; i < SETS_MAX; i++) {
		if (s->living[i].generation != generation)
			continue;
		set = s->living[i].set;
		s->living[i] = (struct living_set){0};
	}
	nrs_lock_give(s->lock);
	nrs_set_free(set);
}

static int publish(struct nrs_supply *s, struct nrs_db *db)
{
	struct nrs_db *old;

	if (s->publisher == NULL)
		return nrs_publisher_new(&s->publisher, db,
					 s->options.building.seats);
	old = nrs_publisher_swap(s->publisher, db);
	const uint32_t generation = nrs_db_generation(old);
	/* Hits that name the old set's indicators may be on their way. */
	if (s->crew != NULL)
		nrs_crew_forget(s->crew, generation);
	nrs_db_free(old);
	forget(s, generation);
	return NRS_OK;
}

static int compile_and_publish(struct nrs_supply *s, struct nrs_set *set,
			       const struct nrs_supply_state *state)
{
	struct nrs_build_options building = s->options.building;
	struct nrs_db *db = NULL;
	int err;

	building.generation = s->generation;
	err = nrs_db_build(&db, set, &building);
	if (err != NRS_OK) {
		nrs_set_free(set);
		return err;
	}
	remember(s, set); /* from here on it is the list's */
	err = publish(s, db);
	if (err != NRS_OK) {
		nrs_db_free(db);
		forget(s, s->generation);
		return err;
	}
	s->db = db;
	if (s->options.vetoes != NULL &&
	    nrs_vetoes_write(set, s->options.vetoes) != NRS_OK)
		nrs_complain("cannot write %s: %s", s->options.vetoes,
			     strerror(errno));
	/* Only the builder knows which patterns can be seen. */
	struct nrs_supply_state known = *state;
	count(s, set, &known);
	nrs_lock_take(s->lock);
	known.disbelieved = s->state.disbelieved;
	s->state = known;
	nrs_lock_give(s->lock);
	return NRS_OK;
}

int nrs_supply_build(struct nrs_supply *s, struct nrs_diag *diag)
{
	struct nrs_supply_state state;
	struct nrs_set *set = NULL;
	int err = load(s, &set, diag);

	s->built_ns = nrs_wall_ns();
	if (err == NRS_OK)
		err = choose(s, set, diag);
	if (err != NRS_OK) {
		nrs_set_free(set);
		return err;
	}
	if (++s->generation == 0) /* 0 means none */
		s->generation = 1;
	err = describe(s, set, &state);
	if (err == NRS_OK && s->publisher != NULL &&
	    strcmp(state.digest, s->state.digest) == 0) {
		nrs_set_free(set); /* nothing changed */
		s->generation--;
		doubt(s, "");
		return NRS_OK;
	}
	if (err != NRS_OK) {
		nrs_set_free(set);
		return err;
	}
	return compile_and_publish(s, set, &state);
}

void nrs_supply_serve(struct nrs_supply *s, struct nrs_crew *crew)
{
	s->crew = crew;
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
	for (unsigned int i = 0; i < SETS_MAX; i++) {
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
