/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: where to listen, as a person writes it.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/err.h"

/* "127.0.0.1:9273", "[::1]:9273": an address, no name. NRS_E_SYNTAX. */
int nrs_listen_parse(struct nrs_span text, struct nrs_addr *addr,
		     uint16_t *port);

/* Can only this machine reach it? */
bool nrs_listen_is_loopback(const struct nrs_addr *addr);
