/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_out: the facts of a run as JSON.
 */
#include "app/run_out.h"

#include "engine/base/json.h"

static void put_time(struct nrs_jsonw *w, const char *key, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	nrs_jsonw_member(w, key, nrs_span(text, nrs_stamp_format(ns, 9, text)));
}

static void put_captures(struct nrs_jsonw *w, const struct nrs_run_facts *f)
{
	nrs_jsonw_key(w, "captures");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < f->file_count; i++) {
		const struct nrs_reader_file *file = f->file_at(f->files, i);
		char hex[2 * NRS_SHA256_LEN + 1];

		nrs_jsonw_open(w, '{');
		nrs_jsonw_member(w, "path", nrs_span_of(file->path));
		nrs_hex(nrs_span(file->sha256, NRS_SHA256_LEN), hex);
		if (file->has_digest)
			nrs_jsonw_member(w, "sha256", nrs_span_of(hex));
		nrs_jsonw_member_u64(w, "bytes", file->bytes);
		nrs_jsonw_member_u64(w, "packets", file->packets);
		if (file->packets > 0) {
			put_time(w, "first", file->first_ns);
			put_time(w, "last", file->last_ns);
		}
		if (file->error != NRS_OK)
			nrs_jsonw_member(
				w, "error",
				nrs_span_of(nrs_strerror(file->error)));
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

static void put_set(struct nrs_jsonw *w, const struct nrs_run_facts *f)
{
	const struct nrs_set *set = nrs_db_set(f->db);
	uint64_t counts[NRS_STATUS_COUNT] = {0};
	struct nrs_db_sizes sizes;

	for (uint32_t i = 0; i < nrs_set_count(set); i++)
		counts[nrs_set_status(set, i)]++;
	nrs_jsonw_key(w, "set");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, "digest", f->set_digest);
	nrs_jsonw_member_u64(w, "indicators", nrs_set_count(set));
	for (unsigned int s = 0; s < NRS_STATUS_COUNT; s++)
		nrs_jsonw_member_u64(w, nrs_status_name((enum nrs_status)s),
				     counts[s]);
	nrs_db_sizes(f->db, &sizes);
	nrs_jsonw_key(w, "leniencies"); /* tests that each of them helped */
	nrs_jsonw_open(w, '{');
	for (unsigned int l = 0; l < NRS_LENIENCY_COUNT; l++)
		nrs_jsonw_member_u64(w, nrs_leniency_name((enum nrs_leniency)l),
				     sizes.lenient[l]);
	nrs_jsonw_close(w, '}');
	nrs_jsonw_close(w, '}');
}

/* Patterns of several observations, and what was forgotten of them. */
static void put_correlation(struct nrs_jsonw *w,
			    const struct nrs_correlator_figures *figures)
{
	nrs_jsonw_key(w, "correlation");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member_u64(w, "observations", figures->parts);
	nrs_jsonw_member_u64(w, "hits", figures->hits);
	nrs_jsonw_member_u64(w, "kept", figures->kept);
	nrs_jsonw_member_u64(w, "forgotten_old", figures->expired);
	nrs_jsonw_member_u64(w, "forgotten_many", figures->dropped);
	nrs_jsonw_member_u64(w, "undecided", figures->undecided);
	nrs_jsonw_member_u64(w, "unreadable", figures->unreadable);
	nrs_jsonw_member_u64(w, "lost", figures->lost);
	nrs_jsonw_close(w, '}');
}

void nrs_run_json(struct nrs_text *out, const struct nrs_run_facts *f)
{
	static const char *const validity[] = {"since-expiry", "strict", "now"};
	struct nrs_jsonw w = {.out = out};

	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "format", nrs_span_of("noroshi-run/1"));
	put_captures(&w, f);
	put_set(&w, f);
	nrs_jsonw_member(&w, "validity",
			 nrs_span_of(validity[f->options->validity]));
	nrs_jsonw_member_u64(&w, "hits", f->hits);
	nrs_jsonw_member_u64(&w, "sightings", f->sightings);
	put_correlation(&w, &f->correlation);
	if (f->shadow != NULL) {
		nrs_jsonw_key(&w, "shadow");
		nrs_jsonw_open(&w, '{');
		nrs_shadow_json(f->shadow, &w);
		nrs_jsonw_close(&w, '}');
	}
	nrs_jsonw_key(&w, "coverage");
	nrs_jsonw_open(&w, '{');
	nrs_coverage_json(&w, f->counters);
	nrs_jsonw_close(&w, '}');
	nrs_jsonw_key(&w, "counters");
	nrs_jsonw_open(&w, '{');
	for (unsigned int c = 0; c < NRS_COUNTER_COUNT; c++)
		nrs_jsonw_member_u64(&w, nrs_counter_name((enum nrs_counter)c),
				     f->counters->value[c]);
	nrs_jsonw_close(&w, '}');
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

void nrs_run_blind(const struct nrs_counters *counters, struct nrs_text *out)
{
	static const enum nrs_counter blind[] = {
		NRS_C_TRUNCATED,      NRS_C_UNDECODED,
		NRS_C_FRAGMENTS,      NRS_C_TUNNEL_OPAQUE,
		NRS_C_FLOWS_EVICTED,  NRS_C_FLOWS_ONE_SIDED,
		NRS_C_STREAM_GAPS,    NRS_C_STREAM_NO_BUFFER,
		NRS_C_DNS_BAD,	      NRS_C_HTTP_BAD,
		NRS_C_TLS_BAD,	      NRS_C_TLS_NO_NAME,
		NRS_C_TLS_ECH,	      NRS_C_QUIC,
		NRS_C_VALUES_REFUSED, NRS_C_HITS_EXPIRED,
		NRS_C_HITS_LOST,      NRS_C_REGEX_ERROR};

	for (size_t i = 0; i < sizeof(blind) / sizeof(*blind); i++) {
		const uint64_t value = counters->value[blind[i]];

		if (value > 0)
			nrs_text_printf(out, "  %10llu %s\n",
					(unsigned long long)value,
					nrs_counter_text(blind[i]));
	}
}
