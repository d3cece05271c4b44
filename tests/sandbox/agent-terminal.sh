#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq node python3 tmux unshare
# npm: agents
# timeout: 180
#
# Agents as a person uses them, at a terminal: what they draw comes through, what is typed reaches them, and
# they end as ever.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/agents.sh"
. "$TESTS/support/screen.sh"

# at_terminal COMMAND...
at_terminal() {
	local back=() map=()

	if [ "$TEST_USER" != root ]; then
		map=(--map-root-user)
		back=(unshare --user "--map-user=$(id -u)" "--map-group=$(id -g)")
	fi
	rm -f output.txt count.txt uid.txt "$TEST_TMP/log" "$TEST_TMP/status" "$TEST_TMP/model.log"
	git reset -q --hard "$first"
	{
		printf 'mount --bind %q /etc/hosts\n' "$network_hosts"
		printf '%q ' "${back[@]}" "$CALLGATE" run "${run_options[@]}" -- "$@"
		printf '\necho "ended $?"\n'
	} >"$TEST_TMP/run.sh"
	"$screen" "unshare ${map[*]} --mount bash $TEST_TMP/run.sh"
	screen=screen_again
}
screen=screen_start
first=$(git rev-parse HEAD)

# said TEXT: typed, and there before the key that sends it
said() {
	screen_type "$1"
	screen_wait "$1"
	screen_type Enter
}

# tmux passes on what stands in the environment when it is started.
export OPENAI_API_KEY=not-a-key
export ANTHROPIC_AUTH_TOKEN=not-a-token ANTHROPIC_BASE_URL=http://model.test:$port
mkdir ~/.codex
cat >~/.codex/config.toml <<END
model = "scripted"
model_provider = "test"
[model_providers.test]
name = "test"
base_url = "http://model.test:$port/v1"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
[projects."$HOME/work"]
trust_level = "trusted"
END
at_terminal "$bin/codex" --dangerously-bypass-approvals-and-sandbox
screen_wait "Ask Codex"
said "Do what is to be done."
screen_wait "All is done"
said "/quit"
screen_wait "ended 0"
expect_work /v1/responses

jq -n --arg place "$HOME/work" '{hasCompletedOnboarding: true,
	projects: {($place): {hasTrustDialogAccepted: true}}}' >~/.claude.json
at_terminal "$bin/claude" --permission-mode default --allowedTools Read,Write,Bash
screen_wait "/effort|for shortcuts"
said "Do what is to be done."
screen_wait "All is done"
said "/exit"
screen_wait "ended 0"
expect_work /v1/messages
screen_end
