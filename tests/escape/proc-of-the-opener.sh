#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# threat-model.md: files of procfs that show the namespaces and keys of whoever opens them would show the
# host's, since the enforcer opens: they are refused. /proc/net is the target's own.
. "$TESTS/support/attack.sh"

expect_output "refused
interfaces ['lo']" agent <<'END'
wrong = [(path, said) for path in (
    "/proc/sys/net", "/proc/sys/net/ipv4/conf", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/user",
    "/proc/sys/fs/mqueue", "/proc/keys", "/proc/key-users", "/proc/self/../keys",
    "/proc/thread-self/root/proc/keys")
    if (said := attempt(os.open, path, os.O_RDONLY)) not in ("EACCES", "ENOENT")]
say(wrong or "refused")
with open("/proc/net/dev", encoding="ascii") as file:
    say("interfaces", [line.split(":")[0].strip() for line in file if ":" in line])
END
