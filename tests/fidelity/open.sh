#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Opens: every flag on every kind of path, every restriction of openat2.
# needs: bwrap
# timeout: 300
. "$TESTS/support/sandbox.sh"

exec /usr/bin/python3 "$TESTS/support/fidelity.py" fidelity-open fidelity-openat2
