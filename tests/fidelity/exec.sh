#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Programs, scripts and descriptors as programs; spawning from many threads, under signals.
# needs: bwrap
# timeout: 300
. "$TESTS/support/sandbox.sh"

exec /usr/bin/python3 "$TESTS/support/fidelity.py" fidelity-exec
