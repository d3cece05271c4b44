#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq
# timeout: 240
#
# Replay judges each run that other tests recorded, and work of its own, by the policy that the run
# had: every decision that a policy can make comes out as it did, and every question, and what cannot
# is counted.
. "$TESTS/support/sandbox.sh"

policy <<-'END'
	{"version": 1, "rules": [
	  {"deny": "write", "path": "kept", "reason": "stays as it is"},
	  {"ask": "read", "path": "**/*.env"},
	  {"allow": "read", "path": "~/link-to-data"},
	  {"deny": "exec", "program": "git", "args": ["push", "**"]}],
	 "approval": {"unattended": "allow"}}
END
mkdir -p "$HOME/data" kept
ln -s data "$HOME/link-to-data"
echo x >"$HOME/data/file"
echo x >kept/file
echo x >deploy.env
# shellcheck disable=SC2016 # the sandbox's own shell expands it
in_sandbox bash -c '
	cat deploy.env ~/data/file ~/link-to-data/file
	echo y >kept/file; mv kept/file moved; ln kept/file linked; mkdir -p a/b; mv a c
	ln -s /etc/passwd symlink; mv symlink other; rm other; ln -s kept guarded
	mv c/b ~/outside; chmod 600 deploy.env; touch -d yesterday deploy.env
	git init -q repository && cd repository && git commit -q --allow-empty -m x
	git push nowhere; : >.git/hooks/post-commit; cat /proc/self/status /dev/null
	exec 3<>/dev/tcp/127.0.0.1/1
	printf "#!/bin/sh\necho script\n" >script; chmod +x script; ./script
' >/dev/null 2>&1
run_options=(--unattended)
in_sandbox bash -c 'cat ~/.ssh/id_rsa; echo evil >>~/.bashrc; mkdir .git; ls ~' >/dev/null 2>&1

n=0
for script in sandbox/seed-secrets sandbox/seed-bashrc sandbox/seed-app-log \
	escape/laundering-secret sandbox/policy-reload; do
	n=$((n + 1))
	mkdir -p "$TEST_TMP/home-$n/work" "$TEST_TMP/tmp-$n"
	# Whether it passes is its own business.
	(cd "$TEST_TMP/home-$n/work" &&
		env "HOME=$TEST_TMP/home-$n" "TEST_TMP=$TEST_TMP/tmp-$n" \
			bash "$TESTS/$script.sh") >/dev/null 2>&1 || true
done

replayed=0 judged=0 refused=0
for record in "$HOME"/.local/state/callgate/runs/*.jsonl \
	"$TEST_TMP"/home-*/.local/state/callgate/runs/*.jsonl; do
	[ -f "$record" ] || continue
	expect_ok "$CALLGATE" replay --json "$record"
	read -r complete calls denials < <(jq -r '[.judged + ([.undecidable[]] | add // 0) == .calls,
		.judged, .now.deny] | @tsv' "$test_output")
	expect_equal "$complete" true
	# Where somebody was asked, they are asked the same.
	expect_equal "$(jq '.prompts.then == 0 or .prompts.then == .prompts.now' "$test_output")" true
	judged=$((judged + calls))
	refused=$((refused + denials))
	replayed=$((replayed + 1))
done
[ "$replayed" -ge 15 ] || fail "only $replayed runs were there to be replayed"
[ "$judged" -ge 500 ] || fail "only $judged calls were judged"
[ "$refused" -ge 10 ] || fail "only $refused of them were refused"

# And it can fail: a decision that was changed in the record is found.
record=$(ls "$HOME"/.local/state/callgate/runs/*.jsonl | head -n 1)
sed '0,/"decision":"deny","by":"rule"/s//"decision":"allow","by":"rule"/' "$record" \
	>"$TEST_TMP/forged.jsonl"
expect_status 1 "$CALLGATE" replay "$TEST_TMP/forged.jsonl"
grep -q "its own policy decides 1 of them otherwise" "$test_output" ||
	fail "the one decision should be found"
