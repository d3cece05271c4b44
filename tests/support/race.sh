# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The words of the races. Sourced behind sandbox.sh. A race is first won against an enforcer that
# answers everything with CONTINUE, else it proves nothing; then it is lost against the real one,
# every time, while what is allowed still works.
#
#   race TRIES PROGRAM [ARGUMENT...]     PROGRAM TRIES SECONDS ARGUMENT..., see race.h

continues=$(dirname "$CALLGATE")/callgate-continues
race_seconds=${CALLGATE_TEST_LONG:+600}
race_seconds=${race_seconds:-60}

# race_tries SHORT [LONG]
race_tries() {
	if [ -n "${CALLGATE_TEST_LONG:-}" ]; then
		echo "${2:-100000}"
	else
		echo "$1"
	fi
}

# race_run CALLGATE TRIES SECONDS PROGRAM ARGUMENT...: its counts in $race_NAME
race_run() {
	local callgate=$1 tries=$2 seconds=$3 program=$4 word

	shift 4
	race_tries=0 race_won=0 race_allowed=0 race_refused=0 race_killed=0 race_other=0 race_errno=
	test_run timeout -k 5 $((seconds + 30)) "$callgate" run "${run_options[@]}" -- \
		"./$program" "$tries" "$seconds" "$@"
	if [ "$test_status" -ne 0 ] || ! grep -q '^tries=' "$test_output"; then
		fail "$(basename "$callgate"): $program $* should come to its end"
		test_show "$callgate" "$program" "$tries" "$seconds" "$@"
		return 1
	fi
	for word in $(grep '^tries=' "$test_output"); do
		printf -v "race_${word%%=*}" '%s' "${word#*=}"
	done
	printf '%.60s, %s: %s\n' "$program $*" "$(basename "$callgate")" \
		"$(tail -n 1 "$test_output")"
}

# race_is_won PROGRAM ARGUMENT...: by whoever is only told to go on. On a busy machine the
# flipper may not run at all for a while, so there are several rounds.
race_is_won() {
	for _ in 1 2 3 4 5 6 7 8; do
		race_run "$continues" 3000 10 "$@" || return
		[ "$race_won" -eq 0 ] || return 0
	done
	fail "$*: never won against CONTINUE, so that it proves nothing"
}

# race_is_vain TRIES PROGRAM ARGUMENT...: all tries are lost. Where the flipper slept through them,
# so that what is allowed was never met, they prove little, and are made again.
race_is_vain() {
	local tries=$1

	shift
	for _ in 1 2 3 4 5 6 7 8; do
		race_run "$CALLGATE" "$tries" "$race_seconds" "$@" || return
		if [ "$race_won" -ne 0 ]; then
			fail "$*: WON $race_won times of $race_tries"
		fi
		if [ "$race_tries" -ne "$tries" ]; then
			fail "$*: only $race_tries of $tries tries in $race_seconds s"
		fi
		[ "$race_allowed" -eq 0 ] || return 0
	done
	fail "$*: what is allowed was never had"
}

race() {
	local tries=$1

	shift
	race_is_won "$@"
	race_is_vain "$tries" "$@"
}

# race_host COMMAND...: runs on the host until race_host_end
race_host() {
	"$@" &
	race_host_pids+=($!)
}
race_host_pids=()

race_host_end() {
	[ "${#race_host_pids[@]}" -eq 0 ] || kill "${race_host_pids[@]}" 2>/dev/null
	wait "${race_host_pids[@]}" 2>/dev/null
	race_host_pids=()
}

# What ends in .s is refused, by the gate alone: the wall knows no globs.
race_policy() {
	policy <<-END
		{"version": 1, "extends": "agent", "rules": [
			{"deny": "read", "path": "**/*.s"},
			{"deny": "exec", "path": "**/*.s"},
			{"deny": "exec", "program": "$HOME/work/image.p", "args": ["s"]},
			{"deny": "connect", "unix": "**/*.s"},
			{"deny": "connect", "address": "127.0.0.1", "port": 7002}]}
	END
	printf 'public\n' >race.p
	printf 'the secret\n' >race.s
}
