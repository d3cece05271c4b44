#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq python3
# timeout: 120
#
# run --follow looks at the files of its policy: what is written, replaced by another name, or brought in by
# another link holds from the next call on. A file with an error in it, or one that is gone, leaves everything
# as it was, and the person reads why, with the place. What the agent could have written is no policy.
. "$TESTS/support/sandbox.sh"

secret "$HOME/n/it.txt"
own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}"

deny='{"version": 1, "rules": [{"deny": "read", "path": "~/n", "reason": "tight"}]}'
allow='{"version": 1, "rules": [{"allow": "read", "path": "~/n"}]}'
printf '%s\n' "$deny" >"$own"

# A line is a command; each is answered by a line.
cat >agent.py <<'END'
import os, sys
held = []
def do(what, name):
    if what == "read":
        return open(name).read().strip()
    if what == "hold":
        held.append(open(name, "r+"))
    if what == "drop":
        held.clear()
    if what == "link":
        os.rename(name, name + ".moved")
    return "done"
for line in sys.stdin:
    try:
        print(do(*line.split()), flush=True)
    except OSError as error:
        print(error.strerror, flush=True)
END
mkfifo "$TEST_TMP/in" "$TEST_TMP/out"
"$CALLGATE" run --unattended --follow -- /usr/bin/python3 agent.py <"$TEST_TMP/in" >"$TEST_TMP/out" 2>"$TEST_TMP/err" &
run=$!
exec 3>"$TEST_TMP/in" 4<"$TEST_TMP/out"

# agent WHAT NAME: and $said is its answer
agent() {
	echo "$@" >&3
	read -r said <&4
}

# reads TEXT: the agent, by now
reads() {
	agent read "$HOME/n/it.txt"
	[ "$said" = "$1" ]
}

# tells TEXT: a person, on the run's standard error
tells() {
	grep -qF -- "$1" "$TEST_TMP/err"
}

reads 'Permission denied' || fail "the policy of the start should hold"

# Written in its place.
printf '%s\n' "$allow" >"$own"
until_true reads 'the secret'

# Wrong: with its place, and all stays.
printf '{"version": 1,\n "rulez": []}\n' >"$own"
until_true tells "the policy stays as it was: $own:2:2: unknown key \"rulez\""
reads 'the secret' || fail "a broken file should change nothing"

# Replaced by another name, as editors do it.
printf '%s\n' "$deny" >"$own.new"
mv "$own.new" "$own"
until_true reads 'Permission denied'

# Gone with its directory: the rules stay; back again, it is read.
mv "${own%/*}" "$HOME/.config/elsewhere"
until_true tells "$own is gone"
reads 'Permission denied' || fail "a policy that is gone should hold on"
printf '%s\n' "$allow" >"$HOME/.config/elsewhere/policy.json"
mv "$HOME/.config/elsewhere" "${own%/*}"
until_true reads 'the secret'

# A link, to a file that lies where the agent may write, and that it holds open: no policy. Once nobody
# writes it, it is one, and from then on the agent writes neither it nor the links that lead there.
mkdir dots
printf '%s\n' "$deny" >dots/policy.json
ln -s policy.json dots/by
agent hold dots/policy.json
expect_equal "$said" 'done'
ln -s "$PWD/dots/by" "$own.link"
mv -T "$own.link" "$own"
expect_error "$own: somebody has it open for writing" "$CALLGATE" policy reload
reads 'the secret' || fail "what the agent can write should be no policy"
agent drop all
until_true reads 'Permission denied'
agent hold dots/policy.json
expect_equal "$said" 'Permission denied'
agent link dots/by
expect_equal "$said" 'Permission denied'
printf '%s\n' "$allow" >dots/policy.json
until_true reads 'the secret'

# The project's: only what the person trusts, as at the start.
printf '%s\n' "$deny" >.callgate.json
until_true tells 'ignoring'
reads 'the secret' || fail "a project's policy that nobody trusts should not be read"
expect_ok "$CALLGATE" trust --yes
until_true reads 'Permission denied'

exec 3>&-
wait "$run"
record=$(find "$HOME/.local/state/callgate/runs" -name '*.jsonl')
grep -q 'stays as it is: .*rulez' "$record" || fail "the record should say why"
expect_ok "$CALLGATE" replay "$record"
