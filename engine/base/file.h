/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: what every writer of files does.
 */
#pragma once

#include "engine/base/span.h"

/* All of @octets into @fd, however the kernel cuts them. False: errno says why;
 * some of them may be written. */
bool nrs_write_all(int fd, struct nrs_span octets);
