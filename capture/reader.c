/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: one file after another into rounds.
 *
 * A session ends with its last file: its last round says so, so that every
 * flow ends in it. Without --rotated every file is a session of its own.
 */
#include "capture/reader.h"

#include <stdlib.h>

#include "capture/decode/decode.h"
#include "capture/decode/defrag.h"
#include "capture/source/source.h"

#define JUMP_MAX_NS (3600 * NRS_SECOND_NS)

struct nrs_reader {
	struct nrs_reader_options options;
	struct nrs_reader_file *files;
	struct nrs_counters counters;
	struct nrs_packet *packets;
	struct nrs_source *source; /* of the file under way, or NULL */
	struct nrs_defrag *defrag;
	struct nrs_digest *digest;
	unsigned int next_file;
	uint32_t session;
	bool session_open;
	uint64_t ordinal; /* of the next packet */
	int64_t clock_ns, previous_ns;
	uint32_t unknown_link; /* link type + 1 that was already told of */
	uint64_t done_before;  /* stored bytes of finished files */
};

int nrs_reader_new(struct nrs_reader **out,
		   const struct nrs_reader_options *options)
{
	struct nrs_reader *r = aligned_alloc(64, (sizeof(*r) + 63) / 64 * 64);

	if (r == NULL)
		return NRS_E_NOMEM;
	*r = (struct nrs_reader){.options = *options};
	r->files = calloc(options->path_count, sizeof(*r->files));
	r->packets = calloc(NRS_ROUND_PACKETS, sizeof(*r->packets));
	if (r->files == NULL || r->packets == NULL ||
	    nrs_defrag_new(&r->defrag) != NRS_OK) {
		nrs_reader_free(r);
		return NRS_E_NOMEM;
	}
	for (unsigned int i = 0; i < options->path_count; i++)
		r->files[i].path = options->paths[i];
	*out = r;
	return NRS_OK;
}

static void close_file(struct nrs_reader *r)
{
	struct nrs_reader_file *file = &r->files[r->next_file - 1];

	file->bytes = nrs_source_position(r->source);
	r->done_before += file->bytes;
	nrs_source_close(r->source);
	r->source = NULL;
	if (r->digest != NULL) {
		nrs_digest_finish(r->digest, file->sha256);
		file->has_digest = true;
		r->digest = NULL;
	}
}

void nrs_reader_free(struct nrs_reader *r)
{
	if (r == NULL)
		return;
	if (r->source != NULL)
		close_file(r);
	nrs_defrag_free(r->defrag);
	free(r->files);
	free(r->packets);
	free(r);
}

/* Open the next file that can be opened; false: none is left. */
static bool open_next(struct nrs_reader *r, nrs_reader_problem_fn *problem,
		      void *ctx)
{
	while (r->next_file < r->options.path_count) {
		struct nrs_reader_file *file = &r->files[r->next_file++];
		struct nrs_diag diag = {0};

		r->digest = r->options.want_digests ? nrs_digest_new() : NULL;
		file->error = nrs_source_open(&r->source, file->path, r->digest,
					      &diag);
		if (file->error == NRS_OK)
			return true;
		if (r->digest != NULL) { /* nothing was read of it */
			nrs_digest_finish(r->digest, file->sha256);
			r->digest = NULL;
		}
		problem(ctx, file->path, file->error, &diag);
	}
	return false;
}

static void begin_session(struct nrs_reader *r)
{
	if (r->session_open)
		return;
	r->session_open = true;
	r->session++;
	r->ordinal = 0;
	r->clock_ns = r->previous_ns = 0;
}

/* The highest packet time so far; a jump of more than an hour is limited. */
static void advance_clock(struct nrs_reader *r, int64_t ts_ns)
{
	if (r->previous_ns != 0 && ts_ns < r->previous_ns)
		nrs_count(&r->counters, NRS_C_TIME_BACK);
	r->previous_ns = ts_ns;
	if (r->clock_ns == 0) {
		r->clock_ns = ts_ns;
	} else if (ts_ns > r->clock_ns + JUMP_MAX_NS) {
		nrs_count(&r->counters, NRS_C_TIME_JUMP);
		r->clock_ns += JUMP_MAX_NS;
	} else if (ts_ns > r->clock_ns) {
		r->clock_ns = ts_ns;
	}
}

static void tell_unknown_link(struct nrs_reader *r,
			      const struct nrs_packet *packet,
			      nrs_reader_problem_fn *problem, void *ctx)
{
	struct nrs_reader_file *file = &r->files[r->next_file - 1];
	struct nrs_diag diag;

	if (r->unknown_link == (uint32_t)packet->linktype + 1)
		return;
	r->unknown_link = (uint32_t)packet->linktype + 1;
	file->error = nrs_diag_set(&diag, NRS_E_UNSUPPORTED, packet->frame,
				   "link type %u (%s) is not decoded",
				   packet->linktype,
				   nrs_decode_link_name(packet->linktype));
	problem(ctx, file->path, file->error, &diag);
}

