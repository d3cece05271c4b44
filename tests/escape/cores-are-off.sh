#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "How a run goes": core dumps are off (hard limit 1 stops pipes to a helper too);
# kernel-notes.md P61.
. "$TESTS/support/attack.sh"

expect_output "(1, 1)" agent <<'END'
import resource
print(resource.getrlimit(resource.RLIMIT_CORE))
END
expect_output "EPERM or ValueError" agent <<'END'
import resource
try:
    resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
    print("raised")
except (ValueError, OSError):
    print("EPERM or ValueError")
END
expect_status 139 in_sandbox sh -c 'kill -SEGV $$'
expect_equal "$(find "$HOME" -name 'core*' | wc -l)" 0
