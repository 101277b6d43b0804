/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: the texts of the error codes, and filling a diagnosis.
 */
#include "engine/base/err.h"

#include <stdarg.h>
#include <stdio.h>

const char *nrs_strerror(int err)
{
	static const char *const texts[] = {
		[-NRS_OK] = "no error",
		[-NRS_E_NOMEM] = "out of memory",
		[-NRS_E_IO] = "input or output failed",
		[-NRS_E_SYNTAX] = "syntax error",
		[-NRS_E_RANGE] = "value out of range",
		[-NRS_E_LIMIT] = "over a limit",
		[-NRS_E_FORMAT] = "wrong format",
		[-NRS_E_TRUNCATED] = "ends in the middle",
		[-NRS_E_UNSUPPORTED] = "not supported",
		[-NRS_E_NOTFOUND] = "not found",
		[-NRS_E_USAGE] = "wrong usage",
		[-NRS_E_DATE] = "no such date",
		[-NRS_E_MORE] = "needs more data",
		[-NRS_E_INTERNAL] = "internal error",
		[-NRS_E_CANCELLED] = "cancelled",
		[-NRS_E_OPAQUE] = "cannot be looked into",
	};

	if (err > 0 || -err >= (int)(sizeof(texts) / sizeof(*texts)))
		return "unknown error";
	return texts[-err];
}

int nrs_diag_set(struct nrs_diag *diag, int code, uint64_t place,
		 const char *format, ...)
{
	va_list args;

	if (diag == NULL)
		return code;
	diag->code = code;
	diag->place = place;
	va_start(args, format);
	(void)vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	return code;
}
