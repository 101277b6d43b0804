/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_place: one table. Prefixes vary, so namespaces are told by how their
 * URIs begin; the versions of one namespace do not matter here.
 */
#include "loaders/stix1_place.h"

static const struct {
	enum nrs_stix1_place parent;
	const char *name;
	enum nrs_stix1_place place;
} rows[] = {
	{NRS_STIX1_OUTSIDE, "STIX_Package", NRS_STIX1_PACKAGE},
	{NRS_STIX1_OUTSIDE, "Package", NRS_STIX1_PACKAGE},
	{NRS_STIX1_OUTSIDE, "Indicator", NRS_STIX1_INDICATOR},
	{NRS_STIX1_OUTSIDE, "Observable", NRS_STIX1_OBSERVABLE},
	{NRS_STIX1_PACKAGE, "STIX_Header", NRS_STIX1_HEADER},
	{NRS_STIX1_HEADER, "Title", NRS_STIX1_TITLE},
	{NRS_STIX1_HEADER, "Handling", NRS_STIX1_HANDLING},
	{NRS_STIX1_INDICATOR, "Title", NRS_STIX1_TITLE},
	{NRS_STIX1_INDICATOR, "Description", NRS_STIX1_DESCRIPTION},
	{NRS_STIX1_INDICATOR, "Type", NRS_STIX1_TYPE},
	{NRS_STIX1_INDICATOR, "Handling", NRS_STIX1_HANDLING},
	{NRS_STIX1_INDICATOR, "Valid_Time_Position", NRS_STIX1_VALIDITY},
	{NRS_STIX1_INDICATOR, "Confidence", NRS_STIX1_CONFIDENCE},
	{NRS_STIX1_INDICATOR, "Observable", NRS_STIX1_OBSERVABLE},
	{NRS_STIX1_INDICATOR, "Composite_Indicator_Expression",
	 NRS_STIX1_COMPOSITE},
	{NRS_STIX1_COMPOSITE, "Indicator", NRS_STIX1_INDICATOR},
	{NRS_STIX1_VALIDITY, "Start_Time", NRS_STIX1_START},
	{NRS_STIX1_VALIDITY, "End_Time", NRS_STIX1_END},
	{NRS_STIX1_CONFIDENCE, "Value", NRS_STIX1_LEVEL},
	{NRS_STIX1_INDICATOR, "Producer", NRS_STIX1_PRODUCER},
	{NRS_STIX1_PRODUCER, "Identity", NRS_STIX1_IDENTITY},
	{NRS_STIX1_IDENTITY, "Name", NRS_STIX1_CREATOR},
	{NRS_STIX1_INDICATOR, "Kill_Chain_Phases", NRS_STIX1_PHASES},
	{NRS_STIX1_PHASES, "Kill_Chain_Phase", NRS_STIX1_PHASE},
	{NRS_STIX1_OBSERVABLE, "Object", NRS_STIX1_OBJECT},
	{NRS_STIX1_OBSERVABLE, "Observable_Composition", NRS_STIX1_COMPOSITION},
	{NRS_STIX1_OBSERVABLE, "Event", NRS_STIX1_EVENT},
	{NRS_STIX1_COMPOSITION, "Observable", NRS_STIX1_OBSERVABLE},
	{NRS_STIX1_OBJECT, "Properties", NRS_STIX1_PROPERTIES},
};

static bool is_stix(struct nrs_span space)
{
	static const char *const starts[] = {
		"http://stix.mitre.org/", "http://cybox.mitre.org/",
		"http://docs.oasis-open.org/cti/ns/"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (nrs_span_starts(space, starts[i]))
			return true;
	}
	return false;
}

enum nrs_stix1_place nrs_stix1_place(enum nrs_stix1_place parent,
				     const struct nrs_xml_element *e)
{
	/* What a package holds beside its header may stand anywhere else. */
	const bool is_open =
		parent == NRS_STIX1_OUTSIDE || parent == NRS_STIX1_PACKAGE;

	if (parent == NRS_STIX1_HANDLING)
		return NRS_STIX1_HANDLING;
	if (parent == NRS_STIX1_PROPERTIES || parent == NRS_STIX1_FIELD)
		return NRS_STIX1_FIELD;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if ((rows[i].parent == parent ||
		     (is_open && rows[i].parent == NRS_STIX1_OUTSIDE)) &&
		    nrs_span_is(e->name, rows[i].name) && is_stix(e->space))
			return rows[i].place;
	}
	return is_open ? NRS_STIX1_OUTSIDE : NRS_STIX1_SKIPPED;
}
