#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare nsenter ip dnsmasq
#
# What the profile `agent` gives to an agent that is started by its name: its state is made, its own hosts are
# reached, telemetry is not there; under another name nothing of that, and with --offline no host.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/world.sh"

world_servers
cat >claude <<'END'
#!/bin/bash
reach() {
	exec 3<>"/dev/tcp/$1/$2" && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && tail -n 1 <&3
}
for there in api.anthropic.com/443 api.anthropic.com/80 api.openai.com/443 play.googleapis.com/443; do
	(reach "${there%/*}" "${there#*/}") 2>/dev/null || echo "no $there"
done
echo kept >~/.claude/kept && echo '{"kept": true}' >~/.claude.json && mkdir ~/.claude.json.lock &&
	rmdir ~/.claude.json.lock && echo "state"
END
chmod 755 claude
cp claude codex
cp claude other

expect_output "$(printf '%s\n' "no api.anthropic.com/443" "no api.anthropic.com/80" "no api.openai.com/443" \
	"no play.googleapis.com/443")" in_sandbox bash -c './other; true' 2>/dev/null
expect_no_file ~/.claude
expect_output "$(printf '%s\n' "web /" "no api.anthropic.com/80" "no api.openai.com/443" \
	"no play.googleapis.com/443" state)" in_sandbox ./claude
expect_file ~/.claude/kept kept
expect_file ~/.claude.json '{"kept": true}'
expect_equal "$(stat -c %a ~/.claude ~/.claude.json | paste -sd,)" 700,600
expect_no_file ~/.codex
# One agent's hosts are not another's.
expect_output "$(printf '%s\n' "no api.anthropic.com/443" "no api.anthropic.com/80" "web /" \
	"no play.googleapis.com/443" state)" in_sandbox ./codex
for option in --offline --profile=offline; do
	run_options=(--unattended "$option")
	expect_output "$(printf '%s\n' "no api.anthropic.com/443" "no api.anthropic.com/80" \
		"no api.openai.com/443" "no play.googleapis.com/443" state)" in_sandbox ./claude
done
