/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources: dates of files, and one unit at a time into a set.
 */
#include "app/sources.h"

#include <stdio.h>

#include "app/added.h"
#include "app/threads.h"

void nrs_source_look_at(const char *path, struct stat *out)
{
	memset(out, 0, sizeof(*out));
	if (stat(path, out) != 0)
		memset(out, 0, sizeof(*out));
}

/* A feed's folder is as new as its manifest: that is what is written last. */
static void look_at_path(const char *path, bool is_folder, struct stat *out)
{
	char manifest[4200];

	if (is_folder) {
		nrs_added_look(path, out);
		return;
	}
	nrs_source_look_at(path, out);
	if (!S_ISDIR(out->st_mode))
		return;
	snprintf(manifest, sizeof(manifest), "%s/manifest.json", path);
	nrs_source_look_at(manifest, out);
}

void nrs_source_look(const struct nrs_supply_options *options,
		     unsigned int index, struct stat *out)
{
	look_at_path(options->files[index].path,
		     options->files[index].is_folder, out);
}

void nrs_source_look_at_exceptions(const struct nrs_supply_options *options,
				   unsigned int index, struct stat *out)
{
	nrs_source_look_at(options->exceptions[index], out);
}

bool nrs_source_is_same(const struct nrs_source_seen *a,
			const struct nrs_source_seen *b)
{
	return a->kept.mark == b->kept.mark &&
	       a->kept.withdrawn == b->kept.withdrawn &&
	       a->file.st_dev == b->file.st_dev &&
	       a->file.st_ino == b->file.st_ino &&
	       a->file.st_size == b->file.st_size &&
	       a->file.st_mtim.tv_sec == b->file.st_mtim.tv_sec &&
	       a->file.st_mtim.tv_nsec == b->file.st_mtim.tv_nsec;
}

static int load_file(const struct nrs_supply_file *file, struct nrs_set *set,
		     const struct stat *now, struct nrs_diag *diag)
{
	struct nrs_loader_result result;
	struct nrs_diag reason = {0};

	if (file->is_folder)
		return nrs_added_load(file->path, &file->options, set, diag);
	if (file->may_be_absent && now->st_size == 0)
		return NRS_OK;
	const int err = nrs_load_file(set, file->path, &file->options, &result,
				      &reason);
	if (err == NRS_OK)
		return NRS_OK;
	return nrs_diag_set(diag, err, reason.place, "%s: %s", file->path,
			    reason.text[0] != '\0' ? reason.text
						   : nrs_strerror(err));
}

int nrs_source_load(const struct nrs_supply_options *options,
		    struct nrs_supply_pull *pull, struct nrs_set *set,
		    struct nrs_source_seen *seen, struct nrs_diag *diag)
{
	const unsigned int unit = pull->index;

	*seen = (struct nrs_source_seen){0};
	if (unit < options->file_count) {
		/* Its date first: a change while it is read is seen later. */
		nrs_source_look(options, unit, &seen->file);
		return load_file(&options->files[unit], set, &seen->file, diag);
	}
	struct nrs_supply_pull of = *pull;

	of.index = unit - options->file_count;
	const int err = options->load(options->ctx, &of, set, diag);
	seen->kept = of.kept;
	return err;
}

int64_t nrs_source_now_ns(const struct nrs_supply_options *options)
{
	return options->now_ns != NULL ? options->now_ns() : nrs_wall_ns();
}
