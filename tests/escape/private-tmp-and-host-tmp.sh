#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "From the view to the host only by mount": the private /tmp/x reads like the host's:
# under a rule that allows writing it the host's is neither read nor written.
. "$TESTS/support/attack.sh"

host=$(mktemp -d /tmp/callgate-test.XXXXXX) || exit 1
secret "$host/x.txt"
ln -s "$host" link
policy <<END
{"version": 1, "rules": [{"allow": ["read", "write"], "path": "$host/*.txt"}]}
END
test_run in_sandbox sh -c "cat $host/x.txt; mkdir -p $host && echo inside >$host/x.txt;
	mkdir -p $host && echo inside >$host/y.txt; echo via >link/x.txt; rm -f $host/x.txt"
grep -q 'the secret' "$test_output" && fail "the host's /tmp should not be read"
expect_file "$host/x.txt" "the secret"
expect_no_file "$host/y.txt"
expect_equal "$(find "$host" | wc -l)" 2
rm -r "$host"
