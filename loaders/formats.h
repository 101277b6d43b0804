/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats: the one table of what can be read.
 */
#pragma once

#include "loaders/reader.h"

/*
 * The format of a file that begins with @head (up to 256 KB, as read), or the
 * one that @options name. NULL: *@reason says why there is none.
 */
const struct nrs_format *nrs_format_of(struct nrs_span head,
				       const struct nrs_loader_options *options,
				       const char **reason);
