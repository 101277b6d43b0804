/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expect: flows that another flow of the same two hosts has announced: data
 * connections of FTP, answers of TFTP. Both flows lie in one shard, so its
 * list, of a fixed quota, knows them; what is over it, or came too late, is
 * forgotten, the oldest first.
 */
#pragma once

#include "capture/decode/flow.h"
#include "capture/session_env.h"

#define NRS_EXPECT_NAME_MAX 512

struct nrs_expected {
	struct nrs_expected *next; /* the newest first */
	struct nrs_addr listener, other;
	int64_t until_ns;
	uint64_t offset; /* where in the file it begins */
	uint32_t number; /* never 0 */
	uint32_t block_bytes;
	uint16_t port; /* the listener's */
	uint16_t name_len;
	uint8_t proto;
	bool has_file; /* it is known to carry one */
	bool is_list;  /* it carries none */
	uint8_t name[NRS_EXPECT_NAME_MAX];
};

/* NRS_E_NOMEM. */
int nrs_expect_init(struct nrs_expectations *list, uint32_t quota);
void nrs_expect_fini(struct nrs_expectations *list);

/* A flow with @listener's (side of @flow) @port will begin. What was expected
 * there before is forgotten. */
struct nrs_expected *nrs_expect(struct nrs_session_env *env,
				const struct nrs_flow *flow,
				unsigned int listener, uint16_t port);

/* The one called @number; NULL: it came, or is forgotten. */
struct nrs_expected *nrs_expect_numbered(struct nrs_session_env *env,
					 uint32_t number);

/* The one that @flow is; NULL: nobody announced it. */
struct nrs_expected *nrs_expect_find(const struct nrs_session_env *env,
				     const struct nrs_flow *flow);

/* It has come. */
void nrs_expect_forget(struct nrs_session_env *env,
		       struct nrs_expected *expected);

/* Cut to NRS_EXPECT_NAME_MAX: then it has none. */
void nrs_expect_name(struct nrs_expected *expected, struct nrs_span name);
