/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quic: Initial packets, whose keys everybody on the path can compute: long
 * headers (RFC 9000 section 17.2), their protection (RFC 9001 section 5, RFC
 * 9369 section 3) and the CRYPTO frames inside (RFC 9000 section 19.6).
 * Versions 1 and 2, the drafts from 22 on, and what was sent under numbers of
 * vendors with the same keys. Pure; the caller lends the rooms.
 */
#pragma once

#include "engine/base/crypto.h"

#define NRS_QUIC_CID_MAX 20
#define NRS_QUIC_V1 0x00000001u
#define NRS_QUIC_V2 0x6b3343cfu

enum nrs_quic_type {
	NRS_QUIC_INITIAL,
	NRS_QUIC_OTHER, /* 0-RTT, Handshake: passed over */
	NRS_QUIC_RETRY, /* reaches to the end of the datagram */
};

struct nrs_quic_packet {
	uint32_t version;
	uint8_t type; /* enum nrs_quic_type */
	struct nrs_span dcid, scid;
	struct nrs_span whole; /* from the first octet to its end */
	size_t number_at;      /* of the packet number in it */
};

/* Could a datagram begin a connection: a long header of a version whose
 * Initials can be read? */
bool nrs_quic_sniff(struct nrs_span datagram);

/* The packet at the front of *@datagram, which moves behind it. NRS_E_FORMAT:
 * none with a long header; NRS_E_UNSUPPORTED: a version that is not read. */
int nrs_quic_packet(struct nrs_quic_packet *packet, struct nrs_span *datagram);

/* What an observer keeps of a connection. */
struct nrs_quic_connection {
	bool is_begun;
	uint8_t client; /* its side */
	uint8_t done;	/* bit per side: nothing more to read */
	uint8_t tries;	/* packets opened or tried */
	uint8_t dcid_len;
	uint8_t dcid[NRS_QUIC_CID_MAX]; /* of the client's first Initial */
};

struct nrs_quic_keys {
	uint8_t key[NRS_AES_LEN], iv[NRS_NONCE_LEN], hp[NRS_AES_LEN];
};

/*
 * The version whose keys protect Initials of @version: mostly itself. Those
 * that are reserved to provoke an answer (RFC 9000 section 15) have no keys of
 * their own; clients take those of a version they speak. 0: no more to be
 * tried.
 */
uint32_t nrs_quic_spoken(uint32_t version, unsigned int attempt);

/* Keys of one side's Initials; @dcid is the one of the client's first. */
int nrs_quic_keys(struct nrs_quic_keys *keys, uint32_t version,
		  struct nrs_span dcid, bool is_server,
		  struct nrs_hasher *hasher);

/* Take off the protection into @room of @packet->whole.len octets; *@frames is
 * what was inside. NRS_E_FORMAT: these are not its keys. */
int nrs_quic_open(const struct nrs_quic_packet *packet,
		  const struct nrs_quic_keys *keys, struct nrs_cipher *cipher,
		  uint8_t *room, struct nrs_span *frames);

struct nrs_quic_crypto {
	uint64_t offset;
	struct nrs_span data;
};

/* The next CRYPTO frame; *@frames moves on. NRS_E_NOTFOUND: no more;
 * NRS_E_FORMAT: what stands there is no frame of an Initial. */
int nrs_quic_next(struct nrs_span *frames, struct nrs_quic_crypto *crypto);

/* "1", "v2", "Q046", or the number in hexadecimal. */
struct nrs_span nrs_quic_version_name(uint32_t version, char room[12]);

/*
 * The octets of one side's CRYPTO frames, in whatever order they come. What
 * came first stays; zero it to begin.
 */
#define NRS_QUIC_RANGES 24
struct nrs_quic_join {
	uint8_t *room; /* of @cap octets, no more than 65535; lent */
	uint16_t count;
	struct {
		uint16_t from, to;
	} ranges[NRS_QUIC_RANGES]; /* apart, ascending */
};

/* NRS_E_LIMIT: beyond @cap, or in too many pieces. */
int nrs_quic_join_add(struct nrs_quic_join *join, size_t cap,
		      const struct nrs_quic_crypto *crypto);

/* The octets that have come without a gap from the first one on. */
struct nrs_span nrs_quic_joined(const struct nrs_quic_join *join);
