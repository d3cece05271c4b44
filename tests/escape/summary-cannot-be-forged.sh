#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
#
# architecture.md, "Rule zero" (callgate's own logs): the file of --json may lie in the workspace; the agent
# neither writes nor reads it, nor puts another in its place, by any of its names.
. "$TESTS/support/attack.sh"

run_options=(--unattended --json summary.json)
touch other
expect_output "EACCES EACCES EACCES EACCES EACCES EACCES EACCES" agent <<'END'
fd = os.open("forged", os.O_CREAT | os.O_WRONLY)
os.write(fd, b'{"v": 1, "exit_status": 0, "denials": []}\n')
os.symlink("summary.json", "link")
say(attempt(os.open, "summary.json", os.O_WRONLY), attempt(os.open, "link", os.O_RDWR | os.O_APPEND),
    attempt(os.open, "summary.json", os.O_RDONLY), attempt(os.rename, "forged", "summary.json"),
    attempt(os.unlink, "summary.json"), attempt(os.rename, "summary.json", "away"),
    attempt(os.truncate, "summary.json", 1 << 20))
END
expect_equal "$(jq -c '[.exit_status, ([.denials[].count] | add)]' summary.json)" "[0,7]"
