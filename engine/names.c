/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names: libidn2 for A-labels, libpsl's built-in list for public suffixes.
 */
#include "engine/names.h"

#include <idn2.h>
#include <libpsl.h>

int nrs_names_to_ascii(struct nrs_span name, char out[NRS_NAME_MAX + 1],
		       size_t *len)
{
	char copy[4 * NRS_NAME_MAX + 1];
	char *ascii = NULL;
	int err = NRS_E_FORMAT;

	if (name.len >= sizeof(copy) || nrs_span_find(name, 0, 0) != SIZE_MAX)
		return NRS_E_FORMAT;
	memcpy(copy, name.ptr, name.len);
	copy[name.len] = '\0';
	if (idn2_to_ascii_8z(copy, &ascii,
			     IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NRS_E_FORMAT;
	*len = strlen(ascii);
	if (*len > 0 && *len <= NRS_NAME_MAX) {
		memcpy(out, ascii, *len + 1);
		err = NRS_OK;
	}
	idn2_free(ascii);
	return err;
}

static bool is_suffix(struct nrs_span name, int kinds)
{
	char copy[NRS_NAME_MAX + 1];

	if (name.len == 0 || name.len >= sizeof(copy))
		return false;
	memcpy(copy, name.ptr, name.len);
	copy[name.len] = '\0';
	/* A name of one label that no list knows is no public suffix here:
	 * ".example" is somebody's own. */
	return psl_is_public_suffix2(psl_builtin(), copy,
				     kinds | PSL_TYPE_NO_STAR_RULE) == 1;
}

bool nrs_names_is_public_suffix(struct nrs_span name)
{
	return is_suffix(name, PSL_TYPE_ANY);
}

bool nrs_names_is_everybodys(struct nrs_span name)
{
	/* No rule lists this label: what is a suffix with it is one by a
	 * wildcard. */
	static const char unlisted[] = "no-such-label-is-listed";
	const size_t dot = nrs_span_find(name, '.', 0);
	uint8_t other[NRS_NAME_MAX + sizeof(unlisted)];

	if (!is_suffix(name, PSL_TYPE_ANY))
		return false;
	if (is_suffix(name, PSL_TYPE_ICANN) || dot == SIZE_MAX ||
	    name.len > NRS_NAME_MAX)
		return true;
	const struct nrs_span parent = nrs_span_from(name, dot);
	memcpy(other, unlisted, sizeof(unlisted) - 1);
	memcpy(other + sizeof(unlisted) - 1, parent.ptr, parent.len);
	return !is_suffix(nrs_span(other, sizeof(unlisted) - 1 + parent.len),
			  PSL_TYPE_ANY);
}
