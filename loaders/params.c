/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params: cut at commas and at the first equals sign.
 */
#include "loaders/params.h"

struct nrs_span nrs_params_name(struct nrs_span format)
{
	return nrs_span_part(format, 0, nrs_span_find(format, ':', 0));
}

struct nrs_span nrs_params_of(struct nrs_span format)
{
	return nrs_span_from(format, nrs_params_name(format).len + 1);
}

bool nrs_params_next(struct nrs_span *rest, struct nrs_span *key,
		     struct nrs_span *value)
{
	struct nrs_span after = *rest, pair;

	if (!nrs_span_split(&after, ',', &pair))
		return false;
	const size_t equals = nrs_span_find(pair, '=', 0);
	if (equals == SIZE_MAX || equals == 0) {
		*rest = pair.len > 0 ? pair : nrs_span_of(",");
		return false;
	}
	*key = nrs_span_part(pair, 0, equals);
	*value = nrs_span_from(pair, equals + 1);
	*rest = after;
	return true;
}

struct nrs_span nrs_params_get(struct nrs_span format, const char *key)
{
	struct nrs_span rest = nrs_params_of(format), name, value;
	struct nrs_span found = {NULL, 0};

	while (nrs_params_next(&rest, &name, &value)) {
		if (nrs_span_is(name, key))
			found = value;
	}
	return found;
}

static bool is_one_of(struct nrs_span key, const char *const keys[])
{
	while (*keys != NULL && !nrs_span_is(key, *keys))
		keys++;
	return *keys != NULL;
}

int nrs_params_check(struct nrs_span format, const char *const keys[],
		     struct nrs_diag *diag)
{
	struct nrs_span rest = nrs_params_of(format), key, value;
	const struct nrs_span name = nrs_params_name(format);

	while (nrs_params_next(&rest, &key, &value)) {
		if (!is_one_of(key, keys))
			return nrs_diag_set(
				diag, NRS_E_USAGE, 0,
				"format %.*s has no parameter '%.*s'",
				(int)(name.len > 30 ? 30 : name.len),
				(const char *)name.ptr,
				(int)(key.len > 60 ? 60 : key.len),
				(const char *)key.ptr);
	}
	if (rest.len > 0)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "'%.*s' is no KEY=VALUE of a format",
				    (int)(rest.len > 60 ? 60 : rest.len),
				    (const char *)rest.ptr);
	return NRS_OK;
}
