#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# format: every C file is as clang-format (version 14, .clang-format) has it.
# Usage: format.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
. "$here/verdict.sh"

if ! command -v clang-format-14 >/dev/null; then
	echo "skipped: no clang-format-14 (./dev lint installs it)"
	exit 77
fi
mapfile -t files < <(sources '*.c' '*.h')
some "${files[@]}"
clang-format-14 --style=file --dry-run -Werror "${files[@]}"
