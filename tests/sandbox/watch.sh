#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: tmux
# timeout: 150
#
# callgate watch: runs without a terminal ask, and are answered there; their calls are filtered, searched
# and paused. Where it is killed nothing is allowed.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

secret "$HOME/n/private.txt"
secret "$HOME/n/other.txt"

# start NAME COMMAND...: a run without a terminal; its output in $TEST_TMP/NAME
start() {
	local name=$1

	shift
	{
		"$CALLGATE" run -- "$@"
		echo "status $?"
	} >"$TEST_TMP/$name" 2>"$TEST_TMP/$name.err" </dev/null &
}

# asker NAME FILE: reads FILE once ~/work/go-NAME is there, and ends once end-NAME is. Not before, so
# that somebody is there to ask.
asker() {
	start "$1" sh -c "until [ -e go-$1 ]; do sleep 0.3; done; cat $2; until [ -e end-$1 ]; do sleep 0.3; done"
}

# said NAME TEXT: what the run wrote, within 15 seconds
said() {
	local i

	for ((i = 0; i < 150; i++)); do
		if grep -qF -- "$2" "$TEST_TMP/$1" "$TEST_TMP/$1.err"; then
			return 0
		fi
		sleep 0.1
	done
	fail "$1 should say $2"
	sed 's/^/  said: /' "$TEST_TMP/$1" "$TEST_TMP/$1.err"
}

# ---- nothing runs; then something does
screen_start "$CALLGATE watch; echo left \$?"
screen_wait 'callgate watch   no run; waiting'
screen_tmux resize-window -x 160 -y 24
# What waits for files is loud.
screen_type f
screen_wait '^ filter: _'
screen_type 'program=cat' Enter
screen_wait 'Calls · filter: program=cat '
asker one "$HOME/n/private.txt"
asker two "$HOME/n/other.txt"
screen_wait 'callgate watch   2 runs, no question waits'
screen_wait '^ run [0-9a-f]{8}  sh -c '

# ---- a question of a run without a terminal, answered with one key
touch go-one
screen_wait 'callgate watch   2 runs, 1 question waits'
screen_wait '^ > [0-9a-f]{8}/1 cat wants to read .*n/private.txt'
screen_wait 'no rule says anything about it'
screen_wait '^ a allow  r allow for run'
screen_type a
said one 'the secret'
screen_wait 'allowed once: cat wants to read'
screen_wait ' no question waits'

touch go-two
screen_wait '^ > [0-9a-f]{8}/1 cat wants to read .*n/other.txt'
screen_wait '^ a allow  r allow for run'
screen_type d
said two 'other.txt: Permission denied'
screen_wait '[0-9:]{8} [0-9a-f]{8} deny  read    cat .*n/other.txt'

# ---- filter, search, pause
screen_type f
screen_wait '^ filter: program=cat_'
screen_type C-u 'deny cat' Enter
screen_wait 'Calls · filter: deny cat '
screen_gone ' allow '
screen_wait ' deny  read    cat .*n/other.txt'
screen_type f C-u 'program=no-such' Enter
screen_wait 'no call passes the filter'
screen_type f C-u Enter
screen_wait ' allow +(exec|read) '
screen_type f '/cat' Enter
screen_wait 'filter: /cat '
screen_type / other.txt Enter
screen_wait 'search: other.txt'
screen_gone 'no call holds that'
screen_type / nowhere-to-be-found Enter
screen_wait 'no call holds that'
screen_type / Enter
screen_type Space
screen_wait '· paused'
touch end-one
screen_wait 'callgate watch   1 run, '
asker three work-of-three
screen_wait 'callgate watch   2 runs, '
touch go-three
said three 'No such file'
screen_wait 'paused, [0-9]+ more below'
screen_show | grep -q ' exec .*/cat work-of-three' && fail "a pause should hold the calls"
screen_type Space
screen_wait ' exec .*/cat work-of-three'
screen_gone 'paused'
touch end-three

