/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site: each file whole, then its lines.
 */
#include "app/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "app/say.h"

#define PATH_ROOM 4096
#define FILE_BYTES_MAX ((size_t)64 << 20)
#define FILES_MAX (2 * NRS_ASSET_FILES_MAX + 1)

struct nrs_site {
	struct nrs_assets *assets;
	struct nrs_suppressions *suppressions;
	struct nrs_class_rule rules[NRS_CLASS_RULES_MAX];
	struct nrs_judge judge;
	char own[PATH_ROOM]; /* verdicts of this sensor; "": nowhere */
	const char *paths[FILES_MAX];
	struct stat seen[FILES_MAX];
	unsigned int path_count;
};

static void look_at(const char *path, struct stat *out)
{
	if (stat(path, out) != 0)
		memset(out, 0, sizeof(*out));
}

bool nrs_site_changed(struct nrs_site *site)
{
	bool is_changed = false;

	for (unsigned int i = 0; i < site->path_count; i++) {
		struct stat *before = &site->seen[i];
		struct stat now;

		look_at(site->paths[i], &now);
		is_changed = is_changed || now.st_dev != before->st_dev ||
			     now.st_ino != before->st_ino ||
			     now.st_size != before->st_size ||
			     now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
			     now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
		*before = now;
	}
	return is_changed;
}

static int read_whole(FILE *file, struct nrs_text *out)
{
	uint8_t chunk[16384];
	size_t got;

	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0 &&
	       out->len <= FILE_BYTES_MAX)
		nrs_text_add(out, nrs_span(chunk, got));
	return ferror(file) != 0	   ? NRS_E_IO
	       : out->len > FILE_BYTES_MAX ? NRS_E_LIMIT
	       : out->failed		   ? NRS_E_NOMEM
					   : NRS_OK;
}

/* @may_be_absent: then @out stays empty. */
static int read_file(struct nrs_site *site, const char *path,
		     bool may_be_absent, struct nrs_text *out,
		     struct nrs_diag *diag)
{
	FILE *file;
	int err;

	site->paths[site->path_count] = path;
	look_at(path, &site->seen[site->path_count++]);
	file = fopen(path, "rbe");
	if (file == NULL)
		return may_be_absent && errno == ENOENT
			       ? NRS_OK
			       : nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path,
					      strerror(errno));
	err = read_whole(file, out);
	(void)fclose(file);
	return err == NRS_OK ? NRS_OK
			     : nrs_diag_set(diag, err, 0, "%s: %s", path,
					    err == NRS_E_LIMIT
						    ? "is longer than 64 MiB"
						    : nrs_strerror(err));
}

/* What a file's lines become. */
typedef int take_fn(struct nrs_site *site, struct nrs_span text,
		    uint64_t *refused, struct nrs_diag *diag);

static int take_assets(struct nrs_site *site, struct nrs_span text,
		       uint64_t *refused, struct nrs_diag *diag)
{
	return nrs_assets_read(site->assets, text, refused, diag);
}

static int take_suppressions(struct nrs_site *site, struct nrs_span text,
			     uint64_t *refused, struct nrs_diag *diag)
{
	return nrs_suppressions_read(site->suppressions, text, refused, diag);
}

static int load_file(struct nrs_site *site, const char *path, take_fn *take,
		     bool may_be_absent, struct nrs_diag *diag)
{
	struct nrs_text text = {0};
	struct nrs_diag first = {0};
	uint64_t refused = 0;
	int err = read_file(site, path, may_be_absent, &text, diag);

	if (err == NRS_OK) {
		err = take(site, nrs_text_span(&text), &refused, &first);
		if (err != NRS_OK)
			(void)nrs_diag_set(diag, err, 0, "%s: %s", path,
					   first.text);
	}
	if (refused > 0)
		nrs_complain("%s: refused %llu lines; the first: %s", path,
			     (unsigned long long)refused, first.text);
	nrs_text_fini(&text);
	return err;
}

static void take_rules(struct nrs_site *site,
		       const struct nrs_config_classes *classes)
{
	static const int grades[] = {0, 75, 100};

	for (unsigned int i = 0; i < classes->count && i < NRS_CLASS_RULES_MAX;
	     i++) {
		const struct nrs_config_class *it = &classes->items[i];

		site->rules[i] = (struct nrs_class_rule){
			.directions = it->direction,
			.least = (enum nrs_outcome)it->min_outcome,
			.most = (enum nrs_outcome)it->max_outcome,
			.importance = (enum nrs_importance)it->importance,
			.match_grade = grades[it->match],
			.confidence = (int)it->min_confidence,
			.indicator = nrs_span_of(it->indicator),
			.source = nrs_span_of(it->source),
			/* "not said" stands before the four */
			.grade = (enum nrs_class)(it->grade + 1)};
		site->judge.rule_count = i + 1;
	}
}

static int load(struct nrs_site *site, const struct nrs_config *config,
		struct nrs_diag *diag)
{
	const struct nrs_config_judging *from = &config->judging;
	int err = NRS_OK;

	for (unsigned int i = 0; i < from->assets.count && err == NRS_OK; i++)
		err = nrs_assets_add(site->assets,
				     nrs_span_of(from->assets.items[i]), diag);
	for (unsigned int i = 0; i < from->asset_files.count && err == NRS_OK;
	     i++)
		err = load_file(site, from->asset_files.items[i], take_assets,
				false, diag);
	nrs_assets_seal(site->assets);
	for (unsigned int i = 0; i < from->suppressions.count && err == NRS_OK;
	     i++)
		err = load_file(site, from->suppressions.items[i],
				take_suppressions, false, diag);
	if (err == NRS_OK && config->state.dir != NULL) {
		(void)snprintf(site->own, sizeof(site->own), "%s/%s",
			       config->state.dir, NRS_SITE_VERDICTS);
		err = load_file(site, site->own, take_suppressions, true, diag);
	}
	take_rules(site, &from->classes);
	return err;
}

int nrs_site_new(struct nrs_site **out, const struct nrs_config *config,
		 struct nrs_diag *diag)
{
	struct nrs_site *site = calloc(1, sizeof(*site));
	int err;

	if (site == NULL)
		return NRS_E_NOMEM;
	err = nrs_assets_new(&site->assets);
	if (err == NRS_OK)
		err = nrs_suppressions_new(&site->suppressions);
	if (err == NRS_OK)
		err = load(site, config, diag);
	if (err != NRS_OK) {
		nrs_site_free(site);
		return err;
	}
	site->judge.rules = site->rules;
	site->judge.assets = site->assets;
	site->judge.suppressions = site->suppressions;
	*out = site;
	return NRS_OK;
}

void nrs_site_free(struct nrs_site *site)
{
	if (site == NULL)
		return;
	nrs_assets_free(site->assets);
	nrs_suppressions_free(site->suppressions);
	free(site);
}

const struct nrs_judge *nrs_site_judge(const struct nrs_site *site)
{
	return &site->judge;
}
