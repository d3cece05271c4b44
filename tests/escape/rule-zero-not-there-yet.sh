#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Rule zero" (.callgate.json too): policies that are not there yet are not made:
# the next run would obey them.
. "$TESTS/support/attack.sh"

policy <<'END'
{"version": 1, "rules": [
	{"allow": ["read", "write", "exec", "connect", "listen"], "unprotect": true}]}
END
run_options+=(--profile observe)
echo '{"version": 1}' >mine.json
for path in "$HOME/.config/callgate/policy.json" "$HOME/work/.callgate.json"; do
	for command in 'mkdir -p "${1%/*}"; cp mine.json "$1"' 'mkdir -p "${1%/*}"; mv mine.json "$1"' \
		'mkdir -p "${1%/*}"; ln mine.json "$1"' 'mkdir -p "${1%/*}"; ln -s ~/work/mine.json "$1"' \
		'mkdir -p "$1"'; do
		expect_fail in_sandbox bash -c "$command" bash "$path"
		expect_no_file "$path"
		[ -e mine.json ] || fail "mine.json should be where it was"
	done
done
# A run with a record makes its key there, so these have none.
sed 's/"version": 1,/"version": 1, "audit": {"detail": "none"},/' "$TEST_TMP/policy.json" >"$TEST_TMP/none.json"
run_options=(--unattended --policy "$TEST_TMP/none.json" --profile observe)
rm -rf "$HOME/.config"
# By a directory that is prepared elsewhere and then moved there.
expect_fail in_sandbox bash -c \
	'mkdir -p made/callgate && cp mine.json made/callgate/policy.json && mv -nT made ~/.config && [ ! -e made ]'
expect_no_file "$HOME/.config/callgate/policy.json"
expect_fail in_sandbox bash -c \
	'mkdir -p made/callgate && cp mine.json made/callgate/policy.json && ln -s "$PWD/made" ~/.config'
expect_no_file "$HOME/.config/callgate/policy.json"
