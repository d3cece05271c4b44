#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Names that change places (RENAME_EXCHANGE) while an open walks over them: a link as the last
# name, a link on the way, and a directory that is moved so that ".." leads elsewhere. Exchanged
# from within, and by a process of the same user on the host, which no gate slows down. 10,000
# tries each; 100,000 in the long form (the last one: 2,000 and 20,000, each of which walks 200
# names).
# timeout: 300
# long: 3600
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program race-link
mkdir in.p in.p/sub out.s out.s/sub
printf 'public\n' >in.p/race
printf 'the secret\n' >out.s/race
ln -s race.p leaf
ln -s race.s leaf2
ln -s in.p way
ln -s out.s way2
tries=$(race_tries 10000)

race "$tries" race-link leaf race.s leaf leaf2
race "$tries" race-link way/race out.s/race way way2

race_host "$PROGRAMS/race-link" exchange leaf leaf2
race "$tries" race-link leaf race.s
race_host_end
race_host "$PROGRAMS/race-link" exchange way way2
race "$tries" race-link way/race out.s/race
race_host_end

# The way back from a directory that has moved. The path is long, so that the kernel's own walk
# lasts.
up=in.p/sub
for _ in $(seq 100); do
	up=$up/../sub
done
race_host "$PROGRAMS/race-link" exchange in.p/sub out.s/sub
race "$(race_tries 2000 20000)" race-link "$up/../race" out.s/race
race_host_end
