#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Inner sandboxes must not be voided": landlock_create_ruleset says EOPNOTSUPP, also
# when it is asked for its version; kernel-notes.md, "A target's own inner Landlock".
. "$TESTS/support/attack.sh"

expect_output "EOPNOTSUPP EOPNOTSUPP EOPNOTSUPP EOPNOTSUPP" agent <<'END'
attr = ctypes.create_string_buffer(b"\xff" + bytes(15))
say(system_call("landlock_create_ruleset", 0, 0, 1),
    system_call("landlock_create_ruleset", attr, 8, 0), name(call(445, 3, 1, 0, 0)),
    name(call(446, 3, 0)))
END
