#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a change acts on is rewritten, or changes places, while it is judged: a mode, a second
# name, a new directory. 10,000 tries each; 100,000 in the long form.
# timeout: 240
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

policy <<-END
	{"version": 1, "extends": "agent", "rules": [{"deny": ["read", "write"], "path": "**/*.s"}]}
END
install_program race-change
printf 'public\n' >race.p
tries=$(race_tries 10000)

for what in chmod link; do
	rm -f race.s
	printf 'the secret\n' >race.s
	race_is_won race-change "$what"
	chmod 640 race.s
	race_is_vain "$tries" race-change "$what"
	expect_equal "$(stat -c '%a %h' race.s)" '640 1'
done

mkdir in.p out.s
ln -s in.p way
ln -s out.s way2
race_host "$PROGRAMS/race-link" exchange way way2
# Inside, what was made where it is refused cannot be removed again.
race_host sh -c 'while sleep 0.002; do rmdir out.s/new 2>/dev/null; done'
race_is_won race-change mkdir
race_host_end
race_host "$PROGRAMS/race-link" exchange way way2
rm -rf out.s/new
race_is_vain "$tries" race-change mkdir
race_host_end
expect_no_file out.s/new
