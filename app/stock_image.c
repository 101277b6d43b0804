/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stock_image: a stock that was compiled before: mapped, not made. What is in
 * it was chosen when it was compiled; only exceptions can take something off
 * since then. They are asked over a second mapping, whose indicators are given
 * back as they go: a million of them, read all at once, would be half a GB.
 */
#include <stdlib.h>

#include "app/image_key.h"
#include "app/say.h"
#include "app/stock.h"
#include "engine/set_over.h"

#define AT_ONCE 32768u /* indicators that are read before they go */

static int open_image(struct nrs_image *out,
		      const struct nrs_supply_options *options,
		      const char *path, struct nrs_diag *diag)
{
	uint8_t key[NRS_IMAGE_KEY_LEN];
	struct nrs_image_options opening = {.building = options->building};
	struct nrs_diag reason = {0};

	opening.building.at_ns = nrs_source_now_ns(options);
	if (nrs_image_key(key, false))
		opening.key = nrs_span(key, sizeof(key));
	const int err = nrs_image_open(out, path, &opening, &reason);
	if (err == NRS_OK)
		return NRS_OK;
	return nrs_diag_set(diag, err, 0, "%s: %s", path,
			    reason.text[0] != '\0' ? reason.text
						   : nrs_strerror(err));
}

static int check(const struct nrs_supply_options *options, unsigned int unit,
		 const struct nrs_image *image, struct nrs_diag *diag)
{
	const char *path = options->files[unit].path;

	for (unsigned int i = unit + 1; i < options->file_count; i++) {
		if (nrs_image_is(options->files[i].path))
			return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
					    "%s: one image at a time; compile "
					    "it together with %s",
					    options->files[i].path, path);
	}
	if (image->facts.lacks != NULL)
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "%s was not compiled with %s: compile it "
				    "so",
				    path, image->facts.lacks);
	if (image->facts.recompiled > 0)
		nrs_say("%s: %u expressions compiled anew in %.1f s: %s", path,
			image->facts.recompiled, image->facts.seconds,
			image->facts.why);
	if (options->policy != NULL)
		nrs_say("%s was chosen when it was compiled: select holds for "
			"what comes beside it",
			path);
	return NRS_OK;
}

static int keep(struct nrs_stock *stock, uint32_t index,
		const struct nrs_allow_veto *veto)
{
	struct nrs_stock_veto *vetoes = stock->vetoes;

	if ((stock->veto_count & (stock->veto_count - 1)) == 0) {
		const size_t cap = (size_t)stock->veto_count * 2 + 1;

		vetoes = realloc(vetoes, cap * sizeof(*vetoes));
		if (vetoes == NULL)
			return NRS_E_NOMEM;
		stock->vetoes = vetoes;
	}
	vetoes[stock->veto_count++] = (struct nrs_stock_veto){
		.index = index, .reason = stock->reasons.len};
	nrs_allow_say(stock->allow, veto, &stock->reasons);
	nrs_text_putc(&stock->reasons, '\0');
	return stock->reasons.failed ? NRS_E_NOMEM : NRS_OK;
}

static int except(struct nrs_stock *stock, struct nrs_set *set, int64_t at_ns)
{
	struct nrs_allow_veto veto;
	int err = NRS_OK;

	for (uint32_t i = 0; i < nrs_set_count(set) && err == NRS_OK; i++) {
		if (i % AT_ONCE == AT_ONCE - 1)
			nrs_set_thin(set);
		if (nrs_set_status(set, i) <= NRS_STATUS_PARTIAL &&
		    nrs_allow_indicator(stock->allow, set, i, at_ns, &veto))
			err = keep(stock, i, &veto);
	}
	return err;
}

int nrs_stock_of_image(struct nrs_stock *stock,
		       const struct nrs_supply_options *options,
		       unsigned int unit, struct nrs_diag *diag)
{
	const char *path = options->files[unit].path;
	struct nrs_image image = {0}, aside = {0};
	struct nrs_stock_unit *known = &stock->units[unit];

	nrs_source_look(options, unit, &known->seen.file);
	int err = open_image(&image, options, path, diag);
	if (err != NRS_OK)
		return err;
	nrs_set_free(stock->set);
	stock->set = image.set;
	stock->db = image.db;
	stock->has_image = true;
	stock->image_unit = unit;
	known->end = nrs_set_count(stock->set);
	err = check(options, unit, &image, diag);
	if (err != NRS_OK || stock->allow == NULL)
		return err;
	err = open_image(&aside, options, path, diag);
	if (err == NRS_OK)
		err = except(stock, aside.set, nrs_source_now_ns(options));
	nrs_db_free(aside.db);
	nrs_set_free(aside.set);
	return err;
}

int nrs_stock_image_aside(const struct nrs_stock *stock,
			  const struct nrs_supply_options *options,
			  struct nrs_image *out)
{
	const unsigned int unit = stock->image_unit;
	struct nrs_source_seen now = stock->units[unit].seen;

	nrs_source_look(options, unit, &now.file);
	if (!nrs_source_is_same(&now, &stock->units[unit].seen))
		return NRS_E_NOTFOUND;
	return open_image(out, options, options->files[unit].path, NULL);
}
