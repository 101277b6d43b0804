/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: a signal is no reason to give up.
 */
#include "engine/base/file.h"

#include <errno.h>
#include <unistd.h>

bool nrs_write_all(int fd, struct nrs_span octets)
{
	while (octets.len > 0) {
		const ssize_t wrote = write(fd, octets.ptr, octets.len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		octets = nrs_span_from(octets, (size_t)wrote);
	}
	return true;
}
