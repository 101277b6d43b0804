/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_feed: the folder of a MISP feed: manifest.json names the events, each
 * in a file UUID.json beside it. What it does not name is withdrawn.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

/* Starts as {0}. */
struct nrs_misp_manifest {
	struct nrs_text uuids; /* NRS_MISP_UUID octets each */
	size_t count;
	size_t refused; /* members that are no events */
};
#define NRS_MISP_UUID ((size_t)36)
void nrs_misp_manifest_fini(struct nrs_misp_manifest *manifest);

/* Does @folder hold a manifest.json? */
bool nrs_misp_is_feed(const char *folder);

/* Read the manifest of @folder. NRS_E_IO, NRS_E_FORMAT, NRS_E_TRUNCATED,
 * NRS_E_LIMIT (more than a million events), NRS_E_NOMEM; @diag. */
int nrs_misp_manifest_read(struct nrs_misp_manifest *manifest,
			   const char *folder, struct nrs_diag *diag);

/* Append the path of event @i to @path, with a NUL behind it. */
void nrs_misp_manifest_path(const struct nrs_misp_manifest *manifest, size_t i,
			    const char *folder, struct nrs_text *path);
