#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md, "RESOLVE_IN_ROOT ... .. clamps" and "LINKS_MAX": ".." from a working directory, through
# links and past the root is the kernel's own; loops and long chains end with ELOOP; a link that leads out
# of an allowed tree is judged by where it leads.
. "$TESTS/support/attack.sh"

mkdir -p a/b/c "$TEST_TMP/out"
secret "$TEST_TMP/out/s"
echo top >top
ln -s ../../top a/b/up
ln -s loop2 loop1
ln -s loop1 loop2
ln -s "$TEST_TMP/out" away
ln -s ../../../../../../../../../../../../../../etc/hostname a/far
ln -s top l0
for i in $(seq 45); do ln -s "l$((i - 1))" "l$i"; done
expect_ok agent <<'END'
def read(path):
    with open(path) as file:
        return file.read()
os.chdir("a/b/c")
assert read("../../../top") == "top\n"
assert read("../up") == "top\n"
assert read("../../far") == open("/etc/hostname").read()
assert read("/../../../../etc/hostname") == open("/etc/hostname").read()
os.chdir("../../..")
assert attempt(open, "loop1") == "ELOOP"
assert read("l30") == "top\n"
assert attempt(open, "l45") == "ELOOP"
assert attempt(open, "away/s") == "EACCES"
assert attempt(open, "away/../out/s") == "EACCES"
assert attempt(open, "top/") == "ENOTDIR"
assert attempt(open, "top/x") == "ENOTDIR"
assert attempt(open, "x" * 256) == "ENAMETOOLONG"
assert attempt(open, "x/" * 2100) in ("ENAMETOOLONG", "ENOENT")
assert attempt(open, "") == "ENOENT"
END
