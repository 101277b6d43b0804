/* SPDX-License-Identifier: Apache-2.0 */
/*
 * as_table: two members of what the table says about a network. The file is
 * mapped; the library checks every offset.
 */
#include "logs/as_table.h"

#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>

struct nrs_as_table {
	MMDB_s db;
};

int nrs_as_table_open(struct nrs_as_table **out, const char *path,
		      struct nrs_diag *diag)
{
	struct nrs_as_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NRS_E_NOMEM;
	const int status = MMDB_open(path, MMDB_MODE_MMAP, &table->db);
	if (status != MMDB_SUCCESS) {
		free(table);
		return nrs_diag_set(
			diag,
			status == MMDB_FILE_OPEN_ERROR ? NRS_E_IO
						       : NRS_E_FORMAT,
			0, "cannot read %s: %s", path, MMDB_strerror(status));
	}
	*out = table;
	return NRS_OK;
}

void nrs_as_table_close(struct nrs_as_table *table)
{
	if (table == NULL)
		return;
	MMDB_close(&table->db);
	free(table);
}

static MMDB_lookup_result_s look(const struct nrs_as_table *table,
				 const struct nrs_addr *addr)
{
	struct sockaddr_storage storage = {0};
	struct sockaddr_in *v4 = (void *)&storage;
	struct sockaddr_in6 *v6 = (void *)&storage;
	int error = 0;

	if (nrs_addr_is_v4(addr)) {
		v4->sin_family = AF_INET;
		memcpy(&v4->sin_addr, addr->bytes + 12, 4);
	} else {
		v6->sin6_family = AF_INET6;
		memcpy(&v6->sin6_addr, addr->bytes, 16);
	}
	MMDB_lookup_result_s found = MMDB_lookup_sockaddr(
		&table->db, (const void *)&storage, &error);
	if (error != MMDB_SUCCESS)
		found.found_entry = false;
	return found;
}

struct nrs_as nrs_as_table_find(const struct nrs_as_table *table,
				const struct nrs_addr *addr)
{
	struct nrs_as as = {0};

	if (table == NULL)
		return as;
	MMDB_lookup_result_s found = look(table, addr);
	MMDB_entry_data_s data;
	if (!found.found_entry)
		return as;
	if (MMDB_get_value(&found.entry, &data, "autonomous_system_number",
			   NULL) == MMDB_SUCCESS &&
	    data.has_data && data.type == MMDB_DATA_TYPE_UINT32)
		as.number = data.uint32;
	if (MMDB_get_value(&found.entry, &data,
			   "autonomous_system_organization",
			   NULL) == MMDB_SUCCESS &&
	    data.has_data && data.type == MMDB_DATA_TYPE_UTF8_STRING)
		as.name = nrs_span(data.utf8_string, data.data_size);
	return as;
}
