/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain: the short way for what most packets are: TCP or UDP, whole, in IPv4
 * without options or IPv6 without extensions, right behind an Ethernet head.
 *
 * It says of them what shim.h, ip.h and tunnel.h would, and nothing of others.
 * Pure.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/checksum.h"

/*
 * Fill @out from @packet, hash and shard keyed with @key as nrs_decode does.
 * False: it is another kind, or not all of its transport header was captured,
 * or its headers contradict each other, or a tunnel may be in it; then @out is
 * as it was.
 */
bool nrs_plain_read(struct nrs_datagram *out, const struct nrs_packet *packet,
		    const struct nrs_hash_key *key);
