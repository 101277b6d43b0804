/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exceptions: loaded all or none; the record is written beside, then renamed.
 */
#include "app/exceptions.h"

#include <stdio.h>

#include "engine/base/json.h"
#include "engine/handling.h"
#include "sightings/table_out.h"

#define PATH_ROOM 4096

int nrs_exceptions_load(struct nrs_allow **out, const char *const *paths,
			unsigned int count, struct nrs_diag *diag)
{
	struct nrs_allow *allow = NULL;
	struct nrs_diag reason = {0};
	int err = NRS_OK;

	*out = NULL;
	if (count == 0)
		return NRS_OK;
	err = nrs_allow_new(&allow);
	for (unsigned int i = 0; i < count && err == NRS_OK; i++) {
		err = nrs_allow_load(allow, paths[i], &reason);
		if (err != NRS_OK)
			(void)nrs_diag_set(
				diag, err, reason.place, "%s: %s", paths[i],
				reason.text[0] != '\0' ? reason.text
						       : nrs_strerror(err));
	}
	if (err != NRS_OK) {
		nrs_allow_free(allow);
		return err;
	}
	*out = allow;
	return NRS_OK;
}

void nrs_exceptions_text(const struct nrs_allow *allow, struct nrs_text *out)
{
	for (unsigned int i = 0; i < nrs_allow_lists(allow); i++) {
		const struct nrs_allow_list *list = nrs_allow_list(allow, i);

		nrs_table_safe(out, list->name, 0);
		nrs_text_printf(out, ": %llu exceptions",
				(unsigned long long)list->entries);
		if (list->ended > 0)
			nrs_text_printf(out, ", over %llu",
					(unsigned long long)list->ended);
		if (list->refused > 0)
			nrs_text_printf(out, ", refused %llu",
					(unsigned long long)list->refused);
		nrs_text_printf(out, ", vetoes %llu\n",
				(unsigned long long)list->vetoes);
	}
}

static void put(const struct nrs_set *set, uint32_t index, struct nrs_text *out)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	struct nrs_jsonw w = {.out = out};
	struct nrs_text text = {0};
	char modified[NRS_STAMP_LEN];

	nrs_jsonw_open(&w, '{');
	nrs_shown_id(set, index, &text);
	nrs_jsonw_member(&w, "indicator", nrs_text_span(&text));
	(void)nrs_stamp_format(item->modified_ns, 6, modified);
	nrs_jsonw_member(&w, "modified", nrs_span_of(modified));
	nrs_text_clear(&text);
	nrs_shown_pattern(set, index, &text);
	nrs_jsonw_member(&w, "pattern", nrs_text_span(&text));
	out->failed |= text.failed;
	nrs_text_fini(&text);
	nrs_jsonw_member(&w, "source",
			 nrs_set_source_of(set, item->source)->name);
	nrs_jsonw_member(&w, "veto", nrs_span_of(nrs_shown_reason(set, index)));
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

void nrs_vetoes_text(const struct nrs_set *set, struct nrs_text *out)
{
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		if (nrs_set_status(set, i) == NRS_STATUS_EXCEPTED)
			put(set, i, out);
	}
}

int nrs_vetoes_write(const struct nrs_set *set, const char *path)
{
	struct nrs_text text = {0};
	char beside[PATH_ROOM];

	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	nrs_vetoes_text(set, &text);
	if (text.failed) {
		nrs_text_fini(&text);
		return NRS_E_NOMEM;
	}
	FILE *file = fopen(beside, "wbe");
	bool is_whole = file != NULL &&
			(text.len == 0 ||
			 fwrite(text.ptr, 1, text.len, file) == text.len);
	if (file != NULL && fclose(file) != 0)
		is_whole = false;
	nrs_text_fini(&text);
	return is_whole && rename(beside, path) == 0 ? NRS_OK : NRS_E_IO;
}
