#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# procfs, devices and descriptors by their names.
# needs: bwrap
# timeout: 300
. "$TESTS/support/sandbox.sh"

exec /usr/bin/python3 "$TESTS/support/fidelity.py" fidelity-proc
