#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: curl jq python3
# timeout: 120
#
# callgate web by its requests: what its page may ask is done, whatever else is asked is not; a question is
# answered once; killed, it allows nothing and loses nothing.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/web.sh"

secret "$HOME/n/private.txt"
private=$HOME/n/private.txt

# start NAME OPTION... -- COMMAND...: its output in $TEST_TMP/NAME
start() {
	local name=$1

	shift
	{
		"$CALLGATE" run "$@"
		echo "status $?"
	} >"$TEST_TMP/$name" 2>"$TEST_TMP/$name.err" </dev/null &
}

# ---- how it is called
expect_error 'takes no arguments' "$CALLGATE" web 8080
for port in -1 65536 8080x 0x50 ' 80'; do
	expect_error '--port takes a number' "$CALLGATE" web --port "$port"
done
expect_output "usage: callgate web [--port PORT]" sh -c "'$CALLGATE' web --help | head -n 1"

web_start
origin=http://127.0.0.1:$web_port
expect_equal "${#web_token}" 64
[ -e "$HOME/.local/state/callgate/run/$web_port.port" ] || fail "the port should be claimed"
expect_error 'another' "$CALLGATE" web --port "$web_port"
# Another one has another token.
first=$web_token first_pid=$web_pid first_port=$web_port
web_start
[ "$web_token" != "$first" ] || fail "each start should have a token of its own"
web_stop INT
expect_equal "$web_status" 0
web_token=$first web_pid=$first_pid web_port=$first_port

# ---- the page itself
curl -sS -D "$TEST_TMP/head" -o "$TEST_TMP/page" "$origin/"
for header in "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'" \
	"cache-control: no-store" "x-content-type-options: nosniff" "referrer-policy: no-referrer" \
	"x-frame-options: DENY" "cross-origin-resource-policy: same-origin"; do
	grep -qi "^$header" "$TEST_TMP/head" || fail "the page should come with $header"
done
grep -q "frame-ancestors 'none'" "$TEST_TMP/head" || fail "nobody should frame the page"
grep -qi '^set-cookie\|^access-control\|^server' "$TEST_TMP/head" && fail "the page should say no more"
grep -qF "$web_token" "$TEST_TMP/page" "$TEST_TMP/head" && fail "the page should not know the token"

# ---- a question
start one -- sh -c "until [ -e go-one ]; do sleep 0.1; done; cat $private"
until_true sh -c "'$CALLGATE' runs --json | jq -e '.runs[0].attended'"
touch go-one
until_true waits 1
run=$("$CALLGATE" pending --json | jq -r '.questions[0].run')
answer="{\"run\":\"$run\",\"id\":1,\"verdict\":\"allow\",\"lasts\":\"once\"}"

