#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Where a relative name begins is changed by a thread while its open is judged: the working
# directory (threads share it), the number of the directory's descriptor. 10,000 tries each;
# 100,000 in the long form.
# timeout: 180
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program race-start
mkdir in.p
mkdir out.s
printf 'public\n' >in.p/race
printf 'the secret\n' >out.s/race
for what in cwd dirfd; do
	race "$(race_tries 10000)" race-start "$what"
done
