#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# retro: ten million observations are searched for ten thousand indicators in
# seconds, and a logged observation takes few octets. Usage: retro.sh BUILD_DIR
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/retro.py" "$@"
