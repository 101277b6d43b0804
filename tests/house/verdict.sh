# SPDX-License-Identifier: Apache-2.0
# verdict: sourced by the house checks. What files they look at, and what
# becomes of a problem: an error, unless tests/house/exceptions names it with
# just that figure. An exception that nothing needs any more is an error too,
# so that the list can only shrink.
#
# A problem is a line "KEY<tab>FIGURE<tab>text for people"; an exception is a
# line "KEY FIGURE why". Keys begin with the name of the check.

# sources PATTERN...: files of the tree with these names, sorted.
sources() {
	local names=() room
	for name in "$@"; do
		names+=(-o -name "$name")
	done
	for room in engine hub loaders capture logs sightings app bench tests; do
		[ -d "$room" ] && find "$room" -type f \( "${names[@]:1}" \)
	done | LC_ALL=C sort
}

# some FILE...: a check that finds nothing to look at has not passed.
some() {
	[ $# -gt 0 ] && return
	echo "no files below $PWD"
	exit 1
}

# verdict CHECK: problems on standard input; returns 1 if one of them stands.
verdict() {
	local list=tests/house/exceptions
	[ -f "$list" ] || list=/dev/null
	awk -F '\t' -v check="$1" -v list="$list" '
	function say(text) { print check ": " text; bad++ }
	BEGIN {
		while ((getline line < list) > 0) {
			if (line ~ /^(#.*|[ \t]*)$/)
				continue
			words = split(line, word, " ")
			if (line !~ /^(prose|rooms|sizes|tested)\// || words < 3 ||
			    word[2] !~ /^[0-9]+$/)
				say(list ": not \"CHECK/KEY FIGURE why\": " line)
			else if (index(line, check "/") == 1)
				allowed[word[1]] = word[2]
		}
	}
	{
		found[$1] = $2
		if (!($1 in allowed) || $2 + 0 > allowed[$1] + 0)
			say($3 " [" $1 " " $2 "]")
	}
	END {
		for (key in allowed)
			if (!(key in found))
				say(list ": nothing needs it any more: " key)
			else if (found[key] + 0 < allowed[key] + 0)
				say(list ": lower it to " found[key] ": " key)
		exit bad > 0
	}'
}
