#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Modes, owners, lengths, times and extended attributes.
# needs: bwrap
# timeout: 300
. "$TESTS/support/sandbox.sh"

exec /usr/bin/python3 "$TESTS/support/fidelity.py" fidelity-change fidelity-xattr
