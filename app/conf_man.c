/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf_man: a program of the build: prints noroshi.conf(5).
 */
#include <stdio.h>

#include "app/config_read.h"

int main(void)
{
	struct nrs_text text = {0};

	nrs_config_print_man(&text);
	const int failed = text.failed ||
			   fwrite(text.ptr, 1, text.len, stdout) != text.len;
	nrs_text_fini(&text);
	return failed || fflush(stdout) != 0;
}
