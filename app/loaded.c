/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loaded: an image stands alone: what is in it was settled when it was made.
 */
#include "app/loaded.h"

#include "app/image_key.h"

static bool wants_image(const struct nrs_load *load)
{
	for (unsigned int i = 0; i < load->path_count; i++) {
		if (nrs_image_is(load->paths[i]))
			return true;
	}
	return false;
}

static int refuse(const char *path, const char *why)
{
	nrs_say("%s: %s", path, why);
	return NRS_E_IO;
}

static int open_image(struct nrs_loaded *out, const struct nrs_load *load,
		      const struct nrs_build_options *building)
{
	const char *path = load->paths[0];
	uint8_t key[NRS_IMAGE_KEY_LEN];
	struct nrs_image_options options = {.building = *building};
	struct nrs_image image;
	struct nrs_diag diag = {0};

	if (load->choosing != NULL &&
	    (load->choosing->select != NULL || load->choosing->allow != NULL))
		return refuse("an image was chosen when it was compiled",
			      "give --policy and --except to noroshi compile");
	if (load->path_count != 1 || load->value_count > 0)
		return refuse("an image stands alone",
			      "compile it together with the other files");
	if (nrs_image_key(key, false))
		options.key = nrs_span(key, sizeof(key));
	const int err = nrs_image_open(&image, path, &options, &diag);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK)
		return refuse(path, diag.text[0] != '\0' ? diag.text
							 : nrs_strerror(err));
	out->set = image.set;
	out->db = image.db;
	if (image.facts.recompiled > 0)
		nrs_say("%s: %u expressions compiled anew in %.1f s: %s", path,
			image.facts.recompiled, image.facts.seconds,
			image.facts.why);
	if (image.facts.lacks == NULL)
		return NRS_OK;
	nrs_say("%s was not compiled with %s: compile it so", path,
		image.facts.lacks);
	return NRS_E_IO;
}

int nrs_loaded_read(struct nrs_loaded *out, const struct nrs_load *load,
		    const struct nrs_build_options *building)
{
	*out = (struct nrs_loaded){0};
	if (wants_image(load))
		return open_image(out, load, building);
	int err = nrs_load_all(&out->set, load, &out->failed);
	if (err == NRS_OK && load->choosing != NULL)
		err = nrs_choose(out->set, load->choosing);
	return err != NRS_OK ? err : nrs_db_build(&out->db, out->set, building);
}

int nrs_loaded_judge(struct nrs_loaded *out, const struct nrs_load *load,
		     const struct nrs_build_options *building)
{
	*out = (struct nrs_loaded){0};
	if (wants_image(load))
		return open_image(out, load, building);
	const int err = nrs_load_all(&out->set, load, &out->failed);
	if (err != NRS_OK)
		return err;
	return load->choosing != NULL ? nrs_choose(out->set, load->choosing)
				      : nrs_db_judge(out->set, building);
}

void nrs_loaded_fini(struct nrs_loaded *loaded)
{
	nrs_db_free(loaded->db);
	nrs_set_free(loaded->set);
	*loaded = (struct nrs_loaded){0};
}
