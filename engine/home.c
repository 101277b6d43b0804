/* SPDX-License-Identifier: Apache-2.0 */
/*
 * home: own networks, and which way a flow goes by them.
 */
#include "engine/home.h"

#include "engine/base/err.h"

const char *nrs_direction_name(enum nrs_direction direction)
{
	static const char *const names[] = {"out", "in", "lateral", "transit"};

	return names[direction];
}

int nrs_home_nets_parse(struct nrs_home_nets *home, struct nrs_span text)
{
	struct nrs_span one;

	home->count = 0;
	while (nrs_span_split(&text, ',', &one)) {
		if (home->count == NRS_HOME_NETS_MAX)
			return NRS_E_LIMIT;
		const int err = nrs_prefix_parse(nrs_span_trim(one),
						 &home->nets[home->count++]);
		if (err != NRS_OK)
			return err;
	}
	return home->count > 0 ? NRS_OK : NRS_E_SYNTAX;
}

void nrs_home_nets_default(struct nrs_home_nets *home)
{
	(void)nrs_home_nets_parse(
		home, nrs_span_of("10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,"
				  "169.254.0.0/16,fc00::/7,fe80::/10"));
}

bool nrs_home_nets_hold(const struct nrs_home_nets *home,
			const struct nrs_addr *addr)
{
	for (unsigned int i = 0; i < home->count; i++) {
		if (nrs_prefix_contains(&home->nets[i], addr))
			return true;
	}
	return false;
}

enum nrs_direction nrs_home_direction(const struct nrs_home_nets *home,
				      const struct nrs_addr *src,
				      const struct nrs_addr *dst)
{
	const bool src_own = nrs_home_nets_hold(home, src);
	const bool dst_own = nrs_home_nets_hold(home, dst);

	return src_own && dst_own ? NRS_DIRECTION_LATERAL
	       : src_own	  ? NRS_DIRECTION_OUT
	       : dst_own	  ? NRS_DIRECTION_IN
				  : NRS_DIRECTION_TRANSIT;
}
