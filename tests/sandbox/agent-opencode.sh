#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq node python3 unshare
# npm: agents
# timeout: 180
#
# opencode as npm installs it: reads, writes, runs and commits under the profile `agent`.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/agents.sh"

mkdir -p ~/.config/opencode
cat >~/.config/opencode/opencode.json <<END
{"model": "test/scripted",
 "provider": {"test": {
	"npm": "@ai-sdk/openai-compatible", "name": "test",
	"options": {"baseURL": "http://model.test:$port/v1", "apiKey": "not-a-key"},
	"models": {"scripted": {"name": "scripted", "tool_call": true}}}}}
END
start "$bin/opencode" run "Do what is to be done."
expect_work /v1/chat/completions
grep -q "All is done." "$test_output" || fail "it should say what the model said"
[ -n "$(find ~/.local/share/opencode -name '*.db')" ] || fail "the conversation should be kept"
# Its list of models, and what it would install for plugins.
expect_refused models.opencode.ai
