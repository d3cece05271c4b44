#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Rule zero": policies, the record, the trust file, the project's policy and the
# programs are not written under a policy that allows everything; nor by inode through a hard link.
. "$TESTS/support/attack.sh"

policy <<'END'
{"version": 1, "rules": [
	{"allow": ["read", "write", "exec", "connect", "listen"], "unprotect": true}]}
END
run_options+=(--profile observe)
policy_file=$TEST_TMP/policy.json
state=$HOME/.local/state/callgate
config=$HOME/.config/callgate
mkdir -p "$config" "$state"
echo '{"version": 1}' >"$config/policy.json"
echo kept >"$state/trusted.json"
ln "$policy_file" "$HOME/work/link-to-policy"
ln "$config/policy.json" "$HOME/work/link-to-user-policy"
ln -s "$policy_file" "$HOME/work/symlink"
echo other >"$HOME/other"
expect_ok in_sandbox sh -c 'echo x >~/other && echo x >new'
before=$(stat -c '%i %s %Y %a' "$policy_file" "$config/policy.json" "$state/trusted.json" "$CALLGATE")
for path in "$policy_file" link-to-policy link-to-user-policy symlink "$config/policy.json" \
	"$state/trusted.json" "$CALLGATE"; do
	for command in 'echo x >>"$1"' 'chmod 777 "$1"' 'touch "$1"' 'truncate -s 0 "$1"' \
		'ln "$1" another' 'setfattr -n user.x -v y "$1"'; do
		# ln without -L makes a second name of the link itself.
		[ "$path$command" = 'symlinkln "$1" another' ] && continue
		expect_fail in_sandbox bash -c "$command" bash "$path"
	done
done
for path in "$policy_file" "$config/policy.json" "$state/trusted.json" "$CALLGATE"; do
	for command in 'rm -f "$1" && [ ! -e "$1" ]' 'mv "$1" moved' 'mv -T new "$1"'; do
		expect_fail in_sandbox bash -c "$command" bash "$path"
	done
done
expect_equal "$(stat -c '%i %s %Y %a' "$policy_file" "$config/policy.json" "$state/trusted.json" \
	"$CALLGATE")" "$before"
expect_fail in_sandbox cat "$state/trusted.json"
expect_fail in_sandbox sh -c "cat $state/runs/*"
expect_fail in_sandbox touch "$state/runs/x"
