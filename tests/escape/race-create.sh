#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A name is missing when its making is judged, and a link to what is refused when it is made (by a
# process on the host): to a file that may not be opened, and to one that may not come to be. 10,000
# tries each; 100,000 in the long form.
# timeout: 240
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

policy <<-END
	{"version": 1, "extends": "agent", "rules": [{"deny": ["read", "write"], "path": "**/*.s"}]}
END
install_program race-create
printf 'the secret\n' >race.s
tries=$(race_tries 10000)

race_host "$PROGRAMS/race-create" host leaf race.s
race "$tries" race-create leaf race.s
race_host_end
expect_file race.s 'the secret'

race_host "$PROGRAMS/race-create" host leaf made.s
race_is_won race-create leaf made.s
rm -f made.s
race_is_vain "$tries" race-create leaf made.s
race_host_end
expect_no_file made.s
