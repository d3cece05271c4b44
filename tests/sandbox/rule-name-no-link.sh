#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A rule may be for a name that is not there yet. Whoever makes a link there would have the rule open
# what the link leads to, as soon as the policy is read again: no link is made there, in no way.
. "$TESTS/support/sandbox.sh"

mkdir -p "$HOME/kept"
echo private >"$HOME/kept/diary"
policy <<END
{"version": 1, "rules": [{"allow": ["read", "write"], "path": ["$HOME/open", "$HOME/open.txt",
	"$HOME/open/a/b"]}],
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

# Nor does one come with a directory, or stand above; a directory without is copied.
expect_fail run_sandbox "mkdir -p $HOME/open/X && ln -s $HOME/kept $HOME/open/X/b && mv $HOME/open/X $HOME/open/a"
[ ! -L "$HOME/open/a/b" ] || fail "a link should not have come with its directory"
rm -rf "$HOME/open"
expect_fail run_sandbox "mkdir -p $HOME/open/X/a && ln -s $HOME/kept $HOME/open/X/a/b && rmdir $HOME/open/X ||
	mv -T $HOME/open/X $HOME/open/Y && ln -s $HOME/open/Y $HOME/open/a"
[ ! -L "$HOME/open/a" ] || fail "a link should not have been made above"
rm -rf "$HOME/open"
expect_ok run_sandbox "mkdir -p $HOME/open/X && echo b >$HOME/open/X/b && mv $HOME/open/X $HOME/open/a"
expect_file "$HOME/open/a/b" b
rm -rf "$HOME/open"

# Links beside are as they were, and what was denied stays so.
expect_ok run_sandbox "mkdir $HOME/open && ln -s $HOME/kept $HOME/open/x && echo a >$HOME/open.txt"
expect_fail run_sandbox "cat $HOME/kept/diary"
