#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq node python3 unshare
# npm: agents
# timeout: 180
#
# Gemini CLI as npm installs it: reads, writes, runs and commits under the profile `agent`.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/agents.sh"

mkdir ~/.gemini
echo '{"security": {"auth": {"selectedType": "gemini-api-key"}}}' >~/.gemini/settings.json
export GOOGLE_GEMINI_BASE_URL=http://model.test:$port GEMINI_API_KEY=not-a-key
start "$bin/gemini" --skip-trust --yolo -m gemini-2.5-pro -p "Do what is to be done."
expect_work /v1beta/models/gemini-2.5-pro:streamGenerateContent
grep -q "All is done." "$test_output" || fail "it should say what the model said"
[ -n "$(find ~/.gemini/tmp -name '*.json*')" ] || fail "the conversation should be kept"
expect_refused play.googleapis.com
