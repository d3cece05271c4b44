# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Words of the tests that show that real work passes unchanged: a script does it twice, bare and in
# the sandbox, each time in a fresh ~/work/place. Sourced after sandbox.sh.

real_where=$HOME/work/place

real_run() {
	local started=${EPOCHREALTIME/./}

	rm -rf "$real_where"
	mkdir "$real_where"
	(cd "$HOME/work" && test_run "$@" && echo "$test_status" >"$TEST_TMP/status")
	test_status=$(cat "$TEST_TMP/status")
	real_ms=$(((${EPOCHREALTIME/./} - started) / 1000))
}

# both_ways: the script on the standard input ends well and prints the same both ways. What it makes
# is left in ~/work/place.bare and ~/work/place.kept; bare_ms and kept_ms say how long it took.
both_ways() {
	{
		echo 'set -e; cd place'
		cat
	} >"$HOME/work/script.sh"
	rm -rf "$real_where.bare" "$real_where.kept"
	real_run bash script.sh
	bare_ms=$real_ms
	mv "$real_where" "$real_where.bare"
	mv "$test_output" "$test_output.bare"
	mv "$test_errors" "$test_errors.bare"
	if [ "$test_status" -ne 0 ]; then
		fail "should end well without callgate, too: the test is wrong"
		sed 's/^/  bare: /' "$test_errors.bare" | tail -n 20
	fi
	real_run in_sandbox bash script.sh
	kept_ms=$real_ms
	mv "$real_where" "$real_where.kept"
	# callgate's own words: of what was denied, and at the end of repositories that were made.
	sed -i -e '/^callgate: denied: /d' -e '/^callgate: this run left /,$d' "$test_errors"
	if [ "$test_status" -ne 0 ]; then
		fail "should end well (status $test_status)"
		test_show bash script.sh
	fi
	if ! cmp -s "$test_output" "$test_output.bare"; then
		fail "should print what it prints bare"
		diff -a "$test_output.bare" "$test_output" | head -n 40
	fi
	if ! cmp -s "$test_errors" "$test_errors.bare"; then
		fail "should complain of what it complains of bare"
		diff -a "$test_errors.bare" "$test_errors" | head -n 40
	fi
}

# real_list DIRECTORY [FIND-EXPRESSION...]: names, kinds, modes, owners, links, sizes and contents
real_list() {
	local directory=$1

	shift
	(
		cd "$directory" || exit
		find . "$@" ! -type d ! -type f -printf '%P %y %m %U:%G %n %l\n'
		find . "$@" -type d -printf '%P %y %m %U:%G\n'
		find . "$@" -type f -printf '%P %y %m %U:%G %n %s\n'
		find . "$@" -type f -print0 | xargs -0 -r sha256sum --
	) | LC_ALL=C sort
}

# same_trees [FIND-EXPRESSION...]: both_ways left the same, but for what the expression leaves out
same_trees() {
	real_list "$real_where.bare" "$@" >"$TEST_TMP/tree.bare"
	real_list "$real_where.kept" "$@" >"$TEST_TMP/tree.kept"
	if ! cmp -s "$TEST_TMP/tree.bare" "$TEST_TMP/tree.kept"; then
		fail "should leave the same files"
		diff -a "$TEST_TMP/tree.bare" "$TEST_TMP/tree.kept" | head -n 40
	fi
}
