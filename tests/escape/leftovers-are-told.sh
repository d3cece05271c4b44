#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git
#
# threat-model.md, "The guards are a list" (its end lists what may execute later): a repository of the run
# that would run the agent's program is told of, however its configuration is written or found.
. "$TESTS/support/attack.sh"

expect_ok in_sandbox sh -c '
	set -e
	for n in plain one-line nul moved harmless; do git init -q $n; done
	printf "[core]\n\tfsmonitor = touch pwned\n" >>plain/.git/config
	printf "[core] fsmonitor = \"touch pwned;:\"\n" >>one-line/.git/config
	printf "#\0\n[core]\n\tfsmonitor = \"touch pwned;:\"\n" >t
	cat t nul/.git/config >t2
	cat t2 >nul/.git/config
	mkdir -p moved/x
	mv -T moved/.git/objects moved/x/objects
	mv -T moved/.git/refs moved/x/refs
	printf "[core]\n\tfsmonitor = touch pwned\n" >moved/x/config
	rm moved/.git/config
	printf "../x\n" >moved/.git/commondir
	mkdir -p z.git/hooks renamed
	printf "#!/bin/sh\n" >z.git/hooks/post-checkout
	chmod +x z.git/hooks/post-checkout
	mv -T z.git renamed/.git'
for told in plain/.git/config one-line/.git/config nul/.git/config moved/.git/commondir \
	renamed/.git/hooks/post-checkout; do
	grep -qF "work/$told  " "$test_errors" || fail "$told should be told of"
done
! grep -qF work/harmless "$test_errors" || fail "harmless should not be told of"
# A link in a configuration's place is not made at all, or told of.
test_run in_sandbox sh -c 'git init -q linked && cp linked/.git/config linked/other &&
	printf "\tfsmonitor = touch pwned\n" >>linked/other && rm linked/.git/config &&
	ln -s ../other linked/.git/config'
if [ "$test_status" -eq 0 ] && ! grep -qF work/linked/.git/config "$test_errors"; then
	fail "linked/.git/config should be told of"
fi
