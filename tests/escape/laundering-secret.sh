#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Moving is not laundering": a file under ask or deny in a tree that may be written
# gets no name under which it may be read: rename, link, exchange, its directory moved, also through
# directory descriptors and /proc/self/fd; mv then copies, and is judged.
. "$TESTS/support/attack.sh"

policy <<'END'
{"version": 1, "rules": [
	{"deny": "read", "path": "asked/*.env"}, {"deny": "write", "path": "fixed/*.cfg"}]}
END
mkdir asked fixed allowed
secret asked/a.env
echo fixed >fixed/a.cfg
echo open >allowed/b.txt
expect_fail in_sandbox cat asked/a.env
expect_ok in_sandbox cat fixed/a.cfg
for command in 'mv asked/a.env allowed/a.txt' 'ln asked/a.env allowed/a.txt' 'mv asked allowed/asked' \
	'mv asked other' 'cp asked/a.env allowed/a.txt' 'ln asked/a.env asked/a.txt' \
	'mv fixed elsewhere && echo x >elsewhere/a.cfg' 'ln fixed/a.cfg allowed/a.txt && echo x >allowed/a.txt' \
	'mv fixed/a.cfg allowed/' 'rm fixed/a.cfg' 'mv allowed/b.txt fixed/b.cfg'; do
	expect_fail in_sandbox bash -c "$command"
	grep -qr "the secret" allowed other 2>/dev/null && fail "the secret got out by: $command"
done
expect_file asked/a.env "the secret"
expect_file fixed/a.cfg fixed
expect_output "EXDEV EXDEV EXDEV EXDEV EXDEV" agent <<'END'
asked = os.open("asked", os.O_PATH)
fd = os.open("asked/a.env", os.O_PATH)
allowed = os.open("allowed", os.O_PATH)
def one(result):
    return "EXDEV" if result in ("EACCES", "EPERM", "EXDEV", "ENOENT") else result
say(one(system_call("renameat2", asked, b"a.env", allowed, b"c", 0)),
    one(system_call("renameat2", asked, b"a.env", allowed, b"b.txt", 2)),
    one(system_call("renameat2", AT_FDCWD, b"asked", AT_FDCWD, b"allowed", 2)),
    one(system_call("linkat", AT_FDCWD, f"/proc/self/fd/{fd}".encode(), allowed, b"c", 0x400)),
    one(system_call("linkat", fd, b"", allowed, b"c", 0x1000)))
END
expect_file asked/a.env "the secret"
