#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A person is asked on the terminal: allowed once, denied, and nobody there in time.
# needs: tmux
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

secret "$HOME/notes/private.txt"

screen_start "$CALLGATE run -- cat $HOME/notes/private.txt; echo status \$?"
screen_wait 'private.txt'
sleep 0.5
screen_show >"$TEST_TMP/question"
screen_type y
screen_wait '^the secret$'
screen_wait '^status 0$'

screen_tmux respawn-pane -k "$CALLGATE run -- cat $HOME/notes/private.txt; echo status \$?"
screen_wait '\[y\]|[Yy]es|once'
sleep 0.5
screen_type n
screen_wait 'Permission denied'
screen_wait '^status 1$'
expect_equal "$(screen_show | grep -c 'the secret')" 0

echo '{"version": 1, "extends": "agent", "approval": {"timeout": "1s"}}' >"$TEST_TMP/policy.json"
screen_tmux respawn-pane -k "$CALLGATE run --policy $TEST_TMP/policy.json -- cat $HOME/notes/private.txt; echo status \$?"
screen_wait 'Permission denied'
screen_wait '^status 1$'
screen_end
sed 's/^/asked: /' "$TEST_TMP/question"
