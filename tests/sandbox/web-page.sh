#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# users: user
# needs: node jq chromium
# npm: web
# timeout: 240
#
# callgate web in a browser, with real clicks: web-page.mjs has the story. With --keep, pictures of it are in
# outside/pictures.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/web.sh"

secret "$HOME/n/private.txt"
secret "$HOME/n/other.txt"
mkdir "$TEST_TMP/pictures"
web_start
export WEB_URL=$web_url WEB_PID=$web_pid
test_run node "$TESTS/sandbox/web-page.mjs"
[ "$test_status" -eq 0 ] || {
	fail "the page should do as it promises"
	cat "$test_output" "$test_errors"
}
web_stop
