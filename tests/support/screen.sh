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

# screen_gone PATTERN: until no line matches, 15 seconds at most
screen_gone() {
	local i

	for ((i = 0; i < 150; i++)); do
		if ! screen_show | grep -qE -- "$1"; then
			return 0
		fi
		sleep 0.1
	done
	fail "the screen should not show $1"
	screen_show | sed 's/^/  screen: /'
	return 1
}

# screen_asked: until callgate's question is there and its keys count. Where it is lines of text (in a
# pipeline) nothing tells when they do.
screen_asked() {
	screen_wait '^[╭+].* callgate asks |no answer within' || return
	if screen_show | grep -q 'no answer within'; then
		sleep 1
	else
		screen_gone '^[╰+].* wait\.\.\. '
	fi
}

# screen_answer KEY
screen_answer() {
	screen_asked && screen_type "$1"
}

# screen_keep NAME: what stands there with its looks, and where the cursor is, for screen_same
screen_keep() {
	{
		screen_tmux capture-pane -e -p
		screen_tmux display-message -p \
			'cursor #{cursor_x},#{cursor_y} #{cursor_flag} wrap #{wrap_flag} insert #{insert_flag} \
origin #{origin_flag} alternate #{alternate_on} region #{scroll_region_upper},#{scroll_region_lower} \
mouse #{mouse_any_flag} history #{history_size}'
	} >"$TEST_TMP/screen.$1"
}

# screen_same NAME: cell by cell what screen_keep saw
screen_same() {
	screen_keep now
	if ! cmp -s "$TEST_TMP/screen.$1" "$TEST_TMP/screen.now"; then
		fail "the screen should be as it was"
		diff <(cat -v "$TEST_TMP/screen.$1") <(cat -v "$TEST_TMP/screen.now") | sed 's/^/  /'
		return 1
	fi
}

screen_end() {
	screen_tmux kill-server 2>/dev/null
}
