/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_older: whose the sockets are that are older than the sensor. For
 * kernel_table.c.
 */
#pragma once

#include "engine/base/err.h"

/*
 * Note in @owners (a map of sockets' storage, its descriptor) the Internet
 * sockets that processes of @cgroup or below it hold; of several processes the
 * youngest one's. What is noted already stays. Each socket is held by us, too,
 * for a moment, which takes the right to trace its process. *@noted: how many;
 * NRS_E_UNSUPPORTED: some could not be looked at; NRS_E_IO, NRS_E_NOMEM; @diag
 * says why.
 */
int nrs_kernel_older(int owners, const char *cgroup, unsigned int *noted,
		     struct nrs_diag *diag);
