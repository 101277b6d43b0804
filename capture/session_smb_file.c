/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_smb_file: open files of a flow of SMB, and what is read of them and
 * written to them.
 *
 * Clients ask for several pieces at once, and servers answer as they please:
 * what comes before a piece that was asked for and is still to come is kept in
 * buffers of the shard, some of them for each flow, until that has come.
 */
#include "capture/session_smb.h"

#define EARLY_MAX 48

struct nrs_smb_early {
	struct nrs_smb_early *next; /* in the order of offsets */
	uint64_t offset;
	uint32_t len;
	uint8_t file; /* index + 1 */
	uint8_t octets[NRS_SESSION_BUFFER - 24];
};
static_assert(sizeof(struct nrs_smb_early) <= NRS_SESSION_BUFFER, "a buffer");

static struct nrs_file **content_of(struct nrs_smb_state *state, uint8_t index)
{
	return &state->files[index - 1].content[NRS_SMB_WAS_READ];
}

/* What is kept of the file and next in line now; @is_all: all of it. */
static void drain(struct nrs_session_env *env, struct nrs_smb_state *state,
		  uint8_t index, bool is_all)
{
	struct nrs_file *content = *content_of(state, index);
	struct nrs_smb_early **link = &state->early;

	while (*link != NULL) {
		struct nrs_smb_early *early = *link;

		if (early->file != index) {
			link = &early->next;
			continue;
		}
		if (!is_all && early->offset > nrs_file_position(content))
			return;
		nrs_file_bytes_at(env, content, early->offset,
				  nrs_span(early->octets, early->len));
		*link = early->next;
		state->early_count--;
		nrs_slab_give(&env->pools->buffers, early);
	}
}

/* Room for octets at @offset: behind what is kept, or in a buffer of its own;
 * NULL: there is none. */
static struct nrs_smb_early *early_room(struct nrs_session_env *env,
					struct nrs_smb_state *state,
					uint8_t index, uint64_t offset)
{
	struct nrs_smb_early **link = &state->early;

	while (*link != NULL && (*link)->offset <= offset) {
		struct nrs_smb_early *early = *link;

		if (early->file == index &&
		    early->offset + early->len == offset &&
		    early->len < sizeof(early->octets))
			return early;
		link = &early->next;
	}
	if (state->early_count == EARLY_MAX)
		return NULL;
	struct nrs_smb_early *early = nrs_slab_take(&env->pools->buffers);
	if (early == NULL)
		return NULL;
	early->next = *link;
	early->offset = offset;
	early->len = 0;
	early->file = index;
	*link = early;
	state->early_count++;
	return early;
}

static bool keep_early(struct nrs_smb_run *run, uint8_t index, uint64_t offset,
		       struct nrs_span octets)
{
	while (octets.len > 0) {
		struct nrs_smb_early *early =
			early_room(run->env, run->state, index, offset);

		if (early == NULL) {
			nrs_lack(run->env, NRS_C_STREAM_NO_BUFFER);
			return false;
		}
		const struct nrs_span some = nrs_span_part(
			octets, 0, sizeof(early->octets) - early->len);
		memcpy(early->octets + early->len, some.ptr, some.len);
		early->len += (uint32_t)some.len;
		offset += some.len;
		octets = nrs_span_from(octets, some.len);
	}
	return true;
}

/* Was what stands at @offset asked for, and is still to come? */
static bool is_coming(const struct nrs_smb_state *state, uint8_t index,
		      uint64_t offset)
{
	for (unsigned int i = 0; i < NRS_SMB_ASKS; i++) {
		const struct nrs_smb_ask *ask = &state->asks[i];

		if (ask->file == index && !ask->is_close &&
		    ask->offset == offset)
			return true;
	}
	return false;
}

/* Version 5.0 of a remote call at the front of what has no size: a pipe, of
 * whose tree nothing was seen (C706 section 12.6.3.1). */
