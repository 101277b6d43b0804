/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_smb: what the session_smb*.c files share: the state of a flow of
 * SMB, its open files, and what was asked for and is not answered yet.
 */
#pragma once

#include <assert.h>

#include "capture/files.h"
#include "capture/proto/smb.h"
#include "capture/session_part.h"

#define NRS_SMB_FILES 16
#define NRS_SMB_ASKS 24
#define NRS_SMB_PIPES 8
#define NRS_SMB_NAME_MAX 104 /* of a file's last name, for its content */

enum nrs_smb_file_state { NRS_SMB_FREE, NRS_SMB_ASKED, NRS_SMB_IS_OPEN };
enum nrs_smb_content {
	NRS_SMB_WAS_READ,
	NRS_SMB_WAS_WRITTEN,
	NRS_SMB_CONTENTS
};

/* A file from its open on. */
struct nrs_smb_file {
	struct nrs_txn txn;
	struct nrs_file *content[NRS_SMB_CONTENTS];
	uint64_t message; /* that asked for it */
	uint64_t size;	  /* when it was opened */
	uint8_t id[NRS_SMB_FILE_LEN];
	uint8_t state;
	bool is_pipe;
	uint8_t name_len;
	uint8_t name[NRS_SMB_NAME_MAX];
};

/* A read, or a close of what is not open yet: by the message that asks. */
struct nrs_smb_ask {
	uint64_t message, offset;
	uint8_t file; /* index + 1; 0: free */
	bool is_close;
};

/* Where a side is in its message. */
struct nrs_smb_side {
	uint32_t left; /* octets of it, with those below */
	uint32_t before, data, after;
	uint64_t offset; /* of the data in their file */
	uint8_t file;	 /* index + 1 */
	uint8_t content;
	uint8_t last; /* file of the unit before; index + 1 */
	bool is_lost; /* until a segment begins with a message */
};

struct nrs_smb_early; /* octets read before those they follow */

struct nrs_smb_state {
	struct nrs_smb_file files[NRS_SMB_FILES];
	struct nrs_smb_ask asks[NRS_SMB_ASKS];
	struct nrs_smb_early *early;
	uint32_t pipes[NRS_SMB_PIPES]; /* trees whose files are none */
	struct nrs_smb_side side[2];
	uint8_t next_file, next_ask, next_pipe, early_count;
};
static_assert(sizeof(struct nrs_smb_state) <= NRS_SESSION_STATE,
	      "a session's state");

/* What is at work on one message. */
struct nrs_smb_run {
	struct nrs_session_env *env;
	struct nrs_flow *flow;
	struct nrs_smb_state *state;
	struct nrs_smb_side *side;
};

/* A file begins; where there is no room the oldest is forgotten. */
struct nrs_smb_file *nrs_smb_file_new(struct nrs_smb_run *run);

/* @is_closed: all that will be of it was seen. */
void nrs_smb_file_end(struct nrs_session_env *env, struct nrs_smb_state *state,
		      struct nrs_smb_file *file, bool is_closed);

/* The next octets of the side's data to their file. */
void nrs_smb_file_data(struct nrs_smb_run *run, struct nrs_span octets);
