/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control_ask: the client's side of control.h.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

#define NRS_CONTROL_SOCKET "/run/noroshi/control.sock"

struct nrs_control_answer {
	int status;	      /* the exit status that the sensor gave */
	struct nrs_text text; /* the caller's to end with nrs_text_fini */
};

/*
 * Send @request (a JSON object without its line feed) and wait up to
 * @timeout_ms for each part of the answer. NRS_E_NOTFOUND: no sensor listens
 * there; NRS_E_IO, NRS_E_FORMAT, NRS_E_LIMIT, NRS_E_USAGE (the path),
 * NRS_E_NOMEM.
 */
int nrs_control_ask(const char *path, struct nrs_span request, int timeout_ms,
		    struct nrs_control_answer *answer, struct nrs_diag *diag);
