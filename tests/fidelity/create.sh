#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a created file is, and that its descriptor leaves nothing behind.
# needs: bwrap
# timeout: 300
. "$TESTS/support/sandbox.sh"

exec /usr/bin/python3 "$TESTS/support/fidelity.py" fidelity-create
