#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A person is asked on the terminal: allowed once, denied, and nobody there in time.
# needs: tmux
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

secret "$HOME/n/private.txt"

screen_start "$CALLGATE run -- cat $HOME/n/private.txt; echo status \$?"
screen_wait 'a/r/d/D, or no answer within 60s:'
screen_show | grep -q 'read  .*private.txt' || fail "the question should name the file"
screen_answer a
screen_wait '^the secret$'
screen_wait '^status 0$'

screen_again "$CALLGATE run -- cat $HOME/n/private.txt; echo status \$?"
screen_answer d
screen_wait 'private.txt: Permission'
screen_wait '^callgate: 1 call was denied: --verbose says which'
screen_wait '^status 1$'
expect_equal "$(screen_show | grep -c 'the secret')" 0

echo '{"version": 1, "extends": "agent", "approval": {"timeout": "1s"}}' >"$TEST_TMP/policy.json"
screen_again "$CALLGATE run --policy $TEST_TMP/policy.json -- cat $HOME/n/private.txt; echo status \$?"
screen_wait 'private.txt: Permission'
screen_wait '^status 1$'
screen_end
