/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packets: the reader's packets, asked one by one whether they were picked.
 */
#include "app/packets.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/command.h"
#include "capture/source/packet_file.h"

struct second_pass {
	struct nrs_picked *picked;
	struct nrs_packet_file *file;
	const char *const *paths;
	struct nrs_text comment;
	uint64_t written, refused;
};

static struct nrs_span base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return nrs_span_of(slash == NULL ? path : slash + 1);
}

static void on_packet(void *ctx, uint32_t session,
		      const struct nrs_packet *packet,
		      const struct nrs_datagram *first, unsigned int count)
{
	struct second_pass *pass = ctx;
	bool is_picked = false;
	uint32_t id;

	nrs_text_clear(&pass->comment);
	for (unsigned int i = 0; i < count; i++)
		is_picked |= nrs_picked_find(pass->picked, session, &first[i],
					     &pass->comment);
	if (!is_picked)
		return;
	if (nrs_packet_file_interface(pass->file, packet,
				      base_name(pass->paths[packet->file]),
				      &id) != NRS_OK) {
		pass->refused++;
		return;
	}
	nrs_packet_file_add(pass->file, id, packet,
			    nrs_text_span(&pass->comment));
	pass->written++;
}

/* The first pass has told of it. */
static void ignore_problem(void *ctx, const char *path, int err,
			   const struct nrs_diag *diag)
{
	(void)ctx, (void)path, (void)err, (void)diag;
}

static int read_again(const struct nrs_reader_options *reading)
{
	struct nrs_reader *reader = NULL;
	struct nrs_round round = {0};
	int err = nrs_reader_new(&reader, reading);

	if (err == NRS_OK)
		err = nrs_round_init(&round, 1);
	while (err == NRS_OK &&
	       nrs_reader_next(reader, &round, ignore_problem, NULL) == 1)
		;
	nrs_round_fini(&round);
	nrs_reader_free(reader);
	return err;
}

int nrs_packets_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return NRS_OK; /* its reader would take that for the end */
	FILE *file = fopen(path, "ab");
	if (file != NULL && fclose(file) == 0)
		return NRS_OK;
	nrs_say("cannot write %s: %s", path, strerror(errno));
	return NRS_E_IO;
}

int nrs_packets_write(const char *path, struct nrs_picked *picked,
		      const struct nrs_reader_options *first, uint64_t *written)
{
	struct second_pass pass = {.picked = picked, .paths = first->paths};
	struct nrs_reader_options reading = *first;
	struct nrs_diag diag = {0};
	int err = nrs_packet_file_open(&pass.file, path, &diag);

	reading.want_digests = false;
	reading.packet = on_packet;
	reading.packet_ctx = &pass;
	if (err == NRS_OK)
		err = nrs_picked_sort(picked);
	if (err == NRS_OK)
		err = read_again(&reading);
	const int closed = nrs_packet_file_close(pass.file);
	if (err == NRS_OK)
		err = closed;
	nrs_text_fini(&pass.comment);
	if (err != NRS_OK)
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	if (pass.refused + nrs_picked_refused(picked) > 0)
		nrs_say("%s: %llu packets and %llu hits are left out: too many",
			path, (unsigned long long)pass.refused,
			(unsigned long long)nrs_picked_refused(picked));
	*written = pass.written;
	return err;
}
