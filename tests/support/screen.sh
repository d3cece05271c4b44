# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A terminal for tests, by tmux: what a person types, and what stands on the screen.

screen_socket=$TEST_TMP/tmux

screen_tmux() {
	tmux -f /dev/null -S "$screen_socket" "$@"
}

# screen_start COMMAND-LINE: 80 by 24. The sleep behind it keeps what it wrote last: tmux may lose that
# of a pane that dies.
screen_start() {
	screen_tmux new-session -d -x 80 -y 24 \; \
		respawn-pane -k "cd $HOME/work && $*; exec sleep 1000" || fail "tmux does not start"
}

# screen_again COMMAND-LINE: on a fresh screen of the first size
screen_again() {
	screen_tmux resize-window -x 80 -y 24
	screen_tmux clear-history
	screen_tmux respawn-pane -k "cd $HOME/work && clear && $*; exec sleep 1000" || fail "tmux does not respawn"
}

# What stands there now, without the empty lines at the end.
screen_show() {
	screen_tmux capture-pane -p
}

# screen_type KEYS...: as tmux send-keys takes them
screen_type() {
	screen_tmux send-keys "$@"
}

# screen_wait PATTERN: until a line matches (an extended regular expression), 15 seconds at most
screen_wait() {
	local i

	for ((i = 0; i < 150; i++)); do
		if screen_show | grep -qE -- "$1"; then
			return 0
		fi
		sleep 0.1
	done
	fail "the screen should show $1"
	screen_show | sed 's/^/  screen: /'
	return 1
}

# screen_answer KEY: to callgate's question, which drops what was typed before it could be read
screen_answer() {
	screen_wait 'a/r/d/D, or no answer within' || return
	sleep 1
	screen_type "$1"
}

screen_end() {
	screen_tmux kill-server 2>/dev/null
}