# ---- for the run, and taken back
touch end-two
screen_wait 'no run; waiting'
start four sh -c "until [ -e go-four ]; do sleep 0.3; done; cat $HOME/n/private.txt; cat $HOME/n/private.txt; until [ -e end-four ]; do sleep 0.3; done"
screen_wait ' 1 run, no question'
touch go-four
screen_wait '^ a allow  r allow for run'
screen_type r
screen_wait 'no question waits'
screen_type g
screen_wait '^ > 1 +allowed for the run  .*n/private.txt'
screen_type x
screen_wait 'nothing: no answer was for a run'
screen_type q
screen_wait '^left 0$'
touch end-four
wait
expect_equal "$(grep -c 'the secret' "$TEST_TMP/four")" 2

# ---- as far and as long as the person chooses: the other file of the directory is not asked for
screen_again "$CALLGATE watch; echo left \$?"
screen_tmux resize-window -x 160 -y 24
screen_wait 'callgate watch'
start six sh -c "until [ -e go-six ]; do sleep 0.3; done; cat $HOME/n/private.txt; cat $HOME/n/other.txt; until [ -e end-six ]; do sleep 0.3; done"
screen_wait ' 1 run, no question'
touch go-six
screen_wait '^ a allow  r allow for run'
screen_wait 'r, D: for the run, same: each read of just this'
screen_type s
screen_wait 'r, D: for the run, file: read just .*/n/private.txt'
screen_type s
screen_wait 'r, D: for the run, dir: read what is directly in .*/n'
screen_type t
screen_wait 'r, D: for 10 min, dir: '
screen_type r
screen_wait 'no question waits'
said six 'the secret'
both() {
	[ "$(grep -c 'the secret' "$TEST_TMP/six")" -eq 2 ]
}
until_true both
"$CALLGATE" grants | grep -q 'directly in .*/n.*min left' || fail "the grant should have its time: $("$CALLGATE" grants)"
screen_type q
screen_wait '^left 0$'
touch end-six
wait

# ---- keys that came before a question could be read answer nothing; killed, nothing is allowed
rm -f go-* end-*
asker five "$HOME/n/private.txt"
screen_again "$CALLGATE watch; echo left \$?"
screen_wait '1 run, no question'
screen_type a a a Enter
touch go-five
screen_wait '^ a allow  r allow for run'
screen_wait '1 question waits'
grep -q 'the secret' "$TEST_TMP/five" && fail "keys of before should not answer"
screen_tmux resize-window -x 60 -y 12
screen_wait '^ > 1 +cat wants to read'
screen_tmux resize-window -x 80 -y 24
kill -KILL "$(pgrep -P "$(screen_tmux display-message -p '#{pane_pid}')")"
screen_wait 'left 137'
said five 'private.txt: Permission denied'
expect_equal "$(grep -c 'the secret' "$TEST_TMP/five")" 0
touch end-five
wait

# Where the run waits for whoever comes, the question survives.
"$CALLGATE" run --attended -- cat "$HOME/n/private.txt" >"$TEST_TMP/six" 2>"$TEST_TMP/six.err" </dev/null &
screen_again "TERM=vt100 $CALLGATE watch; echo left \$?"
screen_wait '^ a allow  r allow for run'
kill -KILL "$(pgrep -P "$(screen_tmux display-message -p '#{pane_pid}')")"
screen_wait 'left 137'
expect_equal "$("$CALLGATE" pending | grep -c '^question 1')" 1
screen_again "LC_ALL=C $CALLGATE watch; echo left \$?"
screen_wait '^ a allow  r allow for run'
screen_type a
wait
expect_equal "$(cat "$TEST_TMP/six")" "the secret"
screen_type q
screen_wait '^left 0$'
screen_end

expect_error 'this needs a terminal' "$CALLGATE" watch
