/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_folder: our mirror of a MISP feed on the disk: a file for each event,
 * with the event's timestamp as the time of its last change, and a manifest
 * that names those that are there. Private to misp_pull.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"
#include "loaders/misp_feed.h"

#define NRS_MISP_PATH_ROOM 4096

struct nrs_misp_event {
	char uuid[NRS_MISP_UUID + 1];
	bool is_here; /* in the folder, in this version */
	int64_t changed_s;
};

/* Starts as {0}; the items are freed by the owner. */
struct nrs_misp_events {
	struct nrs_misp_event *items;
	size_t count, room;
};

/* NRS_E_LIMIT: more than a million; NRS_E_NOMEM. */
int nrs_misp_events_add(struct nrs_misp_events *events, struct nrs_span uuid,
			int64_t changed_s);
/* By uuid, each once. */
void nrs_misp_events_sort(struct nrs_misp_events *events);

/* FOLDER/NAME and END; false: too long. */
bool nrs_misp_folder_path(const char *folder, const char *name, const char *end,
			  char out[NRS_MISP_PATH_ROOM]);

/* A file for a download, @beside the events, which the caller closes and
 * renames or takes away. -1: errno says why. */
int nrs_misp_folder_begin(const char *folder, char beside[NRS_MISP_PATH_ROOM]);

/* Is it there, in this version? Then it is marked so, and *@bytes grows. */
bool nrs_misp_folder_has(const char *folder, struct nrs_misp_event *event,
			 uint64_t *bytes);

/* A manifest of what is there: a reader must find all that it names. One that
 * says the same stays as it is, with its date. False: errno says why, and the
 * one before stays. */
bool nrs_misp_folder_write(const char *folder,
			   const struct nrs_misp_events *events);

/* Take away the files of all other events; how many. @events is sorted. */
uint64_t nrs_misp_folder_withdraw(const char *folder,
				  const struct nrs_misp_events *events);
