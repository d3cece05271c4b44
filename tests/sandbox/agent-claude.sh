#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq node python3 unshare
# npm: agents
# timeout: 180
#
# Claude Code as npm installs it: reads, writes, runs and commits under the profile `agent`.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/agents.sh"

export ANTHROPIC_BASE_URL=http://model.test:$port ANTHROPIC_API_KEY=not-a-key
start "$bin/claude" -p "Do what is to be done." --allowedTools Read,Write,Bash
expect_work /v1/messages
expect_equal "$(cat "$test_output")" "All is done."
# Its state is kept, in a home that had none: the conversation, and its own settings.
[ -n "$(find ~/.claude/projects -name '*.jsonl')" ] || fail "the conversation should be kept"
expect_ok jq -e .firstStartTime ~/.claude.json
expect_no_file ~/.claude.json.lock
# Telemetry went to its maker, and was refused.
expect_refused api.anthropic.com
# So is an update, and nothing is changed by it.
before=$(stat -Lc '%i %s %Y' "$bin/claude")
host=${NPM_REGISTRY#*://}
host=${host%%/*}
npm_config_fetch_retries=0 expect_fail outside "$bin/claude" update
expect_refused "${host%%:*}"
expect_equal "$(stat -Lc '%i %s %Y' "$bin/claude")" "$before"
