/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_taxii_answer: any bytes as each resource of a hub. */
#include "hub/taxii_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *json = NULL;
	struct nrs_taxii_discovery hub;
	struct nrs_taxii_root root;
	struct nrs_taxii_collection *list;
	struct nrs_taxii_status status;
	struct nrs_taxii_manifest rows;

	if (!nrs_json_parse(nrs_span(data, size), arena, &json, NULL)) {
		(void)nrs_taxii_parse_discovery(json, &hub);
		(void)nrs_taxii_parse_root(json, &root);
		(void)nrs_taxii_parse_collections(json, arena, &list);
		(void)nrs_taxii_parse_status(json, arena, &status);
		(void)nrs_taxii_parse_manifest(json, arena, &rows);
	}
	nrs_arena_free(arena);
	return 0;
}
