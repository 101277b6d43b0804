#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# flows: what keeping flows in the kernel costs, against only counting there.
# Usage: flows.sh BUILD_DIR [--gate]
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/flows.py" "$@"
