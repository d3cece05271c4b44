#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The examples of docs/examples, with what they need of the world beside them.
# usage: test-examples.sh DIRECTORY
set -eu

examples=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cat >"$place/curl" <<-'END'
	#!/bin/sh
	cat >"$FAKE_OUT"
END
cat >"$place/notify-send" <<-'END'
	#!/bin/sh
	printf '%s\n' "$@" >"$FAKE_OUT"
	echo "$FAKE_BUTTON"
END
chmod 755 "$place/curl" "$place/notify-send"
export PATH=$place:$PATH FAKE_OUT=$place/out CHAT_WEBHOOK=https://chat.example/x
question='{"id": 3, "run": "20260102-030405-1fdd7951", "text": "/usr/bin/cat wants to read"}'

fail() {
	printf 'FAILED %s\n' "$*"
	exit 1
}

for button in allow deny; do
	said=$(echo "$question" | FAKE_BUTTON=$button "$examples/approver-notify")
	[ "$said" = "{\"decision\": \"$button\"}" ] || fail "notify says '$said' to $button"
	grep -q 'wants to read' "$FAKE_OUT" || fail "notify does not show the question"
done
[ -z "$(echo "$question" | FAKE_BUTTON='' "$examples/approver-notify")" ] ||
	fail "notify answers for nobody"
[ -z "$(echo "$question" | "$examples/approver-webhook")" ] || fail "the webhook answers"
jq -r .text "$FAKE_OUT" | grep -q 'callgate allow 1fdd7951/3' || fail "the webhook does not say how"
