/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_parse: an indicator's pattern as a tree, values of lists included.
 */
#include "engine/set.h"

#include "engine/base/text.h"

int nrs_set_parse_text(struct nrs_span text, enum nrs_stix_version version,
		       struct nrs_arena *arena, struct nrs_pattern *out,
		       struct nrs_diag *diag)
{
	const enum nrs_stix_version other =
		version == NRS_STIX_21 ? NRS_STIX_20 : NRS_STIX_21;
	const int err = nrs_pattern_parse(out, text, version, arena, diag);

	return err == NRS_E_SYNTAX && nrs_pattern_parse(out, text, other, arena,
							NULL) == NRS_OK
		       ? NRS_OK
		       : err;
}

int nrs_set_parse(const struct nrs_set *set, uint32_t index,
		  struct nrs_arena *arena, struct nrs_pattern *out,
		  struct nrs_diag *diag)
{
	struct nrs_indicator item;
	struct nrs_text made = {0};
	int err = NRS_E_NOMEM;

	nrs_set_get(set, index, &item);
	if (item.shape == NRS_SHAPE_PATTERN)
		return nrs_set_parse_text(item.pattern,
					  (enum nrs_stix_version)item.version,
					  arena, out, diag);
	nrs_set_pattern(set, index, &made);
	if (!made.failed)
		err = nrs_pattern_parse(out, nrs_text_span(&made), NRS_STIX_21,
					arena, diag);
	nrs_text_fini(&made);
	return err;
}
