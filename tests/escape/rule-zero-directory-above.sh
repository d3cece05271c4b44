#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Rule zero": what lies below is not taken away with a directory above it: renamed,
# exchanged, or removed and made anew.
. "$TESTS/support/attack.sh"

mkdir "$TEST_TMP/above"
cat >"$TEST_TMP/above/policy.json" <<'END'
{"version": 1, "rules": [
	{"allow": ["read", "write", "exec", "connect", "listen"], "unprotect": true}]}
END
run_options=(--unattended --profile observe --policy "$TEST_TMP/above/policy.json")
mkdir "$TEST_TMP/beside"
expect_ok in_sandbox mv "$TEST_TMP/beside" "$TEST_TMP/beside2"
expect_fail in_sandbox mv "$TEST_TMP/above" "$TEST_TMP/moved"
expect_fail in_sandbox mv "$HOME/.local" "$HOME/moved"
expect_fail in_sandbox mv "$HOME/.local/state" "$HOME/moved"
expect_output "EACCES EACCES" agent "$TEST_TMP" <<'END'
import sys
tmp = sys.argv[1].encode()
say(*[system_call("renameat2", AT_FDCWD, tmp + a, AT_FDCWD, tmp + b, 2)
      for a, b in ((b"/above", b"/beside2"), (b"/beside2", b"/above"))])
END
expect_no_file "$TEST_TMP/moved"
expect_no_file "$HOME/moved"
[ -f "$TEST_TMP/above/policy.json" ] || fail "the policy should be where it was"