# refused STATUS CURL'S OPTION...: the right request, but for the options
refused() {
	local wanted=$1 said

	shift
	said=$(web_ask /api/answer "$answer" "$@")
	[ "${said%% *}" = "$wanted" ] || fail "curl $* should get $wanted, not $said"
}
refused 421 -H "Host: evil.example:$web_port"
refused 421 -H "Host: 127.0.0.1"
refused 421 -H "Host:"
refused 403 -H "Host: localhost:$web_port"
refused 403 -H "Origin: http://evil.example"
refused 403 -H "Origin: null"
refused 403 -H "Origin:"
refused 403 -H "Sec-Fetch-Site: cross-site"
refused 403 -H "Sec-Fetch-Site: same-site"
refused 401 -H "X-Callgate-Token: $(tr 0-9a-f 1-9a-f0 <<<"$web_token")"
refused 401 -H "X-Callgate-Token:"
refused 401 -H "X-Callgate-Token:" -H "Cookie: X-Callgate-Token=$web_token; token=$web_token"
refused 401 -H "X-Callgate-Token:" -H "Authorization: Bearer $web_token"
refused 415 -H "Content-Type: text/plain"
refused 415 -H "Content-Type: application/x-www-form-urlencoded"
refused 411 -H "Transfer-Encoding: chunked"
refused 405 -X GET
refused 405 -X PUT
refused 405 -X OPTIONS -H "Access-Control-Request-Method: POST" -H "Access-Control-Request-Headers: x-callgate-token"
curl -sS -o /dev/null -D "$TEST_TMP/head" -X OPTIONS -H "Origin: http://evil.example" "$origin/api/answer"
grep -qi '^access-control' "$TEST_TMP/head" && fail "no other origin should be let in"
expect_equal "$(web_ask "/api/answer?token=$web_token" "$answer" -H X-Callgate-Token:)" "404 there is nothing here"
# bad JSON...: the right head, and these
bad() {
	local said

	said=$(web_ask "$@")
	[ "${said%% *}" = 400 ] || fail "$* should get 400, not $said"
}
bad /api/answer '{}'
bad /api/answer "[$answer]"
bad /api/answer "${answer%\}},\"via\":\"terminal\"}"
bad /api/answer "${answer%\}},\"verdict\":\"deny\"}"
bad /api/revoke "$answer"
expect_equal "$(web_ask /api/answer "${answer/\"id\":1/\"id\":2}" | cut -c1-3)" 404
expect_equal "$(web_ask /api/answer "${answer/$run/another}" | cut -c1-3)" 404
expect_equal "$(web_ask /api/answer "{\"a\":\"$(printf '%05000d' 0)\"}" | cut -c1-3)" 413
# A scope that is not offered, and a scope for once: the run says no, and nothing has changed.
expect_equal "$(web_ask /api/answer "${answer%\}},\"scope\":\"tree\"}" | cut -c1-3)" 200
expect_equal "$(web_ask /api/answer "${answer/once\"/run\",\"scope\":\"host\"}" | cut -c1-3)" 200
for path in /../etc/passwd /%2e%2e/etc/passwd //page.js /page.js/ /.git /api /api/events/ /page.html; do
	said=$(curl -sS --path-as-is -o /dev/null -w '%{http_code}' "$origin$path")
	[ "$said" = 404 ] || fail "$path should not be found, but is $said"
done
waits 1 || fail "the question should wait still"
expect_equal "$(cat "$TEST_TMP/one")" ""

# ---- who listens is told of it; and it is answered
curl -sSN -m 60 -X POST -H "Origin: $origin" -H 'Content-Type: application/json' -H "X-Callgate-Token: $web_token" \
	-d '{}' "$origin/api/events" >"$TEST_TMP/events" 2>/dev/null &
listener=$!
until_true grep -q '"event":"ready"' "$TEST_TMP/events"
jq -e -s "any(.[]; .event == \"question\" and .question.objects[0].text == \"$private\" and .run == \"$run\")" \
	"$TEST_TMP/events" >/dev/null || fail "the question should be told"
expect_equal "$(web_ask /api/answer "$answer" | cut -c1-3)" 200
until_true grep -q '^status 0' "$TEST_TMP/one"
expect_equal "$(cat "$TEST_TMP/one")" "the secret
status 0"
until_true grep -q '"event":"run-ended"' "$TEST_TMP/events"
jq -e -s 'any(.[]; .event == "closed" and .how == "answered" and .via == "web")' "$TEST_TMP/events" >/dev/null ||
	fail "the answer should be told, with what it was by"
jq -e -s 'any(.[]; .event == "call" and .program == "cat")' "$TEST_TMP/events" >/dev/null || fail "calls should be told"
expect_equal "$(web_ask /api/answer "$answer" | cut -c1-3)" 404
kill "$listener"
wait "$listener" 2>/dev/null
jq -e -s 'any(.[]; .event == "answer" and .via == "web")' "$HOME"/.local/state/callgate/runs/*.jsonl >/dev/null ||
	fail "the record should say that the page answered"

# ---- killed: nothing is allowed; and who waits for whoever comes, waits on
start two -- sh -c "until [ -e go-two ]; do sleep 0.1; done; cat $private"
start three --attended -- sh -c "until [ -e go-two ]; do sleep 0.1; done; cat $private"
until_true sh -c "'$CALLGATE' runs --json | jq -e '[.runs[] | select(.attended)] | length == 2'"
touch go-two
until_true waits 2
web_stop KILL
until_true grep -q '^status 1' "$TEST_TMP/two"
waits 1 || fail "the question of the run that waits should be there"
expect_equal "$(cat "$TEST_TMP/three")" ""
expect_ok "$CALLGATE" deny 1
wait
grep -l 'the secret' "$TEST_TMP/two" "$TEST_TMP/three" && fail "nothing should be allowed by that"
web_start "$web_port"
web_stop
[ -e "$HOME/.local/state/callgate/run/$web_port.port" ] && fail "the port should be given back"
expect_equal "$web_status" 0
