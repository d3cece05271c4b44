#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "No capabilities": nothing inside has any, as root neither, and can get none.
. "$TESTS/support/attack.sh"

for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	expect_output "0000000000000000" in_sandbox sh -c "sed -n 's/^$set:\t//p' /proc/self/status"
done
expect_output 1 in_sandbox sh -c "sed -n 's/^NoNewPrivs:\t//p' /proc/self/status"
