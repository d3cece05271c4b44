#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""fidelity.py PROGRAM...: what a program prints in the sandbox is what it prints bare.

Each program runs twice in a fresh directory of the workspace, and twice in the private /tmp: under
bubblewrap with the view that callgate makes, but no gate; and under `callgate run` with a policy that
allows all of it. Their lines must be the same. What differs for a good reason stands, with the reason,
in tests/fidelity/differences: blocks of

    PROGRAM [WHERE...]: REASON
    < line printed bare
    > line printed in the sandbox

with WHERE among workspace, tmp, root, user (all, unless said). In a line * stands for any text, the same in
both, % for any text, @ for a number or the name of an errno. A block that no difference needs is an error
as well.
"""
import collections
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHOWN_MAX = 40
SECONDS = 100
POLICY = """{"version": 1, "rules": [
	{"allow": ["read", "exec", "connect", "listen"]},
	{"allow": "write", "path": "${workspace}"},
	{"allow": "write", "path": "${tmp}"},
	{"allow": "write", "path": "/dev"},
	{"allow": "write", "path": "/proc"}
]}
"""


def pattern(line):
    parts = {"*": "(.*)", "%": ".*", "@": r"[A-Z0-9]+"}
    return re.compile("".join(parts.get(part, re.escape(part))
                              for part in re.split("([*%@])", line)), re.S)


class Known:
    """One block of the list."""

    def __init__(self, head, bare, inside):
        found = re.fullmatch(r"(\S+?)((?: (?:workspace|tmp|root|user))*): (.+)", head)
        if not found or not (bare or inside):
            sys.exit(f"differences: cannot read: {head}")
        self.program, self.reason = found[1], found[3]
        self.where = set(found[2].split())
        self.text = head
        self.bare = [pattern(line) for line in bare]
        self.inside = [pattern(line) for line in inside]
        self.used = 0

    def concerns(self, program, tags):
        groups = ({"workspace", "tmp"}, {"root", "user"})
        return self.program == program and all(
            not self.where & group or self.where & group & tags for group in groups)

    def covers(self, bare, inside):
        if len(bare) != len(self.bare) or len(inside) != len(self.inside):
            return False
        found = [[p.fullmatch(line) for p, line in zip(patterns, lines)]
                 for patterns, lines in ((self.bare, bare), (self.inside, inside))]
        if not all(found[0] + found[1]):
            return False
        texts = [[text for match in side for text in match.groups()] for side in found]
        return texts[0] == texts[1]


def read_known(path):
    blocks, head, bare, inside = [], None, [], []
    for line in path.read_text().splitlines() + ["end:"]:
        if line.startswith("#") or not line.strip():
            continue
        if line[:2] == "< ":
            bare.append(line[2:])
        elif line[:2] == "> ":
            inside.append(line[2:])
        else:
            if head:
                blocks.append(Known(head, bare, inside))
            head, bare, inside = line, [], []
    return blocks


def bare_command(workspace, shim):
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL",
               "--ro-bind", "/", "/", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm"]
    command += ["--ro-bind", shim, "/dev/callgate/shim", "--remount-ro", "/dev", "--proc", "/proc"]
    for tmp in ("/tmp", "/var/tmp"):
        command += ["--perms", "1777", "--tmpfs", tmp]
    return command + ["--bind", workspace, workspace, "--"]


def run(command, program, place, environment):
    """The lines that the program prints, and its status as one more."""
    result = subprocess.run(command + [program, place], stdin=subprocess.DEVNULL, env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS,
                            check=False, preexec_fn=lambda: os.umask(0o022))
    lines = result.stdout.decode(errors="backslashreplace").splitlines()
    if result.returncode:
        complaint = result.stderr.decode(errors="backslashreplace").splitlines()
        lines += [line for line in complaint if not line.startswith("callgate: denied: ")]
    return lines + [f"exit status {result.returncode}"]


def empty(path):
    if path.exists():
        subprocess.run(["chmod", "-R", "u+rwx", str(path)], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(path)


def split(bare, inside):
    """Pairs of short lists of lines that differ; lists of equal length are taken line by line."""
    matcher = difflib.SequenceMatcher(None, bare, inside, autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        if a2 - a1 == b2 - b1:
            for i in range(a2 - a1):
                if bare[a1 + i] != inside[b1 + i]:
                    yield [bare[a1 + i]], [inside[b1 + i]]
        else:
            yield bare[a1:a2], inside[b1:b2]


def differences(bare, inside):
    if len(bare) == len(inside) and sum(a != b for a, b in zip(bare, inside)) < len(bare) // 4:
        return [([a], [b]) for a, b in zip(bare, inside) if a != b]
    return list(split(bare, inside))


def main(programs):
    known = read_known(pathlib.Path(os.environ["TESTS"]) / "fidelity/differences")
    callgate, workspace = os.environ["CALLGATE"], os.getcwd()
    shim = str(pathlib.Path(callgate).resolve().parent / "../agent-shim/callgate-shim")
    policy = pathlib.Path(os.environ["TEST_TMP"]) / "policy.json"
    policy.write_text(POLICY)
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TERM")}
    inside_command = [callgate, "run", "--unattended", "--policy", str(policy), "--"]
    failures = 0
    for program in programs:
        name = program.removeprefix("fidelity-")
        place = pathlib.Path(workspace) / "run"
        used = collections.Counter()
        for tag, where in (("workspace", str(place)), ("tmp", "/tmp/run")):
            tags = {tag, os.environ["TEST_USER"]}
            path = os.environ["PROGRAMS"] + "/" + program
            blocks = [k for k in known if k.concerns(name, tags)]
            counts = collections.Counter()
            bare = run(bare_command(workspace, shim), path, where, environment)
            empty(place)
            inside = run(inside_command, path, where, environment)
            empty(place)
            wrong = []
            for a, b in differences(bare, inside):
                found = next((k for k in blocks if k.covers(a, b)), None)
                if found:
                    counts[found] += 1
                else:
                    wrong.append((a, b))
            print(f"{name} {' '.join(sorted(tags))}: {len(bare)} lines compared, "
                  f"{sum(counts.values())} known differences, {len(wrong)} unknown")
            for a, b in wrong[:SHOWN_MAX]:
                for line in a[:8]:
                    print(f"< {line}")
                for line in b[:8]:
                    print(f"> {line}")
            failures += len(wrong)
            for block in blocks:
                used[block] += counts[block]
                if block.where & {"workspace", "tmp"} and not counts[block]:
                    print(f"not needed in {tag}: {block.text}")
                    failures += 1
        for block in (k for k in known if k.concerns(name, {"workspace", "tmp", os.environ["TEST_USER"]})):
            if not used[block] and not block.where & {"workspace", "tmp"}:
                print(f"not needed: {block.text}")
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
