/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control_request: a table of requests.
 */
#include "app/control_request.h"

#include "engine/base/json.h"

#define ARENA_BYTES ((size_t)8 << 20)
#define EXIT_UNKNOWN 2

struct call {
	const struct nrs_control_ops *ops;
	void *ctx;
	const struct nrs_json *request;
	struct nrs_text *out;
	bool is_wrong; /* lacks what it must have */
};

static int wrong(struct call *call, const char *text)
{
	call->is_wrong = true;
	nrs_text_puts(call->out, text);
	return EXIT_UNKNOWN;
}

static int do_status(struct call *call)
{
	const struct nrs_json *json = nrs_json_get(call->request, "json");

	return call->ops->status(call->ctx, nrs_json_is(json, NRS_JSON_TRUE),
				 call->out);
}

static int do_reload(struct call *call)
{
	const struct nrs_json *accept = nrs_json_get(call->request, "accept");
	const struct nrs_json *refresh = nrs_json_get(call->request, "refresh");

	return call->ops->reload(call->ctx, nrs_json_is(accept, NRS_JSON_TRUE),
				 nrs_json_is(refresh, NRS_JSON_TRUE),
				 call->out);
}

/* 0: they are wrong, which was said. */
static unsigned int read_values(struct call *call,
				struct nrs_span values[NRS_CONTROL_VALUES_MAX])
{
	const struct nrs_json *list = nrs_json_get(call->request, "values");
	unsigned int count = 0;

	if (!nrs_json_is(list, NRS_JSON_ARRAY) || list->child == NULL) {
		(void)wrong(call, "add and withdraw want \"values\"\n");
		return 0;
	}
	for (const struct nrs_json *value = list->child; value != NULL;
	     value = value->next) {
		if (!nrs_json_is(value, NRS_JSON_STRING) ||
		    count == NRS_CONTROL_VALUES_MAX) {
			(void)wrong(call, "values are texts, not more than "
					  "1000\n");
			return 0;
		}
		values[count++] = value->text;
	}
	return count;
}

static int do_add(struct call *call)
{
	struct nrs_span values[NRS_CONTROL_VALUES_MAX];
	const unsigned int count = read_values(call, values);

	return count == 0 ? EXIT_UNKNOWN
			  : call->ops->add(call->ctx, values, count, call->out);
}

static int do_withdraw(struct call *call)
{
	struct nrs_span values[NRS_CONTROL_VALUES_MAX];
	const unsigned int count = read_values(call, values);

	return count == 0 ? EXIT_UNKNOWN
			  : call->ops->withdraw(call->ctx, values, count,
						call->out);
}

static int do_add_file(struct call *call)
{
	const struct nrs_span path = nrs_json_text(call->request, "path");
	char name[4096];

	if (path.len == 0 || path.len >= sizeof(name) || path.ptr[0] != '/' ||
	    nrs_span_find(path, 0, 0) != SIZE_MAX)
		return wrong(call, "add-file wants an absolute \"path\"\n");
	memcpy(name, path.ptr, path.len);
	name[path.len] = '\0';
	return call->ops->add_file(call->ctx, name, call->out);
}

static int do_posture(struct call *call)
{
	return call->ops->posture(call->ctx, nrs_json_text(call->request, "to"),
				  call->out);
}

static int do_selftest(struct call *call)
{
	const struct nrs_json *begin = nrs_json_get(call->request, "begin");
	const struct nrs_json *wire = nrs_json_get(call->request, "wire");

	return call->ops->selftest(call->ctx, nrs_json_is(begin, NRS_JSON_TRUE),
				   nrs_json_is(wire, NRS_JSON_TRUE), call->out);
}

static const struct {
	const char *name;
	int (*run)(struct call *call);
} requests[] = {
	{"status", do_status},	   {"reload", do_reload},
	{"add", do_add},	   {"add-file", do_add_file},
	{"withdraw", do_withdraw}, {"posture", do_posture},
	{"selftest", do_selftest},
};

static int run(struct call *call)
{
	const struct nrs_span name = nrs_json_text(call->request, "do");

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (nrs_span_is(name, requests[i].name))
			return requests[i].run(call);
	return wrong(call, "no such request\n");
}

int nrs_control_request(struct nrs_span line, const struct nrs_control_ops *ops,
			void *ctx, struct nrs_text *out, bool *is_known)
{
	struct nrs_arena *arena = nrs_arena_new(ARENA_BYTES);
	struct call call = {.ops = ops, .ctx = ctx, .out = out};
	struct nrs_json *request = NULL;
	int status;

	if (arena == NULL ||
	    nrs_json_parse(line, arena, &request, NULL) != NRS_OK ||
	    !nrs_json_is(request, NRS_JSON_OBJECT)) {
		status = wrong(&call, "a request is a JSON object\n");
	} else {
		call.request = request;
		status = run(&call);
	}
	*is_known = !call.is_wrong;
	nrs_arena_free(arena);
	return status;
}
