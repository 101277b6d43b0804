#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tested: every source file has a unit test: tests/ROOM/test_FILE.c, or a row
# in tests/house/tested_by: FILE TEST [FUNCTION]. The TEST (or a helper of
# tests/ that it includes) must name something public of the FILE; or, where
# the file is inside its room, the FUNCTION that leads there, which must be
# public itself. A row that is not needed is an error. Usage: tested.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
. "$here/verdict.sh"

mapfile -t files < <(sources '*.c' | grep -vE '^(bench|tests)/' || true)
some "${files[@]}"
list=tests/house/tested_by
[ -f "$list" ] || list=/dev/null

# What each file makes public: "FILE NAME", functions and tables alike.
public=$(awk '
	/^(static|typedef|struct [a-z_]+ \{|[ \t#*\/{}])/ { next }
	match($0, /nrs_[a-z0-9_]+ *(\(|\[|=)/) {
		name = substr($0, RSTART, RLENGTH)
		sub(/ *[(\[=]$/, "", name)
		print FILENAME, name
	}' "${files[@]}")

problem() { # WHAT FILE TEXT
	printf 'tested/%s/%s\t1\t%s: %s\n' "$1" "$2" "$2" "$3"
}

# says TEST NAME...: does the test, or a helper it includes, say one of them?
says() {
	local test=$1 header
	local -a texts=("$test")
	shift
	while read -r header; do
		[ -f "$header" ] && texts+=("$header")
		[ -f "${header%.h}.c" ] && texts+=("${header%.h}.c")
	done < <(sed -n 's/^#include "\(tests\/[^"]*\)"/\1/p' "$test")
	[ $# -gt 0 ] && grep -qwF "$(printf '%s\n' "$@")" "${texts[@]}"
}

declare -A by
rows() {
	local file test function
	local -a names
	while read -r file test function _; do
		[[ -z $file || $file == '#'* ]] && continue
		mapfile -t names < <(awk -v f="$file" '$1 == f { print $2 }' \
			<<<"$public")
		if [ ! -f "$file" ]; then
			problem row "$file" "is no file, but a row of $list"
		elif [ ! -f "$test" ]; then
			problem row "$file" "its test $test is no file"
		elif [ -n "$function" ] &&
			! grep -qE " $function\$" <<<"$public"; then
			problem row "$file" "nothing public is $function"
		elif [ -n "$function" ]; then
			says "$test" "$function" ||
				problem row "$file" "$test names no $function"
		elif [ ${#names[@]} -gt 0 ] && ! says "$test" "${names[@]}"; then
			problem row "$file" "$test names nothing public of it"
		fi
	done <"$list"
}

own() {
	local file test room
	while read -r file test _; do
		[[ -z $file || $file == '#'* ]] || by[$file]=$test
	done <"$list"
	for file in "${files[@]}"; do
		room=${file%/*}
		test=tests/${room##*/}/test_$(basename "$file" .c).c
		if [ -n "${by[$file]:-}" ] && [ -f "$test" ]; then
			problem row "$file" "has $test: its row in $list goes"
		elif [ -z "${by[$file]:-}" ] && [ ! -f "$test" ]; then
			problem none "$file" "neither $test nor a row in $list"
		fi
	done
}
{ rows && own; } | verdict tested
