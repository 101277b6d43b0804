#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tested: every source file has a unit test: tests/ROOM/test_FILE.c, or a row
# in tests/house/tested_by that names the test which covers it. That test must
# name a function or table which the source makes public, and a row that is not
# needed is an error. Usage: tested.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
. "$here/verdict.sh"

mapfile -t files < <(sources '*.c' | grep -vE '^(bench|tests)/' || true)
some "${files[@]}"
list=tests/house/tested_by
[ -f "$list" ] || list=/dev/null

# problem WHAT FILE TEXT
problem() {
	printf 'tested/%s/%s\t1\t%s: %s\n' "$1" "$2" "$2" "$3"
}

# public FILE: names that it defines and that others may use.
public() {
	grep -oE '^[a-z][^;=]*[ *](nrs_[a-z0-9_]+)(\(|\[|.* =)' "$1" |
		grep -v '^static' | grep -oE 'nrs_[a-z0-9_]+ ?(\(|\[|=)' |
		grep -oE 'nrs_[a-z0-9_]+' | LC_ALL=C sort -u
}

# names FILE TEST: does the test name something of the file?
names() {
	local name
	for name in $(public "$1"); do
		grep -qw "$name" "$2" && return
	done
	return 1
}

declare -A by
row_problems() {
	local file test
	while read -r file test _; do
		[[ $file == '#'* || -z $file ]] && continue
		by[$file]=$test
		if [ ! -f "$file" ]; then
			problem row "$file" "no such file, yet $list has it"
		elif [ ! -f "$test" ]; then
			problem row "$file" "its test $test is no file"
		elif ! names "$file" "$test"; then
			problem row "$file" "$test names nothing public of it"
		fi
	done <"$list"
}

own_test() {
	local room=${1%/*}
	echo "tests/${room##*/}/test_$(basename "$1" .c).c"
}

all() {
	local file own
	row_problems
	for file in "${files[@]}"; do
		own=$(own_test "$file")
		if [ -n "${by[$file]:-}" ] && [ -f "$own" ]; then
			problem row "$file" "has $own: its row in $list goes"
		elif [ -z "${by[$file]:-}" ] && [ ! -f "$own" ]; then
			problem none "$file" "neither $own nor a row in $list"
		elif [ -f "$own" ] && ! names "$file" "$own"; then
			problem own "$file" "$own names nothing public of it"
		fi
	done
}
all | verdict tested
