#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# An address that is rewritten while connect or sendto is judged: a socket's name, a port. 10,000
# tries each; 100,000 in the long form.
# timeout: 180
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program race-address
for kind in unix tcp udp; do
	race "$(race_tries 10000)" race-address "$kind"
done
