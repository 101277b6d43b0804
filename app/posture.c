/* SPDX-License-Identifier: Apache-2.0 */
/*
 * posture: two policies that live as long as the sensor does, and three words
 * that say which of them holds. The words stand alone: a look that is a moment
 * old is followed by another one.
 */
#include "app/posture.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/command.h"
#include "app/config_read.h"

#define PATH_ROOM 4096
#define WORD_HEIGHTENED "heightened"
#define WORD_NORMAL "normal"

struct nrs_posture {
	const struct nrs_config *config;
	const struct nrs_choice *normal;
	struct nrs_config *other;      /* NULL: there is none */
	struct nrs_choice *heightened; /* of it */
	_Atomic(bool) by_person;
	_Atomic(int64_t) from_ns, until_ns; /* that the source says so */
	_Atomic(bool) is_heightened;	    /* as the builder was told */
	_Atomic(int64_t) since_ns;
};

static int read_other(struct nrs_posture *p, const char *path,
		      struct nrs_diag *diag)
{
	struct nrs_text problems = {0};
	int err = nrs_config_load(&p->other, path, NULL, 0, &problems);

	if (err != NRS_OK)
		err = err == NRS_E_NOMEM
			      ? err
			      : nrs_diag_set(diag, NRS_E_FORMAT, 0,
					     "posture.heightened: %.*s",
					     (int)nrs_span_trim(
						     nrs_text_span(&problems))
						     .len,
					     (const char *)problems.ptr);
	nrs_text_fini(&problems);
	if (err != NRS_OK)
		return err;
	/* What is ours does not change with the posture. */
	if (!nrs_config_is_set(p->other, "home_net"))
		p->other->home_net = p->config->home_net;
	return nrs_choice_new(&p->heightened, p->other, diag);
}

static bool path_of(const struct nrs_posture *p, char out[PATH_ROOM])
{
	const char *dir = p->config->state.dir;

	return dir != NULL &&
	       snprintf(out, PATH_ROOM, "%s/posture", dir) < PATH_ROOM;
}

/* As it was when the sensor ended. */
static bool was_heightened(const struct nrs_posture *p)
{
	char path[PATH_ROOM], line[40] = "";
	FILE *file = path_of(p, path) ? fopen(path, "re") : NULL;

	if (file == NULL)
		return false;
	(void)!fgets(line, sizeof(line), file);
	(void)fclose(file);
	return nrs_span_is(nrs_span_trim(nrs_span_of(line)), WORD_HEIGHTENED);
}

int nrs_posture_new(struct nrs_posture **out, const struct nrs_config *config,
		    const struct nrs_choice *normal, struct nrs_diag *diag)
{
	const char *path = config->control.posture.heightened;
	struct nrs_posture *p = calloc(1, sizeof(*p));
	int err = NRS_OK;

	if (p == NULL)
		return NRS_E_NOMEM;
	p->config = config;
	p->normal = normal;
	if (path != NULL)
		err = read_other(p, path, diag);
	if (err != NRS_OK) {
		nrs_posture_free(p);
		return err;
	}
	if (path != NULL)
		atomic_store_explicit(&p->by_person, was_heightened(p),
				      memory_order_relaxed);
	*out = p;
	return NRS_OK;
}

void nrs_posture_free(struct nrs_posture *p)
{
	if (p == NULL)
		return;
	nrs_choice_free(p->heightened);
	nrs_config_free(p->other);
	free(p);
}

static bool source_says(const struct nrs_posture *p, int64_t now_ns)
{
	return now_ns >= atomic_load_explicit(&p->from_ns,
					      memory_order_relaxed) &&
	       now_ns <
		       atomic_load_explicit(&p->until_ns, memory_order_relaxed);
}

static void remember(const struct nrs_posture *p, bool is_heightened,
		     struct nrs_text *out)
{
	char path[PATH_ROOM], beside[PATH_ROOM + 4];
	struct nrs_text text = {0};
	bool good = path_of(p, path) &&
		    nrs_make_folder(p->config->state.dir) == NRS_OK;

