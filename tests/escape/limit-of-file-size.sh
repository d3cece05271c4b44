#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Under "ulimit -f" what is beyond the limit is the agent's EFBIG; the signal that comes with it, SIGXFSZ,
# would be the end of the enforcer that performs the truncate.
. "$TESTS/support/attack.sh"

ulimit -f 100000
expect_output "EFBIG EFBIG ok" agent <<'END'
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
fd = os.open("big", os.O_CREAT | os.O_RDWR, 0o600)
say(attempt(os.truncate, "big", 1 << 40), attempt(os.ftruncate, fd, 1 << 40),
    attempt(os.open, "/etc/hostname", os.O_RDONLY))
END
