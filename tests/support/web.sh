# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# callgate web for a test, sourced after sandbox.sh.
#
#   web_start [PORT]    $web_pid, $web_port, $web_token, $web_url
#   web_stop [SIGNAL]   ends it (TERM), and waits for its end
#   web_ask PATH JSON [CURL'S OPTION...]   as its page asks: prints the status, a blank, and what is said

web_pid=

web_start() {
	: >"$TEST_TMP/web.out"
	"$CALLGATE" web --port "${1:-0}" >"$TEST_TMP/web.out" 2>"$TEST_TMP/web.err" &
	web_pid=$!
	until_true grep -q 'ssh -L' "$TEST_TMP/web.out"
	web_url=$(grep -o 'http://127[^ ]*' "$TEST_TMP/web.out")
	web_port=${web_url#http://127.0.0.1:}
	web_port=${web_port%%/*}
	web_token=${web_url#*#}
	# Nobody finds it in a file of the test's.
	rm "$TEST_TMP/web.out"
}

web_stop() {
	[ -n "$web_pid" ] || return 0
	kill -"${1:-TERM}" "$web_pid" 2>/dev/null
	web_status=0
	wait "$web_pid" 2>/dev/null || web_status=$?
	web_pid=
}

web_ask() {
	local path=$1 json=$2 header headers=()

	shift 2
	# A header of the caller's stands instead of ours: curl would send both.
	for header in "Origin: http://127.0.0.1:$web_port" 'Content-Type: application/json' \
		"X-Callgate-Token: $web_token"; do
		[[ " $* " = *" ${header%%:*}:"* ]] || headers+=(-H "$header")
	done
	curl -sS -m 20 -o "$TEST_TMP/web.said" -w '%{http_code}' -X POST "${headers[@]}" -d "$json" "$@" \
		"http://127.0.0.1:$web_port$path"
	printf ' %s\n' "$(cat "$TEST_TMP/web.said")"
}
