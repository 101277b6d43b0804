/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_smb: SMB to transactions: one for each share that is asked for, one
 * for each file from its open to its close, with what was read and written.
 *
 * Of a message only its beginning is joined; a file's octets go where they
 * belong as they pass. Requests are remembered until their answers come, in
 * tables of fixed size: the oldest is forgotten first, and counted.
 */
#include "capture/session_smb.h"

#include "engine/canon.h"

void nrs_session_smb_begin(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct nrs_smb_state *state = nrs_session_state(env, flow->session);

	if (state == NULL) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	memset(state, 0, sizeof(*state));
	nrs_session_protocol(env, flow, NRS_TXN_SMB);
}

void nrs_session_smb_overdue(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct nrs_smb_state *state = flow->session->state;

	for (unsigned int i = 0; state != NULL && i < NRS_SMB_FILES; i++) {
		struct nrs_smb_file *file = &state->files[i];

		if (file->state != NRS_SMB_FREE &&
		    env->now_ns - file->txn.start_ns >= NRS_TXN_OPEN_NS)
			nrs_txn_overdue(env->matcher, &file->txn);
	}
}

void nrs_session_smb_end(struct nrs_session_env *env,
			 struct nrs_session *session)
{
	struct nrs_smb_state *state = session->state;

	for (unsigned int i = 0; state != NULL && i < NRS_SMB_FILES; i++)
		nrs_smb_file_end(env, state, &state->files[i], false);
}

static uint8_t number_of(const struct nrs_smb_run *run,
			 const struct nrs_smb_file *file)
{
	return (uint8_t)(file == NULL ? 0 : file - run->state->files + 1);
}

/* A name that nothing more belongs to. */
static void tell_name(struct nrs_smb_run *run, enum nrs_field field,
		      struct nrs_span name)
{
	struct nrs_pending *pending;

	if (!nrs_wanted(run->env->demand, field) || name.len == 0)
		return;
	pending = nrs_pending_new(run->env, run->flow, NRS_TXN_SMB);
	nrs_txn_value(run->env->matcher, &pending->txn, field, 0, name);
	nrs_pending_end(run->env, pending);
}

static void take_open(struct nrs_smb_run *run, const struct nrs_smb_unit *unit)
{
	struct nrs_session_env *env = run->env;
	const struct nrs_span name =
		nrs_smb_name(unit, env->text_room, NRS_SESSION_TEXT_ROOM);
	struct nrs_smb_file *file;

	run->side->last = 0;
	if (name.len == 0) /* the share itself */
		return;
	if (!nrs_files_wanted(env)) {
		tell_name(run, NRS_F_SMB_FILENAME, name);
		return;
	}
	file = nrs_smb_file_new(run);
	file->state = NRS_SMB_ASKED;
	file->message = unit->message;
	if (nrs_wanted(env->demand, NRS_F_SMB_FILENAME))
		nrs_txn_value(env->matcher, &file->txn, NRS_F_SMB_FILENAME, 0,
			      name);
	const struct nrs_span last = nrs_canon_last_name(name);
	if (last.len <= sizeof(file->name)) {
		memcpy(file->name, last.ptr, last.len);
		file->name_len = (uint8_t)last.len;
	}
	run->side->last = number_of(run, file);
}

static bool is_pipe(const struct nrs_smb_run *run, uint32_t tree)
{
	for (unsigned int i = 0; i < NRS_SMB_PIPES; i++) {
		if (tree != 0 && run->state->pipes[i] == tree)
			return true;
	}
	return false;
}

static void take_shared(struct nrs_smb_run *run,
			const struct nrs_smb_unit *unit)
{
	struct nrs_smb_state *state = run->state;

	for (unsigned int i = 0; i < NRS_SMB_PIPES; i++) {
		if (state->pipes[i] == unit->tree)
			state->pipes[i] = 0; /* its number is another's now */
	}
	if (!unit->is_pipe || unit->is_failed)
		return;
	state->pipes[state->next_pipe] = unit->tree;
	state->next_pipe = (uint8_t)((state->next_pipe + 1) % NRS_SMB_PIPES);
}

static void take_opened(struct nrs_smb_run *run,
			const struct nrs_smb_unit *unit)
{
	for (unsigned int i = 0; i < NRS_SMB_FILES; i++) {
		struct nrs_smb_file *file = &run->state->files[i];

		if (file->state != NRS_SMB_ASKED ||
		    file->message != unit->message)
			continue;
		if (unit->is_failed || is_pipe(run, unit->tree)) {
			nrs_smb_file_end(run->env, run->state, file, false);
			return;
		}
		file->state = NRS_SMB_IS_OPEN;
		file->size = unit->size;
		memcpy(file->id, unit->file, sizeof(file->id));
		return;
	}
}

