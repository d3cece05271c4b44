#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# "view": "hidden": what no rule allows is not there, neither its names nor its attributes; what is
# allowed works as ever.
. "$TESTS/support/sandbox.sh"

secret "$HOME/notes/private.txt"
secret "$HOME/.ssh/id_rsa"
expect_ok in_sandbox stat "$HOME/notes/private.txt"

policy <<'P'
{"version": 1, "view": "hidden"}
P
for name in "$HOME/notes" "$HOME/notes/private.txt" "$HOME/.ssh" /var/log /boot; do
	expect_error "No such file or directory" in_sandbox stat "$name"
	expect_error "No such file or directory" in_sandbox cat "$name"
done
expect_fail in_sandbox sh -c "ls $HOME | grep notes"
expect_ok in_sandbox sh -c 'echo "int main(void) { return 0; }" >t.c && gcc -o t t.c && ./t'
expect_ok in_sandbox git --version
expect_ok in_sandbox sh -c 'echo x >/tmp/x && cat /tmp/x /proc/self/comm /dev/null'
# Also a door that a rule opens later is not there.
policy <<P
{"version": 1, "view": "hidden", "rules": [{"allow": "read", "path": "$HOME/notes"}]}
P
expect_output "the secret" in_sandbox cat "$HOME/notes/private.txt"
expect_error "No such file or directory" in_sandbox stat "$HOME/.ssh"
