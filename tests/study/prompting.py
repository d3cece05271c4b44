# SPDX-License-Identifier: Apache-2.0
"""Per-action prompting: which of an agent's commands need no question, as they only read.

The list is that of Codex CLI (openai/codex, codex-rs/core/src/command_safety/is_safe_command.rs, as of
2026-02): a command line needs no question where it consists of plain words and &&, ||, ; and | only
(no redirection, substitution or variable), and each command in it is one of these. Claude Code's is
documented in less detail, and is of the same kind.
"""
import re
import shlex

ALWAYS = set("cat cd cut echo expr false grep head id ls nl paste pwd rev seq stat tail tr true uname "
             "uniq wc which whoami numfmt tac".split())
# Options that make of a reader something else; exact, or with = and a value.
UNLESS = {
    "base64": ("-o", "--output"),
    "find": ("-exec", "-execdir", "-ok", "-okdir", "-delete", "-fls", "-fprint", "-fprint0", "-fprintf"),
    "rg": ("--pre", "--hostname-bin", "--search-zip", "-z"),
}
GIT_UNLESS = ("--output", "--ext-diff", "--textconv", "--exec", "--paginate")
GIT_BRANCH = {"--list", "-l", "--show-current", "-a", "--all", "-r", "--remotes", "-v", "-vv", "--verbose"}
OPERATORS = {"&&", "||", ";", "|"}


def git_reads(words):
    if any(word == "-c" or word.startswith(("-c", "--config-env")) for word in words[1:]):
        return False
    at = 1
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in ("-C", "--git-dir", "--work-tree", "--namespace") else 1
    if at >= len(words) or words[at] not in ("status", "log", "diff", "show", "branch"):
        return False
    rest = words[at + 1:]
    if any(word == flag or word.startswith(flag + "=") for word in rest for flag in GIT_UNLESS):
        return False
    return words[at] != "branch" or all(w in GIT_BRANCH or w.startswith("--format=") for w in rest)


def command_reads(words):
    name = words[0].rsplit("/", 1)[-1]
    if name in ALWAYS:
        return True
    if name in UNLESS:
        return not any(word == option or word.startswith(option + "=")
                       for word in words for option in UNLESS[name])
    if name == "git":
        return git_reads(words)
    if name == "sed":
        return len(words) in (3, 4) and words[1] == "-n" and bool(re.fullmatch(r"(\d+,)?\d+p", words[2]))
    return False


def only_reads(line):
    """Whether the command line needs no question."""
    plain = re.sub(r"'[^']*'", "''", line)
    if re.search(r"[$`<>(){}\n]", plain):
        return False
    lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        return False
    commands = [[]]
    for word in words:
        if word in OPERATORS:
            commands.append([])
        elif re.fullmatch(r"[&|;]+", word):
            return False
        else:
            commands[-1].append(word)
    return all(command and command_reads(command) for command in commands)


def questions(steps):
    """For each step whether it is asked about."""
    return [kind == "edit" or not only_reads(text) for kind, text, _ in steps]


def counts(steps):
    """asked: questions, one an action. of_which_edits. once_each: with "do not ask again" said to each,
    which holds for the same command line, and for all edits."""
    asked = [(kind, text) for (kind, text, _), question in zip(steps, questions(steps)) if question]
    commands = {text for kind, text in asked if kind == "step"}
    edits = sum(kind == "edit" for kind, _ in asked)
    return {"asked": len(asked), "of_which_edits": edits, "once_each": len(commands) + min(edits, 1)}
