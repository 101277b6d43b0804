#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# prose: every source opens with its SPDX line and, in C, with a comment
# "name: what it is"; no marks for later, no code in comments, no #if inside
# a function, no typedef of a struct, no alloca; below app/ nobody prints or
# ends the process. Usage: prose.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
. "$here/verdict.sh"

mapfile -t files < <(sources '*.c' '*.h')
some "${files[@]}"
mapfile -t scripts < <(
	sources CMakeLists.txt '*.cmake' '*.sh' '*.py' '*.awk'
	find CMakeLists.txt cmake dev .ci/run -type f 2>/dev/null || true
)

awk '
function problem(what, text)
{
	printf "prose/%s/%s\t1\t%s:%d: %s\n", what, FILENAME, FILENAME, FNR, \
		text
}
FNR == 1 {
	stem = FILENAME
	sub(/.*\//, "", stem)
	sub(/\.[a-z]+$/, "", stem)
	is_c = FILENAME ~ /\.[ch]$/
	may_print = FILENAME ~ /^(app|bench|tests)\//
	has_spdx = has_once = in_function = 0
	opening = ""
}
FNR <= 2 && !is_c && $0 == "# SPDX-License-Identifier: Apache-2.0" {
	has_spdx = 1
}
FNR == 2 && !is_c && !has_spdx {
	problem("spdx", "no SPDX line")
}
/(^|[^A-Za-z])(TODO|FIXME|XXX)([^A-Za-z]|$)/ && FILENAME !~ /^tests\/house\// {
	problem("mark", "a mark for later; say it in an issue")
}
!is_c { next }
FNR == 1 && $0 != "/* SPDX-License-Identifier: Apache-2.0 */" {
	problem("spdx", "the first line is not the SPDX line")
}
FNR == 2 || FNR == 3 {
	opening = opening $0
}
FNR == 3 && (opening !~ /^\/\*[ ]?[ *]* [^ ]/ ||
	     (FILENAME !~ /^tests\// && index(opening, "* " stem ": ") == 0)) {
	problem("opening", "does not open with \"" stem ": what it is\"")
}
/^[ \t]*\/\/|[;{}][ \t]+\/\// || /^\t* \* .*\);$/ || /\/\* .*\); \*\/$/ {
	problem("comment", "a line comment or code in a comment")
}
/^\{/ { in_function = 1 }
/^\}/ { in_function = 0 }
/^[ \t]*#[ \t]*if/ && in_function {
	problem("if", "#if inside a function: CMake picks the file")
}
/^[ \t]*#[ \t]*if 0/ { problem("dead", "dead code") }
/^typedef (struct|union)/ { problem("typedef", "a typedef of a struct") }
/(^|[^A-Za-z0-9_])alloca *\(/ { problem("alloca", "alloca") }
!may_print && /^[^*]*(^|[^A-Za-z0-9_])(f?printf|puts|perror|exit) *\(/ {
	problem("quiet", "only app/ prints and ends the process")
}
# A child that was made below app ends where it was made, and nowhere else.
!may_print && FILENAME != "engine/base/child.c" &&
/^[^*]*(^|[^A-Za-z0-9_])(_exit|fork) *\(/ {
	problem("child", "only app/ and engine/base/child.c make or end processes")
}
' "${files[@]}" "${scripts[@]}" | verdict prose
