#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A rule may be for a name that is not there yet. Whoever makes a link there would have the rule open
# what the link leads to, as soon as the policy is read again: no link is made there, in no way.
. "$TESTS/support/sandbox.sh"

mkdir -p "$HOME/kept"
echo private >"$HOME/kept/diary"
policy <<END
{"version": 1, "rules": [{"allow": ["read", "write"], "path": ["$HOME/open", "$HOME/open.txt"]}],
	"otherwise": {"read": "deny", "write": "deny"}}
END

run_sandbox() {
	in_sandbox sh -c "$1" 2>/dev/null
}
expect_fail run_sandbox "ln -s $HOME/kept $HOME/open"
expect_fail run_sandbox "ln -s $HOME/kept/diary $HOME/open.txt"
expect_fail run_sandbox "mkdir $HOME/open && ln -s $HOME/kept $HOME/open/x && mv $HOME/open/x $HOME/open.txt"
[ ! -L "$HOME/open.txt" ] || fail "a link should not have been moved there"
rm -rf "$HOME/open" "$HOME/open.txt"
expect_fail run_sandbox "mkdir $HOME/open && ln -s $HOME/kept $HOME/open/x && ln $HOME/open/x $HOME/open.txt"
[ ! -L "$HOME/open.txt" ] || fail "a link should not have been linked there"
rm -rf "$HOME/open" "$HOME/open.txt"

# Links beside are as they were, and what was denied stays so.
expect_ok run_sandbox "mkdir $HOME/open && ln -s $HOME/kept $HOME/open/x && echo a >$HOME/open.txt"
expect_fail run_sandbox "cat $HOME/kept/diary"
