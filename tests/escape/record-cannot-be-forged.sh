#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
#
# Issue, part 5, "an unforgeable record": names with newlines, quotes, escape codes and bytes that are no
# UTF-8 make no line of their own, and no byte that a terminal obeys; each call has its line.
. "$TESTS/support/attack.sh"

run_options=(--unattended --audit "$TEST_TMP/log.jsonl")
expect_ok agent <<'END'
names = [b'a\n{"v":1,"event":"call","decision":"allow","path":"forged"}\n', b"\x1b[2J\x1b]0;x\x07",
         b"\xff\xfe\x80", b'quote"\\back', b"\xe2\x80\xae right to left", b"\xc2\x9b31m", b"tab\t\r",
         b"n" * 255, b"\xf0\x9f\x98\x80", b"\x7f", b" (deleted)", b"\xed\xa0\x80"]
for name_ in names:
    os.close(os.open(name_, os.O_CREAT | os.O_WRONLY))
    os.mkdir(name_[:200] + b".d")
    os.symlink(name_, name_[:200] + b".l")
    attempt(os.open, b"/no-such/" + name_, os.O_RDONLY)
    attempt(os.open, b"/root/" + name_, os.O_CREAT | os.O_WRONLY)
    attempt(os.execv, name_, [name_, b"\n{}\n", b"\xff"])
open("comm", "w").close()
call(157, 15, b"x\n{}\n\x1b[0m")
os.close(os.open("comm", os.O_RDONLY))
END
log=$TEST_TMP/log.jsonl
if LC_ALL=C grep -qP '[^\x20-\x7e]' "$log"; then
	fail "only printable ASCII should be in the record"
fi
expect_equal "$(jq -c . "$log" 2>/dev/null | wc -l)" "$(wc -l <"$log")"
expect_equal "$(jq -s '[.[].seq] == [range(1; length + 1)]' "$log")" true
expect_equal "$(jq -s '[.[] | select(.path? == "forged")] | length' "$log")" 0
expect_equal "$(jq -s '([.[] | select(.event == "call")] | length) == (.[-2] | .allowed + .denied)' "$log")" true
expect_equal "$(jq -s '[.[] | select(.call == "mkdir" or .call == "mkdirat")] | length' "$log")" 12
expect_equal "$(jq -s '[.[] | select(.call == "symlink" or .call == "symlinkat")] | length' "$log")" 12
