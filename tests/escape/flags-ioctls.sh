#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, ioctls: FS_IOC_SETFLAGS and FSSETXATTR change a file through a descriptor that was
# opened for reading: EPERM.
. "$TESTS/support/attack.sh"

touch file
expect_output "EPERM EPERM EPERM EPERM" agent <<'END'
fd = os.open("file", os.O_RDONLY)
room = ctypes.create_string_buffer(64)
say(*[system_call("ioctl", fd, request, room)
      for request in (0x40086602, 0x401c5820, 0x40049409 + 1, 0x40087602)])
END
