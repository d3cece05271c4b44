#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, io_setup: Linux AIO writes memory behind our back, and is refused.
. "$TESTS/support/attack.sh"

expect_output "ENOSYS" agent <<'END'
say(system_call("io_setup", 8, ctypes.create_string_buffer(8)))
END
