# SPDX-License-Identifier: Apache-2.0
# sizes: measure C files for sizes.sh. The idea: blank comments, strings and
# preprocessor lines, then follow braces. What stands before an opening brace
# (the head) says what it opens: a function at the outermost level ends in
# ")", a struct or union ends in its name. Prints lines for verdict.

function over(what, name, figure, limit, line,    key)
{
	key = "sizes/" what "/" file (name == "" ? "" : "/" name)
	if (figure > limit)
		printf "%s\t%d\t%s:%d: %s%d %s, at most %d\n", key, figure, \
			file, line, name == "" ? "" : name ": ", figure, \
			what, limit
}

# The line without comments and literals; in_comment lasts over lines.
function code_of(line,    out, i, c, n, quote)
{
	out = ""
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (in_comment) {
			if (substr(line, i, 2) == "*/") {
				in_comment = 0
				i++
			}
		} else if (quote != "") {
			if (c == "\\")
				i++
			else if (c == quote)
				quote = ""
		} else if (substr(line, i, 2) == "/*") {
			in_comment = 1
			out = out " "
			i++
		} else if (substr(line, i, 2) == "//") {
			break
		} else if (c == "\"" || c == "'") {
			quote = c
			out = out "0"
		} else {
			out = out c
		}
	}
	return out
}

# How many parameters the last group of parentheses in @text names.
function parameters(text,    i, c, level, count, some)
{
	count = 1
	for (i = length(text); i > 0; i--) {
		c = substr(text, i, 1)
		if (c == ")" && ++level == 1)
			continue
		if (c == "(" && --level == 0)
			break
		if (level == 1 && c == ",")
			count++
		if (level > 0)
			some = c some
	}
	group_start = i
	gsub(/[ \t]/, "", some)
	return some == "" || some == "void" ? 0 : count
}

function opened(    name)
{
	depth++
	kind[depth] = "other"
	members[depth] = 0
	sub(/[ \t]+$/, "", head)
	if (depth == 1 && head ~ /\)$/ && head !~ /=/) {
		kind[depth] = "function"
		count = parameters(head)
		name = substr(head, 1, group_start - 1)
		sub(/[ \t]+$/, "", name)
		sub(/.*[^A-Za-z0-9_]/, "", name)
		name_of[depth] = name
		start[depth] = head_line
		over("arguments", name, count, 5, head_line)
	} else if (head ~ /(^|[^A-Za-z0-9_])(struct|union)([ \t]+[A-Za-z0-9_]+)?$/) {
		kind[depth] = "aggregate"
		name = head
		sub(/.*[^A-Za-z0-9_]/, "", name)
		name_of[depth] = name
		start[depth] = head_line
	}
	head = ""
}

function closed()
{
	if (kind[depth] == "function")
		over("function-lines", name_of[depth], \
		     FNR - start[depth] + 1, 80, start[depth])
	inner = 0
	if (kind[depth] == "aggregate") {
		over("members", name_of[depth], members[depth], 25, \
		     start[depth])
		inner = members[depth] # of an anonymous one: they count above
	}
	depth--
	head = ""
}

function follow(text,    i, c, n)
{
	n = length(text)
	for (i = 1; i <= n; i++) {
		c = substr(text, i, 1)
		if (c == "{") {
			opened()
			continue
		}
		if (c == "}") {
			closed()
			continue
		}
		if (c == "(" || c == "[")
			group++
		if (c == ")" || c == "]")
			group--
		if (group == 0 && (c == ";" || c == ",") &&
		    kind[depth] == "aggregate") {
			members[depth] += \
				head ~ /[^ \t]/ ? 1 : (inner > 0 ? inner : 1)
			inner = 0
		}
		if (c == ";") {
			head = ""
			continue
		}
		if (head == "" && c ~ /[ \t]/)
			continue
		if (head == "")
			head_line = FNR
		head = head c
	}
	if (head != "")
		head = head " "
}

function finish()
{
	if (file == "")
		return
	over("lines", "", lines, file ~ /\.h$/ ? 120 : \
	     file ~ /^tests\/fuzz\/fuzz_/ ? 25 : 600, lines)
	over("includes", "", includes, 12, 1)
	if (depth != 0 || in_comment)
		printf "sizes/braces/%s\t1\t%s: braces do not match\n", file, \
			file
}

FNR == 1 {
	finish()
	file = FILENAME
	includes = in_comment = in_directive = depth = group = inner = 0
	head = ""
}
{
	lines = FNR
	text = code_of($0)
	if (text ~ /^[ \t]*#[ \t]*include/)
		includes++
	if (in_directive || text ~ /^[ \t]*#/) {
		in_directive = text ~ /\\$/
		next
	}
	follow(text)
}
END { finish() }
