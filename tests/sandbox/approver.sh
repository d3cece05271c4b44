#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# --approver: a program answers questions. Its clear word counts; whatever else it does allows
# nothing, and the question waits for somebody else.
. "$TESTS/support/sandbox.sh"

secret "$TEST_TMP/private"
mkdir "$HOME/bin"

# approver: the script on the standard input
approver() {
	cat >"$HOME/bin/approver"
	chmod 755 "$HOME/bin/approver"
}

with_approver() {
	"$CALLGATE" run --policy "$TEST_TMP/p.json" --approver "$HOME/bin/approver" -- "$@" </dev/null
}

echo '{"version": 1, "extends": "agent", "approval": {"timeout": "2s"}}' >"$TEST_TMP/p.json"

approver <<-'END'
#!/bin/sh
cat >"$(dirname "$0")/asked"
echo '{"decision": "allow", "reason": "known"}'
END
expect_output "the secret" with_approver cat "$TEST_TMP/private"
expect_equal "$(jq -r '[.objects[0].text, .objects[0].verbs[0], (.run | type), (.id | tostring)] | join(" ")' "$HOME/bin/asked")" \
	"$TEST_TMP/private read string 1"

# The record has a question that a program answered, and replay asks it again.
record=$(ls "$HOME"/.local/state/callgate/runs/*.jsonl)
expect_equal "$(jq -r 'select(.event == "answer") | .by + " " + .decision' "$record")" "program allow"
expect_equal "$("$CALLGATE" replay --json "$record" | jq -c '[.prompts.then, .prompts.now, .undecidable.hook // 0]')" \
	"[1,1,0]"

approver <<-'END'
#!/bin/sh
echo "not now" >&2
exit 2
END
expect_fail with_approver cat "$TEST_TMP/private"

for script in 'exit 1' 'exit 0' 'echo yes' 'kill -9 $$' 'sleep 30' 'echo "{\"decision\": \"ask\"}"'; do
	printf '#!/bin/sh\n%s\n' "$script" | approver
	expect_fail with_approver cat "$TEST_TMP/private"
done

# Who else is there may answer meanwhile.
echo '{"version": 1, "extends": "agent", "approval": {"timeout": "50s"}}' >"$TEST_TMP/p.json"
approver <<-'END'
#!/bin/sh
exec "$CALLGATE" allow "$(jq -r '"\(.run)/\(.id)"')"
END
export CALLGATE
expect_output "the secret" with_approver cat "$TEST_TMP/private"

# Its own program is not the agent's to change.
printf '#!/bin/sh\n' >mine
chmod 755 mine
expect_status 125 "$CALLGATE" run --approver ./mine -- true
expect_status 125 "$CALLGATE" run --approver "$HOME/work/mine --fast" -- true