static bool is_remote_call(const struct nrs_smb_file *file,
			   struct nrs_span octets)
{
	return (file->size == 0 || file->size == NRS_SMB_SIZE_UNKNOWN) &&
	       octets.len >= 2 && octets.ptr[0] == 5 && octets.ptr[1] == 0;
}

/* What was seen of the file is not kept: whether it comes again as it was,
 * nobody can tell. Clients read again what they have read; what is written
 * again is most often something else. */
static void repeat(struct nrs_session_env *env, struct nrs_file *content,
		   bool is_read, uint64_t len)
{
	if (is_read)
		nrs_count_add(env->counters, NRS_C_SMB_READ_AGAIN, len);
	else
		nrs_file_gap(env, content, 0);
}

void nrs_smb_file_data(struct nrs_smb_run *run, struct nrs_span octets)
{
	struct nrs_smb_side *side = run->side;
	const uint8_t index = side->file;
	const uint64_t offset = side->offset;
	struct nrs_smb_file *file;

	if (index == 0 || octets.len == 0)
		return;
	side->offset += octets.len;
	file = &run->state->files[index - 1];
	struct nrs_file **content = &file->content[side->content];
	const bool is_read = side->content == NRS_SMB_WAS_READ;
	file->is_pipe |= *content == NULL && is_remote_call(file, octets);
	if (file->is_pipe)
		return;
	if (*content == NULL)
		*content = nrs_file_begin(run->env,
					  nrs_span(file->name, file->name_len));
	if (*content == NULL)
		return;
	const uint64_t position = nrs_file_position(*content);
	if (offset < position)
		repeat(run->env, *content, is_read,
		       position - offset < octets.len ? position - offset
						      : octets.len);
	if (is_read && offset > position &&
	    is_coming(run->state, index, position) &&
	    keep_early(run, index, offset, octets))
		return;
	nrs_file_bytes_at(run->env, *content, offset, octets);
	if (is_read && run->state->early != NULL)
		drain(run->env, run->state, index, false);
}

void nrs_smb_file_end(struct nrs_session_env *env, struct nrs_smb_state *state,
		      struct nrs_smb_file *file, bool is_closed)
{
	const uint8_t index = (uint8_t)(file - state->files + 1);

	if (file->state == NRS_SMB_FREE)
		return;
	drain(env, state, index, true);
	for (unsigned int c = 0; c < NRS_SMB_CONTENTS; c++) {
		const bool is_all =
			c == NRS_SMB_WAS_WRITTEN
				? is_closed
				: file->size == NRS_SMB_SIZE_UNKNOWN ||
					  nrs_file_position(file->content[c]) >=
						  file->size;

		nrs_file_end(env, file->content[c], &file->txn, c, is_all);
	}
	nrs_txn_end(env->matcher, &file->txn);
	file->state = NRS_SMB_FREE;
	for (unsigned int i = 0; i < NRS_SMB_ASKS; i++) {
		if (state->asks[i].file == index)
			state->asks[i].file = 0;
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (state->side[i].file == index)
			state->side[i].file = 0;
		if (state->side[i].last == index)
			state->side[i].last = 0;
	}
}

struct nrs_smb_file *nrs_smb_file_new(struct nrs_smb_run *run)
{
	struct nrs_smb_state *state = run->state;
	struct nrs_smb_file *file = &state->files[state->next_file];

	for (unsigned int i = 0; i < NRS_SMB_FILES; i++) {
		if (state->files[i].state == NRS_SMB_FREE) {
			file = &state->files[i];
			break;
		}
	}
	if (file->state != NRS_SMB_FREE) {
		nrs_lack(run->env, NRS_C_SMB_FORGOTTEN);
		nrs_smb_file_end(run->env, state, file, false);
		state->next_file =
			(uint8_t)((state->next_file + 1) % NRS_SMB_FILES);
	}
	*file = (struct nrs_smb_file){.size = NRS_SMB_SIZE_UNKNOWN};
	nrs_txn_begin(&file->txn, &run->flow->txn, NRS_TXN_SMB,
		      ++run->flow->txn_count, run->env->now_ns);
	return file;
}
