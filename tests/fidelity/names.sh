#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Names that are made, removed, linked and renamed.
# needs: bwrap
# timeout: 300
. "$TESTS/support/sandbox.sh"

exec /usr/bin/python3 "$TESTS/support/fidelity.py" fidelity-make fidelity-rename
