#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq curl git
# timeout: 120
#
# Secrets in arguments and in the policy are in no record, denial or summary; who answers a question
# and the hooks see them. A record without some is judged again but for those lines.
. "$TESTS/support/sandbox.sh"

state=$HOME/.local/state/callgate
mkdir -p "$HOME/.config/callgate" "$HOME/hooks"

# user_policy AUDIT: in the user's layer, with secrets of its own
user_policy() {
	cat >"$HOME/.config/callgate/policy.json" <<-END
	{"version": 1, "extends": "agent", "audit": {$1},
	 "environment": {"set": {"DEPLOY_TOKEN": "setS3cretSetValue"}},
	 "rules": [{"deny": "exec", "program": "curl", "args": ["--never"]},
	           {"deny": "exec", "program": "$HOME/work/psql"},
	           {"ask": "exec", "program": "$HOME/work/mysql"}],
	 "hooks": [{"on": "exec", "program": "$HOME/work/mysql", "command": ["$HOME/hooks/tell"]}]}
	END
}

printf '#!/bin/sh\ncat >>"$(dirname "$0")/told"\n' >"$HOME/hooks/tell"
printf '#!/bin/sh\nexit 0\n' | tee mysql psql >/dev/null
chmod 755 "$HOME/hooks/tell" mysql psql
cat >agent.sh <<-'END'
	curl -sS -m 5 -u ada:curlS3cretValue http://127.0.0.1:9/
	curl -sS -m 5 -H 'Authorization: Bearer bearerS3cretValue' http://127.0.0.1:9/
	curl -sS -m 5 'http://127.0.0.1:9/?token=queryS3cretValue&page=2'
	git -c http.lowSpeedTime=1 ls-remote http://ada:gitS3cretValue@127.0.0.1:9/x.git
	env API_KEY=envS3cretValue true
	sh -c 'TOKEN=shellS3cretValue true'
	true --password optionS3cretValue
	true ghp_ShapeS3cretValueShapeS3cretValueShap
	./psql --dbname=postgres://ada:psqlS3cretValue@db/x
	./mysql -pmysqlS3cretValue db
	cat "$CALLGATE_DENIALS"
END

# leaked: the files under the state, and the others named, that hold a secret
leaked() {
	grep -rlE 'S3cret' "$state" "$@"
}

# record: the one of the last run
record() {
	find "$state/runs" -name '*.jsonl' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2
}

user_policy ''
"$CALLGATE" run --attended --json "$TEST_TMP/summary" -- bash agent.sh --api-key=commandS3cretValue \
	>"$TEST_TMP/denials" 2>"$TEST_TMP/errors" </dev/null &
until_true waits 1
expect_ok grep -qF -- -pmysqlS3cretValue <("$CALLGATE" pending --json)
expect_ok "$CALLGATE" allow 1 --for-run --scope command
wait
expect_equal "$(leaked "$TEST_TMP/summary" "$TEST_TMP/denials")" ''
expect_ok grep -q psql "$TEST_TMP/denials"
expect_ok grep -q mysqlS3cretValue "$HOME/hooks/told"

# argv WORD: as recorded, of the executions with that word in them
argv() {
	jq -c --arg word "$1" 'select(.event == "call" and .redacted and (.argv | index($word))) |
		.argv' "$(record)" | sort -u
}
expect_equal "$(argv -u)" '["curl","-sS","-m","5","-u","ada:<redacted>","http://127.0.0.1:9/"]'
expect_equal "$(argv API_KEY='<redacted>')" '["env","API_KEY=<redacted>","true"]'
expect_equal "$(argv -c | grep -c '"TOKEN=<redacted> true"')" 1
expect_equal "$(argv '-p<redacted>' | grep -c mysql)" 1
expect_equal "$(jq -c 'select(.event == "run-start") | [.command[-1], .redacted]' "$(record)")" \
	'["--api-key=<redacted>",true]'
expect_equal "$(jq -r 'select(.event == "policy" and .redacted) | .text | fromjson |
	.environment.set.DEPLOY_TOKEN' "$(record)")" '<redacted>'
expect_equal "$(jq -c 'select(.event == "question") | .redacted' "$(record)")" true
expect_equal "$(jq -c 'select(.event == "grant") | [.scope, .redacted, (.rule | contains("redacted"))]' \
	"$(record)")" '["command",true,true]'

# Where a rule looks at what was replaced nobody can tell any more what it would say.
expect_equal "$("$CALLGATE" replay --json | jq .undecidable.redacted)" \
	"$(jq -c 'select(.event == "call" and .redacted and .argv[0] == "curl")' "$(record)" | wc -l)"
expect_ok "$CALLGATE" audit verify "$(record)"

# A policy that is read again judges by what it says, and is recorded without its secrets.
"$CALLGATE" run --unattended -- sh -c 'until [ -e go ]; do sleep 0.1; done
	./mysql --password=reloadS3cretValue; echo $? >status' 2>/dev/null </dev/null &
until_true "$CALLGATE" policy reload
sed -i 's|"rules": \[|&{"deny": "exec", "program": "'"$HOME"'/work/mysql",\
	"args": ["--password=reloadS3cret*"]},\n|; s|"ask": "exec"|"allow": "exec"|' \
	"$HOME/.config/callgate/policy.json"
expect_ok "$CALLGATE" policy reload
touch go
wait
expect_file status 126
expect_equal "$(leaked)" ''
expect_ok grep -qF 'args\": [\"--password=<redacted>\"]' "$(record)"

# Others' patterns.
user_policy '"redact_patterns": ["acme-*"]'
expect_ok in_sandbox true acme-1234 --to=acme-5678
expect_equal "$(jq -c 'select(.event == "call" and .redacted) | .argv' "$(record)")" \
	'["true","<redacted>","--to=<redacted>"]'

# Only who runs it turns it off.
run_options=(--unattended --no-redact)
expect_ok in_sandbox true --password plain
expect_equal "$(jq -c 'select(.event == "call" and .argv == ["true","--password","plain"]) | .redacted' \
	"$(record)")" null
run_options=(--unattended)
user_policy '"redact": false'
expect_ok in_sandbox true --password plain
expect_equal "$(jq -c 'select(.event == "call" and .argv == ["true","--password","plain"]) | .redacted' \
	"$(record)")" null
user_policy ''
echo '{"version": 1, "audit": {"redact": false}}' >.callgate.json
expect_error 'a project does not turn redaction off' "$CALLGATE" trust --yes
