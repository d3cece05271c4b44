#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Nothing in the loop may wait for the sandbox" (kernel-notes.md P16): a lease would
# stop the enforcer's open of the same file for 45 seconds.
. "$TESTS/support/attack.sh"

echo x >file
start=$SECONDS
expect_output "EINVAL EINVAL EINVAL ok" agent <<'END'
fd = os.open("file", os.O_RDONLY)
said = [system_call("fcntl", fd, 1024 | high, kind) for high, kind in ((0, 0), (0, 1), (1 << 32, 0))]
if os.fork() == 0:
    os._exit(0 if attempt(os.open, "file", os.O_RDWR) == "ok" else 1)
_, status = os.wait()
say(*said, "ok" if status == 0 else status)
END
[ $((SECONDS - start)) -lt 10 ] || fail "the open should not wait for a lease"