/* The file that a request speaks of; one whose open was not seen begins here.
 * NULL: nobody asks for what is in files, or it is none. */
static struct nrs_smb_file *file_of(struct nrs_smb_run *run,
				    const struct nrs_smb_unit *unit,
				    bool may_begin)
{
	static const uint8_t before[NRS_SMB_FILE_LEN] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct nrs_smb_state *state = run->state;
	struct nrs_smb_file *file;

	if (unit->is_related && memcmp(unit->file, before, sizeof(before)) == 0)
		return run->side->last == 0
			       ? NULL
			       : &state->files[run->side->last - 1];
	for (unsigned int i = 0; i < NRS_SMB_FILES; i++) {
		file = &state->files[i];
		if (file->state == NRS_SMB_IS_OPEN &&
		    memcmp(file->id, unit->file, sizeof(file->id)) == 0)
			return file;
	}
	if (!may_begin || !nrs_files_wanted(run->env) ||
	    is_pipe(run, unit->tree))
		return NULL;
	file = nrs_smb_file_new(run);
	file->state = NRS_SMB_IS_OPEN;
	memcpy(file->id, unit->file, sizeof(file->id));
	return file;
}

static void add_ask(struct nrs_smb_run *run, const struct nrs_smb_unit *unit,
		    const struct nrs_smb_file *file, bool is_close)
{
	struct nrs_smb_state *state = run->state;
	struct nrs_smb_ask *ask = &state->asks[state->next_ask];

	if (ask->file != 0)
		nrs_lack(run->env, NRS_C_SMB_FORGOTTEN);
	*ask = (struct nrs_smb_ask){.message = unit->message,
				    .offset = unit->offset,
				    .file = number_of(run, file),
				    .is_close = is_close};
	state->next_ask = (uint8_t)((state->next_ask + 1) % NRS_SMB_ASKS);
}

/* The request that @unit answers; NULL: it was not seen. */
static struct nrs_smb_ask *find_ask(struct nrs_smb_run *run,
				    const struct nrs_smb_unit *unit,
				    bool is_close)
{
	for (unsigned int i = 0; i < NRS_SMB_ASKS; i++) {
		struct nrs_smb_ask *ask = &run->state->asks[i];

		if (ask->file != 0 && ask->message == unit->message &&
		    ask->is_close == is_close)
			return ask;
	}
	return NULL;
}

/* @unit has data of @file; so much of them as is in @octets is there. */
static void take_data(struct nrs_smb_run *run, const struct nrs_smb_unit *unit,
		      struct nrs_span octets, const struct nrs_smb_file *file,
		      uint64_t offset)
{
	struct nrs_smb_side *side = run->side;

	side->file = number_of(run, file);
	side->content = unit->kind == NRS_SMB_WRITE ? NRS_SMB_WAS_WRITTEN
						    : NRS_SMB_WAS_READ;
	side->offset = offset;
	nrs_smb_file_data(run,
			  nrs_span_part(octets, unit->data_at, unit->data_len));
}

static void take_answer(struct nrs_smb_run *run,
			const struct nrs_smb_unit *unit, struct nrs_span octets)
{
	const bool is_close = unit->kind == NRS_SMB_CLOSED;
	struct nrs_smb_ask *ask = find_ask(run, unit, is_close);

	if (ask == NULL)
		return;
	struct nrs_smb_file *file = &run->state->files[ask->file - 1];
	if (is_close)
		nrs_smb_file_end(run->env, run->state, file, true);
	else if (!unit->is_failed)
		take_data(run, unit, octets, file, ask->offset);
	ask->file = 0;
}

static void take_unit(struct nrs_smb_run *run, const struct nrs_smb_unit *unit,
		      struct nrs_span octets)
{
	struct nrs_session_env *env = run->env;
	struct nrs_smb_file *file;

	switch (unit->kind) {
	case NRS_SMB_SHARE:
		tell_name(run, NRS_F_SMB_SHARE,
			  nrs_smb_name(unit, env->text_room,
				       NRS_SESSION_TEXT_ROOM));
		break;
	case NRS_SMB_NAMED:
		tell_name(run, NRS_F_SMB_FILENAME,
			  nrs_smb_name(unit, env->text_room,
				       NRS_SESSION_TEXT_ROOM));
		break;
	case NRS_SMB_SHARED:
		take_shared(run, unit);
		break;
	case NRS_SMB_OPEN:
		take_open(run, unit);
		break;
	case NRS_SMB_OPENED:
		take_opened(run, unit);
		break;
	case NRS_SMB_READ:
		file = file_of(run, unit, true);
		if (file != NULL)
			add_ask(run, unit, file, false);
		break;
	case NRS_SMB_WRITE:
		file = file_of(run, unit, true);
		take_data(run, unit, octets, file, unit->offset);
		break;
	case NRS_SMB_CLOSE:
		file = file_of(run, unit, false);
		if (file != NULL && file->state == NRS_SMB_IS_OPEN)
			nrs_smb_file_end(env, run->state, file, true);
		else if (file != NULL)
			add_ask(run, unit, file, true);
		break;
	case NRS_SMB_DATA:
	case NRS_SMB_CLOSED:
		take_answer(run, unit, octets);
		break;
	case NRS_SMB_HIDDEN:
		nrs_lack(env, NRS_C_SMB_HIDDEN);
		break;
	case NRS_SMB_OTHER:
		break;
	}
}

