#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# changes: with a million indicators in force, what is added matches within a
# second, and what is withdrawn matches no more. Usage: changes.sh BUILD_DIR
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/changes.py" "$@"
