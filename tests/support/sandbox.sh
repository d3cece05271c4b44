# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The words of the sandbox tests. A script sources it first, says what it expects, and goes on after
# a failure; at its end the script's status is 1 where any expectation failed.
#
#   $CALLGATE    the program                 $PROGRAMS   the helper programs of the tests
#   $HOME        fresh; the script starts in its workspace ~/work
#   $TEST_TMP    a directory outside of home and workspace, on a real file system
#   $TEST_USER   root or user

set -u

test_failures=0
test_output=$TEST_TMP/.output
test_errors=$TEST_TMP/.errors
run_options=(--unattended)

test_end() {
	local status=$?

	if [ "$status" -ne 0 ]; then
		exit "$status"
	fi
	[ "$test_failures" -eq 0 ] || exit 1
}
trap test_end EXIT

# skip REASON...: this machine cannot show it
skip() {
	printf 'skip: %s\n' "$*"
	trap - EXIT
	exit 77
}

fail() {
	printf 'FAILED line %s: %s\n' "$(test_line)" "$*"
	test_failures=$((test_failures + 1))
	return 1
}

# The line of the script that speaks, not of this library.
test_line() {
	local i

	for i in "${!BASH_SOURCE[@]}"; do
		if [ "${BASH_SOURCE[$i]}" != "${BASH_SOURCE[0]}" ]; then
			printf '%s\n' "${BASH_LINENO[$((i - 1))]}"
			return
		fi
	done
	echo '?'
}

# in_sandbox COMMAND...: under the built-in profile, or what policy and run_options say
in_sandbox() {
	"$CALLGATE" run "${run_options[@]}" -- "$@"
}

# policy: the standard input becomes the policy of the runs that follow
policy() {
	cat >"$TEST_TMP/policy.json"
	run_options=(--unattended --policy "$TEST_TMP/policy.json")
}

test_run() {
	test_status=0
	"$@" >"$test_output" 2>"$test_errors" || test_status=$?
}

test_show() {
	printf '  ran: %s\n  status %s\n' "$*" "$test_status"
	sed 's/^/  out: /' "$test_output" | tail -n 40
	sed 's/^/  err: /' "$test_errors" | tail -n 40
}

# expect_ok COMMAND...
expect_ok() {
	test_run "$@"
	if [ "$test_status" -ne 0 ]; then
		fail "should succeed"
		test_show "$@"
	fi
}

# expect_fail COMMAND...: any status but 0, and not callgate's own failure (125)
expect_fail() {
	test_run "$@"
	if [ "$test_status" -eq 0 ] || [ "$test_status" -eq 125 ]; then
		fail "should fail, and not by callgate's own fault"
		test_show "$@"
	fi
}

# expect_status N COMMAND...
expect_status() {
	local wanted=$1

	shift
	test_run "$@"
	if [ "$test_status" -ne "$wanted" ]; then
		fail "should end with status $wanted"
		test_show "$@"
	fi
}

# expect_output TEXT COMMAND...: succeeds and prints exactly TEXT
expect_output() {
	local wanted=$1

	shift
	test_run "$@"
	if [ "$test_status" -ne 0 ] || [ "$(cat "$test_output")" != "$wanted" ]; then
		fail "should succeed and print '$wanted'"
		test_show "$@"
	fi
}

# expect_error TEXT COMMAND...: fails, and TEXT stands in what it writes to standard error
expect_error() {
	local wanted=$1

	shift
	expect_fail "$@"
	if [ "$test_status" -ne 0 ] && ! grep -qF -- "$wanted" "$test_errors"; then
		fail "standard error should hold '$wanted'"
		test_show "$@"
	fi
}

# expect_same COMMAND...: bare and in the sandbox the same output, errors and status
expect_same() {
	local status

	test_run "$@"
	status=$test_status
	mv "$test_output" "$test_output.bare"
	mv "$test_errors" "$test_errors.bare"
	test_run in_sandbox "$@"
	if [ "$test_status" -ne "$status" ] || ! cmp -s "$test_output" "$test_output.bare" ||
		! cmp -s "$test_errors" "$test_errors.bare"; then
		fail "should do as it does bare (status $status)"
		diff "$test_output.bare" "$test_output"
		diff "$test_errors.bare" "$test_errors"
		test_show "$@"
	fi
}

# expect_within SECONDS COMMAND...: any status, in time
expect_within() {
	local limit=$1 start=$SECONDS

	shift
	# timeout(1) runs programs, no functions of the shell.
	if [ "$1" = in_sandbox ]; then
		shift
		set -- "$CALLGATE" run "${run_options[@]}" -- "$@"
	fi
	test_run timeout -k 2 "$limit" "$@"
	if [ "$test_status" -eq 124 ] || [ $((SECONDS - start)) -gt "$limit" ]; then
		fail "should end within $limit s"
		test_show "$@"
	fi
}

# expect_file PATH TEXT: on the host the file holds exactly TEXT
expect_file() {
	if [ ! -f "$1" ]; then
		fail "$1 should exist"
	elif [ "$(cat "$1")" != "$2" ]; then
		fail "$1 should hold '$2'"
		sed 's/^/  holds: /' "$1" | head -n 20
	fi
}

# expect_no_file PATH
expect_no_file() {
	if [ -e "$1" ] || [ -L "$1" ]; then
		fail "$1 should not exist"
		ls -ld "$1"
	fi
}

# expect_equal ACTUAL WANTED
expect_equal() {
	if [ "$1" != "$2" ]; then
		fail "'$1' should be '$2'"
	fi
}

# until_true COMMAND...: it succeeds, within 20 seconds
until_true() {
	local i

	for ((i = 0; i < 200; i++)); do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		sleep 0.1
	done
	fail "should come true: $*"
}

# waits N: so many questions wait for an answer
waits() {
	[ "$("$CALLGATE" pending --json | jq '.questions | length')" = "$1" ]
}

# secret PATH: a file outside the policy's reach, with the text that must not come out
secret() {
	mkdir -p "$(dirname "$1")"
	printf 'the secret\n' >"$1"
}

# install_program NAME...: a helper program of the tests, copied into the workspace
install_program() {
	local name

	for name in "$@"; do
		if ! cp "$PROGRAMS/$name" "$HOME/work/$name"; then
			fail "there is no helper program $name"
			exit 1
		fi
	done
}

# kernel_at_least X.Y
kernel_at_least() {
	[ "$(printf '%s\n%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}
