/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlets: a line for each outlet.
 */
#include "app/outlets.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/command.h"
#include "engine/base/crypto.h"
#include "sightings/hits_file.h"
#include "sightings/syslog_out.h"

#define PATH_ROOM 4096
#define GRACE_MS 2000
#define KEY_LEN 16

struct nrs_outlets {
	const struct nrs_config *config;
	struct nrs_hits_file *eve;
	struct nrs_syslog *syslog;
	struct nrs_wire_config wire;
	struct nrs_text line, frame;
	char path[PATH_ROOM];
	char host[300], *port; /* of the log server */
	uint8_t key[KEY_LEN];
	_Atomic(uint64_t) above, lost;
};

static int open_eve(struct nrs_outlets *o, struct nrs_diag *diag)
{
	const struct nrs_config_out *out = &o->config->out;
	const struct nrs_hits_file_options options = {
		.path = o->path,
		.rotate_bytes = out->rotate_mb * 1000000,
		.keep = (unsigned int)out->keep};

	if (!out->eve.is_on)
		return NRS_OK;
	if (out->dir == NULL)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "out.eve.write: where to? set out.dir");
	if (nrs_make_folder(out->dir) != NRS_OK)
		return NRS_E_IO;
	(void)snprintf(o->path, sizeof(o->path), "%s/eve.json", out->dir);
	return nrs_hits_file_open(&o->eve, &options, diag);
}

/* HOST:PORT, [HOST]:PORT. */
static bool split_server(struct nrs_outlets *o, const char *server)
{
	char *colon;

	(void)snprintf(o->host, sizeof(o->host), "%s",
		       server[0] == '[' ? server + 1 : server);
	colon = strrchr(o->host, ':');
	if (colon == NULL || colon[1] == '\0' || colon == o->host)
		return false;
	o->port = colon + 1;
	*colon = '\0';
	if (server[0] != '[')
		return strchr(o->host, ':') == NULL;
	if (colon[-1] != ']')
		return false;
	colon[-1] = '\0';
	return true;
}

static int open_syslog(struct nrs_outlets *o, struct nrs_diag *diag)
{
	const struct nrs_config_syslog *from = &o->config->out.syslog;

	if (from->server == NULL)
		return NRS_OK;
	if (!split_server(o, from->server))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "out.syslog.server: '%s' is no HOST:PORT",
				    from->server);
	if ((from->client_certificate == NULL) != (from->client_key == NULL))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "out.syslog: client_certificate and "
				    "client_key go together");
	o->wire = (struct nrs_wire_config){.host = o->host,
					   .port = o->port,
					   .is_tls = from->transport == 0,
					   .ca_file = from->ca_file,
					   .client_certificate =
						   from->client_certificate,
					   .client_key = from->client_key};
	return nrs_syslog_new(&o->syslog, &o->wire);
}

int nrs_outlets_new(struct nrs_outlets **out, const struct nrs_config *config,
		    struct nrs_diag *diag)
{
	struct nrs_outlets *o;
	int err;

	*out = NULL;
	if (!config->out.eve.is_on && config->out.syslog.server == NULL)
		return NRS_OK;
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		return NRS_E_NOMEM;
	o->config = config;
	err = nrs_random(o->key, sizeof(o->key));
	if (err == NRS_OK)
		err = open_eve(o, diag);
	if (err == NRS_OK)
		err = open_syslog(o, diag);
	if (err != NRS_OK) {
		nrs_outlets_free(o);
		return err;
	}
	*out = o;
	return NRS_OK;
}

void nrs_outlets_free(struct nrs_outlets *o)
{
	if (o == NULL)
		return;
	nrs_syslog_end(o->syslog, GRACE_MS);
	nrs_hits_file_close(o->eve);
	nrs_text_fini(&o->line);
	nrs_text_fini(&o->frame);
	free(o);
}

static struct nrs_eve_options eve_of(const struct nrs_outlets *o,
				     const struct nrs_hits_run *run,
				     unsigned int max_tlp)
{
	return (struct nrs_eve_options){.run = run,
					.max_tlp = (enum nrs_tlp)max_tlp,
					.key = nrs_span(o->key, KEY_LEN)};
}

static void lose(struct nrs_outlets *o)
{
	atomic_fetch_add_explicit(&o->lost, 1, memory_order_relaxed);
	nrs_text_fini(&o->line);
	nrs_text_fini(&o->frame);
}

static bool write_eve(struct nrs_outlets *o, const struct nrs_sighted *hit,
		      const struct nrs_hits_run *run)
{
	const struct nrs_eve_options options =
		eve_of(o, run, o->config->out.eve.max_tlp);
	bool is_above;

	nrs_text_clear(&o->line);
	is_above = nrs_eve_line(&o->line, hit, &options);
	if (o->line.failed)
		lose(o);
	else
		nrs_hits_file_add(o->eve, nrs_text_span(&o->line));
	return is_above;
}

static bool write_log(struct nrs_outlets *o, const struct nrs_sighted *hit,
		      const struct nrs_hits_run *run)
{
	const struct nrs_config_syslog *s = &o->config->out.syslog;
	const struct nrs_eve_options options = eve_of(o, run, s->max_tlp);
	const bool is_above = nrs_is_above((enum nrs_tlp)hit->indicator->tlp,
					   (enum nrs_tlp)s->max_tlp);
	struct nrs_judgement judged;

	nrs_judge_sighted(run->judge, hit, hit->outcome, &judged);
	if (judged.grade < (enum nrs_class)(s->min_class + 1))
		return false;
	nrs_text_clear(&o->line);
	nrs_text_clear(&o->frame);
	if (s->format == 1 || is_above) /* the same opaque form for either */
		(void)nrs_eve_line(&o->line, hit, &options);
	else
		nrs_hits_line(&o->line, hit, run);
	const struct nrs_syslog_message message = {
		.facility = (unsigned int)s->facility,
		.grade = judged.grade,
		.time_ns = hit->hit->head.ts_ns,
		.host = nrs_span_of(o->config->sensor.name),
		.what = nrs_span_of(is_above ? "above" : "hit"),
		.text = nrs_span_trim(nrs_text_span(&o->line))};
	nrs_syslog_frame(&o->frame, &message);
	if (o->line.failed || o->frame.failed)
		lose(o);
	else
		nrs_syslog_put(o->syslog, nrs_text_span(&o->frame));
	return is_above;
}

void nrs_outlets_hit(struct nrs_outlets *o, const struct nrs_sighted *hit,
		     const struct nrs_hits_run *run)
{
	bool is_above = false;

	if (o == NULL)
		return;
	if (o->eve != NULL)
		is_above = write_eve(o, hit, run);
	if (o->syslog != NULL)
		is_above = write_log(o, hit, run) || is_above;
	if (is_above)
		atomic_fetch_add_explicit(&o->above, 1, memory_order_relaxed);
	if (o->eve != NULL && nrs_hits_file_lost(o->eve) > 0)
		atomic_store_explicit(&o->lost, nrs_hits_file_lost(o->eve),
				      memory_order_relaxed);
}

void nrs_outlets_figures(struct nrs_outlets *o, struct nrs_outlets_figures *out)
{
	*out = (struct nrs_outlets_figures){.lost = 0};
	if (o == NULL)
		return;
	out->lost = atomic_load_explicit(&o->lost, memory_order_relaxed);
	out->above = atomic_load_explicit(&o->above, memory_order_relaxed);
	out->has_syslog = o->syslog != NULL;
	if (o->syslog != NULL)
		nrs_syslog_figures(o->syslog, &out->syslog);
}
