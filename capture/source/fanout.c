/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout: loads the program through its skeleton.
 */
#include "capture/source/fanout.h"

#include <errno.h>
#include <fanout.skel.h>
#include <stdlib.h>

#include "capture/source/bpf.h"

struct nrs_fanout {
	struct fanout_bpf *skeleton;
};

int nrs_fanout_new(struct nrs_fanout **out, const struct nrs_hash_key *key,
		   unsigned int workers, struct nrs_diag *diag)
{
	struct nrs_fanout *fanout = calloc(1, sizeof(*fanout));
	int err = ENOMEM;

	if (fanout == NULL)
		return NRS_E_NOMEM;
	nrs_bpf_be_quiet();
	fanout->skeleton = fanout_bpf__open();
	if (fanout->skeleton != NULL) {
		memcpy((void *)(uintptr_t)fanout->skeleton->rodata->secret,
		       key->secret, sizeof(fanout->skeleton->rodata->secret));
		*(uint32_t *)(uintptr_t)&fanout->skeleton->rodata->workers =
			workers;
		err = -fanout_bpf__load(fanout->skeleton);
	}
	if (err != 0) {
		nrs_fanout_free(fanout);
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "the kernel does not take the fan-out "
				    "program: %s",
				    strerror(err));
	}
	*out = fanout;
	return NRS_OK;
}

void nrs_fanout_free(struct nrs_fanout *fanout)
{
	if (fanout == NULL)
		return;
	fanout_bpf__destroy(fanout->skeleton);
	free(fanout);
}

int nrs_fanout_fd(const struct nrs_fanout *fanout)
{
	return bpf_program__fd(fanout->skeleton->progs.nrs_fanout);
}

int nrs_fanout_try(const struct nrs_fanout *fanout, struct nrs_span frame)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame.ptr,
		    .data_size_in = (uint32_t)frame.len, .repeat = 1);

	return bpf_prog_test_run_opts(nrs_fanout_fd(fanout), &run) == 0
		       ? (int)run.retval
		       : NRS_E_IO;
}
