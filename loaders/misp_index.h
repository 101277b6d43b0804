/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_index: hashes.csv of a MISP feed, "MD5,EVENT UUID" a line: nothing to
 * look for, and no error.
 */
#pragma once

#include "loaders/reader.h"

bool nrs_misp_index_detect(struct nrs_span head);
nrs_reader_open_fn nrs_misp_index_open;
