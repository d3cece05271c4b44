#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, part 2: inherited descriptors above 2 are closed; and architecture.md, "Descriptors 0 to 2":
# a directory, block device, network socket or O_PATH descriptor is refused at the start.
. "$TESTS/support/sandbox.sh"

secret "$TEST_TMP/secret"
exec 7<"$TEST_TMP/secret" 8</ 200<"$TEST_TMP/secret"
expect_output "0 1 2" in_sandbox bash -c 'cd /proc/self/fd && echo [0-9] [0-9][0-9]* |
	tr " " "\n" | while read -r n; do [ -e "$n" ] && [ "$n" -le 2 ] && echo "$n"; done | xargs'
expect_fail in_sandbox sh -c 'cat <&7'
expect_fail in_sandbox python3 -c 'import os; os.fstat(200)'
expect_fail in_sandbox python3 -c 'import os; os.fchdir(8)'
expect_output "[0, 1, 2]" in_sandbox python3 -c '
import os
def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
print([fd for fd in range(4096) if is_open(fd)])'

refused() {
	test_run "$@"
	if [ "$test_status" -ne 125 ] || ! grep -q 'standard input' "$test_errors"; then
		fail "standard input should be refused"
		test_show "$@"
	fi
}
run_with() {
	"$CALLGATE" run --unattended -- touch ran
}
run_with_directory() { run_with </; }
refused run_with_directory
run_with_socket() {
	python3 -c '
import os, socket, sys
kinds = {"udp": (socket.AF_INET, socket.SOCK_DGRAM), "tcp": (socket.AF_INET6, socket.SOCK_STREAM)}
s = socket.socket(*kinds[sys.argv[1]])
os.dup2(s.fileno(), 0)
os.execv(sys.argv[2], sys.argv[2:])' "$1" "$CALLGATE" run --unattended -- touch ran
}
refused run_with_socket udp
refused run_with_socket tcp
run_with_path() {
	python3 -c '
import os, sys
os.dup2(os.open("/etc/passwd", os.O_PATH), 0)
os.execv(sys.argv[1], sys.argv[1:])' "$CALLGATE" run --unattended -- touch ran
}
refused run_with_path
block=$(find /dev -maxdepth 1 -type b -readable 2>/dev/null | head -n 1)
if [ -n "$block" ]; then
	run_with_block() { run_with <"$block"; }
	refused run_with_block
fi
expect_no_file "$HOME/work/ran"
