#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P3 and P4: at the agent's RLIMIT_NOFILE an open is EMFILE, never goes on, and leaves no
# file that it would have made; afterwards everything works.
. "$TESTS/support/attack.sh"

secret "$HOME/.ssh/id_rsa"
expect_output "EMFILE EMFILE EMFILE False EACCES ok" agent "$HOME/.ssh/id_rsa" <<'END'
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
while True:
    try:
        held.append(os.dup(0))
    except OSError:
        break
said = [attempt(os.open, "attack.py", os.O_RDONLY), attempt(os.open, "new", os.O_CREAT | os.O_WRONLY),
        attempt(os.memfd_create, "m"), os.path.exists("new"),
        attempt(os.open, sys.argv[1], os.O_RDONLY)]
os.close(held.pop())
said.append(attempt(os.open, "attack.py", os.O_RDONLY))
say(*said)
END
