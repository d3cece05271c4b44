#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A closed part is removed when it has been compressed, and the file system gives its inode's number to what
# the agent makes next, which is not callgate's own.
. "$TESTS/support/sandbox.sh"

policy <<'END'
{"version": 1, "extends": "agent", "audit": {"part_size": "256KiB"}}
END
mkdir "$TEST_TMP/logs"
run_options+=(--audit "$TEST_TMP/logs/log.jsonl" --read "$TEST_TMP/logs")
cat >work.py <<'END'
import os, sys, time
end = time.monotonic() + 120
def compressed():
    return sum(name.endswith(".zst") for name in os.listdir(sys.argv[1]))
n = 0
while compressed() < 6:
    for i in range(20):
        with open(f"made.{n}", "w") as file:
            file.write("x")
        os.chmod(f"made.{n}", 0o600)
        n += 1
    if time.monotonic() > end:
        sys.exit("no six compressed parts")
END
expect_ok in_sandbox python3 work.py "$TEST_TMP/logs"
