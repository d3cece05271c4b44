#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq node python3 unshare
# npm: agents
# timeout: 180
#
# Codex as npm installs it: reads, writes, runs and commits under the profile `agent`, with callgate in the
# place of its own sandbox.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/agents.sh"

mkdir ~/.codex
cat >~/.codex/config.toml <<END
model = "scripted"
model_provider = "test"
[model_providers.test]
name = "test"
base_url = "http://model.test:$port/v1"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
END
export OPENAI_API_KEY=not-a-key
start "$bin/codex" exec --dangerously-bypass-approvals-and-sandbox "Do what is to be done."
expect_work /v1/responses
expect_equal "$(tail -n 1 "$test_output")" "All is done."
[ -n "$(find ~/.codex/sessions -name '*.jsonl')" ] || fail "the conversation should be kept"
# Its plugins and experiments are looked for elsewhere, and were refused.
expect_refused chatgpt.com ab.chatgpt.com