/* The next units of the message; how many octets are done with. */
static size_t take_units(struct nrs_smb_run *run, struct nrs_span octets)
{
	struct nrs_smb_side *side = run->side;
	struct nrs_smb_units units;
	uint32_t data_at = 0, data_end = 0;
	const int err = nrs_smb_read(&units, octets, side->left);

	if (err == NRS_E_MORE)
		return 0;
	if (err != NRS_OK) {
		nrs_lack(run->env, NRS_C_SMB_BAD);
		units.count = 0;
		units.len = side->left;
	}
	side->file = 0;
	for (unsigned int i = 0; i < units.count; i++) {
		const struct nrs_smb_unit *unit = &units.items[i];

		take_unit(run, unit, octets);
		if (unit->data_len > 0) {
			data_at = unit->data_at;
			data_end = data_at + unit->data_len;
		}
	}
	const uint32_t done =
		(uint32_t)(octets.len < units.len ? octets.len : units.len);
	const uint32_t from = data_at > done ? data_at : done;
	side->before = data_end > 0 ? from - done : 0;
	side->data = data_end > from ? data_end - from : 0;
	side->after = units.len - done - side->before - side->data;
	side->left -= done;
	return done;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Octets of a message whose beginning was read. */
static size_t pass(struct nrs_smb_run *run, struct nrs_span bytes)
{
	struct nrs_smb_side *side = run->side;
	size_t done;

	if (side->before > 0) {
		done = least(bytes.len, side->before);
		side->before -= (uint32_t)done;
	} else if (side->data > 0) {
		done = least(bytes.len, side->data);
		nrs_smb_file_data(run, nrs_span_part(bytes, 0, done));
		side->data -= (uint32_t)done;
	} else {
		done = least(bytes.len, side->after);
		side->after -= (uint32_t)done;
	}
	side->left -= (uint32_t)done;
	return done;
}

size_t nrs_session_smb(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int which, struct nrs_span bytes)
{
	struct nrs_smb_state *state = flow->session->state;
	struct nrs_smb_run run = {.env = env, .flow = flow, .state = state};
	struct nrs_smb_side *side = run.side = &state->side[which];

	if (side->is_lost) {
		if (nrs_smb_sniff(bytes) != NRS_OK)
			return bytes.len;
		side->is_lost = false;
	}
	if (side->before + side->data + side->after > 0)
		return pass(&run, bytes);
	if (side->left > 0)
		return take_units(&run, nrs_span_part(bytes, 0, side->left));
	const int err = nrs_smb_frame(bytes, &side->left);
	if (err == NRS_E_MORE)
		return 0;
	if (err != NRS_OK) {
		nrs_lack(env, NRS_C_SMB_BAD);
		side->is_lost = true;
		return bytes.len;
	}
	nrs_count(env->counters, NRS_C_SMB);
	side->last = 0;
	return NRS_SMB_FRAME;
}

/* What is lost within the message whose octets pass: a hole in the file. */
static uint32_t lose(uint32_t *part, uint32_t *len)
{
	const uint32_t lost = *part < *len ? *part : *len;

	*part -= lost;
	*len -= lost;
	return lost;
}

void nrs_session_smb_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int which, uint32_t len)
{
	struct nrs_smb_state *state = flow->session->state;
	struct nrs_smb_side *side = &state->side[which];
	struct nrs_session_side *kept = &flow->session->side[which];
	const uint64_t all = (uint64_t)len + kept->buffered;

	nrs_session_give_buffer(env, kept);
	if (side->is_lost)
		return;
	if (side->left == 0 || all > side->left) {
		*side = (struct nrs_smb_side){.is_lost = true};
		return;
	}
	len = (uint32_t)all;
	side->left -= len;
	(void)lose(&side->before, &len);
	side->offset += lose(&side->data, &len);
	(void)lose(&side->after, &len);
	if (len > 0 ||
	    (side->before == 0 && side->data == 0 && side->after == 0))
		side->after = side->left; /* in a head: what follows it, too */
}
