# SPDX-License-Identifier: Apache-2.0
"""Records as callgate writes them, for the tests of what reads them."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

START = 1767323045  # 2026-01-02 03:04:05 UTC


def read_terminal(master):
    """What comes until nobody has the terminal any more; closes it."""
    out = b""
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        out += data
    os.close(master)
    return out


class Record:
    """Lines of one run, in docs/audit.md's words."""

    def __init__(self, path, run, **start):
        self.path, self.run, self.seq, self.time = path, run, 0, START
        self.lines = []
        self.add("run-start", **{"version": "0.1.0", "uid": 1000,
                                 "directory": "/home/ada/work", "command": ["make"],
                                 "workspaces": ["/home/ada/work"], **start})

    def add(self, event, after=1, **members):
        self.seq += 1
        self.time += after
        stamp = self.time - START
        hours, rest = divmod(3 * 3600 + 4 * 60 + 5 + stamp, 3600)
        self.lines.append(json.dumps({
            "v": 1, "event": event,
            "time": f"2026-01-02T{hours:02}:{rest // 60:02}:{rest % 60:02}.000000000Z",
            "run": self.run, "seq": self.seq, **members}, separators=(",", ":")))
        return self

    def policy(self, *layers, home="/home/ada", names=()):
        for layer, text in layers:
            self.add("policy", 0, layer=layer, file=f"{layer}.json", text=json.dumps(text))
        return self.add("facts", 0, home=home, tmp=["/tmp"], state=[], search=["/usr/bin"],
                        names=list(names))

    def call(self, verb, path, decision="allow", by="rule", rule="user:1", call="openat",
             program="/usr/bin/cat", pid=100, **members):
        host, colon, port = path.rpartition(":")
        if colon and not path.startswith("/"):
            what = {"kind": "inet", "address": "198.18.0.7", "port": int(port),
                    "protocol": "tcp", "host": host, "verbs": [verb]}
            call = "connect"
        else:
            what = {"kind": "path", "path": path, "verbs": [verb], "exists": True,
                    "inode": "1:2"}
        chosen = {} if by not in ("rule", "person", "grant", "unattended") or not rule else {
            "rule": rule, "layer": rule.partition(":")[0]}
        outcome = {"outcome": "fd", "fd": 3} if decision == "allow" else {
            "outcome": "error", "errno": "EACCES"}
        return self.add("call", pid=pid, tid=pid, ppid=members.pop("ppid", 99), program=program,
                        call=call, objects=[what], **members.pop("more", {}), verb=verb,
                        object=0, decision=decision, by=by, **chosen, **members, **outcome,
                        duration_us=14.25)

    def ask(self, number, verb, path, decision, after_us, rule="user:2", by="person",
            lasts="once", **members):
        self.call(verb, path, "ask", rule=rule, **members)
        line = json.loads(self.lines[-1])
        line.update(event="question", question=number, timeout_ms=60000)
        for key in ("outcome", "errno", "duration_us"):
            line.pop(key)
        self.lines[-1] = json.dumps(line, separators=(",", ":"))
        self.add("answer", question=number, decision=decision, by=by, via="terminal",
                 lasts=lasts, calls=1, after_us=after_us)
        by = "unattended" if by == "timeout" else by
        return self.call(verb, path, decision, by=by, rule=rule, question=number, **members)

    def end(self, status=0, **members):
        self.add("run-end", status=status, allowed=0, denied=0, asked=0, refused=0,
                 duration_us=1e6 * (self.time - START), **members)
        return self.write()

    def write(self, tail=""):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("".join(line + "\n" for line in self.lines) + tail)
        return self.path


class Records(unittest.TestCase):
    """A home of its own for each test, with the records that it makes."""

    callgate = None  # the program

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="callgate-test-")
        root = pathlib.Path(os.path.realpath(self.scratch.name))
        self.root, self.home = root, root / "home"
        self.home.mkdir()
        self.runs = self.home / ".local/state/callgate/runs"
        self.environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TZ": "UTC"}

    def tearDown(self):
        self.scratch.cleanup()

    def run_callgate(self, *args, status=0, stdin=subprocess.DEVNULL):
        done = subprocess.run([self.callgate, *map(str, args)], cwd=self.root,
                              env=self.environment, stdin=stdin, capture_output=True, text=True,
                              check=False, timeout=600)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def record(self, run="20260102-030405-aaaa0001", **start):
        return Record(self.runs / f"{run}.jsonl", run, **start)
