/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suricata: files of Suricata's datasets, dataset reputation and address
 * reputation (specification, section 8.3).
 *
 * The file does not say what its values are: addresses and digests are known
 * by their look, of the strings only those that are. Parameters: field=NAME
 * is the keyword that the set is used with (dns.query, http.user_agent, ...)
 * or a type of typed.h; encoding=base64 or plain.
 */
#pragma once

#include "loaders/reader.h"

/* One base64 string a line. */
bool nrs_suricata_detect_dataset(struct nrs_span head);

/* VALUE,SCORE with scores up to 65535. */
bool nrs_suricata_detect_datarep(struct nrs_span head);

/* ADDRESS[/BITS],CATEGORY,SCORE with scores from 1 to 127. */
bool nrs_suricata_detect_iprep(struct nrs_span head);

/* CATEGORY,NAME,DESCRIPTION: nothing to look for, and no error. */
bool nrs_suricata_detect_categories(struct nrs_span head);

/* Which of them: by the name in options->format. */
nrs_reader_open_fn nrs_suricata_open;
