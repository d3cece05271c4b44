#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md, "Its own command line (pid 1) is readable inside", P26 and P61: nothing of pid 1 is
# opened beyond what is open to all; no process of the host is there; its command line has no secret.
. "$TESTS/support/attack.sh"

secret=hidden-$RANDOM$RANDOM
MY_TOKEN=$secret
export MY_TOKEN
sleep 50 &
host=$!
expect_ok agent "$secret" "$$" <<'END'
import sys
wrong = 0
for file in ("environ", "mem", "maps", "fd/0", "fd", "root/etc/hostname", "cwd/etc/hostname", "exe",
             "syscall", "stack", "ns/net", "ns/mnt", "task/1/environ", "auxv", "io", "pagemap"):
    said = attempt(os.open, "/proc/1/" + file, os.O_RDONLY)
    if said not in ("EACCES", "EPERM", "ENOENT"):
        say("/proc/1/" + file, said)
        wrong = 1
line = open("/proc/1/cmdline", "rb").read()
if sys.argv[1].encode() in line:
    say("the secret stands in", line)
    wrong = 1
names = {open(f"/proc/{p}/comm").read().strip() for p in os.listdir("/proc") if p.isdigit()}
if names - {"bwrap", "python3", "callgate-shim"}:
    say("processes", names)
    wrong = 1
raise SystemExit(wrong)
END
kill "$host"
:
