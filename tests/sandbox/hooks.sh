#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Hooks have their say before a call and are told of it behind: exit 2 denies, an answer allows what
# would be asked, nothing undoes what the policy denies, and whatever fails denies.
. "$TESTS/support/sandbox.sh"

mkdir "$HOME/hooks" "$HOME/.config/callgate" -p
echo secret >"$HOME/asked"
echo never >"$HOME/denied"

# hook NAME: a script out of standard input
hook() {
	cat >"$HOME/hooks/$1"
	chmod 755 "$HOME/hooks/$1"
}

# hooks_are HOOKS: in the user's policy
hooks_are() {
	cat >"$HOME/.config/callgate/policy.json" <<-END
	{"version": 1, "extends": "agent", "hooks": [$1],
	 "rules": [{"deny": "read", "path": "~/denied"}, {"ask": "read", "path": "~/asked"}]}
	END
}

hook log <<-'END'
#!/bin/sh
read -r line
printf '%s\n' "$line" >>"$(dirname "$0")/log.out"
END
hook no <<-'END'
#!/bin/sh
echo "not on Fridays" >&2
exit 2
END
hook yes <<-'END'
#!/bin/sh
echo '{"decision": "allow", "reason": "known"}'
END
hook ask <<-'END'
#!/bin/sh
echo '{"decision": "ask"}'
END
hook broken <<-'END'
#!/bin/sh
exit 3
END

# A hook's deny denies what the policy allows, with its reason on record.
hooks_are '{"on": "exec", "program": "id", "command": ["'"$HOME"'/hooks/no"]}'
expect_fail in_sandbox id
expect_output "" in_sandbox true
"$CALLGATE" run --unattended --audit "$HOME/audit" -- id 2>/dev/null
jq -es 'any(.by == "hook" and .decision == "deny" and .call == "execve" and
	(.reason | endswith("hooks/no: not on Fridays")))' "$HOME/audit" >/dev/null ||
	fail "the denial is not on record: $(cat "$HOME/audit")"

# Its allow answers what would be asked, and undoes no deny.
hooks_are '{"on": "read", "path": ["~/asked", "~/denied"], "command": ["'"$HOME"'/hooks/yes"]}'
expect_output secret in_sandbox cat "$HOME/asked"
expect_fail in_sandbox cat "$HOME/denied"

# Its ask asks, and here is nobody.
hooks_are '{"on": "read", "path": "/etc/hostname", "command": ["'"$HOME"'/hooks/ask"]}'
expect_fail in_sandbox cat /etc/hostname

# What fails denies, and says so, unless the policy relaxes it.
hooks_are '{"on": "read", "path": "/etc/hostname", "command": ["'"$HOME"'/hooks/broken"]}'
expect_fail in_sandbox cat /etc/hostname
in_sandbox cat /etc/hostname 2>&1 | grep -q 'hook .*hooks/broken failed: exit status 3' ||
	fail "nobody is told that the hook failed"
hooks_are '{"on": "read", "path": "/etc/hostname", "on_failure": "ignore", "command": ["'"$HOME"'/hooks/broken"]}'
in_sandbox cat /etc/hostname >/dev/null 2>&1 || fail "on_failure: ignore does not help"

# The stricter of two counts.
hooks_are '{"on": "read", "path": "~/asked", "command": ["'"$HOME"'/hooks/yes"]},
	{"on": "read", "path": "~/asked", "command": ["'"$HOME"'/hooks/no"]}'
expect_fail in_sandbox cat "$HOME/asked"

# Before and after tell what is in the record.
hooks_are '{"on": "write", "path": "new", "command": ["'"$HOME"'/hooks/log"]},
	{"on": "write", "path": "new", "when": "after", "command": ["'"$HOME"'/hooks/log"]}'
in_sandbox sh -c 'echo x >new' || fail "a hook without opinion is in the way"
expect_equal "$(jq -r '[.v, .hook, .directory, .call, .objects[0].path, .verb, .decision, .outcome] |
	map(tostring) | join(" ")' "$HOME/hooks/log.out")" \
	"1 before $HOME/work openat $HOME/work/new write allow null
1 after $HOME/work openat $HOME/work/new write allow fd"

# One that is kept alive.
hook stream <<-'END'
#!/bin/sh
n=0
while read -r line; do
	n=$((n + 1))
	case $line in
	*four*) echo '{"decision": "deny", "reason": "'$n'"}' ;;
	*) echo '{}' ;;
	esac
done
END
hooks_are '{"on": "write", "path": "made", "mode": "stream", "command": ["'"$HOME"'/hooks/stream"]}'
rm -f "$HOME/audit"
"$CALLGATE" run --unattended --audit "$HOME/audit" -- sh -c 'mkdir made; for i in one two three four five; do echo x >made/$i; done' 2>/dev/null
expect_equal "$(ls made | tr '\n' ' ')" "five one three two "
jq -es 'any(.by == "hook" and (.reason | endswith("hooks/stream: 5")))' "$HOME/audit" >/dev/null ||
	fail "the hook was not kept alive"

# A thread waits for its hook, the others go on.
hook slow <<-'END'
#!/bin/sh
while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.05; done
END
hooks_are '{"on": "write", "path": "slow", "timeout": "30s", "command": ["'"$HOME"'/hooks/slow"]}'
in_sandbox sh -c 'echo x >slow & echo y >fast; test -e slow && exit 1; cat fast; wait' >out &
until [ -s out ]; do sleep 0.05; done
expect_no_file slow
touch "$HOME/hooks/go"
wait $! || fail "the run failed"
expect_file slow x

# What the agent could have changed is no hook.
printf '#!/bin/sh\n' >mine
chmod 755 mine
hooks_are '{"on": "exec", "command": ["'"$HOME"'/work/mine"]}'
expect_status 125 in_sandbox true
in_sandbox true 2>&1 | grep -q "policy.json:1: the agent could change the hook $HOME/work/mine" ||
	fail "the message does not say why: $(in_sandbox true 2>&1)"
hooks_are '{"on": "exec", "command": ["/bin/sh", "'"$HOME"'/work/mine"]}'
expect_status 125 in_sandbox true
hooks_are '{"on": "exec", "command": ["'"$HOME"'/hooks/none"]}'
expect_status 125 in_sandbox true

# One that is killed while it thinks has failed, and so has each when the process that runs them is killed: what a
# person would be asked is denied, not allowed, and who looks on is told.
hook thinks <<-'END'
#!/bin/sh
echo $$ >"$(dirname "$0")/pid.new"
mv "$(dirname "$0")/pid.new" "$(dirname "$0")/pid"
while :; do sleep 0.1; done
END
hooks_are '{"on": "read", "path": "~/asked", "timeout": "60s", "command": ["'"$HOME"'/hooks/thinks"]}'
for whom in hook runner; do
	rm -f "$HOME/hooks/pid"
	"$CALLGATE" run --attended -- cat "$HOME/asked" >out 2>err &
	run=$!
	until_true test -s "$HOME/hooks/pid"
	pid=$(cat "$HOME/hooks/pid")
	if [ $whom = hook ]; then
		kill -KILL "$pid"
	else
		kill -KILL "$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status")"
	fi
	wait "$run" && fail "the read should be denied"
	expect_equal "$(cat out)" ""
	grep -q 'Permission denied' err || fail "the program should go on: $(cat err)"
	grep -q "hooks/thinks failed: it was ended by signal 9\|process that runs the hooks has ended" err ||
		fail "it should be told: $(cat err)"
done
