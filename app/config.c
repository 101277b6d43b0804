/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: where settings come from.
 */
#include "app/config.h"

#include <string.h>

#include "app/config_inside.h"

static const struct nrs_config_origin *find(const struct nrs_config *config,
					    const char *key)
{
	const struct nrs_config_origin *origin = config->origins->first;

	while (origin != NULL && strcmp(origin->path, key) != 0)
		origin = origin->next;
	return origin;
}

const char *nrs_config_where(const struct nrs_config *config, const char *key)
{
	const struct nrs_config_origin *origin = find(config, key);

	return origin == NULL ? "default" : origin->where;
}

bool nrs_config_is_set(const struct nrs_config *config, const char *key)
{
	return find(config, key) != NULL;
}

void nrs_config_free(struct nrs_config *config)
{
	if (config != NULL)
		nrs_arena_free(config->arena);
}
