#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# swaps: sets change under traffic and nobody notices. Usage: swaps.sh BUILD_DIR
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/swaps.py" "$@"
