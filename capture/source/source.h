/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: packets out of capture files (pcap, nanosecond pcap, pcapng; plain,
 * .gz, .zst; standard input), a block of bytes at a time.
 *
 * The reader is our own, for speed and because libpcap refuses captures with
 * several link types. It never looks behind a record's length before it has
 * checked it. Blocks belong to the caller: packets' spans point into them.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/err.h"

struct nrs_source;
struct nrs_digest;

/* No packet record may be longer. */
#define NRS_SOURCE_PACKET_MAX ((size_t)262144)

/*
 * Open @path ("-": standard input). With @digest the file's bytes are added
 * to it. The file's head is read here: wrong magic, an empty file, a
 * directory: NRS_E_FORMAT or NRS_E_IO with file and reason in @diag.
 */
int nrs_source_open(struct nrs_source **out, const char *path,
		    struct nrs_digest *digest, struct nrs_diag *diag);
void nrs_source_close(struct nrs_source *source);

/*
 * Read the next packets into @packets: at most @max of them and at most about
 * 256 KB of records; always the same cut for the same file, however the bytes
 * arrive. Record bytes are kept in @block (NRS_SOURCE_BLOCK_ROOM octets), which
 * must stay until the packets are done with. ordinal and file are left to the
 * caller; frame counts from 1.
 *
 * Returns the count, 0 at the end. A capture that ends in the middle or is
 * damaged: the good packets first, then NRS_E_TRUNCATED or NRS_E_FORMAT with
 * file, byte offset and reason in @diag.
 */
#define NRS_SOURCE_BLOCK ((size_t)1 << 18)
#define NRS_SOURCE_BLOCK_ROOM (NRS_SOURCE_BLOCK + NRS_SOURCE_PACKET_MAX + 4096)
int nrs_source_read(struct nrs_source *source, struct nrs_packet *packets,
		    unsigned int max, uint8_t *block, struct nrs_diag *diag);

/* Bytes of the file read so far, and its size (0: unknown). */
uint64_t nrs_source_position(const struct nrs_source *source);
uint64_t nrs_source_size(const struct nrs_source *source);
