/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter: libpcap's compiler and its interpreter.
 */
#include "capture/source/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#define LINKS_MAX 16

struct program {
	uint16_t linktype;
	bool is_usable;
	struct bpf_program code;
};

struct nrs_filter {
	char *expression;
	struct program programs[LINKS_MAX];
	unsigned int count;
};

static bool compile(const char *expression, uint16_t linktype,
		    struct bpf_program *code, struct nrs_diag *diag)
{
	/* libpcap's own numbers differ from the file's for raw IP only. */
	const int dlt = linktype == NRS_LINK_RAW ? DLT_RAW : linktype;
	pcap_t *dead = pcap_open_dead(dlt, 262144);

	if (dead == NULL)
		return false;
	const bool good = pcap_compile(dead, code, expression, 1,
				       PCAP_NETMASK_UNKNOWN) == 0;
	if (!good)
		(void)nrs_diag_set(diag, NRS_E_SYNTAX, 0, "%s",
				   pcap_geterr(dead));
	pcap_close(dead);
	return good;
}

int nrs_filter_new(struct nrs_filter **out, const char *expression,
		   struct nrs_diag *diag)
{
	struct nrs_filter *filter = calloc(1, sizeof(*filter));
	struct bpf_program code;

	if (filter == NULL)
		return NRS_E_NOMEM;
	filter->expression = strdup(expression);
	if (filter->expression == NULL) {
		free(filter);
		return NRS_E_NOMEM;
	}
	if (!compile(expression, NRS_LINK_ETHERNET, &code, diag)) {
		nrs_filter_free(filter);
		return NRS_E_SYNTAX;
	}
	pcap_freecode(&code);
	*out = filter;
	return NRS_OK;
}

void nrs_filter_free(struct nrs_filter *filter)
{
	if (filter == NULL)
		return;
	for (unsigned int i = 0; i < filter->count; i++) {
		if (filter->programs[i].is_usable)
			pcap_freecode(&filter->programs[i].code);
	}
	free(filter->expression);
	free(filter);
}

static const struct program *program_for(struct nrs_filter *filter,
					 uint16_t linktype)
{
	for (unsigned int i = 0; i < filter->count; i++) {
		if (filter->programs[i].linktype == linktype)
			return &filter->programs[i];
	}
	if (filter->count == LINKS_MAX)
		return NULL;
	struct program *made = &filter->programs[filter->count++];
	made->linktype = linktype;
	made->is_usable =
		compile(filter->expression, linktype, &made->code, NULL);
	return made;
}

bool nrs_filter_pass(struct nrs_filter *filter, const struct nrs_packet *packet)
{
	const struct program *program = program_for(filter, packet->linktype);

	return program != NULL && program->is_usable &&
	       bpf_filter(program->code.bf_insns, packet->span.ptr,
			  packet->wirelen, (u_int)packet->span.len) != 0;
}
