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
# A soft limit of 0 would switch the host's pipe handler on again: setting it succeeds, and changes nothing.
expect_output "(1, 1) (1, 1)" agent <<'END'
import resource
said = []
for limit in ((0, 0), (-1, -1)):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, limit)
    except (ValueError, OSError):
        pass
    said.append(resource.getrlimit(resource.RLIMIT_CORE))
say(*said)
END
expect_status 139 in_sandbox sh -c 'kill -SEGV $$'
expect_equal "$(find "$HOME" -name 'core*' | wc -l)" 0
