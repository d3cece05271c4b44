# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A terminal for tests, by tmux: what a person types, and what stands on the screen.

screen_socket=$TEST_TMP/tmux
export TMUX_TMPDIR=$TEST_TMP

screen_tmux() {
	tmux -f /dev/null -S "$screen_socket" "$@"
}

# screen_start COMMAND-LINE: 80 by 24; the screen stays when it ended
screen_start() {
	screen_tmux new-session -d -x 80 -y 24 \; set -g remain-on-exit on \; \
		respawn-pane -k "cd $HOME/work && $*" || fail "tmux does not start"
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

screen_end() {
	screen_tmux kill-server 2>/dev/null
}
