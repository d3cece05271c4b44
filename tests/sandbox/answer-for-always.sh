#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
# timeout: 60
#
# An answer for always stands as a rule in the person's policy, before the rule that asked; all else there
# stays as it was; and the agent cannot touch the file that took the old one's place.
. "$TESTS/support/sandbox.sh"

secret "$HOME/n/private.txt"
secret "$HOME/n/other.txt"
own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}"
cat >"$own" <<'END'
{
  "version": 1,   "extends": "agent",
  "rules": [
    {"allow": ["read", "write"], "path": "~/.config", "unprotect": true},
    {"ask":   "read", "path": "~/n",   "reason": "my own"}
  ]
}
END
chmod 640 "$own"
cp "$own" "$TEST_TMP/before.json"

cat >agent.sh <<'END'
cat "$HOME/n/private.txt" || exit 9
until [ -e go ]; do sleep 0.1; done
for name in policy.json policy.json.callgate-new; do
	(echo '{}' >>~/.config/callgate/$name) 2>/dev/null && echo "wrote $name"
	ln -f ~/.config/callgate/$name ~/.config/gained 2>/dev/null && echo "linked $name"
	mv agent.sh ~/.config/callgate/$name 2>/dev/null && echo "replaced $name"
	cp agent.sh ~/.config/callgate/$name 2>/dev/null && echo "copied $name"
done
echo through
END
"$CALLGATE" run --attended -- bash agent.sh >"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null &
until_true waits 1
expect_ok "$CALLGATE" allow 1 --always --scope file
until_true grep -q 'answered for always' "$own"
touch go
wait
expect_equal "$(cat "$TEST_TMP/out")" "the secret
through"

expect_ok "$CALLGATE" check "$own"
expect_equal "$(stat -c %a "$own")" 640
expect_equal "$(ls -A -I 'audit-key*' "${own%/*}")" policy.json
# Every line that was there is there still, and one more, before the one that asked.
expect_equal "$(diff "$TEST_TMP/before.json" "$own" | grep -c '^<')" 0
expect_equal "$(jq -c '.rules[1] | [.allow, .path, .exact]' "$own")" "[[\"read\"],\"$HOME/n/private.txt\",true]"
expect_equal "$(jq -r '.rules[1].reason' "$own" | sed 's/[0-9]/N/g')" \
	"answered for always on NNNN-NN-NN: /usr/bin/cat asked to read $(echo "$HOME" | sed 's/[0-9]/N/g')/n/private.txt"
expect_equal "$(jq -c '.rules[2].ask' "$own")" '"read"'

# The next run knows it.
expect_output "the secret" "$CALLGATE" run --unattended -- cat "$HOME/n/private.txt"
expect_fail "$CALLGATE" run --unattended -- cat "$HOME/n/other.txt"

# What cannot be kept holds for the run, and is on record.
chmod 440 "$own"
"$CALLGATE" run --attended -- bash -c 'cat ~/n/other.txt; cat ~/n/other.txt' >"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null &
until_true waits 1
"$CALLGATE" allow 1 --always --scope file >"$TEST_TMP/said" 2>&1
wait
expect_equal "$(cat "$TEST_TMP/out")" "the secret
the secret"
jq -e -s 'any(.[]; .event == "fault" and (.what | contains("could not be written into the policy")))' \
	"$(find "$HOME/.local/state/callgate/runs" -name '*.jsonl' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)" \
	>/dev/null || fail "the record should say that it was not kept"
