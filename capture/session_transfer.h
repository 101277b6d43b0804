/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_transfer: FTP and TFTP: what their files give to the table of
 * protocols.
 */
#pragma once

#include "capture/files.h"
#include "capture/session_part.h"

/* What the connections show that are announced. */
#define NRS_TRANSFER_FIELDS (NRS_FILE_FIELDS | NRS_FIELD_BIT(NRS_F_PROTOCOL))
#define NRS_FTP_FIELDS                                                         \
	(NRS_FILE_FIELDS | NRS_FIELD_BIT(NRS_F_FTP_COMMAND) |                  \
	 NRS_FIELD_BIT(NRS_F_PROTOCOL))
#define NRS_TFTP_FIELDS                                                        \
	(NRS_FILE_FIELDS | NRS_FIELD_BIT(NRS_F_TFTP_FILE) |                    \
	 NRS_FIELD_BIT(NRS_F_PROTOCOL))

int nrs_session_ftp_sniff(const struct nrs_session_env *env,
			  const struct nrs_flow *flow, struct nrs_span bytes);
size_t nrs_session_ftp(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes);
/* A line is lost: the next one begins behind the next LF. */
void nrs_session_ftp_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, uint32_t len);

/* Its data connections, which were announced. */
int nrs_session_ftp_data_sniff(const struct nrs_session_env *env,
			       const struct nrs_flow *flow,
			       struct nrs_span bytes);
void nrs_session_ftp_data_begin(struct nrs_session_env *env,
				struct nrs_flow *flow);
size_t nrs_session_ftp_data(struct nrs_session_env *env, struct nrs_flow *flow,
			    unsigned int side, struct nrs_span bytes);
void nrs_session_ftp_data_gap(struct nrs_session_env *env,
			      struct nrs_flow *flow, unsigned int side,
			      uint32_t len);
void nrs_session_ftp_data_cut(struct nrs_session_env *env,
			      struct nrs_flow *flow, unsigned int side);
void nrs_session_ftp_data_end(struct nrs_session_env *env,
			      struct nrs_session *session);

int nrs_session_tftp_sniff(const struct nrs_session_env *env,
			   const struct nrs_flow *flow,
			   struct nrs_span payload);
void nrs_session_tftp_begin(struct nrs_session_env *env, struct nrs_flow *flow);
void nrs_session_tftp(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span payload);
void nrs_session_tftp_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side);
void nrs_session_tftp_end(struct nrs_session_env *env,
			  struct nrs_session *session);
