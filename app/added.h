/* SPDX-License-Identifier: Apache-2.0 */
/*
 * added: what people add to a running sensor (`noroshi add`): values in one
 * list, files in a folder, both in the folder of what survives. Each is tried
 * before it is kept, and replaced whole: a reader never sees half of it.
 */
#pragma once

#include <sys/stat.h>

#include "app/later.h"

#define NRS_ADDED_LIST "added.list"
#define NRS_ADDED_FOLDER "added.d"
#define NRS_ADDED_FILES_MAX 256
#define NRS_ADDED_FILE_MAX ((uint64_t)1 << 30)

/*
 * Add values to the list in @dir; what came of each is a line in @out. What
 * the guards of @building refuse is not added (NULL: there are none). True: all
 * of them are in it now, or were before.
 */
bool nrs_added_values(const char *dir, const struct nrs_span *values,
		      unsigned int count,
		      const struct nrs_build_options *building,
		      struct nrs_text *out);

/*
 * Take values out of that list again, however they are defanged, and files out
 * of the folder by their names; what is in neither is taken off by hand
 * (by_hand.h), until it is added again. What came of each is a line in @out.
 * True: none of them is to match.
 */
bool nrs_added_withdraw(const char *dir, const struct nrs_span *values,
			unsigned int count, struct nrs_text *out);

/*
 * Copy the file @path into the folder in @dir, under its own name. False: no
 * indicator in it could be used, or it could not be kept; @out says so, and how
 * many of them find no @room over what is in force (NULL: that is no matter).
 */
bool nrs_added_file(const char *dir, const char *path,
		    const struct nrs_later_room *room, struct nrs_text *out);

/* Builder: all files of @folder into @set. A missing folder is fine. Errors as
 * nrs_load_file's, NRS_E_LIMIT: too many files. */
int nrs_added_load(const char *folder, const struct nrs_loader_options *options,
		   struct nrs_set *set, struct nrs_diag *diag);

/* Does it change when a file in @folder is added, replaced, taken away or
 * written to? Sizes summed, the newest of the dates; 0 where there is none. */
void nrs_added_look(const char *folder, struct stat *out);
