/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bpf: the door to libbpf, for the files of this room that load programs.
 */
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdarg.h>

static inline int nrs_bpf_say_nothing(enum libbpf_print_level level,
				      const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

/* What libbpf has to say would stand in the middle of our own messages. */
static inline void nrs_bpf_be_quiet(void)
{
	(void)libbpf_set_print(nrs_bpf_say_nothing);
}
