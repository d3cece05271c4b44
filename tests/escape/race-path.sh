#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A path that is rewritten while its open is judged: by a thread, by another process in a page that
# both share, by one in the mapping of a file. 10,000 tries each; 100,000 in the long form.
# timeout: 180
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program race-path
for by in thread process file; do
	race "$(race_tries 10000)" race-path "$by"
done
