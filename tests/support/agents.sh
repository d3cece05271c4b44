# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# An agent at work, sourced after sandbox.sh and network.sh: a model that is a script (model.py), reached
# by the name model.test at $port, and a repository as the workspace. $bin is where npm put the agents.
#
#   start COMMAND...     as a person starts it, unattended: the profile `agent`, a rule for the model's
#                        name, and one for the place where the tests have it installed
#   expect_work PATH     it did what the model asked for, by requests for PATH, and it is on record
#   expect_refused HOST... these were asked for, and refused

agents_model() {
	cp "$TESTS/support/model.py" "$TEST_TMP/model.py"
	serve "import os; os.execvp('python3', ['python3', '$TEST_TMP/model.py', '$TEST_TMP/model.log', \
		'$HOME/work', '${CALLGATE_TEST_BODIES:-}'])"
	names model.test
	let "{\"allow\": \"connect\", \"host\": \"model.test\", \"port\": $port}" \
		"{\"allow\": [\"read\", \"exec\"], \"path\": \"$NPM_AGENTS\"}" \
		'{"ask": "connect", "host": "*", "reason": "nothing else is to be asked for here"}'
	run_options+=(--audit "$TEST_TMP/log")
}

agents_workspace() {
	nonce=nonce-$(od -An -tx1 -N8 /dev/urandom | tr -d ' \n')
	printf '%s\nof the test\n' "$nonce" >input.txt
	git init -q .
	git config user.name Agent
	git config user.email agent@example.test
	git add input.txt
	git commit -qm "the first"
}

start() {
	expect_ok outside "$@"
}

# any FILTER: jq's FILTER holds for some line of the record
any() {
	jq -e -s "any(.[]; $1)" "$TEST_TMP/log" >/dev/null
}

expect_work() {
	expect_file output.txt "copy of $nonce"
	expect_file count.txt 2
	expect_file uid.txt "$(id -u)"
	expect_equal "$(git log --format=%s | paste -sd,)" "by the agent,the first"
	expect_equal "$(git show --format= --name-only | paste -sd,)" "count.txt,output.txt"
	expect_equal "$(jq -r 'select(.said.call? or .said.results?) | .path' "$TEST_TMP/model.log" | sort -u)" \
		"$1"
	any '.event == "connection-end" and .host == "model.test" and .sent > 0 and .received > 0' ||
		fail "the connection to the model should be on record"
	# Some write it beside its place and rename it.
	any ".decision == \"allow\" and any(.objects[]?; (.path // \"\" | startswith(
		\"$HOME/work/output.txt\")) and (.verbs | index(\"write\")))" ||
		fail "the writing should be on record"
	any '.call == "execve" and .decision == "allow" and (.argv | index("commit"))' ||
		fail "the commit should be on record"
	if any '.event == "fault"'; then
		fail "no fault should be on record"
		jq -c 'select(.event == "fault")' "$TEST_TMP/log"
	fi
	[ "$test_failures" -eq 0 ] || agents_show
}

agents_show() {
	jq -c '[.path, .said]' "$TEST_TMP/model.log"
	jq -c 'select(.decision == "deny") | [.program, .call, (.objects | map(.path // .host // .address)),
		.rule, .reason]' "$TEST_TMP/log" | sort | uniq -c | sort -rn | head -n 40
}

expect_refused() {
	local host

	for host in "$@"; do
		any ".call == \"connect\" and .decision == \"deny\" and any(.objects[]; .host == \"$host\")" ||
			fail "$host should be asked for and refused"
	done
}

bin=$NPM_AGENTS/node_modules/.bin
agents_workspace
agents_model