static bool is_wanted(struct nrs_reader *r, const struct nrs_packet *packet)
{
	if (packet->ts_ns >= r->options.from_ns &&
	    packet->ts_ns < r->options.to_ns &&
	    (r->options.filter == NULL ||
	     nrs_filter_pass(r->options.filter, packet)))
		return true;
	nrs_count(&r->counters, NRS_C_FILTERED);
	return false;
}

/* The places of a batch's packets, and what is told of their file. True: all
 * are wanted, whatever each says. */
static bool note_packets(struct nrs_reader *r, struct nrs_reader_file *file,
			 int count)
{
	const uint32_t number = r->next_file - 1;
	uint64_t bytes = 0, cut = 0, missing = 0, ordinal = r->ordinal;
	int64_t first_ns = r->packets[0].ts_ns, last_ns = first_ns;

	for (int i = 0; i < count; i++) {
		struct nrs_packet *packet = &r->packets[i];

		packet->ordinal = ordinal++;
		packet->file = number;
		bytes += packet->wirelen;
		if (packet->span.len < packet->wirelen) {
			cut++;
			missing += packet->wirelen - packet->span.len;
		}
		first_ns = packet->ts_ns < first_ns ? packet->ts_ns : first_ns;
		last_ns = packet->ts_ns > last_ns ? packet->ts_ns : last_ns;
	}
	r->ordinal = ordinal;
	if (file->packets == 0 || first_ns < file->first_ns)
		file->first_ns = first_ns;
	if (file->packets == 0 || last_ns > file->last_ns)
		file->last_ns = last_ns;
	file->packets += (unsigned int)count;
	nrs_count_add(&r->counters, NRS_C_PACKETS, (unsigned int)count);
	nrs_count_add(&r->counters, NRS_C_BYTES, bytes);
	nrs_count_add(&r->counters, NRS_C_TRUNCATED, cut);
	nrs_blind_packets(&r->counters, NRS_B_SNAPLEN, cut, missing);
	return r->options.filter == NULL && first_ns >= r->options.from_ns &&
	       last_ns < r->options.to_ns;
}

/* @count is not 0. */
static void take_packets(struct nrs_reader *r, struct nrs_round *round,
			 int count, nrs_reader_problem_fn *problem, void *ctx)
{
	const bool is_all = note_packets(r, &r->files[r->next_file - 1], count);

	for (int i = 0; i < count; i++) {
		struct nrs_packet *packet = &r->packets[i];

		if (!is_all && !is_wanted(r, packet))
			continue;
		advance_clock(r, packet->ts_ns);
		const int added = nrs_round_add(round, packet, r->options.key,
						r->defrag, &r->counters);
		if (added == NRS_E_UNSUPPORTED)
			tell_unknown_link(r, packet, problem, ctx);
		if (r->options.packet != NULL && added > 0)
			r->options.packet(r->options.packet_ctx, r->session,
					  packet,
					  &round->datagrams[round->count -
							    (uint32_t)added],
					  (unsigned int)added);
	}
}

static bool is_last_of_session(const struct nrs_reader *r)
{
	return !r->options.is_rotated || r->next_file == r->options.path_count;
}

int nrs_reader_next(struct nrs_reader *r, struct nrs_round *round,
		    nrs_reader_problem_fn *problem, void *ctx)
{
	struct nrs_diag diag = {0};
	int count;

	if (r->source == NULL && !open_next(r, problem, ctx)) {
		if (!r->session_open)
			return 0;
		/* The last file of a rotated session could not be opened. */
		count = 0;
	} else {
		begin_session(r);
		count = nrs_source_read(r->source, r->packets,
					NRS_ROUND_PACKETS, round->block, &diag);
	}
	nrs_round_begin(round, r->session);
	if (count > 0)
		take_packets(r, round, count, problem, ctx);
	if (count <= 0 && r->source != NULL) {
		struct nrs_reader_file *file = &r->files[r->next_file - 1];

		if (count < 0) {
			file->error = count;
			problem(ctx, file->path, count, &diag);
		}
		close_file(r);
	}
	if (count <= 0 && is_last_of_session(r)) {
		round->is_session_end = true;
		r->session_open = false;
		nrs_defrag_end(r->defrag, &r->counters);
	}
	/* An empty round's tick comes after every packet, and after the tick of
	 * the round before: it has an ordinal of its own. */
	round->last_ordinal = count > 0 ? r->ordinal - 1 : r->ordinal++;
	round->clock_ns = r->clock_ns;
	return 1;
}

const struct nrs_reader_file *nrs_reader_file_at(const struct nrs_reader *r,
						 unsigned int index)
{
	return &r->files[index];
}

const struct nrs_counters *nrs_reader_counters(const struct nrs_reader *r)
{
	return &r->counters;
}

void nrs_reader_progress(const struct nrs_reader *r, uint64_t *done,
			 uint64_t *total)
{
	*done = r->done_before;
	*total = 0;
	if (r->source != NULL) {
		*done += nrs_source_position(r->source);
		if (r->next_file == r->options.path_count)
			*total = r->done_before + nrs_source_size(r->source);
	}
}
