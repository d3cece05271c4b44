# SPDX-License-Identifier: Apache-2.0
"""What the study compares: how the steps of a task are executed under each condition."""
import shlex

import prompting

# Seconds that a task may take beyond its own, for answers: one each (approve).
PATIENCE = 120

# What holds the steps: an agent of a few lines. Its output is no part of any count.
AGENT = r"""
step() {
	printf '\n[step] %s\n' "$1"
	/bin/bash --norc --noprofile -c "$1" </dev/null
	printf '[status %s]\n' "$?"
}
edit() {
	printf '\n[edit] %s\n' "$1"
	case $1 in */*) [ -d "${1%/*}" ] || mkdir -p "${1%/*}" ;; esac
	printf '%s' "$2" >"$1"
}
"""

# condition: (title, whose answers there are)
CONDITIONS = {
    "bare": ("bare, nobody asked", ("allow",)),
    "prompting": ("per-action prompting", ("allow", "deny")),
    "static-closed": ("static sandbox, home hidden, no network", ("none",)),
    "static-open": ("static sandbox, home readable, network open", ("none",)),
    "callgate": ("callgate, built-in profile", ("allow", "deny")),
    "callgate-run": ("callgate, answers hold for the run", ("run",)),
    "suggested": ("callgate, after suggest", ("allow", "deny")),
}

# Who says no gives no answer that holds: these are denied everything as those are.
DENIED_AS = {"callgate-run": "callgate"}


def script(steps):
    lines = [AGENT]
    for kind, first, second in steps:
        words = [kind, first] + ([second] if kind == "edit" else [])
        lines.append(" ".join(shlex.quote(word) for word in words))
    return "\n".join(lines + ["exit 0"])


# It gets the steps on its standard input: where they stood in its arguments, a task's pgrep -f found it.
SHELL = ["/bin/bash", "--norc", "--noprofile", "-s"]


def static(spec, work):
    """bubblewrap as its manual page has it: the machine read-only, the workspace writable."""
    words = ["bwrap", "--die-with-parent", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev",
             "--proc", "/proc", "--tmpfs", "/tmp"]
    if spec["condition"] == "static-closed":
        words += ["--tmpfs", "/home/ada", "--ro-bind", "/home/ada/.gitconfig", "/home/ada/.gitconfig"]
    else:
        words += ["--share-net"]
    return words + ["--bind", str(work), str(work), "--chdir", str(work), "--"]


def command(spec, work, steps):
    """(words, script, counts): the agent under the condition, what it gets on its standard input, and what
    was asked outside of callgate."""
    condition, answers = spec["condition"], spec["answers"]
    if condition == "bare":
        return SHELL, script(steps), {}
    if condition == "prompting":
        if answers == "deny":
            steps = [s for s, asked in zip(steps, prompting.questions(steps)) if not asked]
            return SHELL, script(steps), {}
        return SHELL, script(steps), prompting.counts(steps)
    if condition.startswith("static"):
        return static(spec, work) + SHELL, script(steps), {}
    words = [spec["callgate"], "run", "--approver",
             f"/mnt/study/approve {answers} {spec['think']} {spec['callgate']}", "--"]
    return words + SHELL, script(steps), {}
