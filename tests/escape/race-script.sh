#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The first line of a script is rewritten by a process on the host while its execve is judged, or
# the script changes places with another: the interpreter that is refused never runs. 5,000 tries
# each; 50,000 in the long form.
# timeout: 240
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program race-exec race-image
cp race-image image.p
cp race-image image.s
printf '#!%s\n' "$HOME/work/image.p" >script
printf '#!%s\n' "$HOME/work/image.s" >script2
chmod +x script script2
tries=$(race_tries 5000 50000)

race_host "$PROGRAMS/race-link" exchange script script2
race "$tries" race-exec "$HOME/work/script"
race_host_end

printf '#!%s\n' "$HOME/work/image.p" >script
offset=$(($(stat -c %s script) - 2))
race_host "$PROGRAMS/race-link" rewrite script "$offset" ps
race "$tries" race-exec "$HOME/work/script"
race_host_end
