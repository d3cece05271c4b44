#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What per-action prompting does not ask about: the cases of the list that it is taken from."""
import sys

import prompting

READS = [
    "ls", "ls -la src", "cat a.txt | head -5", "cd src && grep -rn 'a > b' .", "git status", "git -C . log -3",
    "git branch", "git branch --show-current", "sed -n 1,5p a.txt", "sed -n '7p' a.txt", "find . -name '*.c'",
    "rg -n open_db .", "echo 'one ; two'", "true || false", "cat ~/.ssh/id_rsa", "base64 a.bin", "wc -l; pwd",
]
ASKED = [
    "make", "ls > a.txt", "cat a.txt >> b.txt", "cat $HOME/a", "cat `which ls`", "echo \"$(id)\"", "(ls)",
    "ls && make", "ls & make", "sed -i s/a/b/ a.txt", "sed -n 1,5w a.txt", "sed s/a/b/ a.txt",
    "find . -delete", "find . -exec rm {} +", "rg --pre sh x", "rg --pre=sh x", "rg -z x", "base64 -o x a.txt",
    "git branch new", "git branch -d old", "git push", "git -c core.pager=x log", "git log --output=x",
    "git checkout status", "env ls", "sort a.txt", "ls\nmake", "cat <a.txt", "'git status'", "echo 'unclosed",
]


def main():
    wrong = [line for line in READS if not prompting.only_reads(line)]
    wrong += [line for line in ASKED if prompting.only_reads(line)]
    steps = [("step", "ls", ""), ("step", "make", ""), ("edit", "a", "x"), ("edit", "b", "x"), ("step", "make", "")]
    if prompting.counts(steps) != {"asked": 4, "of_which_edits": 2, "once_each": 2}:
        wrong.append(str(prompting.counts(steps)))
    for line in wrong:
        print(f"FAILED {line!r}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
