#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# rooms: who includes whom (docs/architecture.md): a room sees only rooms
# below it, a header that its CMakeLists.txt does not list is private to its
# room, a third-party header has one door (tests/house/doors), and a .c file
# includes its own header first. Usage: rooms.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
. "$here/verdict.sh"

mapfile -t files < <(sources '*.c' '*.h')
some "${files[@]}"
mapfile -t lists < <(sources CMakeLists.txt)

awk '
# floor(ROOM, BELOW): what ROOM may include besides itself.
function floor(room, below,    i, n, names)
{
	is_room[room] = 1
	may[room, room] = 1
	n = split(below, names, " ")
	for (i = 1; i <= n; i++)
		may[room, names[i]] = 1
}
BEGIN {
	engine = "engine/base engine"
	upper = engine " hub"
	floor("engine/base")
	floor("engine/tables", "engine/base")
	floor("engine", "engine/base engine/tables")
	floor("hub", "engine/base")
	floor("loaders", upper)
	floor("sightings", upper)
	floor("logs", engine)
	# Inside capture; packet.h is what its rooms hand to one another.
	floor("capture/packet.h", "engine/base")
	floor("capture/bpf")
	floor("capture/proto", engine)
	decode = engine " capture/packet.h capture/proto"
	floor("capture/decode", decode)
	source = decode " capture/decode capture/bpf"
	floor("capture/source", source)
	floor("capture", source " capture/source")
	floor("app", upper " loaders sightings logs capture capture/packet.h " \
	      "capture/proto capture/decode capture/source")
	# tests and bench may include anything; nothing includes them.
	everything = "engine/tables capture/bpf app "
	for (room in is_room)
		everything = everything room " "
	floor("tests", everything "bench")
	floor("bench", everything "tests")

	n = split("assert complex ctype errno fenv float inttypes iso646 " \
		  "limits locale math setjmp signal stdalign stdarg " \
		  "stdatomic stdbool stddef stdint stdio stdlib " \
		  "stdnoreturn string tgmath time uchar wchar wctype " \
		  "arpa/inet dirent dlfcn endian fcntl fnmatch getopt " \
		  "glob grp ifaddrs langinfo libgen net/if netdb " \
		  "netinet/in netinet/tcp poll pwd sched strings syslog " \
		  "termios unistd", names, " ")
	for (i = 1; i <= n; i++)
		is_libc[names[i] ".h"] = 1
}

function room_of(path)
{
	if (path == "capture/packet.h")
		return path
	if (path ~ /^(tests|bench)\//)
		return substr(path, 1, index(path, "/") - 1)
	sub("/[^/]*$", "", path)
	return path
}
function problem(text, what)
{
	printf "rooms/%s/%s\t1\t%s:%d: %s\n", FILENAME, what, FILENAME, FNR, text
}
function third_party(header)
{
	if (header in is_libc || header ~ /^sys\/[a-z_]+\.h$/)
		return
	if (from == "capture/bpf" && header ~ /^(linux|bpf)\/[a-z_]+\.h$/)
		return # what a program for the kernel has in place of libc
	if (!(header in door))
		problem("<" header "> has no door in tests/house/doors", header)
	else if (door[header] != FILENAME)
		problem("<" header "> belongs to " door[header], header)
	else
		used[header] = 1
}
function ours(path,    to)
{
	to = room_of(path)
	if (!(path in is_file))
		problem("\"" path "\" is no file below the root", path)
	else if (!((from, to) in may))
		problem(from " may not include " to " (" path ")", path)
	else if (from ~ /^(tests|bench)$/)
		return
	else if (top(from) != top(to) && !(path in is_listed))
		problem("\"" path "\" is private to its room", path)
}
function top(path)
{
	sub("/.*", "", path)
	return path
}

mode == "files" { is_file[$1] = 1; next }
mode == "doors" && /^(#|$)/ { next }
mode == "doors" && ($1 in door) {
	problem("<" $1 "> has a second door", $1)
	next
}
mode == "doors" { door[$1] = $2; line_of[$1] = FNR; next }
mode == "lists" {
	dir = FILENAME
	sub("CMakeLists.txt$", "", dir)
	n = split($0, names, /[ \t()]+/)
	for (i = 1; i <= n; i++)
		if (names[i] ~ /\.h$/)
			is_listed[dir names[i]] = 1
	next
}
FNR == 1 {
	from = room_of(FILENAME)
	own = FILENAME
	sub(/\.c$/, "", own)
	wants_own = FILENAME ~ /\.c$/ && ((own ".h") in is_file)
	if (!(from in is_room)) {
		problem("\"" from "\" is no room of the house", "room")
		nextfile
	}
}
!/^[ \t]*#[ \t]*include[ \t]/ { next }
{
	name = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
	quote = substr(name, 1, 1)
	name = substr(name, 2)
	sub(/[">].*/, "", name)
	# worker.c may open with worker_state.h, the inside of worker.h.
	if (wants_own && name != own ".h" && index(name, own "_") != 1)
		problem("its own header comes first", "own")
	wants_own = 0
	if (quote == "\"")
		ours(name)
	else if (from !~ /^(tests|bench)$/)
		third_party(name)
}
END {
	FILENAME = "tests/house/doors"
	for (header in door)
		if (!(header in used)) {
			FNR = line_of[header]
			problem(door[header] " does not include <" header ">", \
				header)
		}
}
' mode=files <(printf '%s\n' "${files[@]}") mode=doors tests/house/doors \
	mode=lists "${lists[@]}" mode=sources "${files[@]}" | verdict rooms
