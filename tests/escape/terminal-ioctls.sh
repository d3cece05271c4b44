#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, ioctls that act behind the gate's back: TIOCSTI, TIOCLINUX and TIOCSETD are EPERM,
# also with the high half of the register set, on the agent's own pty as well.
. "$TESTS/support/attack.sh"

expect_output "EPERM EPERM EPERM EPERM EPERM EPERM" agent <<'END'
import pty
_, slave = pty.openpty()
letter = ctypes.create_string_buffer(b"x")
say(*[system_call("ioctl", slave, request | high, letter)
      for request in (0x5412, 0x541c, 0x5423) for high in (0, 0xdead << 32)])
END
