/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packets: the second pass of `match --packets`: the captures are read once
 * more, and the packets of the flows that hit go to a file of their own.
 */
#pragma once

#include "app/picked.h"
#include "capture/reader.h"

/* It is written at the end: what forbids it is said before the work.
 * NRS_E_IO. */
int nrs_packets_check(const char *path);

/* @reading as in the first pass. *@written counts the packets. NRS_E_IO and
 * the like are said. */
int nrs_packets_write(const char *path, struct nrs_picked *picked,
		      const struct nrs_reader_options *reading,
		      uint64_t *written);
