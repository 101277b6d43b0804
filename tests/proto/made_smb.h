/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_smb: messages of SMB 2 made by hand (MS-SMB2 section 2.2).
 */
#pragma once

#include "capture/proto/smb.h"
#include "tests/nrs_test.h"

#define SMB_ROOM 8192
#define SMB_HEADER 64

/* A frame, and the units in it. */
struct made_smb {
	uint8_t bytes[SMB_ROOM];
	size_t len;
	size_t unit; /* where the one under way begins; 0: none */
};

struct smb_unit {
	uint16_t command;
	bool is_response, is_related, is_async;
	uint32_t status, tree;
	uint64_t message;
};

void smb_at(struct made_smb *m, size_t at, uint64_t value, unsigned int octets);
/* A header; the unit before is chained to it. */
size_t smb_begin(struct made_smb *m, const struct smb_unit *u);
/* Fixed parts of @len octets, the structure's size first. */
size_t smb_body(struct made_smb *m, size_t len, uint16_t size);
void smb_tree(struct made_smb *m, const struct smb_unit *u, const char *path);
void smb_create(struct made_smb *m, const struct smb_unit *u, const char *name);
void smb_created(struct made_smb *m, const struct smb_unit *u, uint8_t id,
		 uint64_t size);
void smb_read(struct made_smb *m, const struct smb_unit *u, uint8_t id,
	      uint64_t offset);
void smb_data(struct made_smb *m, const struct smb_unit *u, const char *text);
void smb_write(struct made_smb *m, const struct smb_unit *u, uint8_t id,
	       const char *text);
void smb_close(struct made_smb *m, const struct smb_unit *u, uint8_t id);
struct nrs_span smb_span(const struct made_smb *m);
