#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Arguments in memory that is not there, and names of every length and byte.
# needs: bwrap
# timeout: 300
. "$TESTS/support/sandbox.sh"

exec /usr/bin/python3 "$TESTS/support/fidelity.py" fidelity-memory
