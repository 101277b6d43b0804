/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh: what both sides of SSH say in clear: their identification line (RFC
 * 4253 section 4.2) and the algorithms they offer (section 7.1), of which
 * HASSH is made (github.com/salesforce/hassh, BSD licensed). Pure and bounded.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* A line is no longer than this; the protocol allows 255. */
#define NRS_SSH_LINE_MAX 1024
/* A packet with its length; what clients and servers send is below 3,000. */
#define NRS_SSH_PACKET_MAX 16384

/* Do @bytes begin an identification line? NRS_OK, NRS_E_MORE, NRS_E_FORMAT. */
int nrs_ssh_sniff(struct nrs_span bytes);

struct nrs_ssh_line {
	struct nrs_span text;	  /* "SSH-2.0-OpenSSH_9.2p1 Debian-2" */
	struct nrs_span software; /* "OpenSSH_9.2p1" */
	bool has_packets; /* of version 2; 1.99 speaks it if the other does */
};

/*
 * The line at the front of *@bytes, which moves behind it. NRS_E_NOTFOUND:
 * another one, which a server may say before. NRS_E_MORE: not whole;
 * NRS_E_LIMIT: too long.
 */
int nrs_ssh_line(struct nrs_ssh_line *line, struct nrs_span *bytes);

/* The algorithms of one side's KEXINIT, for each direction: 0 client to
 * server, 1 back. */
struct nrs_ssh_offer {
	struct nrs_span exchange;
	struct nrs_span encryption[2];
	struct nrs_span integrity[2];
	struct nrs_span compression[2];
};

/*
 * The packet at the front of *@bytes, which moves behind it, is an offer.
 * NRS_E_NOTFOUND: one of those that may come before; NRS_E_MORE: not whole;
 * NRS_E_LIMIT: too long; NRS_E_FORMAT: anything else.
 */
int nrs_ssh_offer(struct nrs_ssh_offer *offer, struct nrs_span *bytes);

/* "exchange;encryption;integrity;compression" in @room of @cap octets: the
 * text whose MD5 is HASSH (@direction 0, of a client's offer) or HASSHServer
 * (1, of a server's). NRS_E_LIMIT where it does not fit. */
int nrs_ssh_hassh(const struct nrs_ssh_offer *offer, unsigned int direction,
		  uint8_t *room, size_t cap, struct nrs_span *text);
