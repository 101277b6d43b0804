/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_file: read by the reader of `run`, loaded like its first set.
 */
#include "app/policy_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "app/added.h"
#include "app/config_read.h"
#include "app/given.h"
#include "app/plan.h"
#include "app/say.h"

#define PATH_ROOM 4096

int nrs_policy_open(struct nrs_policy_file *out, const char *path)
{
	struct nrs_text problems = {0};
	struct nrs_diag diag = {0};

	*out = (struct nrs_policy_file){0};
	if (path == NULL)
		return NRS_OK;
	int err = nrs_config_load(&out->config, path, NULL, 0, &problems);
	nrs_given_say(&problems, err);
	nrs_text_fini(&problems);
	if (err == NRS_OK)
		err = nrs_choice_new(&out->choice, out->config, &diag);
	if (diag.text[0] != '\0')
		nrs_say("%s: %s", path, diag.text);
	if (err == NRS_OK || err == NRS_E_NOMEM)
		return err;
	nrs_policy_close(out);
	return NRS_E_USAGE;
}

/* Lines that are no exceptions: of each list how many, and the first. */
static void say_refused(const struct nrs_allow *allow)
{
	const struct nrs_allow_refusal *all = NULL;
	const size_t count =
		allow == NULL ? 0 : nrs_allow_refusals(allow, &all);

	for (size_t i = 0; i < count; i++) {
		const struct nrs_allow_list *list =
			nrs_allow_list(allow, all[i].list);

		if (i > 0 && all[i].list == all[i - 1].list)
			continue;
		nrs_say("%.*s: refused %llu; the first at %llu: %.*s",
			(int)list->path.len, (const char *)list->path.ptr,
			(unsigned long long)list->refused,
			(unsigned long long)all[i].place, (int)all[i].text.len,
			(const char *)all[i].text.ptr);
	}
}

int nrs_policy_except(struct nrs_policy_file *policy, char *const *paths,
		      unsigned int count)
{
	const struct nrs_config_texts none = {0};
	const struct nrs_config_texts named =
		policy->config == NULL ? none
				       : policy->config->spared.exceptions;
	const char *all[2 * NRS_EXCEPTIONS_MAX];
	struct nrs_diag diag = {0};
	unsigned int used = 0;

	if (count > NRS_EXCEPTIONS_MAX) {
		nrs_say("--except: given too often");
		return NRS_E_USAGE;
	}
	for (unsigned int i = 0; i < named.count && i < NRS_EXCEPTIONS_MAX; i++)
		all[used++] = named.items[i];
	for (unsigned int i = 0; i < count; i++)
		all[used++] = paths[i];
	const int err = nrs_exceptions_load(&policy->allow, all, used, &diag);
	if (err != NRS_OK && err != NRS_E_NOMEM) {
		nrs_say("%s", diag.text);
		return NRS_E_USAGE;
	}
	say_refused(policy->allow);
	return err;
}

void nrs_policy_close(struct nrs_policy_file *policy)
{
	nrs_allow_free(policy->allow);
	nrs_choice_free(policy->choice);
	nrs_config_free(policy->config);
	*policy = (struct nrs_policy_file){0};
}

void nrs_policy_build(const struct nrs_policy_file *policy,
		      struct nrs_build_options *building)
{
	const struct nrs_config *config = policy->config;

	if (config == NULL)
		return;
	building->guards = building->guards && config->guards;
	building->strict = building->strict || config->strict;
	building->lenient_off |= config->not_lenient;
	building->subdomains = building->subdomains || config->subdomains;
	struct nrs_guard_own own = nrs_choice_guards(policy->choice);
	if (building->own.count > 0) {
		own.nets = building->own.nets;
		own.count = building->own.count;
	}
	building->own = own;
}

static void say(const char *name, int err, const struct nrs_diag *diag)
{
	nrs_say("%s: %s", name,
		diag->text[0] != '\0' ? diag->text : nrs_strerror(err));
}

static int load_file(const struct nrs_supply_file *file, struct nrs_set *set,
		     struct nrs_diag *diag)
{
	struct nrs_loader_result result;

	if (file->is_folder)
		return nrs_added_load(file->path, &file->options, set, diag);
	if (file->may_be_absent) {
		struct stat st;

		if (stat(file->path, &st) != 0 || st.st_size == 0 ||
		    nrs_is_plain_folder(file->path))
			return NRS_OK;
	}
	return nrs_load_file(set, file->path, &file->options, &result, diag);
}

static int load_pulled(const struct nrs_plan *plan, struct nrs_set *set,
		       struct nrs_diag *diag)
{
	const char *dir = plan->config->state.dir;
	int err = NRS_OK;

	for (unsigned int i = 0;
	     i < plan->hub_count && dir != NULL && err == NRS_OK; i++)
		err = nrs_pulled_load(&plan->hubs[i], dir, set, diag);
	return err;
}

int nrs_policy_load(const struct nrs_policy_file *policy, struct nrs_set *set,
		    unsigned int *failed)
{
	struct nrs_plan *plan = NULL;
	struct nrs_diag diag = {0};
	int err = nrs_plan_new(&plan, policy->config, &diag);

	if (err != NRS_OK) {
		say("--policy", err, &diag);
		++*failed;
		return err == NRS_E_NOMEM ? err : NRS_OK;
	}
	for (unsigned int i = 0; i < plan->file_count && err != NRS_E_NOMEM;
	     i++) {
		diag = (struct nrs_diag){0};
		err = load_file(&plan->files[i], set, &diag);
		if (err == NRS_OK)
			continue;
		say(plan->files[i].path, err, &diag);
		++*failed;
	}
	diag = (struct nrs_diag){0};
	if (err != NRS_E_NOMEM)
		err = load_pulled(plan, set, &diag);
	if (err != NRS_OK) {
		say("what was pulled", err, &diag);
		++*failed;
	}
	nrs_plan_free(plan);
	return err == NRS_E_NOMEM ? err : NRS_OK;
}
