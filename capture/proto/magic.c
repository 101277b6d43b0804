/* SPDX-License-Identifier: Apache-2.0 */
/*
 * magic: rows of {place, octets, type}; the first that fits counts, so what is
 * longer stands before what it begins with. Octets as the formats' own
 * specifications give them; names as the IANA registry has them, and where it
 * has none, as file(1) says.
 */
#include "capture/proto/magic.h"

#define MAGIC(place, octets, type)                                             \
	{                                                                      \
		(place), sizeof(octets) - 1, (octets), (type)                  \
	}

static const struct {
	uint16_t at, len;
	const char *octets;
	const char *type;
} rows[] = {
	MAGIC(0, "MZ", "application/x-dosexec"),
	MAGIC(0,
	      "\x7f"
	      "ELF",
	      "application/x-executable"),
	MAGIC(0, "\xfe\xed\xfa\xce", "application/x-mach-binary"),
	MAGIC(0, "\xfe\xed\xfa\xcf", "application/x-mach-binary"),
	MAGIC(0, "\xce\xfa\xed\xfe", "application/x-mach-binary"),
	MAGIC(0, "\xcf\xfa\xed\xfe", "application/x-mach-binary"),
	MAGIC(0, "dex\n", "application/x-dex"),
	MAGIC(0, "\xca\xfe\xba\xbe", "application/x-java-applet"),
	MAGIC(0, "%PDF-", "application/pdf"),
	MAGIC(0, "{\\rtf", "text/rtf"),
	MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	      "application/x-ole-storage"),
	MAGIC(30, "META-INF/", "application/java-archive"),
	MAGIC(30, "mimetypeapplication/epub+zip", "application/epub+zip"),
	MAGIC(0, "PK\x03\x04", "application/zip"),
	MAGIC(0, "PK\x05\x06", "application/zip"),
	MAGIC(0, "Rar!\x1a\x07", "application/x-rar"),
	MAGIC(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
	MAGIC(0, "\x1f\x8b\x08", "application/gzip"),
	MAGIC(0, "BZh", "application/x-bzip2"),
	MAGIC(0,
	      "\xfd"
	      "7zXZ",
	      "application/x-xz"),
	MAGIC(0, "\x28\xb5\x2f\xfd", "application/zstd"),
	MAGIC(0, "MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
	MAGIC(0, "ITSF", "application/vnd.ms-htmlhelp"),
	MAGIC(0, "L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
	MAGIC(257, "ustar", "application/x-tar"),
	MAGIC(0, "!<arch>\ndebian", "application/vnd.debian.binary-package"),
	MAGIC(0, "!<arch>", "application/x-archive"),
	MAGIC(0, "\xed\xab\xee\xdb", "application/x-rpm"),
	MAGIC(0, "FWS", "application/x-shockwave-flash"),
	MAGIC(0, "CWS", "application/x-shockwave-flash"),
	MAGIC(0, "ZWS", "application/x-shockwave-flash"),
	MAGIC(0, "\x89PNG\r\n\x1a\n", "image/png"),
	MAGIC(0, "GIF87a", "image/gif"),
	MAGIC(0, "GIF89a", "image/gif"),
	MAGIC(0, "\xff\xd8\xff", "image/jpeg"),
	MAGIC(0, "II*\0", "image/tiff"),
	MAGIC(0, "MM\0*", "image/tiff"),
	MAGIC(0, "\0\0\x01\0", "image/vnd.microsoft.icon"),
	MAGIC(8, "WEBP", "image/webp"),
	MAGIC(0, "ID3", "audio/mpeg"),
	MAGIC(0, "OggS", "application/ogg"),
	MAGIC(0, "fLaC", "audio/flac"),
	MAGIC(0, "FLV\x01", "video/x-flv"),
	MAGIC(0, "\x1a\x45\xdf\xa3", "video/webm"),
	MAGIC(4, "ftyp", "video/mp4"),
	MAGIC(0, "wOFF", "font/woff"),
	MAGIC(0, "wOF2", "font/woff2"),
	MAGIC(0, "SQLite format 3\0", "application/vnd.sqlite3"),
	MAGIC(0, "\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
	MAGIC(0, "#!", "text/x-shellscript"),
	MAGIC(0, "<?xml", "text/xml"),
};

/* What an HTML document begins with, blanks and case aside. */
static const char *const html[] = {"<!doctype html", "<html",	"<head",
				   "<body",	     "<script", "<title"};

static bool begins(struct nrs_span text, const char *with)
{
	const size_t len = strlen(with);

	if (text.len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (nrs_ascii_lower(text.ptr[i]) != (uint8_t)with[i])
			return false;
	}
	return true;
}

static bool is_html(struct nrs_span head)
{
	const struct nrs_span text = nrs_span_trim(head);

	for (size_t i = 0; i < sizeof(html) / sizeof(*html); i++) {
		if (begins(text, html[i]))
			return true;
	}
	return false;
}

const char *nrs_magic_type(struct nrs_span head)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (head.len >= (size_t)rows[i].at + rows[i].len &&
		    memcmp(head.ptr + rows[i].at, rows[i].octets,
			   rows[i].len) == 0)
			return rows[i].type;
	}
	return is_html(head) ? "text/html" : NULL;
}