	if (good) {
		(void)snprintf(beside, sizeof(beside), "%s.new", path);
		nrs_text_puts(&text,
			      is_heightened ? WORD_HEIGHTENED : WORD_NORMAL);
		nrs_text_putc(&text, '\n');
		good = nrs_write_file(beside, &text) == NRS_OK &&
		       rename(beside, path) == 0;
	}
	nrs_text_fini(&text);
	if (!good)
		nrs_text_puts(out, "it is forgotten at a restart: state.dir "
				   "cannot be written\n");
}

bool nrs_posture_set(struct nrs_posture *p, struct nrs_span word,
		     int64_t now_ns, struct nrs_text *out)
{
	const bool is_heightened = nrs_span_is(word, WORD_HEIGHTENED);

	if (!is_heightened && !nrs_span_is(word, WORD_NORMAL)) {
		nrs_text_puts(out, "a posture is normal or heightened\n");
		return false;
	}
	if (p->other == NULL) {
		nrs_text_puts(out, "there is one posture only: set "
				   "posture.heightened\n");
		return false;
	}
	atomic_store_explicit(&p->by_person, is_heightened,
			      memory_order_relaxed);
	nrs_text_printf(out, "posture %s\n",
			is_heightened ? WORD_HEIGHTENED : WORD_NORMAL);
	if (!is_heightened && source_says(p, now_ns))
		nrs_text_printf(out,
				"but it stays heightened as long as %s says "
				"so (posture.source)\n",
				p->config->control.posture.source);
	remember(p, is_heightened, out);
	return true;
}

/* Whatever was chosen: that it is not matched does not silence it. */
static bool is_said(enum nrs_status status)
{
	return status != NRS_STATUS_REVOKED &&
	       status != NRS_STATUS_SUPERSEDED &&
	       status != NRS_STATUS_DUPLICATE &&
	       status != NRS_STATUS_WITHDRAWN && status != NRS_STATUS_REJECTED;
}

void nrs_posture_force(struct nrs_posture *p, const struct nrs_set *set)
{
	const char *source = p->config->control.posture.source;
	int64_t from_ns = NRS_TIME_MAX, until_ns = NRS_TIME_MIN;

	for (uint32_t i = 0; source != NULL && i < nrs_set_count(set); i++) {
		const struct nrs_indicator_source *of =
			nrs_set_source_of(set, nrs_set_source_at(set, i));
		struct nrs_indicator item;

		if (!nrs_span_is(of->name, source) ||
		    !is_said(nrs_set_status(set, i)))
			continue;
		nrs_set_get(set, i, &item);
		if (!nrs_items_hold(nrs_indicator_background(&item)->labels,
				    NRS_POSTURE_LABEL))
			continue;
		if (item.valid_from_ns < from_ns)
			from_ns = item.valid_from_ns;
		if (item.valid_until_ns > until_ns)
			until_ns = item.valid_until_ns;
	}
	atomic_store_explicit(&p->from_ns, from_ns, memory_order_relaxed);
	atomic_store_explicit(&p->until_ns, until_ns, memory_order_relaxed);
}

const struct nrs_select_policy *nrs_posture_policy(struct nrs_posture *p,
						   int64_t now_ns)
{
	const bool is_heightened =
		p->other != NULL &&
		(atomic_load_explicit(&p->by_person, memory_order_relaxed) ||
		 source_says(p, now_ns));

	if (atomic_exchange_explicit(&p->is_heightened, is_heightened,
				     memory_order_relaxed) != is_heightened)
		atomic_store_explicit(&p->since_ns, now_ns,
				      memory_order_relaxed);
	return nrs_choice_policy(is_heightened ? p->heightened : p->normal);
}

void nrs_posture_state(const struct nrs_posture *p,
		       struct nrs_posture_state *out)
{
	*out = (struct nrs_posture_state){
		.is_there = p->other != NULL,
		.is_heightened = atomic_load_explicit(&p->is_heightened,
						      memory_order_relaxed),
		.by_person = atomic_load_explicit(&p->by_person,
						  memory_order_relaxed),
		.since_ns = atomic_load_explicit(&p->since_ns,
						 memory_order_relaxed)};
	out->by_source = out->is_heightened && !out->by_person;
}
