/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_measure: the metrics of a live run, if anybody wants them, and its
 * self-test.
 */
#include "app/run_life.h"

#include "app/command.h"
#include "app/listen.h"

int nrs_life_tally(struct nrs_life *l)
{
	const struct nrs_config_metrics *wanted = &l->config->out.metrics;

	return wanted->listen == NULL
		       ? NRS_OK
		       : nrs_tally_new(&l->front.tally,
				       (enum nrs_tlp)wanted->max_tlp);
}

int nrs_life_measure(struct nrs_life *l)
{
	const char *listen = l->config->out.metrics.listen;
	const struct nrs_metrics_http_options options = {
		.listen = listen,
		.ctx = l->front.desk,
		.write = nrs_desk_metrics};
	struct nrs_diag diag = {0};
	struct nrs_addr addr;
	uint16_t port;

	if (listen == NULL)
		return NRS_OK;
	const int err =
		nrs_metrics_http_open(&l->front.metrics, &options, &diag);
	if (err != NRS_OK)
		nrs_complain("%s", diag.text[0] != '\0' ? diag.text
							: nrs_strerror(err));
	else if (nrs_listen_parse(nrs_span_of(listen), &addr, &port) ==
			 NRS_OK &&
		 !nrs_listen_is_loopback(&addr))
		nrs_complain("metrics.listen: whoever reaches %s reads the "
			     "metrics; there is no password",
			     listen);
	return err;
}

/* The crew is there when somebody asks. */
static void inject(void *ctx, const struct nrs_packet *packet)
{
	const struct nrs_life *l = ctx;

	nrs_crew_inject(l->crew, packet);
}

int nrs_life_selftest(struct nrs_life *l)
{
	const struct nrs_selftest_options options = {
		.dir = l->config->state.dir,
		.has_lines = l->hits != NULL,
		.has_spool = l->outbox != NULL,
		.ctx = l,
		.added = nrs_life_added,
		.inject = inject};

	return nrs_selftest_new(&l->front.selftest, &options);
}
