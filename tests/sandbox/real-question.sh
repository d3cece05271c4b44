#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A person is asked on the terminal: each key, nobody there in time, two at once, windows of any size.
# needs: tmux
# timeout: 180
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

secret "$HOME/n/private.txt"
secret "$HOME/n/other.txt"
ask="cat $HOME/n/private.txt"

screen_start "$CALLGATE run -- $ask; echo status \$?"
screen_asked
screen_wait '/cat wants to read'
screen_show | grep -q 'n/private.txt' || fail "the question should name the file"
screen_show | grep -q 'no rule speaks of it' || fail "the question should say why it is asked"
screen_show | grep -qE '[56][0-9] s left' || fail "the question should say how long it waits"
screen_answer a
screen_wait '^the secret$'
screen_wait '^status 0$'
screen_show | grep -q 'callgate' && fail "nothing of the question should be left"

screen_again "$CALLGATE run -- $ask; echo status \$?"
screen_answer d
screen_wait 'private.txt: Permission'
screen_wait '^callgate: 1 call was denied: --verbose says which'
screen_wait '^status 1$'
expect_equal "$(screen_show | grep -c 'the secret')" 0

screen_again "$CALLGATE run -- $ask; echo status \$?"
screen_answer C-c
screen_wait 'private.txt: Permission'
screen_wait '^status 1$'

screen_again "$CALLGATE run -- sh -c '$ask; $ask; $ask'; echo status \$?"
screen_answer r
screen_wait '^status 0$'
expect_equal "$(screen_show | grep -c 'the secret')" 3

screen_again "$CALLGATE run -- sh -c '$ask; $ask; $ask'; echo status \$?"
screen_answer D
screen_wait '^status 1$'
expect_equal "$(screen_show | grep -c 'private.txt: Permission')" 3

# More, and what a wider answer covers: the other file is read without another question.
screen_again "$CALLGATE run -- sh -c '$ask; cat $HOME/n/other.txt'; echo status \$?"
screen_answer m
screen_wait 'by the call openat'
screen_wait '> same '
screen_answer s
screen_wait '> file '
screen_answer s
screen_wait '> dir '
screen_answer e
screen_wait 'for 10 minutes'
screen_answer r
screen_wait '^status 0$'
expect_equal "$(screen_show | grep -c 'the secret')" 2

# Always: what will be written is shown, and only then.
own=$HOME/.config/callgate/policy.json
screen_again "$CALLGATE run -- $ask; echo status \$?"
screen_answer A
screen_wait 'Allow always'
screen_wait 'A rule in .*'
screen_asked
screen_show | tr -d '│\n ' | grep -qF '.config/callgate/policy.json:{"allow":["read"],"path":"' ||
	fail "the rule should be shown before it is written"
screen_type n
screen_wait 'a  allow once'
expect_no_file "$own"
screen_answer A
screen_wait 'Allow always'
screen_answer y
screen_wait '^the secret$'
screen_wait '^status 0$'
grep -q '"allow": \["read"\], "path": "'"$HOME"'/n/private.txt", "exact": true' "$own" ||
	fail "the rule should be written"
screen_again "$CALLGATE run -- $ask; echo status \$?"
screen_wait '^the secret$'
screen_wait '^status 0$'
rm "$own"

# Two wait at once: one after the other, each for itself.
screen_again "$CALLGATE run -- sh -c '$ask & cat $HOME/n/other.txt; wait'; echo status \$?"
screen_asked
screen_wait '1 of 2, '
screen_answer a
screen_gone '1 of 2, '
screen_answer d
screen_wait '^status [01]$'
expect_equal "$(screen_show | grep -c 'the secret')" 1
expect_equal "$(screen_show | grep -c 'txt: Permission')" 1

# A small window, and one in which no box fits.
screen_again "$CALLGATE run -- $ask; echo status \$?"
screen_asked
screen_tmux resize-window -x 40 -y 10
screen_wait '^╭.{38}╮$'
screen_wait 'wants to read'
screen_wait 'private.txt'
screen_wait 'a  once'
screen_tmux resize-window -x 39 -y 9
screen_wait 'no answer within'
screen_answer a
screen_wait '^the secret$'
screen_wait '^status 0$'

echo '{"version": 1, "extends": "agent", "approval": {"timeout": "1s"}}' >"$TEST_TMP/policy.json"
screen_again "$CALLGATE run --policy $TEST_TMP/policy.json -- $ask; echo status \$?"
screen_wait 'private.txt: Permission'
screen_wait '^status 1$'
screen_show | grep -q 'callgate asks' && fail "nothing of the question should be left"

# Without UTF-8 the box is of plain letters.
screen_again "LC_ALL=C $CALLGATE run -- $ask; echo status \$?"
screen_wait '^\+- callgate asks -+ [0-9]+ s left -\+$'
screen_answer a
screen_wait '^status 0$'
screen_end
